//! Gathering facts and judging them. Changes nothing.

use vsphere_client::{Client, Error as ClientError, vim::ManagedObjectReference};

use super::{
    CheckOptions, CheckReport, Checked, Endpoint, OpError, VmSelector,
    choose::Chosen,
    options::on_ports,
    pairing::{group_facts, mark_split_groups, pair},
};
use crate::{
    disks::ask_files_of,
    fact::Fact,
    find::resolve_reference,
    site::{Facts, Knowledge, ProtectedFacts, ProtectedVms, gather, neighbours, probe},
};

/// Gathers the facts of a master target and judges them by every rule. Changes nothing.
///
/// Takes 5 to 7 calls beside login and logout.
///
/// # Errors
///
/// See [`OpError`].
pub async fn check(client: &Client, selector: &VmSelector) -> Result<CheckReport, OpError> {
    check_with(client, selector, &CheckOptions::default()).await
}

/// As [`check`], with the VMs to be protected and what goes with them.
///
/// All protected VMs are read with their datastores in one retrieval, and each disk's file of those that are off
/// is asked for its UUID: one call for each disk.
///
/// # Errors
///
/// See [`OpError`]; what the group file names wrongly is [`OpError::GroupFile`].
pub async fn check_with(
    client: &Client,
    selector: &VmSelector,
    options: &CheckOptions,
) -> Result<CheckReport, OpError> {
    let mut checked = check_all(client, std::slice::from_ref(selector), options).await?;
    checked.targets.pop().ok_or_else(|| OpError::NotFound {
        wanted: selector.to_string(),
        near: Vec::new(),
    })
}

/// Checks several master targets, and holds each group against each of them.
///
/// Without selectors the master targets are those of the group file.
///
/// # Errors
///
/// See [`OpError`].
pub async fn check_all(
    client: &Client,
    selectors: &[VmSelector],
    options: &CheckOptions,
) -> Result<Checked, OpError> {
    options.validate()?;
    let chosen = match (selectors, options.protect.is_empty(), &options.group) {
        ([only], true, None) => Chosen {
            targets: vec![resolve_reference(client, only).await?.clone()],
            protect: Vec::new(),
            groups: Vec::new(),
        },
        _ => Chosen::find(client, selectors, options).await?,
    };
    if chosen.targets.is_empty() {
        let problem = "no master target was named, neither as an argument nor in the group file";
        return Err(OpError::Contradiction {
            problem: problem.into(),
        });
    }
    let wanted: Vec<ManagedObjectReference> = chosen.vms().into_iter().cloned().collect();
    let mut vms = ProtectedVms::gather(client, &wanted)
        .await
        .map_err(gone("read the VMs to be protected"))?;
    ask_files_of(client, &mut vms.vms)
        .await
        .map_err(OpError::client("ask the files of the VMs to be protected"))?;
    let servers = probe(options.servers()).await;
    let entities = vms.entities();
    let mut all: Vec<Facts> = Vec::new();
    for target in &chosen.targets {
        let vm = target.clone();
        let mut facts = gather(client, &vm, Knowledge::Ask(&entities))
            .await
            .map_err(gone(format!("read the facts of {target}")))?;
        let of_group = (chosen.groups.iter())
            .filter(|group| group.only.as_ref() == Some(target))
            .find_map(|group| group.target);
        if let Some(stated) = options.stated(of_group) {
            facts.target = facts.target.stated(stated);
        }
        facts.protected = protected(&chosen, &vms, options, &facts);
        facts.protected.probes.clone_from(&servers);
        if options.probe_host
            && let Some(host) = facts.host.known()
        {
            let endpoint = Endpoint {
                host: host.name.clone(),
                port: None,
            };
            let tried = probe(on_ports("master target's host", &endpoint, &[443, 902])).await;
            facts.protected.probes.extend(tried);
        }
        if !facts.protected.recreate.is_empty() {
            facts.protected.neighbours = neighbours(client, &vm).await.map_err(OpError::client(
                "read the names of the master target's neighbours",
            ))?;
        }
        all.push(facts);
    }
    mark_split_groups(&mut all);
    Ok(conclude(&chosen, &vms, options, all))
}

/// What is to be protected, as far as it concerns one master target: a group that is meant for another does not.
fn protected(
    chosen: &Chosen,
    machines: &ProtectedVms,
    options: &CheckOptions,
    facts: &Facts,
) -> ProtectedFacts {
    let own = &facts.master_target.moref;
    let groups = chosen
        .groups
        .iter()
        .filter(|group| group.only.as_ref().is_none_or(|only| only == own));
    let mut concerned: Vec<&ManagedObjectReference> = chosen.protect.iter().collect();
    let mut of_groups = Vec::new();
    for group in groups {
        concerned.extend(&group.members);
        let meant_for = group
            .only
            .as_ref()
            .map(|_| facts.master_target.name.clone());
        of_groups.push(group_facts(group, meant_for));
    }
    let host = facts.master_target.host.clone();
    let vms: Vec<_> = machines
        .vms
        .iter()
        .filter(|vm| concerned.contains(&&vm.moref))
        .cloned()
        .collect();
    ProtectedFacts {
        datastores: if vms.is_empty() {
            Vec::new()
        } else {
            machines.datastores_on(host.as_ref())
        },
        vms,
        recreate: options.recreate(),
        groups: of_groups,
        failback_vcenter: options.failback_vcenter(),
        probes: Vec::new(),
        neighbours: Fact::unknown("not asked for"),
    }
}

fn conclude(
    chosen: &Chosen,
    machines: &ProtectedVms,
    options: &CheckOptions,
    all: Vec<Facts>,
) -> Checked {
    let name_of = |moref: &ManagedObjectReference| {
        let known = all.iter().find(|facts| &facts.master_target.moref == moref);
        known.map_or_else(
            || moref.to_string(),
            |facts| facts.master_target.name.clone(),
        )
    };
    let mut pairings = Vec::new();
    for group in &chosen.groups {
        for facts in &all {
            let other = group.only.as_ref();
            let meant_for = other
                .filter(|only| **only != facts.master_target.moref)
                .map(name_of);
            let with_group = match &meant_for {
                None => pair(facts, group, None),
                Some(_) => {
                    // The group is not among the facts of this one; it is put there to be judged.
                    let mut facts = facts.clone();
                    let host = facts.master_target.host.clone();
                    let members = machines.vms.iter();
                    let members = members.filter(|vm| group.members.contains(&vm.moref));
                    facts.protected.vms = members.cloned().collect();
                    facts.protected.datastores = machines.datastores_on(host.as_ref());
                    facts.protected.groups = vec![group_facts(group, meant_for.clone())];
                    facts.protected.recreate = options.recreate();
                    pair(&facts, group, meant_for)
                }
            };
            pairings.push(with_group);
        }
    }
    Checked {
        targets: all.into_iter().map(CheckReport::of).collect(),
        pairings,
    }
}

/// A VM that vanished between two calls was not found.
fn gone(what: impl Into<String>) -> impl FnOnce(ClientError) -> OpError {
    let what = what.into();
    move |error| match error {
        ClientError::Gone(reference) => OpError::NotFound {
            wanted: reference.to_string(),
            near: Vec::new(),
        },
        error => OpError::client(what)(error),
    }
}
