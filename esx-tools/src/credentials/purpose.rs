//! What an account is meant for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an account is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Protection and failover to Azure: looking is enough.
    Discovery,
    /// Reprotect and failback: the role of the Azure documents.
    #[default]
    Failback,
    /// That, and what keeping a master target where it is takes.
    Hardening,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery",
            Self::Failback => "failback",
            Self::Hardening => "hardening",
        })
    }
}
