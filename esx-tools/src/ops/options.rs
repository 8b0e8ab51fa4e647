//! What a check is to look at beside the master target.

use super::{Endpoint, OpError};
use crate::{
    group::{GroupFile, VmPattern},
    site::{DecidedBy, StatedTarget},
    target_kind::TargetKind,
};

/// What a check is to look at beside the master target; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// VMs to be protected.
    pub protect: Vec<VmPattern>,
    /// Names of VMs that are gone and will be recreated.
    pub recreate: Vec<String>,
    /// Replication groups and servers from a file.
    pub group: Option<GroupFile>,
    /// Where the configuration server answers: port 443 when none is named.
    pub configuration_server: Option<Endpoint>,
    /// Where process servers answer: ports 443 and 9443 when none is named.
    pub process_servers: Vec<Endpoint>,
    /// Address or instance UUID of the vCenter to fail back to.
    pub failback_vcenter: Option<String>,
    /// Whether to try ports 443 and 902 of the master target's host.
    pub probe_host: bool,
    /// What kind of target it is, by option or by the command's own name.
    pub target: Option<StatedTarget>,
    /// What kind of target there is where nothing else says so: what the profile says.
    pub usual_target: Option<TargetKind>,
}

impl CheckOptions {
    /// Finds what contradicts the group file, without a server.
    ///
    /// # Errors
    ///
    /// [`OpError::GroupFile`] that points at the line.
    pub fn validate(&self) -> Result<(), OpError> {
        let Some(file) = &self.group else {
            return Ok(());
        };
        if let (Some(option), Some(in_file)) =
            (&self.configuration_server, &file.configuration_server)
            && option != &in_file.value
        {
            let problem = format!(
                "{} stands here, {option} was given as an option",
                in_file.value
            );
            return Err(file.error(in_file, problem).into());
        }
        if let (false, Some(in_file)) = (
            self.process_servers.is_empty(),
            file.process_servers.first(),
        ) {
            let same = self.process_servers.len() == file.process_servers.len()
                && file
                    .process_servers
                    .iter()
                    .all(|one| self.process_servers.contains(&one.value));
            if !same {
                let problem = "other process servers stand here than were given as options";
                return Err(file.error(in_file, problem).into());
            }
        }
        if let (Some(option), Some(in_file)) = (&self.failback_vcenter, &file.failback_vcenter)
            && !option.eq_ignore_ascii_case(&in_file.value)
        {
            let problem = format!(
                "{} stands here, {option} was given as an option",
                in_file.value
            );
            return Err(file.error(in_file, problem).into());
        }
        let of_groups = file.groups.iter().filter_map(|group| group.target.as_ref());
        for in_file in file.target.iter().chain(of_groups) {
            if let Some(option) = self.target.filter(|one| one.kind != in_file.value) {
                let (there, given) = (in_file.value.id(), option.kind.id());
                let problem = match option.by {
                    DecidedBy::Command => {
                        format!("{there} stands here, the command is about {given}")
                    }
                    _ => format!("{there} stands here, {given} was given as an option"),
                };
                return Err(file.error(in_file, problem).into());
            }
        }
        let written = file.groups.iter().flat_map(|group| &group.vms);
        for vm in written {
            if self.protect.contains(&vm.value) {
                let problem = format!("{} is also named as an option; name it once", vm.value);
                return Err(file.error(vm, problem).into());
            }
        }
        Ok(())
    }

    /// What was said about the kind of a target: by option, by its group in the file, by the file, by the profile.
    pub(crate) fn stated(&self, of_group: Option<TargetKind>) -> Option<StatedTarget> {
        let by = |by| move |kind| StatedTarget { kind, by };
        let file = self.group.as_ref().and_then(|file| file.target.as_ref());
        let in_file = of_group.or_else(|| file.map(|located| located.value));
        self.target
            .or_else(|| in_file.map(by(DecidedBy::GroupFile)))
            .or_else(|| self.usual_target.map(by(DecidedBy::Profile)))
    }

    /// The vCenter to fail back to, from option or file.
    pub(super) fn failback_vcenter(&self) -> Option<String> {
        let in_file = self
            .group
            .as_ref()
            .and_then(|file| file.failback_vcenter.as_ref());
        self.failback_vcenter
            .clone()
            .or_else(|| in_file.map(|located| located.value.clone()))
    }

    /// Every name that is to be recreated.
    pub(super) fn recreate(&self) -> Vec<String> {
        let groups = self.group.iter().flat_map(|file| &file.groups);
        let in_file = groups.flat_map(|group| &group.recreate);
        let mut names: Vec<String> = self
            .recreate
            .iter()
            .cloned()
            .chain(in_file.map(|located| located.value.clone()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Servers to try, each with the port.
    pub(super) fn servers(&self) -> Vec<(String, Endpoint)> {
        let file = self.group.as_ref();
        let configuration = self.configuration_server.clone().or_else(|| {
            file.and_then(|file| file.configuration_server.as_ref())
                .map(|located| located.value.clone())
        });
        let in_file = file.into_iter().flat_map(|file| &file.process_servers);
        let processes: Vec<Endpoint> = if self.process_servers.is_empty() {
            in_file.map(|located| located.value.clone()).collect()
        } else {
            self.process_servers.clone()
        };
        let mut servers = Vec::new();
        servers.extend(
            configuration
                .iter()
                .flat_map(|endpoint| on_ports("configuration server", endpoint, &[443])),
        );
        servers.extend(
            processes
                .iter()
                .flat_map(|endpoint| on_ports("process server", endpoint, &[443, 9443])),
        );
        servers
    }
}

/// The endpoint with its own port, else with each of the usual ones.
pub(super) fn on_ports(role: &str, endpoint: &Endpoint, usual: &[u16]) -> Vec<(String, Endpoint)> {
    let ports = match endpoint.port {
        Some(port) => vec![port],
        None => usual.to_vec(),
    };
    ports
        .into_iter()
        .map(|port| {
            let endpoint = Endpoint {
                host: endpoint.host.clone(),
                port: Some(port),
            };
            (role.to_owned(), endpoint)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Format;

    fn options() -> CheckOptions {
        let text = "configuration-server = \"cs\"\nprocess-servers = [\"ps\"]\nfailback-vcenter = \"vc\"\n[[groups]]\nname = \"a\"\nvms = [\"x\"]\nrecreate = [\"old\"]";
        CheckOptions {
            group: GroupFile::parse("f", text, Format::Toml).ok(),
            ..CheckOptions::default()
        }
    }

    #[test]
    fn file_and_options_are_joined() {
        let mut options = options();
        options.recreate = vec!["old".into(), "older".into()];
        assert!(options.validate().is_ok());
        assert_eq!(options.recreate(), ["old", "older"]);
        assert_eq!(options.failback_vcenter().as_deref(), Some("vc"));
        let servers: Vec<String> = options
            .servers()
            .iter()
            .map(|(role, endpoint)| format!("{role} {endpoint}"))
            .collect();
        assert_eq!(
            servers,
            [
                "configuration server cs:443",
                "process server ps:443",
                "process server ps:9443"
            ]
        );
    }

    #[test]
    fn contradictions_point_at_the_line() {
        let refusal = |change: fn(&mut CheckOptions)| {
            let mut options = options();
            change(&mut options);
            options.validate().unwrap_err().to_string()
        };
        let endpoint = |options: &mut CheckOptions| {
            options.configuration_server = "other".parse().ok();
        };
        assert_eq!(
            refusal(endpoint),
            "f, line 1, configuration-server: cs stands here, other was given as an option"
        );
        assert!(
            refusal(|options| options.process_servers = vec!["p2".parse().unwrap()])
                .contains("line 2")
        );
        assert!(refusal(|options| options.failback_vcenter = Some("v2".into())).contains("line 3"));
        assert!(
            refusal(|options| options.protect = vec![VmPattern::parse("x").unwrap()])
                .contains("line 6, groups[0].vms[0]")
        );
    }
}
