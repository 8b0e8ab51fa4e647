//! What somebody else does while a client is at work.

use std::fmt;
use std::sync::Arc;

use crate::world::World;

/// A change that somebody else makes at a moment that a test chooses.
///
/// ```
/// use mocks::{Act, Injection, Meanwhile};
///
/// let bump = Meanwhile::new(|world| world.page_size = 1);
/// let injection = Injection::on_nth("ReconfigVM_Task", 1, Act::Meanwhile(bump));
/// assert_eq!(injection.times, 1);
/// ```
#[derive(Clone)]
pub struct Meanwhile(Arc<dyn Fn(&mut World) + Send + Sync>);

impl Meanwhile {
    /// This change.
    pub fn new(change: impl Fn(&mut World) + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    pub(super) fn happen(&self, world: &mut World) {
        (self.0)(world);
    }
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}
