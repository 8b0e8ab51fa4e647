//! Calls of tasks.

use super::Effect;
use crate::wire_method;

wire_method! {
    /// Asks the server to give up a task; `this` is the task (`Task.CancelTask`).
    ///
    /// The answer only says that the wish was heard: the task's state tells how it ended.
    pub struct CancelTask = "CancelTask": Effect::Change => () {}
}
