//! Every managed object of the simulated world, with a change feed.

use std::collections::BTreeMap;

use tokio::sync::watch;

use crate::schema::Schema;
use crate::value::{Data, MoRef, Value};

/// A managed object.
#[derive(Clone, Debug)]
pub struct Object {
    /// What refers to it.
    pub reference: MoRef,
    /// Its properties; `kind` is the managed type.
    pub properties: Data,
    /// The store's version at its last change.
    pub version: u64,
    /// The inventory entity it belongs to, for objects that are none themselves: the VM of a
    /// snapshot, the host of a storage system. Privileges are looked up there.
    pub owner: Option<MoRef>,
}

/// The managed objects, by reference.
///
/// Every change raises the version and wakes whoever waits on [`Store::watch`].
#[derive(Debug)]
pub struct Store {
    objects: BTreeMap<MoRef, Object>,
    version: u64,
    changed: watch::Sender<u64>,
    next_number: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            version: 0,
            changed: watch::Sender::new(0),
            next_number: 1000,
        }
    }
}

impl Store {
    /// The version of the last change anywhere.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// A receiver that wakes at every change.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// A number that no object has yet, for new references such as `vm-1000`.
    pub fn next_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    /// Adds or replaces an object.
    pub fn insert(&mut self, reference: MoRef, properties: Data) {
        let version = self.bump();
        let object = Object {
            reference: reference.clone(),
            properties,
            version,
            owner: None,
        };
        self.objects.insert(reference, object);
    }

    /// As [`Store::insert`], for an object that belongs to an inventory entity without being one.
    pub fn insert_owned(&mut self, reference: MoRef, properties: Data, owner: MoRef) {
        self.insert(reference.clone(), properties);
        if let Some(object) = self.objects.get_mut(&reference) {
            object.owner = Some(owner);
        }
    }

    /// Removes an object and gives back what it was.
    pub fn remove(&mut self, reference: &MoRef) -> Option<Object> {
        let object = self.objects.remove(reference)?;
        self.bump();
        Some(object)
    }

    /// The object's properties.
    pub fn get(&self, reference: &MoRef) -> Option<&Data> {
        self.objects.get(reference).map(|object| &object.properties)
    }

    /// The whole object.
    pub fn object(&self, reference: &MoRef) -> Option<&Object> {
        self.objects.get(reference)
    }

    /// Whether the object exists.
    pub fn contains(&self, reference: &MoRef) -> bool {
        self.objects.contains_key(reference)
    }

    /// The value at a property path of an object.
    pub fn value(&self, reference: &MoRef, path: &str) -> Option<&Value> {
        self.get(reference)?.get_path(path)
    }

    /// Changes an object in place and gives back what the change returned; nothing when there is
    /// no such object.
    pub fn update<R>(
        &mut self,
        reference: &MoRef,
        change: impl FnOnce(&mut Data) -> R,
    ) -> Option<R> {
        let version = self.version + 1;
        let object = self.objects.get_mut(reference)?;
        let result = change(&mut object.properties);
        object.version = version;
        self.bump();
        Some(result)
    }

    /// Every object, in the order of references.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// Every object of the managed type `kind` or of one derived from it.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> {
        self.objects
            .values()
            .filter(move |o| Schema::get().is_subtype(&o.reference.kind, kind))
    }

    /// Every object of exactly the managed type `kind`: quick, whatever the number of others.
    pub fn exactly<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> {
        self.objects
            .range(MoRef::new(kind, "")..)
            .map(|(_, object)| object)
            .take_while(move |o| o.reference.kind == kind)
    }

    /// Adds a reference to an array property of an object, once.
    pub fn link(&mut self, object: &MoRef, property: &str, target: &MoRef) {
        self.update(object, |data| {
            match data.get_mut(property).and_then(Value::as_list_mut) {
                // In place: a folder of ten thousand VMs is filled one by one.
                Some(items) => {
                    if !items.iter().any(|item| item.as_ref() == Some(target)) {
                        items.push(target.into());
                    }
                }
                None => data.set(property, Value::refs([target.clone()])),
            }
        });
    }

    /// Takes a reference out of an array property of an object.
    pub fn unlink(&mut self, object: &MoRef, property: &str, target: &MoRef) {
        self.update(object, |data| {
            let mut items = data.references(property);
            items.retain(|item| item != target);
            data.set(property, Value::refs(items));
        });
    }

    /// Wakes the waiters without a change: for time that moved on, or a session that ended.
    pub fn wake(&self) {
        self.changed.send_modify(|_| {});
    }

    fn bump(&mut self) -> u64 {
        self.version += 1;
        self.changed.send_replace(self.version);
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_raises_the_versions_and_wakes() {
        let mut store = Store::default();
        let vm = MoRef::new("VirtualMachine", "vm-1");
        let pod = MoRef::new("StoragePod", "group-p1");
        store.insert(vm.clone(), Data::new("VirtualMachine").with("name", "a"));
        store.insert(pod.clone(), Data::new("StoragePod").with("name", "pod"));
        let mut watch = store.watch();
        watch.mark_unchanged();
        let before = store.version();
        store.update(&vm, |data| data.set("name", "b"));
        assert!(watch.has_changed().unwrap());
        assert_eq!(store.object(&vm).unwrap().version, store.version());
        assert!(store.version() > before);
        assert!(store.object(&pod).unwrap().version <= before);
        assert_eq!(store.of_kind("Folder").count(), 1, "a pod is a folder");
        assert!(store.remove(&vm).is_some());
        assert!(store.update(&vm, |_| ()).is_none());
    }
}
