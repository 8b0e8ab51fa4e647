//! Tests of the codec as a whole.

mod properties;
mod reader;
