//! What a component is told: its flag, or for etcd the environment variable of that name.

use inventory::{Component, ComponentKind, Container, ContainerKind, Started, Unknown};
use tree::Path;

use crate::flag::set_flag;
use crate::{Problem, Remedy, Seen};

/// A setting of a component, as it was given.
#[derive(Debug, Clone)]
pub(super) struct Setting<'a> {
    /// Its value.
    pub(super) value: &'a str,
    /// `--client-cert-auth=false`, `ETCD_CLIENT_CERT_AUTH=false`.
    pub(super) evidence: String,
    /// Where it stands, in an object.
    pub(super) path: Option<Path>,
}

/// What a component is told by a flag; of etcd also by its environment, which a flag overrides.
///
/// # Errors
/// If a file decides instead of flags.
pub(super) fn setting<'a>(
    seen: &'a Seen<'_>,
    component: &'a Component,
    flag: &str,
) -> Result<Option<Setting<'a>>, Unknown> {
    if component.kind == ComponentKind::Etcd && component.flags.get("config-file").is_some() {
        return Err(Unknown::new(
            "etcd is started with --config-file and then reads no other flag",
            "look at that file, or give etcd its settings as flags",
        ));
    }
    if let Some(given) = component.flags.get(flag) {
        let evidence = format!("--{flag}={}", given.value);
        return Ok(Some(Setting { value: &given.value, evidence, path: given.path.clone() }));
    }
    if component.kind != ComponentKind::Etcd {
        return Ok(None);
    }
    let (name, value) = by_environment(seen, component, flag);
    Ok(value.map(|value| Setting { value, evidence: format!("{name}={value}"), path: None }))
}

/// The environment variable that stands for a flag of etcd, and its value.
pub(crate) fn by_environment<'a>(
    seen: &'a Seen<'_>,
    etcd: &Component,
    flag: &str,
) -> (String, Option<&'a str>) {
    let name = format!("ETCD_{}", flag.replace('-', "_").to_ascii_uppercase());
    let value = container(seen, etcd).and_then(|container| container.env(&name));
    (name, value)
}

/// The value of a setting that is not empty.
pub(super) fn value<'a>(
    seen: &'a Seen<'_>,
    component: &'a Component,
    flag: &str,
) -> Result<Option<&'a str>, Unknown> {
    let given = setting(seen, component, flag)?;
    Ok(given.map(|given| given.value).filter(|value| !value.is_empty()))
}

/// Whether a setting is true, as Go reads truth.
pub(super) fn is_true(seen: &Seen<'_>, component: &Component, flag: &str) -> Result<bool, Unknown> {
    let given = setting(seen, component, flag)?;
    Ok(given.is_some_and(|one| matches!(one.value, "1" | "t" | "T" | "true" | "TRUE" | "True")))
}

/// The container that a component is, if it is one.
pub(super) fn container<'a>(seen: &'a Seen<'_>, component: &Component) -> Option<Container<'a>> {
    let Started::Container { container: path, .. } = &component.started else { return None };
    let object = component.object(seen.inventory())?;
    let tree = object.tree().follow(path);
    Some(Container { tree, kind: ContainerKind::Normal, path: path.clone() })
}

/// The problem at the setting, or at the container that lacks it.
pub(super) fn placed(
    problem: Problem,
    seen: &Seen<'_>,
    component: &Component,
    given: Option<&Setting<'_>>,
) -> Problem {
    let at = given.and_then(|given| given.path.clone());
    match at.or_else(|| container(seen, component).map(|container| container.path)) {
        Some(path) => problem.at(path),
        None => problem,
    }
}

/// Names a file by a flag, if it was seen and the component can read it; else steps.
pub(super) fn name_file(
    seen: &Seen<'_>,
    component: &Component,
    flag: &str,
    path: &str,
    steps: &str,
) -> Remedy {
    let mounts = container(seen, component).map(|one| one.tree.get("volumeMounts"));
    let is_mounted = mounts.is_none_or(|mounts| {
        mounts.items().iter().any(|mount| is_below(path, mount.get("mountPath").str()))
    });
    if is_mounted && seen.file(path).is_some() {
        return set_flag(seen.inventory(), component, flag, path);
    }
    let program = component.kind.program();
    Remedy::Steps(format!(
        "{steps}\nStart {program} with --{flag}={path}, and mount its folder into the pod if it is one."
    ))
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    !folder.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the host of a URL is this machine itself.
pub(super) fn is_loopback(url: &str) -> bool {
    let host = host(url);
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The host of a URL, without port, user and path.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// Whether a URL is spoken in plain text.
pub(super) fn is_plain(url: &str) -> bool {
    let scheme = url.trim().split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_urls() {
        let check = |url: &str, expected: (&str, bool, bool)| {
            assert_eq!((host(url), is_loopback(url), is_plain(url)), expected, "{url}");
        };
        check("http://127.0.0.1:2379", ("127.0.0.1", true, true));
        check("https://[::1]:2379/x", ("::1", true, false));
        check("HTTP://a:b@localhost", ("localhost", true, true));
        check("http://127.0.0.1.example.com", ("127.0.0.1.example.com", false, true));
        check("http://0.0.0.0:2381", ("0.0.0.0", false, true));
        check("192.168.0.10:6443", ("192.168.0.10", false, false));
    }

    #[test]
    fn folders_hold_what_is_below_them() {
        let check = |path: &str, folder: &str, expected: bool| {
            assert_eq!(is_below(path, folder), expected, "{path} {folder}");
        };
        check("/a/b/c", "/a/b", true);
        check("/a/b/c", "/a/b/", true);
        check("/a/bc", "/a/b", false);
        check("/a/b", "", false);
    }
}
