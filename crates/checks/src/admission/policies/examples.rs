//! What the checks of policies are shown with.

use crate::example::ExampleFile;

pub(super) const POLICY: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: images}\nspec:\n  failurePolicy: Fail\n  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}\n  validations: [{expression: \"object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))\"}]\n",
);
pub(super) const OPEN: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: images}\nspec:\n  failurePolicy: Ignore # while we try it\n  validations: [{expression: 'true'}]\n",
);
pub(super) const PARAMETERS: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: images}\nspec:\n  paramKind: {apiVersion: v1, kind: ConfigMap}\n  validations: [{expression: 'params.data.on == \"yes\"'}]\n",
);
pub(super) const BOUND: ExampleFile = ExampleFile::at(
    "binding.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: images}\nspec: {policyName: images, validationActions: [Deny, Audit]}\n",
);
pub(super) const WARN: ExampleFile = ExampleFile::at(
    "binding.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: images}\nspec: {policyName: images, validationActions: [Warn]}\n",
);
pub(super) const WARN_AND_DENY: ExampleFile = ExampleFile::at(
    "binding.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: warn}\nspec: {policyName: images, validationActions: [Warn]}\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: deny}\nspec: {policyName: images, validationActions: [Deny]}\n",
);
pub(super) const ALLOW: ExampleFile = ExampleFile::at(
    "binding.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: images}\nspec:\n  policyName: images\n  validationActions: [Deny]\n  paramRef: {name: images, namespace: ops, parameterNotFoundAction: Allow}\n",
);
pub(super) const KYVERNO_AUDIT: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: no-privileged}\nspec:\n  rules:\n  - name: privileged\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    validate: {message: no, pattern: {spec: {hostPID: false}}}\n",
);
pub(super) const KYVERNO_ENFORCE: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: no-privileged}\nspec:\n  validationFailureAction: enforce\n  rules:\n  - name: privileged\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    exclude: {any: [{resources: {namespaces: [kube-system]}, subjects: [{kind: Group, name: 'system:serviceaccounts'}]}]}\n    validate: {message: no, pattern: {spec: {hostPID: false}}}\n  - name: other\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    validate: {failureAction: Enforce, message: no, pattern: {spec: {hostIPC: false}}}\n",
);
pub(super) const KYVERNO_MUTATE: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: labels}\nspec:\n  rules:\n  - name: label\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    mutate: {patchStrategicMerge: {metadata: {labels: {seen: 'yes'}}}}\n",
);
pub(super) const MATCHES_GROUP: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: no-privileged}\nspec:\n  validationFailureAction: Enforce\n  rules:\n  - name: privileged\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    exclude: {any: [{subjects: [{kind: Group, name: 'system:serviceaccounts'}]}]}\n    validate: {message: no, pattern: {spec: {hostPID: false}}}\n",
);
pub(super) const EXCEPTION: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: all, namespace: ops}\nspec:\n  exceptions: [{policyName: no-privileged, ruleNames: [privileged]}]\n  match: {any: [{resources: {kinds: [Pod], names: ['*']}}]}\n",
);
pub(super) const EXCEPTION_NARROW: ExampleFile = ExampleFile::manifest(
    "apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: agent, namespace: ops}\nspec:\n  exceptions: [{policyName: no-privileged, ruleNames: [privileged]}]\n  match: {any: [{resources: {kinds: [Pod], namespaces: [agents], names: ['agent-*']}}]}\n",
);
pub(super) const CONSTRAINT_DRY: ExampleFile = ExampleFile::manifest(
    "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sRequiredLabels\nmetadata: {name: owners}\nspec:\n  enforcementAction: dryrun\n  match: {kinds: [{apiGroups: [''], kinds: [Namespace]}]}\n",
);
pub(super) const CONSTRAINT: ExampleFile = ExampleFile::manifest(
    "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sRequiredLabels\nmetadata: {name: owners}\nspec:\n  match: {kinds: [{apiGroups: [''], kinds: [Namespace]}]}\n",
);
