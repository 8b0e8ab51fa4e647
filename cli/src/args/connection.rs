//! The options that name the server, the account and what is trusted.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use esx_tools::target_kind::TargetKind;

const HEADING: &str = "Connection";

/// Where to connect, and as whom.
///
/// Contradictions are found in [`crate::connect`], not by clap: these options may stand before and after the
/// command, and clap does not compare the two.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = HEADING)]
pub(crate) struct ConnectionArgs {
    /// vCenter or ESXi: a host name, or a URL such as https://vcenter.example.com/sdk
    ///
    /// Also from ESXTOOL_URL or GOVC_URL.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// Account, such as administrator@vsphere.local
    ///
    /// Also from ESXTOOL_USERNAME or GOVC_USERNAME. The password comes from --password-file, --password-stdin,
    /// ESXTOOL_PASSWORD, GOVC_PASSWORD or a prompt, never from an argument.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) username: Option<String>,

    /// Read the password from the first line of a file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the password from the first line of standard input
    #[arg(long, global = true)]
    pub(crate) password_stdin: bool,

    /// Trust certificates issued by the authorities in this PEM file
    ///
    /// Also from ESXTOOL_CA_FILE or GOVC_TLS_CA_CERTS.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// Trust exactly the certificate with this SHA-256 thumbprint
    ///
    /// Also from ESXTOOL_THUMBPRINT.
    #[arg(long, global = true, value_name = "SHA256")]
    pub(crate) thumbprint: Option<String>,

    /// Trust any certificate: anyone on the way can read the password
    ///
    /// Also from GOVC_INSECURE.
    #[arg(long, global = true)]
    pub(crate) insecure: bool,

    /// How long to wait for a connection
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) connect_timeout: u64,

    /// How long to wait for an answer to one call
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,

    /// Write every request and answer to this directory, with secrets blanked
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) trace_wire: Option<PathBuf>,

    /// Connect as this profile of ~/.config/esxtool/config.toml says
    ///
    /// Options that are given beside it have the last word. XDG_CONFIG_HOME is honoured.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Do it on the servers of all profiles, side by side
    ///
    /// For credentials validate, inventory and check. Each result is printed as it comes; the worst exit code counts.
    #[arg(long, global = true)]
    pub(crate) all_profiles: bool,

    /// With --all-profiles: how long to wait for the result of one profile
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 300,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) profile_timeout: u64,

    /// What comes from a profile and from no option.
    #[arg(skip)]
    pub(crate) from_profile: Option<FromProfile>,

    /// Use a simulated vCenter inside this process instead of a server
    ///
    /// `esxtool simulate --list` describes the scenarios; failback-lab is taken when none is named.
    /// With --username, one of the simulator's own accounts is used.
    #[arg(long, global = true, value_name = "SCENARIO", num_args = 0..=1, default_missing_value = "failback-lab")]
    pub(crate) simulator: Option<String>,
}

impl ConnectionArgs {
    /// What kind of target the profile says that there is.
    pub(crate) fn usual_target(&self) -> Option<TargetKind> {
        self.from_profile.as_ref()?.target
    }
}

/// What the options do not say and a profile does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FromProfile {
    /// The name of the profile.
    pub(crate) name: String,
    /// The command that prints the password.
    pub(crate) password_command: Option<PasswordCommand>,
    /// Whether the profile, and no option, trusts any certificate.
    pub(crate) insecure: bool,
    /// What kind of target there is on its server.
    pub(crate) target: Option<TargetKind>,
}

/// A command that prints a password as its first line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PasswordCommand {
    /// A line for the shell.
    Line(String),
    /// A program with its arguments.
    Words(Vec<String>),
}

impl fmt::Debug for PasswordCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Someone may have written `echo` and the password itself.
        f.write_str("PasswordCommand(..)")
    }
}
