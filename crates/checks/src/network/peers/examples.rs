//! What the checks of policies are shown with.

use crate::example::ExampleFile;

pub(super) const ALL: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: vault, namespace: vault}\nspec:\n  podSelector: {}\n  ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 8200}]}]\n",
);
pub(super) const ALL_DNS: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: dns, namespace: kube-system}\nspec:\n  podSelector: {matchLabels: {k8s-app: kube-dns}}\n  ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}]\n",
);
pub(super) const OTHER_ALL: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: apps}\nspec:\n  podSelector: {}\n  ingress: [{from: [{namespaceSelector: {}}]}]\n",
);
pub(super) const LABELLED: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: vault, namespace: vault}\nspec:\n  podSelector: {}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: apps}}}]}]\n",
);
pub(super) const TO_ALL: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: apps}\nspec:\n  podSelector: {}\n  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]\n",
);
pub(super) const TO_ALL_BUT: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: apps}\nspec:\n  podSelector: {}\n  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.0.0/16]}}]}]\n",
);
pub(super) const INTERNET: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: apps}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  ingress: [{from: [{ipBlock: {cidr: '::/0'}}, {ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 8443}]}]\n",
);
pub(super) const PUBLIC: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 443, targetPort: 8443}]}\n",
);
pub(super) const WEB: ExampleFile = ExampleFile::at(
    "web.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: 'example.com/web:1'}]}\n",
);
pub(super) const TYPO: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: apps}\nspec:\n  podSelector: {matchLabels: {name: web}}\n",
);
pub(super) const EMPTY_SELECTOR: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: later}\nspec: {podSelector: {}}\n",
);
pub(super) const SILENT: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: apps}\nspec:\n  podSelector: {}\n  policyTypes:\n  - Ingress # what comes in\n  egress:\n  - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n",
);
pub(super) const DENY: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: apps}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
);
