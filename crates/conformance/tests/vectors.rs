//! The vectors that travel with the repository: all of them are answered as upstream does.

use std::path::Path;

use conformance::{Kind, run};

#[test]
fn answers_every_vector_as_kubernetes_does() {
    let report = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors"));
    let report = report.expect("the vectors are readable");
    let counts = [
        (Kind::RequestInfo, 3000),
        (Kind::Rbac, 8000),
        (Kind::Rules, 300),
        (Kind::Escalation, 1500),
        (Kind::Audit, 8000),
        (Kind::Pss, 24216),
    ];
    for (kind, count) in counts {
        let tally = report.of(kind).expect("there are vectors of this kind");
        assert_eq!(tally.differences, [""; 0], "{}", kind.name());
        assert_eq!((tally.passed, tally.failed), (count, 0), "{}", kind.name());
    }
}
