//! The named scenarios: sites to try things on.

mod appliance;
mod big;
mod datastores;
mod disks;
mod esxi;
mod esxi_free;
mod failback_lab;
mod groups;
mod ready;
mod sixty_disks;

use crate::clock::ClockMode;
use crate::world::World;

/// A site that can be asked for by name.
#[derive(Debug)]
pub struct Scenario {
    /// The name, as `esxtool simulate --scenario` takes it.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// What there is to see: a VM's (or other object's) name, and what is on it.
    pub contents: &'static [(&'static str, &'static str)],
    build: fn(&mut World, usize),
}

/// A name that is no scenario's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no scenario is called '{name}'; there are {}", names())]
pub struct UnknownScenario {
    /// The name asked for.
    pub name: String,
}

/// A scenario with its number, ready to be built.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    scenario: &'static Scenario,
    number: usize,
}

impl Chosen {
    /// The scenario.
    pub fn scenario(&self) -> &'static Scenario {
        self.scenario
    }

    /// Fills an empty world.
    pub fn build(&self, world: &mut World) {
        (self.scenario.build)(world, self.number);
    }
}

static ALL: &[Scenario] = &[
    failback_lab::SCENARIO,
    ready::SCENARIO,
    appliance::SCENARIO,
    disks::SCENARIO,
    sixty_disks::SCENARIO,
    groups::SCENARIO,
    datastores::SCENARIO,
    esxi::SCENARIO,
    esxi_free::SCENARIO,
    big::SCENARIO,
];

/// Every scenario, the default first.
pub fn list() -> &'static [Scenario] {
    ALL
}

/// Finds a scenario; `big` takes a number, as in `big:500`.
///
/// ```
/// use mocks::{ClockMode, World, scenario};
///
/// let mut world = World::new(ClockMode::Jump);
/// scenario::find("big:20")?.build(&mut world);
/// assert_eq!(world.store.of_kind("VirtualMachine").count(), 20);
/// assert!(scenario::find("bigger").is_err());
/// # Ok::<(), scenario::UnknownScenario>(())
/// ```
///
/// # Errors
///
/// [`UnknownScenario`] when there is none of that name, or the number is none.
pub fn find(name: &str) -> Result<Chosen, UnknownScenario> {
    let unknown = || UnknownScenario {
        name: name.to_owned(),
    };
    let (base, number) = match name.split_once(':') {
        Some((base, number)) => (base, Some(number.parse().map_err(|_| unknown())?)),
        None => (name, None),
    };
    let scenario = ALL.iter().find(|s| s.name == base).ok_or_else(unknown)?;
    if number.is_some() && base != "big" {
        return Err(unknown());
    }
    Ok(Chosen {
        scenario,
        number: number.unwrap_or(100),
    })
}

/// Builds a scenario's world; nothing when there is no scenario of that name.
pub fn build(name: &str, clock: ClockMode) -> Option<World> {
    let chosen = find(name).ok()?;
    let mut world = World::new(clock);
    chosen.build(&mut world);
    Some(world)
}

fn names() -> String {
    let names: Vec<&str> = ALL.iter().map(|scenario| scenario.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
