//! The `esxtool` binary.

fn main() {}
