//! PS-001 to PS-018 and PS-036: the Pod Security Standards, one check of theirs each. The verdict is
//! that of Kubernetes' own library, at the version of the standards that the cluster applies.

pub(super) mod baseline_host;
pub(super) mod baseline_kernel;
mod mend;
pub(super) mod restricted;
mod restricted_examples;
mod spot;

use admission::{CheckId, Denial, Pod, PolicyVersion};
use edit::Edit;
use inventory::Workload;

use super::accepted::accepted;
use crate::{
    Check, Fix, Judge, JudgeWorkload, Judged, Practice, Problem, Remedy, Seen, Severity, Span,
    Verdict,
};
use spot::Spot;

/// A check of the standards, and what is said and done where it denies a pod.
struct Standard {
    check: CheckId,
    severity: Severity,
    /// What a container, volume or pod does that is denied: `is privileged`.
    does: &'static str,
    /// What a careful engineer would change; none where that is not for a program to say.
    mend: fn(&Spot<'_>) -> Option<Vec<Edit>>,
}

impl JudgeWorkload for Standard {
    fn judge(&self, seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
        let pod = Pod::created_from(workload.template());
        let version = self.version(seen, &pod);
        let denial = if self.check.is_in(version) {
            self.check.judge(&pod, version)
        } else if self.check.judge(&pod, PolicyVersion::NEWEST).is_some() {
            return Ok(Verdict::NotApplicable(format!(
                "the standards of {version} do not ask for it"
            )));
        } else {
            None
        };
        let Some(denial) = denial else { return Ok(Verdict::Pass) };
        Ok(match accepted(workload) {
            Some(why) => Verdict::Exempt(why.to_owned()),
            None => Verdict::of(self.problems(workload, &denial)),
        })
    }
}

impl Standard {
    /// The version of the standards that counts. The cluster's is asked for only where the pod is
    /// judged in another way by another.
    fn version(&self, seen: &Seen<'_>, pod: &Pod<'_>) -> PolicyVersion {
        let known = seen.inventory().minor().is_some();
        if !known && !self.depends_on_version(pod) {
            return PolicyVersion::NEWEST;
        }
        PolicyVersion::V1(u64::from(seen.minor().number()).max(FIRST))
    }

    fn depends_on_version(&self, pod: &Pod<'_>) -> bool {
        let newest = self.check.judge(pod, PolicyVersion::NEWEST);
        self.check.revised().any(|revised| match revised {
            PolicyVersion::V1(minor) if minor > FIRST => {
                self.check.judge(pod, PolicyVersion::V1(minor.saturating_sub(1))) != newest
            }
            PolicyVersion::V1(_) | PolicyVersion::Latest => false,
        })
    }

    fn problems(&self, workload: &Workload<'_>, denial: &Denial) -> Vec<Problem> {
        let problem = |spot: &Spot<'_>| {
            let evidence = spot.evidence();
            let remedy = (self.mend)(spot).map_or(Remedy::Explained, Remedy::Edit);
            Problem::new(self.severity, format!("{} {} ({evidence}).", spot.who(), self.does))
                .detail(spot.detail())
                .evidence(evidence)
                .at(spot.nearest())
                .mended_by(remedy)
        };
        let spots = Spot::all(workload, denial);
        spots.iter().filter(|spot| !self.is_told_elsewhere(spot)).map(problem).collect()
    }

    /// Whether it is a volume that the baseline refuses already, which PS-005 says.
    fn is_told_elsewhere(&self, spot: &Spot<'_>) -> bool {
        self.check == CheckId::RestrictedVolumes && !spot.held(&["hostPath"]).is_null()
    }
}

/// Admission knows the standards from 1.23 on; what an older cluster runs is held to the first.
const FIRST: u64 = 23;

/// What all have in common.
const STANDARD: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::PodSecurity,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};
