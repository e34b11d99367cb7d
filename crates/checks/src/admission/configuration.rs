//! AC-008, AC-009 and AC-021: the configuration file of the admission plugins.

use inventory::{Component, ComponentKind, Kind, Minor, Object, Unknown};
use tree::Tree;

use super::flags::placed;
use crate::host_path;
use crate::plugins::Plugins;
use crate::{
    Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span, Verdict,
};

pub(super) mod examples;

use crate::example::{Example, Expected};
use examples::{
    API_FILE, API_IMAGES, API_NO_FILE, API_PLAIN, FILE_ALLOW, FILE_DENY, FILE_LIMITS, FILE_OTHER,
    FILE_STATIC, LIMITS, SIGNED,
};

/// The flag that names the file.
const FLAG: &str = "admission-control-config-file";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AC-008",
        name: "admission-plugin-without-configuration",
        title: "An admission plugin has no configuration to work with",
        practice: Practice::Admission,
        severities: &[Severity::High],
        versions: Span::ALL,
        why: "EventRateLimit and ImagePolicyWebhook do nothing without one: kube-apiserver refuses to start, and what they were to guard is unguarded where they are taken off again to make it start.",
        fails: "EventRateLimit or ImagePolicyWebhook runs, and --admission-control-config-file is not given or its file has no entry for the plugin.",
        fix: Fix::Steps(STEPS_008),
        references: &[
            Reference::Kubernetes("reference/access-authn-authz/admission-controllers/"),
            Reference::Owasp("K04"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &missing),
        examples: &[
            Example::of("no file is named", Expected::Fail(Severity::High), &[API_NO_FILE]),
            Example::of(
                "the file is about another plugin",
                Expected::Fail(Severity::High),
                &[API_FILE, FILE_OTHER],
            ),
            Example::of("limits in the file", Expected::Pass, &[API_FILE, FILE_LIMITS, LIMITS]),
            Example::of("the file was not seen", Expected::Unknown, &[API_FILE]),
            Example::of(
                "the file that the file names was not seen",
                Expected::Unknown,
                &[API_FILE, FILE_LIMITS],
            ),
            Example::of("no such plugin runs", Expected::Pass, &[API_PLAIN]),
        ],
    },
    Check {
        id: "AC-009",
        name: "images-unverified",
        title: "Images run that nobody vouched for",
        practice: Practice::Admission,
        severities: &[Severity::High, Severity::Low],
        versions: Span::ALL,
        why: "Whoever can push to a registry, or write an image's name into a pod, decides what runs; signatures that are checked at admission take that away.",
        fails: "ImagePolicyWebhook lets images in while its backend is away (defaultAllow: true), which is high. Neither it nor any policy that verifies signatures is there, which is low.",
        fix: Fix::Steps(
            "Verify signatures at admission: kubectl apply a ClusterImagePolicy of sigstore policy-controller, an ImageValidatingPolicy of Kyverno, or a ValidatingAdmissionPolicy that takes images by digest from your registry only. For ImagePolicyWebhook set defaultAllow: false in its configuration and restart kube-apiserver.",
        ),
        references: &[Reference::Cis("5.5.1"), Reference::Owasp("K04"), Reference::Mitre("T1525")],
        judge: Judge::Components(ComponentKind::ApiServer, &unverified),
        examples: &[
            Example::of(
                "everything is let in while the backend is away",
                Expected::Fail(Severity::High),
                &[API_IMAGES, FILE_ALLOW],
            ),
            Example::of("nothing is", Expected::Pass, &[API_IMAGES, FILE_DENY]),
            Example::of("nothing verifies", Expected::Fail(Severity::Low), &[API_PLAIN]),
            Example::of("a policy of sigstore", Expected::Pass, &[API_PLAIN, SIGNED]),
            Example::of("webhooks were not listed", Expected::Unknown, &[API_PLAIN]).partial(),
            Example::of("the file was not seen", Expected::Unknown, &[API_IMAGES]),
        ],
    },
    Check {
        id: "AC-021",
        name: "static-admission-policies",
        title: "Policies are also read from files that the API does not show",
        practice: Practice::Admission,
        severities: &[Severity::Info],
        versions: Span::from(36),
        why: "What admission lets in cannot be told from the objects of the API alone; whoever writes those files changes it unseen by audit.",
        fails: "The configuration of an admission plugin has a staticManifestsDir. Without the file that --admission-control-config-file names there is none.",
        fix: Fix::Steps(
            "Nothing to mend. Scan that folder together with the cluster, and keep it writable for root alone: chmod -R go-w DIRECTORY.",
        ),
        references: &[Reference::Kubernetes(
            "reference/access-authn-authz/manifest-admission-control/",
        )],
        judge: Judge::Components(ComponentKind::ApiServer, &from_files),
        examples: &[
            Example::of(
                "a folder of policies",
                Expected::Fail(Severity::Info),
                &[API_FILE, FILE_STATIC],
            )
            .on(37),
            Example::of("another configuration", Expected::Pass, &[API_FILE, FILE_OTHER]).on(37),
            Example::of("no file", Expected::Pass, &[API_PLAIN]).on(36),
            Example::of("a version without", Expected::NotApplicable, &[API_PLAIN]).on(35),
            Example::of("the file was not seen", Expected::Unknown, &[API_FILE]).on(37),
        ],
    },
];

const STEPS_008: &str = "1. Write /etc/kubernetes/admission/config.yaml: apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [{name: EventRateLimit, path: eventconfig.yaml}].\n2. Beside it eventconfig.yaml: apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{type: Namespace, qps: 50, burst: 100, cacheSize: 2000}].\n3. Mount the folder into the kube-apiserver pod (hostPath and volumeMount), then add --admission-control-config-file=/etc/kubernetes/admission/config.yaml.";

/// The plugins that do not work without a configuration of their own.
const NEEDY: [&str; 2] = ["EventRateLimit", "ImagePolicyWebhook"];

fn missing(seen: &Seen<'_>, component: &Component) -> Judged {
    let plugins = Plugins::of(component, Minor::NEWEST);
    let mut problems = Vec::new();
    for plugin in NEEDY.into_iter().filter(|plugin| plugins.runs(plugin)) {
        let lacks = match configuration(seen, component)? {
            None => Some(format!("The plugin {plugin} runs, and no configuration file is named.")),
            Some(object) => match entry(object, plugin) {
                None => Some(format!("The configuration has no entry for the plugin {plugin}.")),
                Some(entry) => {
                    let _settings = settings(seen, object, entry)?;
                    None
                }
            },
        };
        problems.extend(lacks.map(|message| {
            placed(Problem::new(Severity::High, message), component, FLAG).detail(plugin)
        }));
    }
    Ok(Verdict::of(problems))
}

fn unverified(seen: &Seen<'_>, component: &Component) -> Judged {
    if !Plugins::of(component, Minor::NEWEST).runs("ImagePolicyWebhook") {
        return unsigned(seen);
    }
    // Without a file the server does not start, which AC-008 says.
    let Some(object) = configuration(seen, component)? else { return Ok(Verdict::Pass) };
    let Some(entry) = entry(object, "ImagePolicyWebhook") else { return Ok(Verdict::Pass) };
    let settings = settings(seen, object, entry)?;
    if !settings.at(&["imagePolicy", "defaultAllow"]).is_true() {
        return Ok(Verdict::Pass);
    }
    Ok(Verdict::fail(
        Problem::new(
            Severity::High,
            "ImagePolicyWebhook lets every image in while its backend does not answer.",
        )
        .detail("defaultAllow")
        .evidence("imagePolicy.defaultAllow: true"),
    ))
}

fn unsigned(seen: &Seen<'_>) -> Judged {
    if seen.objects().iter().any(verifies) {
        return Ok(Verdict::Pass);
    }
    let validating = seen.all(Kind::VALIDATING_WEBHOOK)?;
    let mutating = seen.all(Kind::MUTATING_WEBHOOK)?;
    let verifier = validating.iter().chain(mutating).find(|one| {
        let name = one.name().to_ascii_lowercase();
        VERIFIERS.iter().any(|verifier| name.contains(verifier))
    });
    if let Some(verifier) = verifier {
        return Err(Unknown::new(
            format!("{} may verify images, and its policies were not seen", verifier.describe()),
            "look at what it verifies",
        ));
    }
    Ok(Verdict::fail(
        Problem::new(Severity::Low, "No policy that verifies signatures of images was seen.")
            .detail("signatures")
            .confidence(Confidence::Medium),
    ))
}

/// Whether an object is a policy that verifies signatures.
fn verifies(object: &Object) -> bool {
    match (object.kind().group, object.kind().kind) {
        ("policy.sigstore.dev", "ClusterImagePolicy")
        | ("policies.kyverno.io", "ImageValidatingPolicy") => true,
        ("kyverno.io", "ClusterPolicy" | "Policy") => {
            let rules = object.tree().at(&["spec", "rules"]).items();
            rules.iter().any(|rule| !rule.get("verifyImages").items().is_empty())
        }
        _ => false,
    }
}

/// Parts of names of webhooks whose programs verify images.
const VERIFIERS: [&str; 8] = [
    "connaisseur",
    "cosign",
    "kyverno",
    "notation",
    "policy.sigstore.dev",
    "portieris",
    "ratify",
    "kubewarden",
];

fn from_files(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(object) = configuration(seen, component)? else { return Ok(Verdict::Pass) };
    let mut problems = Vec::new();
    for entry in object.tree().get("plugins").items() {
        let Some(folder) = settings(seen, object, entry)?.get("staticManifestsDir").text() else {
            continue;
        };
        let plugin = entry.get("name").str();
        problems.push(
            Problem::new(Severity::Info, format!("{plugin} also reads what stands in {folder}."))
                .detail(plugin)
                .evidence(format!("staticManifestsDir: {folder}"))
                .mended_by(Remedy::Steps(format!("scan {folder} together with the cluster"))),
        );
    }
    Ok(Verdict::of(problems))
}

/// The configuration that an API server is given; none if it is given none.
pub(super) fn configuration<'i>(
    seen: &Seen<'i>,
    component: &Component,
) -> Result<Option<&'i Object>, Unknown> {
    let Some(path) = component.flags.value(FLAG).filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let inventory = seen.inventory();
    let unseen = || {
        Unknown::new(
            format!("{path}, which configures admission plugins, was not seen"),
            format!("give {path} of a control plane node too"),
        )
    };
    let file = host_path::file(inventory, component, path).ok_or_else(unseen)?;
    let mut objects = inventory.objects_of(file);
    let found = objects.find(|object| object.kind() == Kind::ADMISSION_CONFIGURATION);
    found.map(Some).ok_or_else(unseen)
}

fn entry<'o>(object: &'o Object, plugin: &str) -> Option<&'o Tree> {
    let mut entries = object.tree().get("plugins").items().iter();
    entries.find(|entry| entry.get("name").str() == plugin)
}

/// What configures a plugin: in the entry itself or in the file it names, which counts from the
/// folder of the configuration.
fn settings<'i>(seen: &Seen<'i>, object: &'i Object, entry: &'i Tree) -> Result<&'i Tree, Unknown> {
    let path = entry.get("path").str();
    if path.is_empty() || !entry.get("configuration").is_null() {
        return Ok(entry.get("configuration"));
    }
    let inventory = seen.inventory();
    let file = object.origin().file().and_then(|id| inventory.file_at(id));
    let folder = file.and_then(|file| file.path_on_node().rsplit_once('/'));
    let path = match folder {
        Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    };
    let file = inventory.file(&path);
    let object = file.and_then(|file| inventory.objects_of(file).next());
    object.map(Object::tree).ok_or_else(|| {
        Unknown::new(
            format!("{path}, which configures an admission plugin, was not seen"),
            format!("give {path} of a control plane node too"),
        )
    })
}
