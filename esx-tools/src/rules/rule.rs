//! What a rule is, and what it answers.

use std::fmt;
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

use super::{basis::Basis, severity::Severity};
use crate::{exclusion::Layer, fact::Evidence, site::Facts, target_kind::TargetKind};

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The master target by itself.
    Target,
    /// Each VM to be protected, with the master target that is to receive its disks.
    Pairing,
    /// All VMs to be protected, taken together, with the master target.
    Group,
    /// The server, its hosts and its account.
    Server,
}

impl About {
    /// Whether the answer depends on which VMs go to which master target.
    pub fn is_of_assignment(self) -> bool {
        matches!(self, Self::Pairing | Self::Group)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Target => "target",
            Self::Pairing => "pairing",
            Self::Group => "group",
            Self::Server => "server",
        })
    }
}

/// What a rule says about the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The rule is met.
    Holds,
    /// The rule is not met; the findings say where.
    Broken,
    /// The facts do not suffice to say.
    Unknown,
    /// There is nothing that the rule could judge.
    NotApplicable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not applicable",
        })
    }
}

/// What esxtool can do about a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FixKind {
    /// Set `disk.EnableUUID` to `TRUE`.
    SetDiskEnableUuid,
    /// Remove every snapshot of the VM.
    RemoveAllSnapshots,
    /// Consolidate the VM's disks.
    ConsolidateDisks,
    /// Keep the VM from Storage vMotion by one layer.
    ExcludeStorageVmotion {
        /// The layer that does not hold.
        layer: Layer,
        /// The VM, pod or cluster that has the layer; unset when there is none.
        object: Option<ManagedObjectReference>,
    },
    /// Remove a controller that carries nothing.
    RemoveEmptyController {
        /// The controller's device key.
        key: i32,
    },
    /// Add an LSI Logic controller.
    AddLsiController,
    /// Mount the datastore of a protected VM on the master target's host.
    MountDatastore {
        /// The datastore.
        datastore: ManagedObjectReference,
    },
    /// Replace a paravirtual controller by an LSI Logic one that takes over its devices; only when asked for.
    ConvertController {
        /// The controller's device key.
        key: i32,
    },
}

/// One thing that is not as a rule demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How much this finding costs; may differ from the rule's own severity.
    pub severity: Severity,
    /// Name of the object concerned.
    pub object: String,
    /// The VM concerned, when it is not the master target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm: Option<ManagedObjectReference>,
    /// One line that says what is wrong.
    pub summary: String,
    /// The values seen.
    pub evidence: Vec<Evidence>,
    /// Codes of the portal that would have come of it, as far as documents name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portal_codes: Vec<u32>,
    /// What to do about it.
    pub remedy: String,
    /// How esxtool can fix it; unset when a person has to.
    pub fix: Option<FixKind>,
}

impl Finding {
    /// A finding of `rule` about the master target, with the rule's own severity and remedy.
    pub fn new(rule: &dyn Rule, facts: &Facts, summary: impl Into<String>) -> Self {
        Self {
            rule: rule.id().to_owned(),
            severity: rule.severity(),
            object: facts.master_target.name.clone(),
            vm: None,
            summary: summary.into(),
            evidence: Vec::new(),
            portal_codes: Vec::new(),
            remedy: rule.remedy().to_owned(),
            fix: None,
        }
    }

    /// `error 8061 or 78052`: what the portal would have shown; `None` where no document names a code.
    pub fn portal(&self) -> Option<String> {
        let codes: Vec<String> = self.portal_codes.iter().map(u32::to_string).collect();
        (!codes.is_empty()).then(|| format!("error {}", codes.join(" or ")))
    }

    /// Adds a value that was seen.
    #[must_use]
    pub fn seen(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.evidence.push(Evidence::new(name, value));
        self
    }

    /// Names what esxtool can do.
    #[must_use]
    pub fn fix(mut self, fix: FixKind) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Replaces the rule's remedy by one for this finding.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Replaces the rule's severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names another object than the master target.
    #[must_use]
    pub fn on(mut self, object: impl Into<String>) -> Self {
        self.object = object.into();
        self
    }
}

/// Something that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The VM that it is about; unset when it concerns every VM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm: Option<ManagedObjectReference>,
    /// What could not be judged, and why.
    pub reason: String,
}

/// A rule's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The rule's id.
    pub rule: String,
    /// The rule's number in the list of failback rules.
    pub number: u8,
    /// What the rule is about.
    pub about: About,
    /// The rule's own severity.
    pub severity: Severity,
    /// The rule in one line.
    pub title: String,
    /// The answer.
    pub verdict: Verdict,
    /// Why the facts do not suffice, or why the rule does not apply.
    pub reason: Option<String>,
    /// The parts of the reason, each with the VM that it is about, where a rule looks at several VMs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// What is wrong; only with [`Verdict::Broken`].
    pub findings: Vec<Finding>,
}

impl Judgement {
    fn new(
        rule: &dyn Rule,
        verdict: Verdict,
        reason: Option<String>,
        findings: Vec<Finding>,
    ) -> Self {
        Self {
            rule: rule.id().to_owned(),
            number: rule.number(),
            about: rule.about(),
            severity: rule.severity(),
            title: rule.title().to_owned(),
            verdict,
            reason,
            gaps: Vec::new(),
            findings,
        }
    }

    /// Holds when there is no finding, else broken.
    pub fn from_findings(rule: &dyn Rule, findings: Vec<Finding>) -> Self {
        let verdict = if findings.is_empty() {
            Verdict::Holds
        } else {
            Verdict::Broken
        };
        Self::new(rule, verdict, None, findings)
    }

    /// The rule is met.
    pub fn holds(rule: &dyn Rule) -> Self {
        Self::new(rule, Verdict::Holds, None, Vec::new())
    }

    /// The facts do not suffice.
    pub fn unknown(rule: &dyn Rule, reason: impl Into<String>) -> Self {
        Self::new(rule, Verdict::Unknown, Some(reason.into()), Vec::new())
    }

    /// There is nothing to judge.
    pub fn not_applicable(rule: &dyn Rule, reason: impl Into<String>) -> Self {
        Self::new(
            rule,
            Verdict::NotApplicable,
            Some(reason.into()),
            Vec::new(),
        )
    }

    /// Whether this answer keeps the VM from being ready: a broken blocker, or a blocker that nobody could judge.
    pub fn blocks(&self) -> bool {
        match self.verdict {
            Verdict::Broken => self
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Blocker),
            Verdict::Unknown => self.severity == Severity::Blocker,
            Verdict::Holds | Verdict::NotApplicable => false,
        }
    }

    /// The worst severity among the findings; that of the rule when it is unknown; none when all is well.
    pub fn worst(&self) -> Option<Severity> {
        match self.verdict {
            Verdict::Broken => self.findings.iter().map(|finding| finding.severity).max(),
            Verdict::Unknown => Some(self.severity),
            Verdict::Holds | Verdict::NotApplicable => None,
        }
    }
}

/// One failback rule: pure, without input or output.
pub trait Rule: Sync {
    /// The rule's name in kebab case.
    fn id(&self) -> &'static str;
    /// The rule's number in the list of failback rules.
    fn number(&self) -> u8;
    /// What the rule is about.
    fn about(&self) -> About;
    /// The rule in one line.
    fn title(&self) -> &'static str;
    /// For which kinds of target it counts, how much it costs there, and by which document.
    fn counts(&self) -> &'static [Basis];
    /// How it counts for this kind of target; `None` where it does not.
    fn basis(&self, target: TargetKind) -> Option<&'static Basis> {
        self.counts().iter().find(|basis| basis.target == target)
    }
    /// Codes that the portal shows when it is broken, as far as documents name them.
    fn codes(&self) -> &'static [u32] {
        &[]
    }
    /// What a broken rule costs at most, unless a finding says otherwise.
    fn severity(&self) -> Severity;
    /// Why the rule exists: the Azure document that demands it, and what goes wrong without it.
    fn why(&self) -> &'static str;
    /// What to do when it is broken.
    fn remedy(&self) -> &'static str;
    /// Judges the facts.
    fn check(&self, facts: &Facts) -> Judgement;
}
