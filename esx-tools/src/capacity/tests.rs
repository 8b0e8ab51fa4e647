//! The assignment against a brute force that knows nothing of how it is found.

mod brute;
mod cases;
mod properties;
