//! End-to-end tests of the real crates and the real binary against the mock vCenter.

mod check;
mod prepare;
