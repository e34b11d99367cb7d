//! Risky rights as data: what each takes, how bad it is where it is bound, and one finding for
//! each binding that gives it.

use inventory::{ComponentKind, Kind, Unknown};
use paths::bootstrap::Likeness;
use paths::{RoleKey, Scope, Subject};
use tree::Path;

use super::holdings::{Bound, HeldRole, Holdings};
use super::likeness::likeness;
use super::need::{self, Found, Need};
use super::{absence, words};
use crate::{About, Confidence, Problem, Remedy, Seen, Severity, Tally, UNNAMED, Verdict};

/// A risky right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The ways to have it.
    pub(crate) needs: &'static [Need],
    /// What its holder can do, after the word `can`.
    pub(crate) can: &'static str,
    /// How bad that is; nothing where it is as it should be.
    pub(crate) weigh: fn(&Case<'_, '_>) -> Option<Weight>,
}

/// A binding that gives a right.
#[derive(Debug)]
pub(crate) struct Case<'a, 'i> {
    pub(crate) seen: &'a Seen<'i>,
    pub(crate) holdings: &'a Holdings<'i>,
    pub(crate) bound: &'a Bound<'i>,
    pub(crate) role: &'a HeldRole,
    pub(crate) found: Vec<Found<'a>>,
}

/// How bad it is, and what else is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    /// A sentence more.
    pub(crate) note: String,
}

impl Row {
    /// Judges every binding that somebody made.
    pub(crate) fn judge(&self, seen: &Seen<'_>) -> Result<Tally, Unknown> {
        let holdings = seen.holdings();
        let may: Vec<bool> = holdings
            .roles
            .iter()
            .map(|role| need::gives(&role.rules, self.needs, &Scope::Cluster))
            .collect();
        let mut tally = Tally::new();
        for bound in holdings.bindings.iter().filter(|bound| !bound.is_default) {
            let is_risky = may.get(bound.role).copied().unwrap_or_default();
            let case = is_risky.then(|| self.case(seen, holdings, bound)).flatten();
            let problem = case.and_then(|case| {
                let weight = (self.weigh)(&case)?;
                Some(problem(&case, self.can, &weight))
            });
            match problem {
                None => tally.passes = tally.passes.saturating_add(1),
                Some(problem) => {
                    tally.add(About::object(bound.object), Ok(Verdict::fail(problem)));
                }
            }
        }
        absence::note(&mut tally, seen);
        Ok(tally)
    }

    fn case<'a, 'i>(
        &self,
        seen: &'a Seen<'i>,
        holdings: &'a Holdings<'i>,
        bound: &'a Bound<'i>,
    ) -> Option<Case<'a, 'i>> {
        let role = holdings.role_of(bound)?;
        if is_absorbed(bound, role) {
            return None;
        }
        let found = need::found(&role.rules, self.needs, &bound.scope);
        let found = in_version(seen, found);
        (!found.is_empty()).then_some(Case { seen, holdings, bound, role, found })
    }
}

/// Whether RB-001, RB-002 or RB-056 says all there is to say of a binding.
pub(crate) fn is_absorbed(bound: &Bound<'_>, role: &HeldRole) -> bool {
    let is_nodes = |one: &Subject| *one == Subject::group("system:nodes");
    let is_of_nodes = role.key.namespace.is_none() && &*role.key.name == "system:node";
    role.is_cluster_admin()
        || role.is_everything && bound.scope == Scope::Cluster
        || is_of_nodes && bound.subjects.iter().all(is_nodes)
}

/// Without what holds in older versions only. The version is asked for only where nothing else
/// gives the right.
fn in_version<'a>(seen: &Seen<'_>, mut found: Vec<Found<'a>>) -> Vec<Found<'a>> {
    if found.iter().any(|one| one.until.is_none()) {
        found.retain(|one| one.until.is_none());
    } else if !found.is_empty() {
        let gate_is_off = upgrades_need_no_create(seen);
        let minor = if gate_is_off { 0 } else { seen.minor().number() };
        found.retain(|one| one.until.is_none_or(|last| minor <= last));
    }
    found
}

/// Whether kube-apiserver was told to take WebSocket upgrades for reads, as it did up to 1.34.
fn upgrades_need_no_create(seen: &Seen<'_>) -> bool {
    seen.inventory().components(ComponentKind::ApiServer).any(|server| {
        let gates = server.flags.get("feature-gates");
        gates.is_some_and(|flag| {
            flag.value.contains("AuthorizePodWebsocketUpgradeCreatePermission=false")
        })
    })
}

impl Case<'_, '_> {
    /// Whether every way found is limited to objects by name.
    pub(crate) fn is_named(&self) -> bool {
        self.found.iter().all(|one| !one.names.is_empty())
    }

    /// Whether the right holds everywhere.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.bound.scope == Scope::Cluster
    }

    /// The subjects that are also given any of these needs, somewhere this binding holds.
    pub(crate) fn who_also(&self, needs: &[Need]) -> Vec<&Subject> {
        let all = self.bound.subjects.iter();
        all.filter(|one| self.holdings.holds_within(one, needs, &self.bound.scope)).collect()
    }

    /// The rule lines behind what was found, with the way they are held.
    pub(crate) fn evidence(&self) -> String {
        let mut numbers: Vec<usize> = self.found.iter().map(|one| one.rule).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let rules = numbers.into_iter().filter_map(|number| self.role.rules.get(number));
        let mut lines: Vec<String> = rules.map(words::rule).collect();
        lines.push(through(self.bound, &self.role.key));
        lines.join("\n")
    }
}

/// `through ClusterRoleBinding dev → ClusterRole edit`.
pub(crate) fn through(bound: &Bound<'_>, role: &RoleKey) -> String {
    format!("through {} → {}", bound.object.describe(), words::role(role))
}

impl Weight {
    /// No more to say.
    pub(crate) fn of(severity: Severity) -> Self {
        Self { severity, confidence: Confidence::High, note: String::new() }
    }

    /// With a sentence more.
    pub(crate) fn noting(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// A guess in part.
    pub(crate) fn guessed(self) -> Self {
        Self { confidence: Confidence::Medium, ..self }
    }
}

fn problem(case: &Case<'_, '_>, can: &str, weight: &Weight) -> Problem {
    let subjects = words::whos(&case.bound.subjects);
    let gap = if weight.note.is_empty() { "" } else { " " };
    let message = format!(
        "{} can {can} {}.{gap}{}",
        words::some_of(&subjects),
        words::place(&case.bound.scope),
        weight.note
    );
    Problem::new(weight.severity, message)
        .confidence(weight.confidence)
        .detail(words::content(&case.found))
        .evidence(case.evidence())
        .at(Path::of(&["roleRef"]))
        .subjects(subjects)
        .mended_by(Remedy::Steps(steps(case)))
}

fn steps(case: &Case<'_, '_>) -> String {
    let (role, binding) = (&case.role.key, words::kubectl(case.bound.object));
    let what = words::content(&case.found);
    let narrow = if is_own(case.seen, role) {
        format!("drop {what} from the rules: kubectl edit {}", words::kubectl_role(role))
    } else {
        format!("{} is built in: bind a role of your own without {what}", words::role(role))
    };
    format!("{narrow}\nif nobody needs the binding: kubectl delete {binding}")
}

/// Whether a role was seen and is none of those that Kubernetes makes or fills.
fn is_own(seen: &Seen<'_>, role: &RoleKey) -> bool {
    let kind = if role.namespace.is_some() { Kind::ROLE } else { Kind::CLUSTER_ROLE };
    let namespace = role.namespace.as_deref().filter(|name| *name != UNNAMED);
    let object = seen.inventory().find(kind, namespace.unwrap_or_default(), &role.name);
    object.is_some_and(|object| {
        let is_filled = !object.tree().get("aggregationRule").is_null();
        !is_filled && likeness(object) == Likeness::NotBootstrap
    })
}
