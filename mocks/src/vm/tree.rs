//! The snapshot tree, as `VirtualMachineSnapshotInfo` nests it.

use crate::value::{Data, MoRef, Value};

/// The deepest tree that vSphere makes.
pub(crate) const MOST_LEVELS: usize = 32;

/// Every snapshot, parents before children.
pub(crate) fn all(info: &Data) -> Vec<MoRef> {
    let mut found = Vec::new();
    collect(info.list("rootSnapshotList"), &mut found);
    found
}

fn collect(nodes: &[Value], found: &mut Vec<MoRef>) {
    for node in nodes.iter().filter_map(Value::as_data) {
        found.extend(node.reference("snapshot").cloned());
        collect(node.list("childSnapshotList"), found);
    }
}

/// The snapshots from the root down to `target`, including it.
pub(crate) fn path_to(info: &Data, target: &MoRef) -> Vec<MoRef> {
    let mut path = Vec::new();
    descend(info.list("rootSnapshotList"), target, &mut path);
    path
}

fn descend(nodes: &[Value], target: &MoRef, path: &mut Vec<MoRef>) -> bool {
    for node in nodes.iter().filter_map(Value::as_data) {
        let Some(snapshot) = node.reference("snapshot") else {
            continue;
        };
        path.push(snapshot.clone());
        if snapshot == target || descend(node.list("childSnapshotList"), target, path) {
            return true;
        }
        path.pop();
    }
    false
}

/// The node of a snapshot.
pub(crate) fn node<'a>(info: &'a Data, target: &MoRef) -> Option<&'a Data> {
    find(info.list("rootSnapshotList"), target)
}

fn find<'a>(nodes: &'a [Value], target: &MoRef) -> Option<&'a Data> {
    nodes.iter().filter_map(Value::as_data).find_map(|node| {
        if node.reference("snapshot") == Some(target) {
            Some(node)
        } else {
            find(node.list("childSnapshotList"), target)
        }
    })
}

/// The snapshots below `target`, without it.
pub(crate) fn below(info: &Data, target: &MoRef) -> Vec<MoRef> {
    let mut found = Vec::new();
    if let Some(node) = node(info, target) {
        collect(node.list("childSnapshotList"), &mut found);
    }
    found
}

/// Hangs a new node below `parent`, or at the root.
pub(crate) fn insert(info: &mut Data, parent: Option<&MoRef>, new: Data) {
    match parent {
        None => push(info, "rootSnapshotList", new),
        Some(parent) => {
            edit(info, "rootSnapshotList", parent, &mut |node| {
                push(node, "childSnapshotList", new.clone());
            });
        }
    }
}

/// Takes a node out; its children move up to where it hung.
pub(crate) fn remove(info: &mut Data, target: &MoRef) {
    lift(info, "rootSnapshotList", target);
}

fn lift(holder: &mut Data, list: &str, target: &MoRef) {
    let Some(nodes) = holder.get_mut(list).and_then(Value::as_list_mut) else {
        return;
    };
    let is_target =
        |node: &Value| node.as_data().and_then(|d| d.reference("snapshot")) == Some(target);
    if let Some(at) = nodes.iter().position(is_target) {
        let gone = nodes.remove(at);
        let children = gone.as_data().map(|d| d.list("childSnapshotList").to_vec());
        for (offset, child) in children.unwrap_or_default().into_iter().enumerate() {
            nodes.insert(at + offset, child);
        }
    } else {
        for node in nodes.iter_mut().filter_map(Value::as_data_mut) {
            lift(node, "childSnapshotList", target);
        }
    }
    // An empty array is an absent one.
    if list == "childSnapshotList" && holder.list(list).is_empty() {
        holder.remove(list);
    }
}

/// Changes the node of a snapshot.
pub(crate) fn edit_node(
    info: &mut Data,
    target: &MoRef,
    change: &mut dyn FnMut(&mut Data),
) -> bool {
    edit(info, "rootSnapshotList", target, change)
}

fn edit(holder: &mut Data, list: &str, target: &MoRef, change: &mut dyn FnMut(&mut Data)) -> bool {
    let Some(nodes) = holder.get_mut(list).and_then(Value::as_list_mut) else {
        return false;
    };
    for node in nodes.iter_mut().filter_map(Value::as_data_mut) {
        if node.reference("snapshot") == Some(target) {
            change(node);
            return true;
        }
        if edit(node, "childSnapshotList", target, change) {
            return true;
        }
    }
    false
}

fn push(holder: &mut Data, list: &str, new: Data) {
    match holder.get_mut(list).and_then(Value::as_list_mut) {
        Some(nodes) => nodes.push(Value::Data(new)),
        None => holder.set(list, Value::list("VirtualMachineSnapshotTree", [new])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(n: u32) -> MoRef {
        MoRef::new("VirtualMachineSnapshot", format!("snapshot-{n}"))
    }

    fn leaf(n: u32) -> Data {
        Data::new("VirtualMachineSnapshotTree").with("snapshot", snapshot(n))
    }

    #[test]
    fn children_move_up_when_their_parent_goes() {
        let mut info = Data::new("VirtualMachineSnapshotInfo");
        insert(&mut info, None, leaf(1));
        insert(&mut info, Some(&snapshot(1)), leaf(2));
        insert(&mut info, Some(&snapshot(2)), leaf(3));
        insert(&mut info, Some(&snapshot(2)), leaf(4));
        assert_eq!(
            path_to(&info, &snapshot(4)),
            [snapshot(1), snapshot(2), snapshot(4)]
        );
        assert_eq!(below(&info, &snapshot(2)), [snapshot(3), snapshot(4)]);
        remove(&mut info, &snapshot(2));
        assert_eq!(path_to(&info, &snapshot(4)), [snapshot(1), snapshot(4)]);
        assert_eq!(all(&info).len(), 3);
        assert!(edit_node(&mut info, &snapshot(3), &mut |node| node.set("name", "x")));
        assert_eq!(node(&info, &snapshot(3)).unwrap().str("name"), Some("x"));
    }
}
