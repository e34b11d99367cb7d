//! The command line of `ravelin gateway`: every option of the table as a flag.
//!
//! Values stay texts here. They are read together with the configuration file's, so that all
//! mistakes of both are reported at once.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::gateway::SECTIONS;
use crate::setting::{Setting, Takes, Upstream};

/// What was written on the command line. Made by clap; see [`GatewayArgs::resolve`].
///
/// [`GatewayArgs::resolve`]: crate::GatewayArgs::resolve
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayArgs {
    /// The configuration file, if one is named.
    pub config: Option<PathBuf>,
    /// Whether to say what the configuration means, without starting.
    pub is_check: bool,
    /// The options given as flags, each with all of its values.
    pub(crate) flags: Vec<(&'static Setting, Vec<String>)>,
}

impl Args for GatewayArgs {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG).long(CONFIG).value_name("FILE").help(CONFIG_HELP);
        let config = config.value_parser(clap::value_parser!(PathBuf)).help_heading("General");
        let check = Arg::new(CHECK).long(CHECK).action(ArgAction::SetTrue).help(CHECK_HELP);
        let command = command.arg(config).arg(check.help_heading("General"));
        SECTIONS.iter().fold(command, |command, section| {
            command.args(section.settings.iter().map(|setting| flag(section.title, setting)))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for GatewayArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>(CONFIG).cloned();
        self.is_check = matches.get_flag(CHECK);
        let settings = SECTIONS.iter().flat_map(|section| section.settings);
        self.flags = settings
            .filter_map(|setting| {
                let values = matches.get_many::<String>(setting.name)?;
                Some((setting, values.cloned().collect()))
            })
            .collect();
        Ok(())
    }
}

fn flag(heading: &'static str, setting: &'static Setting) -> Arg {
    // Appending, so that an option given twice is told with all other mistakes, not by clap alone.
    let flag = Arg::new(setting.name).long(setting.name).action(ArgAction::Append);
    let flag = if setting.name == VERBOSITY { flag.short('v') } else { flag };
    let flag = flag.value_name(setting.value).help(help(setting)).help_heading(heading);
    match setting.takes {
        Takes::One | Takes::List | Takes::Several => flag.allow_hyphen_values(true),
        Takes::Switch => flag.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Takes::Refused => flag.hide(true).num_args(0..=1).default_missing_value(""),
    }
}

fn help(setting: &Setting) -> String {
    let mut help = setting.help.to_owned();
    if !setting.default.is_empty() {
        help = format!("{help} [default: {}]", setting.default);
    }
    match setting.upstream {
        Upstream::Same | Upstream::Absent => help,
        Upstream::Differs(how) => format!("{help} [kube-apiserver: {how}]"),
    }
}

const CONFIG: &str = "config";
const CHECK: &str = "check";
const VERBOSITY: &str = "v";
pub(crate) const CONFIG_HELP: &str = "YAML file whose keys are the names of these flags; flags win \
                                      over it. Relative paths in it start at its own folder";
pub(crate) const CHECK_HELP: &str =
    "Say what the configuration means and what is wrong with it, without starting";
