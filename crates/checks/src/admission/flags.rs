//! AC-001 to AC-006: plugins that must not run, and plugins that must.

use inventory::{Component, ComponentKind};

use crate::example::{Example, ExampleFile, Expected};
use crate::plugins::{DISABLE, ENABLE, Plugins, enable, strike, strike_enabled};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Seen, Severity, Span,
    Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AC-001",
        name: "always-admit",
        title: "The admission plugin AlwaysAdmit runs",
        severities: &[Severity::Critical],
        why: "It stands for a server without admission control: whoever can create pods gets any pod.",
        fails: "AlwaysAdmit is among --enable-admission-plugins.",
        fix: Fix::Automatic("Takes it off the list."),
        references: &[Reference::Cis("1.2.10"), Reference::Owasp("K04")],
        judge: Judge::Components(ComponentKind::ApiServer, &MustNotRun("AlwaysAdmit")),
        examples: &[
            Example::of("beside another", Expected::Fail(Severity::Critical), &[API_ALWAYS]),
            Example::of("alone", Expected::Fail(Severity::Critical), &[API_ALWAYS_ALONE]),
            Example::of("what kubeadm writes", Expected::Pass, &[API_KUBEADM]),
            Example::of("nothing is said", Expected::Pass, &[API_PLAIN]),
            Example::of("the API server was not seen", Expected::Unknown, &[]),
        ],
        ..PLUGINS
    },
    Check {
        id: "AC-002",
        name: "node-restriction",
        title: "The admission plugin NodeRestriction does not run",
        severities: &[Severity::High],
        why: "Without it a kubelet may label its own and other nodes and change pods of others: one lost node draws the workloads of all.",
        fails: "NodeRestriction, which is no default, is not among --enable-admission-plugins.",
        fix: Fix::Automatic("Adds it to --enable-admission-plugins."),
        references: &[Reference::Cis("1.2.14"), Reference::Owasp("K02")],
        judge: Judge::Components(
            ComponentKind::ApiServer,
            &MustRun { plugin: "NodeRestriction", severity: Severity::High },
        ),
        examples: &[
            Example::of("nothing is said", Expected::Fail(Severity::High), &[API_PLAIN]),
            Example::of("others are named", Expected::Fail(Severity::High), &[API_ALWAYS_ALONE]),
            Example::of("what kubeadm writes", Expected::Pass, &[API_KUBEADM]),
            Example::of("value in a word of its own, among others", Expected::Pass, &[API_TWO]),
        ],
        ..PLUGINS
    },
    Check {
        id: "AC-003",
        name: "service-account-plugin-off",
        title: "The admission plugin ServiceAccount is switched off",
        why: "Pods then run with service accounts nobody checked the existence of, and Secrets that a service account may not mount are mounted.",
        fails: "ServiceAccount, a default, is among --disable-admission-plugins.",
        references: &[Reference::Cis("1.2.12"), Reference::Owasp("K02")],
        judge: Judge::Components(ComponentKind::ApiServer, &MustStay(&["ServiceAccount"])),
        examples: &[
            Example::of("disabled", Expected::Fail(Severity::High), &[API_DISABLED]),
            Example::of("the default", Expected::Pass, &[API_PLAIN]),
        ],
        ..STAY
    },
    Check {
        id: "AC-004",
        name: "namespace-lifecycle-off",
        title: "The admission plugin NamespaceLifecycle is switched off",
        why: "Objects can then be created in namespaces that are being deleted or do not exist, and default, kube-system and kube-public can be deleted.",
        fails: "NamespaceLifecycle, a default, is among --disable-admission-plugins.",
        references: &[Reference::Cis("1.2.13"), Reference::Owasp("K04")],
        judge: Judge::Components(ComponentKind::ApiServer, &MustStay(&["NamespaceLifecycle"])),
        examples: &[
            Example::of("disabled", Expected::Fail(Severity::High), &[API_DISABLED]),
            Example::of("the default", Expected::Pass, &[API_PLAIN]),
        ],
        ..STAY
    },
    Check {
        id: "AC-005",
        name: "always-pull-images",
        title: "A pod may use an image that another pulled with its own credentials",
        severities: &[Severity::Low],
        why: "On nodes that tenants share, who knows the name of a private image that is on the node runs it without the credentials for it.",
        fails: "AlwaysPullImages does not run. From 1.35 the kubelet itself asks for credentials again, so that it is not needed.",
        fix: Fix::Automatic(
            "Adds it to --enable-admission-plugins. Every start of a container then asks the registry, which must be there.",
        ),
        references: &[Reference::Cis("1.2.11"), Reference::Owasp("K04")],
        judge: Judge::Components(ComponentKind::ApiServer, &always_pull),
        examples: &[
            Example::of("not named", Expected::Fail(Severity::Low), &[API_KUBEADM]).on(34),
            Example::of("named", Expected::Pass, &[API_TWO]).on(34),
            Example::of("a kubelet that asks by itself", Expected::Exempt, &[API_KUBEADM]).on(35),
            Example::of("no version is known", Expected::Unknown, &[API_KUBEADM]),
        ],
        ..PLUGINS
    },
    Check {
        id: "AC-006",
        name: "guarding-plugin-off",
        title: "A plugin that enforces policies is switched off",
        why: "Policies, webhooks or rules about certificates are then stored but not asked: whatever they forbid is let in.",
        fails: "PodSecurity, ValidatingAdmissionPolicy, MutatingAdmissionPolicy, a webhook plugin or one of the Certificate plugins is among --disable-admission-plugins.",
        references: &[Reference::Owasp("K04")],
        judge: Judge::Components(ComponentKind::ApiServer, &MustStay(&GUARDING)),
        examples: &[
            Example::of("PodSecurity", Expected::Fail(Severity::High), &[API_NO_PODSECURITY]),
            Example::of("another default", Expected::Pass, &[API_DISABLED]),
            Example::of("the defaults", Expected::Pass, &[API_PLAIN]),
        ],
        ..STAY
    },
];

/// What they have in common.
pub(super) const PLUGINS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Admission,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// What those have in common that a default must not be taken away.
const STAY: Check = Check {
    severities: &[Severity::High],
    fix: Fix::Automatic("Takes it off --disable-admission-plugins."),
    ..PLUGINS
};

const GUARDING: [&str; 8] = [
    "CertificateApproval",
    "CertificateSigning",
    "CertificateSubjectRestriction",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "PodSecurity",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
];

struct MustNotRun(&'static str);

impl JudgeComponent for MustNotRun {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        // What is no default runs only where it is named, in every version.
        let plugins = Plugins::of(component, inventory::Minor::NEWEST);
        if !plugins.enabled.contains(&self.0) {
            return Ok(Verdict::Pass);
        }
        let remedy = strike_enabled(seen.inventory(), component, &[self.0]);
        Ok(Verdict::fail(
            placed(
                Problem::new(Severity::Critical, format!("The plugin {} is enabled.", self.0)),
                component,
                ENABLE,
            )
            .detail(self.0)
            .mended_by(remedy),
        ))
    }
}

struct MustRun {
    plugin: &'static str,
    severity: Severity,
}

impl JudgeComponent for MustRun {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        if Plugins::of(component, inventory::Minor::NEWEST).runs(self.plugin) {
            return Ok(Verdict::Pass);
        }
        let message = format!("The plugin {} does not run.", self.plugin);
        let problem = placed(Problem::new(self.severity, message), component, ENABLE);
        Ok(Verdict::fail(problem.detail(self.plugin).mended_by(enable(
            seen.inventory(),
            component,
            self.plugin,
        ))))
    }
}

struct MustStay(&'static [&'static str]);

impl JudgeComponent for MustStay {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let off: Vec<&str> =
            component.flags.values(DISABLE).filter(|plugin| self.0.contains(plugin)).collect();
        let problems = off.iter().map(|plugin| {
            let message = format!("The plugin {plugin}, which runs by default, is switched off.");
            placed(Problem::new(Severity::High, message), component, DISABLE)
                .detail(*plugin)
                .mended_by(strike(seen.inventory(), component, DISABLE, &off))
        });
        Ok(Verdict::of(problems.collect()))
    }
}

fn always_pull(seen: &Seen<'_>, component: &Component) -> Judged {
    let rule = MustRun { plugin: "AlwaysPullImages", severity: Severity::Low };
    let judged = rule.judge(seen, component)?;
    if judged != Verdict::Pass && seen.minor_of(component).number() >= 35 {
        return Ok(Verdict::Exempt(
            "from 1.35 the kubelet asks the registry whether a pod may use an image it has".into(),
        ));
    }
    Ok(judged)
}

/// With the flag as it was seen, and where it stands.
pub(super) fn placed(problem: Problem, component: &Component, flag: &str) -> Problem {
    let Some(given) = component.flags.get(flag) else {
        return problem.evidence(format!("--{flag} is not given"));
    };
    let problem = problem.evidence(format!("--{flag}={}", given.value));
    match given.path.clone() {
        Some(path) => problem.at(path),
        None => problem,
    }
}

const API_PLAIN: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n",
);
const API_KUBEADM: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction\n",
);
const API_TWO: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n    args: [--enable-admission-plugins, 'NodeRestriction,AlwaysPullImages']\n",
);
const API_ALWAYS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction,AlwaysAdmit\n    - --secure-port=6443\n",
);
const API_ALWAYS_ALONE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=AlwaysAdmit\n    - --secure-port=6443\n",
);
const API_DISABLED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --disable-admission-plugins=ServiceAccount,NamespaceLifecycle\n",
);
const API_NO_PODSECURITY: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --disable-admission-plugins=PodSecurity\n    - --enable-admission-plugins=NodeRestriction\n",
);
