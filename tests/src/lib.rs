//! What the integration tests share: the real binary, run as a user runs it, and mock servers to run it against.

mod binary;
mod ended;
mod lab;
mod running;
pub mod site;
mod terminal;

pub use binary::{Esxtool, path};
pub use ended::Ended;
pub use lab::Lab;
pub use running::Running;
pub use terminal::Terminal;
