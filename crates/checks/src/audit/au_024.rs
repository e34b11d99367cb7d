//! AU-024: kubelets that drop their events.

use inventory::{ComponentKind, Kind, Unknown};
use tree::Path;

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(super) const AU_024: Check = Check {
    id: "AU-024",
    name: "kubelet-event-rate",
    title: "A kubelet drops events sooner than by default",
    severities: &[Severity::Low],
    why: "Events say that containers crash, are killed or pull another image; what is dropped nobody sees.",
    fails: "eventRecordQPS, or --event-qps, is below 50 and not 0, which means no limit. Not given it is the default and passes. A flag counts before the file.",
    fix: Fix::Sometimes(
        "Sets eventRecordQPS: 50; the flag where the kubelet is started by one that can be changed.",
    ),
    references: &[Reference::Cis("4.2.8"), Reference::Owasp("K10")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "five",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at("/var/lib/kubelet/config.yaml", FIVE)],
        ),
        Example::of(
            "negative",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at("/var/lib/kubelet/config.yaml", NEGATIVE)],
        ),
        Example::of(
            "a flag",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at(
                "/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--event-qps=1\"\n",
            )],
        ),
        Example::of(
            "no limit",
            Expected::Pass,
            &[ExampleFile::at("/var/lib/kubelet/config.yaml", NO_LIMIT)],
        ),
        Example::of(
            "the default",
            Expected::Pass,
            &[ExampleFile::at("/var/lib/kubelet/config.yaml", DEFAULT)],
        ),
        Example::of("no kubelet was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let inventory = seen.inventory();
    let mut tally = Tally::new();
    for object in inventory.of(Kind::KUBELET_CONFIGURATION) {
        let rate = object.tree().get("eventRecordQPS").int();
        let path = Path::of(&["eventRecordQPS"]);
        let problem = rate
            .filter(|rate| is_low(*rate))
            .map(|rate| problem(rate).at(path.clone()).mended_by(Remedy::set(path, 50)));
        tally.add(About::object(object), Ok(problem.into()));
    }
    for kubelet in inventory.components(ComponentKind::Kubelet) {
        let Some(flag) = kubelet.flags.value("event-qps") else { continue };
        let problem =
            flag.parse().ok().filter(|rate| is_low(*rate)).map(|rate| {
                problem(rate).mended_by(set_flag(inventory, kubelet, "event-qps", "50"))
            });
        tally.add(About::component(kubelet, inventory), Ok(Verdict::from(problem)));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the configuration of no kubelet was seen",
            "give the node's /var/lib/kubelet/config.yaml",
        ));
    }
    Ok(tally)
}

fn is_low(rate: i64) -> bool {
    rate != 0 && rate < 50
}

fn problem(rate: i64) -> Problem {
    Problem::new(
        Severity::Low,
        format!("Of more than {rate} events a second the rest are dropped."),
    )
    .detail("eventRecordQPS")
    .evidence(format!("eventRecordQPS: {rate}"))
}

const FIVE: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
eventRecordQPS: 5 # as it once was
";

const NEGATIVE: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
eventRecordQPS: -1
";

const NO_LIMIT: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
eventRecordQPS: 0
";

const DEFAULT: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
rotateCertificates: true
";
