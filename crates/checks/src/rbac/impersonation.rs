//! RB-024 to RB-026: who acts as somebody else.

use super::RIGHT;
use super::need::{Asks, Need};
use super::places::KUBE_SYSTEM;
use super::row::{Case, Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-024",
        name: "impersonate",
        title: "Others can be impersonated",
        severities: &[Severity::Critical, Severity::High],
        why: "Whoever may impersonate has the rights of whom it names; as a member of system:masters that is everything, and no rule is asked.",
        fails: "A binding gives impersonate on users, groups or serviceaccounts of the core group, or on uids or userextras of authentication.k8s.io. It is critical where groups are not limited by name, or system:masters is among the names. Groups, uids and extras work only together with users or serviceaccounts: the finding names the missing half.",
        fix: Fix::Steps(
            "Limit it with resourceNames to those who have to be impersonated; never give all groups. A gateway that authenticates people impersonates: give that to it alone.",
        ),
        references: &[
            Reference::Cis("5.1.8"),
            Reference::Mitre("T1134"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(|seen| IMPERSONATE.judge(seen)),
        examples: &[
            example!("all groups", Expected::Fail(Severity::Critical), everywhere!("{apiGroups: [\"\"], resources: [users, groups], verbs: [impersonate]}")),
            example!("a group by the name system:masters", Expected::Fail(Severity::Critical), everywhere!("{apiGroups: [\"\"], resources: [groups], resourceNames: [\"system:masters\"], verbs: [impersonate]}")),
            example!("users", Expected::Fail(Severity::High), everywhere!("{apiGroups: [\"\"], resources: [users], verbs: [impersonate]}")),
            example!("service accounts of a namespace", Expected::Fail(Severity::High), inside!("apps", "{apiGroups: [\"\"], resources: [serviceaccounts], verbs: [impersonate]}")),
            example!("an extra value", Expected::Fail(Severity::High), everywhere!("{apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}")),
            example!("users are asked for in the core group", Expected::Pass, everywhere!("{apiGroups: [authentication.k8s.io], resources: [users, groups], verbs: [impersonate]}")),
            example!("users are in no namespace", Expected::Pass, inside!("apps", "{apiGroups: [\"\"], resources: [users], verbs: [impersonate]}")),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-025",
        name: "constrained-impersonation",
        title: "Anybody can be impersonated for some verbs",
        severities: &[Severity::High, Severity::Medium],
        why: "Constrained impersonation leaves the choice of whom to be: without names that is anybody with the rights looked for.",
        fails: "From Kubernetes 1.35 on, a binding gives impersonate:user-info, impersonate:serviceaccount or impersonate:arbitrary-node without resourceNames (high; medium while nobody who holds it holds impersonate-on:… as well), or impersonate-on:… on every resource (medium). With names it passes.",
        fix: Fix::Steps(
            "Add resourceNames with those who have to be impersonated, and name the resources of impersonate-on:… verbs.",
        ),
        references: &[
            Reference::Mitre("T1134"),
            Reference::Kubernetes("reference/access-authn-authz/user-impersonation/"),
        ],
        judge: Judge::Whole(|seen| CONSTRAINED.judge(seen)),
        examples: &[
            example!("any user, for some verbs", Expected::Fail(Severity::High), everywhere!(
                "{apiGroups: [authentication.k8s.io], resources: [users], verbs: [\"impersonate:user-info\"]}",
                "{apiGroups: [\"\"], resources: [pods], verbs: [\"impersonate-on:user-info:list\"]}")).on(36),
            example!("any service account, for nothing yet", Expected::Fail(Severity::Medium), inside!("apps", "{apiGroups: [authentication.k8s.io], resources: [serviceaccounts], verbs: [\"impersonate:serviceaccount\"]}")).on(36),
            example!("for everything", Expected::Fail(Severity::Medium), everywhere!("{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"impersonate-on:user-info:list\"]}")).on(36),
            example!("one user", Expected::Pass, everywhere!(
                "{apiGroups: [authentication.k8s.io], resources: [users], resourceNames: [jane], verbs: [\"impersonate:user-info\"]}",
                "{apiGroups: [\"\"], resources: [pods], verbs: [\"impersonate-on:user-info:list\"]}")).on(36),
            example!("1.34 does not know it", Expected::Pass, everywhere!("{apiGroups: [authentication.k8s.io], resources: [users], verbs: [\"impersonate:user-info\"]}")).on(34),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-026",
        name: "create-tokens",
        title: "Tokens of service accounts can be made",
        severities: &[Severity::Critical, Severity::High],
        why: "A token made on request is the service account, for as long as it was asked for, wherever it is used.",
        fails: "A binding gives create on serviceaccounts/token: critical everywhere and in kube-system, else high. In a namespace of applications accounts that are named (resourceNames work here: the call has the name) pass.",
        fix: Fix::Steps(
            "Name the service accounts: resourceNames work for serviceaccounts/token. Bind it in their namespace rather than everywhere.",
        ),
        references: &[
            Reference::Cis("5.1.13"),
            Reference::Mitre("T1528"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(|seen| TOKENS.judge(seen)),
        examples: &[
            example!("everywhere", Expected::Fail(Severity::Critical), everywhere!("{apiGroups: [\"\"], resources: [serviceaccounts/token], verbs: [create]}")),
            example!("in a namespace, as a subresource of anything", Expected::Fail(Severity::High), inside!("apps", "{apiGroups: [\"\"], resources: [\"*/token\"], verbs: [create]}")),
            example!("of one account", Expected::Pass, inside!("apps", "{apiGroups: [\"\"], resources: [serviceaccounts/token], resourceNames: [builder], verbs: [create]}")),
            example!("service accounts alone", Expected::Pass, everywhere!("{apiGroups: [\"\"], resources: [serviceaccounts], verbs: [create]}")),
        ],
        ..RIGHT
    },
];

const IMPERSONATE: Row = Row {
    needs: LEGACY,
    can: "impersonate others",
    weigh: |case| {
        let mut groups = case.found.iter().filter(|one| one.resource == "groups");
        let is_master = |name: &String| name == "system:masters";
        let is_worst = groups.any(|one| one.names.is_empty() || one.names.iter().any(is_master));
        let severity = if is_worst { Severity::Critical } else { Severity::High };
        let half = "It works only together with impersonate on users or serviceaccounts, which none of them holds.";
        let note = if case.who_also(NAMES).is_empty() { half } else { "" };
        Some(Weight::of(severity).noting(note))
    },
};

const CONSTRAINED: Row = Row {
    needs: MODES,
    can: "impersonate others for some verbs",
    weigh: |case| {
        let literal = |verb: &str| verb.starts_with("impersonate");
        let is_mode = |verb: &str| verb.starts_with("impersonate:");
        let mut all = case.found.iter().filter(|one| literal(one.verb) && one.names.is_empty());
        let has_mode = all.clone().any(|one| is_mode(one.verb));
        let is_wide = all.any(|one| !is_mode(one.verb) && is_of_everything(case, one.rule));
        if !has_mode && !is_wide || case.seen.minor().number() < 35 {
            return None;
        }
        let acts = !case.who_also(ACTS).is_empty();
        Some(match (has_mode, acts) {
            (true, true) => Weight::of(Severity::High),
            (true, false) => Weight::of(Severity::Medium).noting(
                "What it may do then takes impersonate-on:… verbs, which none of them holds.",
            ),
            (false, _) => Weight::of(Severity::Medium).noting("It covers every resource."),
        })
    },
};

const TOKENS: Row = Row {
    needs: CREATE_TOKENS,
    can: "make tokens of service accounts",
    weigh: |case| {
        let is_wide = case.bound.reaches(KUBE_SYSTEM);
        match (is_wide, case.is_named(), case.is_everywhere()) {
            (true, false, _) | (true, true, false) => Some(Weight::of(Severity::Critical)),
            (true, true, true) | (false, false, _) => Some(Weight::of(Severity::High)),
            (false, true, _) => None,
        }
    },
};

fn is_of_everything(case: &Case<'_, '_>, rule: usize) -> bool {
    let rule = case.role.rules.get(rule);
    rule.is_some_and(|rule| rule.resources.iter().any(|one| one == "*"))
}

const AUTHENTICATION: &str = "authentication.k8s.io";
const NAMES: &[Need] = &[
    Need::cluster(&["impersonate"], "", &["users"]),
    Need::inside(&["impersonate"], "", &["serviceaccounts"]),
];
const LEGACY: &[Need] = &[
    Need::cluster(&["impersonate"], "", &["users", "groups"]),
    Need::inside(&["impersonate"], "", &["serviceaccounts"]),
    Need::cluster(&["impersonate"], AUTHENTICATION, &["uids"]),
    Need::cluster(&["impersonate"], AUTHENTICATION, &["userextras"]).asking(Asks::AnySubresource),
];
const ACTS: &[Need] = &[Need::inside(&["impersonate-on:"], "", &["*"]).asking(Asks::VerbPrefix)];
const MODES: &[Need] = &[
    Need::cluster(&["impersonate:user-info"], AUTHENTICATION, &["users", "groups", "uids"]),
    Need::cluster(&["impersonate:arbitrary-node"], AUTHENTICATION, &["nodes"]),
    Need::inside(&["impersonate:serviceaccount"], AUTHENTICATION, &["serviceaccounts"]),
    Need::inside(&["impersonate-on:"], "", &["*"]).asking(Asks::VerbPrefix),
];
pub(crate) const CREATE_TOKENS: &[Need] =
    &[Need::inside(&["create"], "", &["serviceaccounts/token"])];
