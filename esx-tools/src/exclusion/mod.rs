//! Which layers keep the master target from Storage vMotion, exactly.
//!
//! A master target whose disks are moved while Azure writes to them loses them: the paths that were
//! attached no longer exist. Only a disabled method stops everybody. The other two layers stop what
//! vSphere does by itself.

mod judge;
mod layer;
mod record;

pub use judge::exclusion;
pub use layer::{
    ExclusionReport, Layer, LayerReport, LayerState, Protection, RELOCATE_METHOD, SOURCE_ID,
};
pub use record::{EXCLUSION_RECORD_KEY, ExclusionRecord};
