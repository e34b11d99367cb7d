//! PS-031: workloads in the namespace that everything lands in.

use inventory::{Unknown, Workload};
use tree::Path;

use crate::Expected::{Fail, Pass, Unknown as NotKnown};
use crate::Severity::Low;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Span,
    Verdict,
};

pub(super) const PS_031: Check = Check {
    id: "PS-031",
    name: "default-namespace",
    title: "A workload runs in the namespace default",
    practice: Practice::PodSecurity,
    severities: &[Low],
    versions: Span::ALL,
    why: "Rights, network policies and Pod Security levels are given by namespace: where everything lives together, all get what one needs.",
    fails: "The namespace of a workload is default. What a file leaves without a namespace is not known: whoever applies it chooses.",
    fix: Fix::Steps(
        "kubectl create namespace NAME; label it with a Pod Security level; apply the workload, its Service, its configuration and its roles with that namespace; then delete them in default. Claims do not move: copy what they hold.",
    ),
    references: &[Reference::Cis("5.6.4"), Reference::Nsa("Pod security")],
    judge: Judge::Workloads(&judge),
    examples: &[
        Example::of(
            "by name",
            Fail(Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: default}\nspec:\n  containers: [{name: web, image: example.com/web:1}]\n",
            )],
        ),
        pod!("one of its own", Pass, "  containers: [{name: web, image: example.com/web:1}]\n"),
        Example::of(
            "none is named",
            NotKnown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: example.com/web:1}]\n",
            )],
        ),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    match workload.namespace() {
        "default" => {
            let message = format!("{} runs in namespace default.", workload.object().describe());
            let place = Path::of(&["metadata", "namespace"]);
            Ok(Verdict::fail(Problem::new(Low, message).evidence("namespace: default").at(place)))
        }
        "" => Err(Unknown::new(
            "a workload names no namespace",
            "name the namespace that it is applied to in its metadata",
        )),
        _ => Ok(Verdict::Pass),
    }
}
