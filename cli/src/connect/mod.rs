//! From options and environment to a session that is always closed again.

mod address;
mod detour;
mod login;
mod password;
mod profile;
mod refusal;
mod session;
mod settings;
mod simulator;

use password::read_password;
pub(crate) use profile::{Chosen, Profiled, choose};
pub(crate) use refusal::way;
pub(crate) use session::with_session;
use settings::{Server, Settings, Trust, resolve};
pub(crate) use simulator::start as start_simulator;
