//! What the integration tests share: the real binary, run as a user runs it, and mock servers to run it against.

mod binary;
mod lab;
pub mod site;
mod terminal;

pub use binary::{Ended, Esxtool, Running, path};
pub use lab::Lab;
pub use terminal::Terminal;
