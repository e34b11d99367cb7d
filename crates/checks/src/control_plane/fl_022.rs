//! FL-022: origins that browsers may call the API from.

use inventory::{Component, ComponentKind};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const FL_022: Check = Check {
    id: "FL-022",
    name: "cors-origins",
    title: "Web pages of strangers may call the API",
    practice: Practice::ControlPlane,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "A page that an administrator visits may then ask the API in their name, and read the answer, wherever their browser has a certificate or a login for it.",
    fails: "A pattern of --cors-allowed-origins matches any origin, or is not anchored to a whole origin: patterns are regular expressions that match anywhere in it, so //example.com also allows https://example.com.evil.net. One that begins with ^ or // and ends with $, or with a colon or (:|$) behind the host, passes.",
    fix: Fix::Steps(
        "Write each origin as a whole, with dots escaped: --cors-allowed-origins=^https://console\\.example\\.com$\nTake the flag away if no web page calls the API.",
    ),
    references: &[Reference::Owasp("K06"), Reference::Mitre("T1189")],
    judge: Judge::Components(ComponentKind::ApiServer, &Origins),
    examples: &[
        Example::of(
            "any",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(started!("kube-apiserver" "--cors-allowed-origins=.*"))],
        ),
        Example::of(
            "open at its end",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--cors-allowed-origins=//example\\.com"),
            )],
        ),
        Example::of(
            "anchored",
            Expected::Pass,
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--cors-allowed-origins=^https://console\\.example\\.com$,//localhost(:|$)"),
            )],
        ),
        Example::of(
            "anchored, yet any host",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--cors-allowed-origins=^https://.*$"),
            )],
        ),
        Example::of(
            "not given",
            Expected::Pass,
            &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
        ),
    ],
};

struct Origins;

impl JudgeComponent for Origins {
    fn judge(&self, _seen: &Seen<'_>, component: &Component) -> Judged {
        let flag = "cors-allowed-origins";
        let loose = component.flags.values(flag).filter(|pattern| !is_whole(pattern));
        let problems = loose.map(|pattern| {
            let message = format!("Origins that nobody means match {pattern}.");
            flag_problem(component, flag, Severity::High, message)
                .detail(format!("{flag} {pattern}"))
        });
        Ok(Verdict::of(problems.collect()))
    }
}

/// Whether a pattern stands for one origin as a whole.
fn is_whole(pattern: &str) -> bool {
    let rest = pattern.strip_prefix('^').unwrap_or(pattern);
    let Some((scheme, host)) = rest.split_once("//") else { return false };
    let begins = pattern.starts_with('^') || scheme.is_empty();
    let host_end = [":", "(:|$)", "($|:)", "$"]
        .into_iter()
        .find_map(|end| host.strip_suffix(end).or_else(|| host.strip_suffix(&format!("{end}$"))));
    begins && host_end.is_some_and(|host| !is_any(host))
}

/// Whether the pattern of a host begins with something that any host does.
fn is_any(host: &str) -> bool {
    let first = host.split("\\.").next().unwrap_or(host);
    host.is_empty()
        || ([".*", ".+"].iter().any(|any| first.ends_with(any)) && !host.contains("\\."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_origin_begins_and_ends() {
        let check = |pattern: &str, expected: bool| {
            assert_eq!(is_whole(pattern), expected, "{pattern}");
        };
        check(r"^https://a\.example\.com$", true);
        check(r"^https://a\.example\.com:8443$", true);
        check(r"//localhost(:|$)", true);
        check(r"//127.0.0.1:", true);
        check(r"https://a\.example\.com$", false);
        check(r"//a\.example\.com", false);
        check(r"^https://.*\.example\.com$", true);
        check(r"^https://.*$", false);
        check(".*", false);
        check("*", false);
        check("", false);
    }
}
