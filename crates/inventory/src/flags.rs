//! Command-line flags as the components of Kubernetes read them: `--a=b` and `--a b` are one, `_`
//! is `-` in names, the last of several wins, a flag without a value is true.

use tree::Path;

/// A flag that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without dashes in front, `_` read as `-`.
    pub name: String,
    /// Its value; `true` if there is none.
    pub value: String,
    /// The item of the command line that it stands in, in the object, where there is one.
    pub path: Option<Path>,
    /// The path of the item that holds the value, if that is another one.
    pub value_path: Option<Path>,
}

/// The flags of one process, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags(Vec<Flag>);

impl Flags {
    /// Reads the words of a command line behind the program's name, each with its place.
    pub fn parse(words: &[(String, Option<Path>)]) -> Self {
        let mut flags = Vec::new();
        let mut rest = words.iter().peekable();
        while let Some((word, path)) = rest.next() {
            let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else {
                continue;
            };
            let (name, value) = flag.split_once('=').map_or((flag, None), |(n, v)| (n, Some(v)));
            if name.is_empty() {
                continue;
            }
            let name = name.replace('_', "-");
            let follows = rest.peek().filter(|(next, _)| !next.starts_with('-'));
            let (value, value_path) = match (value, follows) {
                (Some(value), _) => (value.to_owned(), None),
                (None, Some(_)) if !is_boolean(&name) => {
                    let (next, at) = rest.next().cloned().unwrap_or_default();
                    (next, at)
                }
                (None, _) => ("true".to_owned(), None),
            };
            flags.push(Flag { name, value, path: path.clone(), value_path });
        }
        Self(flags)
    }

    /// The flag of a name that counts: the last.
    pub fn get(&self, name: &str) -> Option<&Flag> {
        self.0.iter().rev().find(|flag| flag.name == name)
    }

    /// The value of a flag.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|flag| flag.value.as_str())
    }

    /// The values of a flag that may be repeated, those with commas split.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let given = self.0.iter().filter(move |flag| flag.name == name);
        given
            .flat_map(|flag| flag.value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// Whether a boolean flag is true; none if it is not given or no boolean.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
            _ => None,
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Flag> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Boolean flags take no value from the next word (as pflag has it), so a word that follows one is
/// not its value. Of other flags a word that follows is.
fn is_boolean(name: &str) -> bool {
    BOOLEAN.contains(&name)
}

const BOOLEAN: [&str; 44] = [
    "allow-metric-labels-manifest",
    "allow-privileged",
    "anonymous-auth",
    "audit-log-compress",
    "audit-log-truncate-enabled",
    "audit-webhook-truncate-enabled",
    "authentication-tolerate-lookup-failure",
    "authentication-token-webhook",
    "authorization-skip-lookup",
    "auto-tls",
    "client-cert-auth",
    "contention-profiling",
    "enable-aggregator-routing",
    "enable-bootstrap-token-auth",
    "enable-controller-attach-detach",
    "enable-debugging-handlers",
    "enable-dynamic-provisioning",
    "enable-garbage-collector",
    "enable-priority-and-fairness",
    "enable-server",
    "encryption-provider-config-automatic-reload",
    "experimental-initial-corrupt-check",
    "fail-swap-on",
    "help",
    "kubelet-https",
    "leader-elect",
    "logtostderr",
    "make-iptables-util-chains",
    "peer-auto-tls",
    "peer-client-cert-auth",
    "permit-address-sharing",
    "permit-port-sharing",
    "profiling",
    "protect-kernel-defaults",
    "register-node",
    "rotate-certificates",
    "rotate-server-certificates",
    "seccomp-default",
    "serialize-image-pulls",
    "service-account-extend-token-expiration",
    "service-account-lookup",
    "use-service-account-credentials",
    "version",
    "watch-cache",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(line: &str) -> Flags {
        let words: Vec<_> = line.split_whitespace().map(|word| (word.to_owned(), None)).collect();
        Flags::parse(&words)
    }

    #[test]
    fn reads_flags_as_the_components_do() {
        let check = |line: &str, name: &str, expected: Option<&str>| {
            assert_eq!(flags(line).value(name), expected, "{line}");
        };
        check("--a=b", "a", Some("b"));
        check("--a b", "a", Some("b"));
        check("-a=b", "a", Some("b"));
        check("--insecure_port=0", "insecure-port", Some("0"));
        check("--a=1 --a=2", "a", Some("2"));
        check("--profiling", "profiling", Some("true"));
        check("--profiling false", "profiling", Some("true"));
        check("--v 2 --x", "v", Some("2"));
        check("--x --v=2", "x", Some("true"));
        check("--a==b", "a", Some("=b"));
        check("--a=", "a", Some(""));
        check("a=b", "a", None);
        check("", "a", None);
    }

    #[test]
    fn lists_are_split_and_joined() {
        let flags = flags("--m=Node,RBAC --m Webhook --on --off=false");
        assert_eq!(flags.values("m").collect::<Vec<_>>(), ["Node", "RBAC", "Webhook"]);
        assert_eq!(
            (flags.bool("on"), flags.bool("off"), flags.bool("m")),
            (Some(true), Some(false), None)
        );
    }
}
