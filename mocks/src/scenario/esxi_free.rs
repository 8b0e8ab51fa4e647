//! `esxi-free`: a host whose licence lets the API only read.

use super::{Scenario, esxi};
use crate::model::Licence;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "esxi-free",
    summary: "A standalone ESXi 7.0 host of the free Hypervisor edition: every call that writes is answered with RestrictedVersion",
    contents: &[
        (
            "mt-linux-01",
            "the master target of the scenario esxi, which nothing can be done for",
        ),
        ("app-01", "protected Linux VM, powered off"),
    ],
    build,
};

fn build(world: &mut World, _: usize) {
    esxi::host(world, Licence::Free);
}
