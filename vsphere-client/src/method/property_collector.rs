//! Calls of the property collector.

use std::fmt;
use std::marker::PhantomData;

use super::{Effect, Method, is_session_object};
use crate::soap::{Decode, Encode, Writer};
use crate::vim::{
    ManagedObjectReference, ObjectContent, ObjectUpdate, PropertyFilterSpec, RetrieveOptions,
    RetrieveResult, UpdateSet, WaitOptions,
};
use crate::wire_method;

/// Reads properties of many objects (`PropertyCollector.RetrievePropertiesEx`).
///
/// `P` decides how an object is decoded: [`ObjectContent`] keeps every value with its own type,
/// a type of the caller's own (over [`visit_object`](crate::vim::visit_object)) reads straight into its fields.
/// The result is `None` when no object was selected. More pages follow while the page has a token:
/// [`ContinueRetrievePropertiesEx`].
pub struct RetrievePropertiesEx<P = ObjectContent> {
    /// The collector.
    pub this: ManagedObjectReference,
    /// What to read.
    pub spec_set: Vec<PropertyFilterSpec>,
    /// Bounds on one page.
    pub options: RetrieveOptions,
    object: PhantomData<fn() -> P>,
}

impl<P> RetrievePropertiesEx<P> {
    /// A read through this collector.
    #[must_use]
    pub fn new(this: ManagedObjectReference, spec_set: Vec<PropertyFilterSpec>) -> Self {
        Self {
            this,
            spec_set,
            options: RetrieveOptions::default(),
            object: PhantomData,
        }
    }
}

impl<P: Decode> Method for RetrievePropertiesEx<P> {
    const NAME: &'static str = "RetrievePropertiesEx";
    const EFFECT: Effect = Effect::Read;
    type Output = Option<RetrieveResult<P>>;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.spec_set.encode(writer, "specSet");
        self.options.encode(writer, "options");
    }

    fn session_bound(&self) -> bool {
        is_session_object(&self.this) || self.spec_set.iter().any(names_session_object)
    }
}

fn names_session_object(spec: &PropertyFilterSpec) -> bool {
    spec.object_set
        .iter()
        .any(|object| is_session_object(&object.obj))
}

/// Reads the next page (`PropertyCollector.ContinueRetrievePropertiesEx`).
///
/// The token works once, so this is no harmless repetition: a page that was sent and lost is lost.
pub struct ContinueRetrievePropertiesEx<P = ObjectContent> {
    /// The collector that gave the token.
    pub this: ManagedObjectReference,
    /// The token of the page before.
    pub token: String,
    object: PhantomData<fn() -> P>,
}

impl<P> ContinueRetrievePropertiesEx<P> {
    /// The page behind the one that carried this token.
    #[must_use]
    pub fn new(this: ManagedObjectReference, token: impl Into<String>) -> Self {
        Self {
            this,
            token: token.into(),
            object: PhantomData,
        }
    }
}

impl<P: Decode> Method for ContinueRetrievePropertiesEx<P> {
    const NAME: &'static str = "ContinueRetrievePropertiesEx";
    const EFFECT: Effect = Effect::Session;
    type Output = RetrieveResult<P>;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.token.encode(writer, "token");
    }

    fn session_bound(&self) -> bool {
        true
    }
}

// Written out because deriving would ask the same of `P`, of which no value is held.
impl<P> Clone for RetrievePropertiesEx<P> {
    fn clone(&self) -> Self {
        Self {
            this: self.this.clone(),
            spec_set: self.spec_set.clone(),
            options: self.options.clone(),
            object: PhantomData,
        }
    }
}

impl<P> fmt::Debug for RetrievePropertiesEx<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetrievePropertiesEx")
            .field("this", &self.this)
            .field("spec_set", &self.spec_set)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<P> Clone for ContinueRetrievePropertiesEx<P> {
    fn clone(&self) -> Self {
        Self {
            this: self.this.clone(),
            token: self.token.clone(),
            object: PhantomData,
        }
    }
}

impl<P> fmt::Debug for ContinueRetrievePropertiesEx<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContinueRetrievePropertiesEx")
            .field("this", &self.this)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// Gives up the pages that were not read (`PropertyCollector.CancelRetrievePropertiesEx`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelRetrievePropertiesEx {
    /// The collector that gave the token.
    pub this: ManagedObjectReference,
    /// The token of the last page read.
    pub token: String,
}

impl Method for CancelRetrievePropertiesEx {
    const NAME: &'static str = "CancelRetrievePropertiesEx";
    const EFFECT: Effect = Effect::Session;
    type Output = ();

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.token.encode(writer, "token");
    }

    fn session_bound(&self) -> bool {
        true
    }
}

/// Watches properties (`PropertyCollector.CreateFilter`); gives the `PropertyFilter`.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateFilter {
    /// The collector, best an own one from [`CreatePropertyCollector`].
    pub this: ManagedObjectReference,
    /// What to watch.
    pub spec: PropertyFilterSpec,
    /// Whether a change inside a structure is reported by its inner path.
    pub partial_updates: bool,
}

impl Method for CreateFilter {
    const NAME: &'static str = "CreateFilter";
    const EFFECT: Effect = Effect::Session;
    type Output = ManagedObjectReference;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.spec.encode(writer, "spec");
        self.partial_updates.encode(writer, "partialUpdates");
    }

    fn session_bound(&self) -> bool {
        is_session_object(&self.this) || names_session_object(&self.spec)
    }
}

/// Waits until something watched changes (`PropertyCollector.WaitForUpdatesEx`).
///
/// `None` means that nothing changed within `max_wait_seconds`. `O` decides how an object's
/// changes are decoded.
pub struct WaitForUpdatesEx<O = ObjectUpdate> {
    /// The collector that holds the filters.
    pub this: ManagedObjectReference,
    /// The version of the last answer; `None` asks for everything.
    pub version: Option<String>,
    /// Bounds on the wait.
    pub options: Option<WaitOptions>,
    object: PhantomData<fn() -> O>,
}

impl<O> WaitForUpdatesEx<O> {
    /// A wait for what changes after `version`.
    #[must_use]
    pub fn new(this: ManagedObjectReference, version: Option<String>) -> Self {
        Self {
            this,
            version,
            options: None,
            object: PhantomData,
        }
    }
}

impl<O: Decode> Method for WaitForUpdatesEx<O> {
    const NAME: &'static str = "WaitForUpdatesEx";
    const EFFECT: Effect = Effect::Read;
    type Output = Option<UpdateSet<O>>;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.version.encode(writer, "version");
        self.options.encode(writer, "options");
    }

    fn session_bound(&self) -> bool {
        true
    }
}

impl<O> Clone for WaitForUpdatesEx<O> {
    fn clone(&self) -> Self {
        Self {
            this: self.this.clone(),
            version: self.version.clone(),
            options: self.options.clone(),
            object: PhantomData,
        }
    }
}

impl<O> fmt::Debug for WaitForUpdatesEx<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForUpdatesEx")
            .field("this", &self.this)
            .field("version", &self.version)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

wire_method! {
    /// Makes a collector of one's own, with its own filters and its own waiter
    /// (`PropertyCollector.CreatePropertyCollector`).
    pub struct CreatePropertyCollector = "CreatePropertyCollector": Effect::Session => ManagedObjectReference {}
}

wire_method! {
    /// Gives up a collector made by [`CreatePropertyCollector`] with all its filters.
    pub struct DestroyPropertyCollector = "DestroyPropertyCollector": Effect::Session => () {}
}

wire_method! {
    /// Ends a watch; `this` is the `PropertyFilter` (`PropertyFilter.DestroyPropertyFilter`).
    pub struct DestroyPropertyFilter = "DestroyPropertyFilter": Effect::Session => () {}
}
