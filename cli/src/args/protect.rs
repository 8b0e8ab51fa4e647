//! The options that name what will be protected, and the servers that go with it.

use std::path::PathBuf;

use clap::Args;
use esx_tools::group::{GroupFile, VmPattern};
use esx_tools::ops::{CheckOptions, Endpoint};
use esx_tools::site::{DecidedBy, StatedTarget};
use esx_tools::target_kind::TargetKind;

use super::role_choice::TargetArg;

use crate::exit::Exit;
use crate::failure::Failure;

/// What will be protected.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What will be protected")]
pub(crate) struct ProtectArgs {
    /// What kind of target it is: a replication appliance (modernized) or a master target (classic)
    ///
    /// Without it, what the group file or the profile says counts, and else what is seen of the VM: the report says what
    /// made the decision. A command that changes something asks for it where it cannot be told.
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) target: Option<TargetArg>,

    /// A VM that will be protected, or a pattern such as '/London/vm/Protected/app-*'; may be given several times
    ///
    /// A pattern with a slash is held against inventory paths, one without against names. `*` stays within one name,
    /// `**` goes over folders.
    #[arg(long, value_name = "VM")]
    pub(crate) protect: Vec<String>,

    /// A file (.toml, .yaml) with replication groups, their VMs, and the master targets to use
    #[arg(long, value_name = "FILE")]
    pub(crate) group: Option<PathBuf>,

    /// The name of a VM that is gone and will be recreated; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) recreate: Vec<String>,

    /// Try whether the configuration server answers, at port 443 unless another is named
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) configuration_server: Option<Endpoint>,

    /// Try whether a process server answers, at ports 443 and 9443 unless one is named; may be given several times
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) process_server: Vec<Endpoint>,

    /// Try whether the master target's host answers at ports 443 and 902
    #[arg(long)]
    pub(crate) probe_host: bool,

    /// The vCenter that the VMs fail back to: its instance UUID or address
    #[arg(long, value_name = "VCENTER")]
    pub(crate) failback_vcenter: Option<String>,
}

impl ProtectArgs {
    /// Reads patterns and group file, and finds what contradicts; no server is needed for it. `command` is the kind of
    /// target that the command's own name says.
    ///
    /// # Errors
    /// A usage failure that points at option, or at file, line and key.
    pub(crate) fn options(&self, command: Option<TargetKind>) -> Result<CheckOptions, Failure> {
        let by = |by| move |kind| StatedTarget { kind, by };
        let option = self.target.map(TargetKind::from);
        let target = option
            .map(by(DecidedBy::Option))
            .or_else(|| command.map(by(DecidedBy::Command)));
        let mut protect = Vec::new();
        for text in &self.protect {
            let pattern = VmPattern::parse(text)
                .map_err(|error| Failure::usage(format!("--protect: {error}")))?;
            if protect.contains(&pattern) {
                return Err(Failure::usage(format!("--protect {text} is given twice")));
            }
            protect.push(pattern);
        }
        let blank = |name: &&String| name.trim().is_empty();
        if self.recreate.iter().any(|name| blank(&name)) {
            return Err(Failure::usage("--recreate needs a name"));
        }
        let group = match &self.group {
            None => None,
            Some(path) => {
                let file = GroupFile::load(path);
                Some(file.map_err(|error| Failure::from_error(Exit::Usage, &error))?)
            }
        };
        let options = CheckOptions {
            protect,
            recreate: self.recreate.clone(),
            group,
            configuration_server: self.configuration_server.clone(),
            process_servers: self.process_server.clone(),
            failback_vcenter: self.failback_vcenter.clone(),
            probe_host: self.probe_host,
            target,
            usual_target: None,
        };
        match options.validate() {
            Ok(()) => Ok(options),
            Err(error) => {
                let failure = Failure::from_error(Exit::Usage, &error);
                Err(match error.hint() {
                    Some(hint) => failure.hint(hint),
                    None => failure,
                })
            }
        }
    }
}
