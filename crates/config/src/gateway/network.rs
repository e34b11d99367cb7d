//! From where callers may come, and whose word about that is taken.

use std::path::{Path, PathBuf};

use flow::{AccessRules, Rule, TrustedProxies};
use ipnet::IpNet;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::gateway::Section;
use crate::given::Reader;
use crate::mistake::{Mistake, Place};
use crate::parse;
use crate::setting::Setting;
use crate::yaml;

/// From where callers may come, and whose word about that is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Proxies that tell where a client comes from.
    pub trusted_proxies: TrustedProxies,
    /// Whether connections of trusted proxies begin with a PROXY protocol header.
    pub expects_proxy_header: bool,
    /// Where the rules are, for reloads.
    pub rules_file: Option<PathBuf>,
    /// Who may come from where.
    pub rules: AccessRules,
}

/// The options of this section.
pub const SECTION: Section =
    Section { title: "Network", settings: &[TRUSTED_PROXIES, PROXY_PROTOCOL, NETWORK_RULES_FILE] };

const TRUSTED_PROXIES: Setting = Setting::list(
    "trusted-proxies",
    "NETWORKS",
    "Networks of the load balancers in front, whose X-Forwarded-For or PROXY header says where a \
     client comes from. Anybody else's is ignored",
)
.ours();

const PROXY_PROTOCOL: Setting = Setting::switch(
    "proxy-protocol",
    "Connections of --trusted-proxies must begin with a PROXY protocol header, version 1 or 2",
)
.ours();

const NETWORK_RULES_FILE: Setting = Setting::one(
    "network-rules-file",
    "FILE",
    "YAML file that says from which networks users and groups may come, and for what. Read again \
     when it changes",
)
.ours();

pub(crate) fn read(reader: &mut Reader<'_>) -> Network {
    let proxies = reader.many(&TRUSTED_PROXIES, parse::network);
    let expects_proxy_header = reader.switch(&PROXY_PROTOCOL);
    if expects_proxy_header && proxies.is_empty() {
        let problem = "needs --trusted-proxies: the header is believed from these only";
        reader.reject(&PROXY_PROTOCOL, problem);
    }
    for network in proxies.iter().filter(|network| network.prefix_len() == 0) {
        let problem = "trusts everybody to say where they come from; name the load balancers";
        reader.reject_value(&TRUSTED_PROXIES, &network.to_string(), problem);
    }
    let rules_file = reader.path(&NETWORK_RULES_FILE);
    let rules = rules_file.as_deref().and_then(|path| load(reader, path)).unwrap_or_default();
    let trusted_proxies = TrustedProxies::new(proxies);
    Network { trusted_proxies, expects_proxy_header, rules_file, rules }
}

/// Reads the rules' file; at the start and at each reload. What is wrong is told to `reader`.
pub(crate) fn load(reader: &mut Reader<'_>, path: &Path) -> Option<AccessRules> {
    let file = path.display().to_string();
    let text = reader.text(&NETWORK_RULES_FILE, path, LONGEST)?;
    let read = yaml::one::<RawRules>(&file, &text).map_err(|mistake| vec![mistake]);
    match read.and_then(|raw| raw.valid(&file)) {
        Ok(rules) => Some(rules),
        Err(mistakes) => {
            reader.add(mistakes);
            None
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    rules: Vec<Spanned<RawRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRule {
    name: String,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    namespaces: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    allow_from: Vec<Spanned<String>>,
    #[serde(default)]
    deny_from: Vec<Spanned<String>>,
}

impl RawRules {
    fn valid(self, file: &str) -> Result<AccessRules, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let places: Vec<_> = self.rules.iter().map(|rule| place(file, rule)).collect();
        let rules = self.rules.into_iter().map(|rule| rule.value.valid(file, &mut mistakes));
        let rules: Vec<Rule> = rules.collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let names: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
        AccessRules::new(rules).map_err(|bad| {
            bad.into_iter()
                .filter_map(|bad| {
                    let (place, name) = (places.get(bad.index)?, names.get(bad.index)?);
                    let problem = bad.problem.to_string();
                    Some(Mistake { place: place.clone(), value: Some(name.clone()), problem })
                })
                .collect()
        })
    }
}

impl RawRule {
    fn valid(self, file: &str, mistakes: &mut Vec<Mistake>) -> Rule {
        Rule {
            name: self.name,
            users: self.users,
            groups: self.groups,
            verbs: self.verbs,
            resources: self.resources,
            namespaces: self.namespaces,
            paths: self.paths,
            allow_from: networks(self.allow_from, file, mistakes),
            deny_from: networks(self.deny_from, file, mistakes),
        }
    }
}

fn networks(raw: Vec<Spanned<String>>, file: &str, mistakes: &mut Vec<Mistake>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for entry in raw {
        match parse::network(&entry.value) {
            Ok(network) => networks.push(network),
            Err(problem) => {
                let place = place(file, &entry);
                mistakes.push(Mistake { place, value: Some(entry.value), problem });
            }
        }
    }
    networks
}

fn place<T>(file: &str, at: &Spanned<T>) -> Place {
    let position = Some((at.referenced.line(), at.referenced.column()));
    Place::File { file: file.to_owned(), position }
}

const LONGEST: u64 = 1 << 20;
