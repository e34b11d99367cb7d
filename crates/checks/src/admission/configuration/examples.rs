//! What the checks of the configuration file are shown with.

use crate::example::ExampleFile;

pub(super) const API_PLAIN: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --enable-admission-plugins=NodeRestriction]\n",
);
pub(super) const API_NO_FILE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, '--enable-admission-plugins=NodeRestriction,EventRateLimit']\n",
);
pub(super) const API_FILE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction,EventRateLimit\n    - --admission-control-config-file=/etc/kubernetes/admission/config.yaml\n",
);
pub(super) const API_IMAGES: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction,ImagePolicyWebhook\n    - --admission-control-config-file=/etc/kubernetes/admission/config.yaml\n",
);
pub(super) const FILE_OTHER: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    defaults: {enforce: baseline}\n",
);
pub(super) const FILE_LIMITS: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  path: eventconfig.yaml\n",
);
pub(super) const LIMITS: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/eventconfig.yaml",
    "apiVersion: eventratelimit.admission.k8s.io/v1alpha1\nkind: Configuration\nlimits:\n- {type: Namespace, qps: 50, burst: 100, cacheSize: 2000}\n",
);
pub(super) const FILE_ALLOW: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: ImagePolicyWebhook\n  configuration:\n    imagePolicy: {kubeConfigFile: /etc/kubernetes/admission/images.conf, defaultAllow: true}\n",
);
pub(super) const FILE_DENY: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: ImagePolicyWebhook\n  configuration:\n    imagePolicy: {kubeConfigFile: /etc/kubernetes/admission/images.conf, defaultAllow: false}\n",
);
pub(super) const FILE_STATIC: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: ValidatingAdmissionPolicy\n  configuration:\n    apiVersion: apiserver.config.k8s.io/v1\n    kind: ValidatingAdmissionPolicyConfiguration\n    staticManifestsDir: /etc/kubernetes/admission/policies/\n",
);
pub(super) const SIGNED: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata: {name: ours}\nspec:\n  images: [{glob: 'registry.example.com/**'}]\n  authorities: [{keyless: {url: 'https://fulcio.example.com'}}]\n",
);
