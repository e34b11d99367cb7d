//! What the checks of addresses are shown with.

use crate::example::ExampleFile;

pub(super) const API_OWN: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --advertise-address=10.0.0.10\n",
);
pub(super) const ADVERTISES: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --advertise-address=192.175.48.6\n",
);
pub(super) const LOCAL: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --bind-address=10.0.0.10\n",
);
pub(super) const NODE: ExampleFile = ExampleFile::at(
    "node.yaml",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus:\n  addresses:\n  - {type: InternalIP, address: 10.0.0.10}\n  - {type: ExternalIP, address: 192.175.48.6}\n",
);
pub(super) const NODE_PRIVATE: ExampleFile = ExampleFile::at(
    "node.yaml",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.10}, {type: Hostname, address: a}]}\n",
);
pub(super) const ENDPOINTS: ExampleFile = ExampleFile::at(
    "kubernetes.yaml",
    "apiVersion: v1\nkind: Endpoints\nmetadata: {name: kubernetes, namespace: default}\nsubsets: [{addresses: [{ip: 10.0.0.10}], ports: [{name: https, port: 6443}]}]\n",
);
pub(super) const ENDPOINTS_PUBLIC: ExampleFile = ExampleFile::at(
    "kubernetes.yaml",
    "apiVersion: v1\nkind: Endpoints\nmetadata: {name: kubernetes, namespace: default}\nsubsets: [{addresses: [{ip: 192.175.48.6}], ports: [{name: https, port: 6443}]}]\n",
);
pub(super) const PROXY: ExampleFile = ExampleFile::at(
    "/var/lib/kube-proxy/config.conf",
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: \"\"\nhealthzBindAddress: \"\"\nnodePortAddresses: null\n",
);
pub(super) const PRIMARY: ExampleFile = ExampleFile::at(
    "/var/lib/kube-proxy/config.conf",
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nnodePortAddresses: [primary]\n",
);
pub(super) const ALL: ExampleFile = ExampleFile::at(
    "/var/lib/kube-proxy/config.conf",
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: 0.0.0.0:10249 # for scraping\n",
);
pub(super) const ALL_IN_MAP: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata:\n  config.conf: |\n    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfiguration\n    metricsBindAddress: '[::]:10249'\n",
);
pub(super) const SERVICE: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}\n",
);
