//! PS-001 to PS-003 and PS-005 to PS-007: the baseline, as far as it keeps pods apart from their
//! node.

use admission::CheckId;

use super::{STANDARD, Standard, mend};
use crate::Expected::{Exempt, Fail, NotApplicable, Pass, Unknown};
use crate::Severity::High;
use crate::{Check, Example, ExampleFile, Fix, Judge, Reference};

pub(in crate::pod_security) const CHECKS: &[Check] = &[
    Check {
        id: "PS-001",
        name: "windows-host-process",
        title: "A pod runs processes of its Windows node",
        why: "Such a process has the rights of the node: whoever gets into it has the node.",
        fails: "windowsOptions.hostProcess of the pod or of a container is true.",
        fix: Fix::Automatic("Sets hostProcess: false. The pod no longer manages its node then."),
        references: &[
            Reference::Cis("5.2.10"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::WindowsHostProcess,
            severity: High,
            does: "runs as a process of its Windows node",
            mend: mend::deny,
        }),
        examples: &[
            pod!(
                "the whole pod",
                Fail(High),
                "  hostNetwork: true\n  os: {name: windows}\n  securityContext: {windowsOptions: {hostProcess: true}}\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            container!("said to be off", Pass, "{windowsOptions: {hostProcess: false}}"),
        ],
        ..HOST
    },
    Check {
        id: "PS-002",
        name: "host-namespaces",
        title: "A pod shares namespaces of its node",
        why: "It sees the processes, the shared memory or all traffic of the node, reaches what listens on its loopback, and no NetworkPolicy holds it.",
        fails: "hostNetwork, hostPID or hostIPC is true. What runs the network and the storage of the cluster in kube-system is exempt, by name and image.",
        fix: Fix::Automatic("Sets the field to false. What has to see the node no longer does then."),
        references: &[
            Reference::Cis("5.2.3"),
            Reference::Cis("5.2.4"),
            Reference::Cis("5.2.5"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::HostNamespaces,
            severity: High,
            does: "shares a namespace of its node",
            mend: mend::deny,
        }),
        examples: &[
            pod!(
                "processes and memory",
                Fail(High),
                "  hostPID: true # to look around\n  hostIPC: true\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            pod!(
                "said to be off",
                Pass,
                "  hostNetwork: false\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            Example::of("a static pod of the control plane", Exempt, &[ExampleFile::at("/etc/kubernetes/manifests/kube-scheduler.yaml", SCHEDULER)]),
            Example::of("kube-proxy", Exempt, &[ExampleFile::manifest(PROXY)]),
            Example::of("named kube-proxy, but another image", Fail(High), &[ExampleFile::manifest(FALSE_PROXY)]),
            Example::of("no workload was seen", Unknown, &[]).partial(),
        ],
        ..HOST
    },
    Check {
        id: "PS-003",
        name: "privileged-container",
        title: "A container is privileged",
        why: "It has every capability and every device of its node: whoever gets into it mounts the node's disk and owns it.",
        fails: "securityContext.privileged of a container is true, init and ephemeral containers too.",
        fix: Fix::Automatic(
            "Sets privileged: false. A program that needs one thing of its node gets that one thing by another way: a capability, a device plugin.",
        ),
        references: &[
            Reference::Cis("5.2.2"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::Privileged,
            severity: High,
            does: "is privileged",
            mend: mend::deny,
        }),
        examples: &[
            pod!(
                "an init container",
                Fail(High),
                "  initContainers:\n  - name: tune # sysctl -w\n    image: example.com/tune:1\n    securityContext:\n      privileged: true\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            container!("said to be off", Pass, "{privileged: false}"),
            Example::of("in the template of a CronJob", Fail(High), &[ExampleFile::manifest(CRON_JOB)]),
            Example::of("a CSI driver by name, image and sidecar", Exempt, &[ExampleFile::manifest(DRIVER)]),
        ],
        ..HOST
    },
    Check {
        id: "PS-005",
        name: "host-path",
        title: "A volume is a folder or file of the node",
        why: "What is mounted outlives the pod and belongs to the node: its keys can be read, its programs replaced, its logs forged.",
        fails: "A volume is a hostPath, whichever, mounted or not, read-only or not.",
        fix: Fix::Steps(
            "Take the volume and its volumeMounts out, and use what fits:\n- emptyDir for what the pod alone needs\n- a PersistentVolumeClaim for what is to stay\n- configMap, secret or projected for files it reads\n- an agent in a namespace of its own (enforce: privileged) for what has to read the node",
        ),
        references: &[
            Reference::Cis("5.2.11"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::HostPathVolumes,
            severity: High,
            does: "stands on the node",
            mend: mend::nothing,
        }),
        examples: &[
            pod!(
                "the logs of the node",
                Fail(High),
                "  volumes:\n  - name: logs\n    hostPath: {path: /var/log}\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            pod!(
                "storage of its own",
                Pass,
                "  volumes: [{name: logs, emptyDir: {}}, {name: data, persistentVolumeClaim: {claimName: data}}]\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
        ],
        ..HOST
    },
    Check {
        id: "PS-006",
        name: "host-port",
        title: "A container takes a port of its node",
        why: "It is reached on every address of the node, past Services and, with many network plugins, past NetworkPolicies; and no second pod fits on that node.",
        fails: "A port has a hostPort other than 0, or the pod uses the network of its node, where each containerPort is one.",
        fix: Fix::Automatic(
            "Removes hostPort, and sets hostNetwork: false where that is what makes them. A Service has to lead to the pod then.",
        ),
        references: &[
            Reference::Cis("5.2.12"),
            Reference::Nsa("Network separation"),
            Reference::Owasp("K05"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::HostPorts,
            severity: High,
            does: "takes ports of its node",
            mend: mend::host_ports,
        }),
        examples: &[
            pod!(
                "one of two ports",
                Fail(High),
                "  containers:\n  - name: web\n    image: example.com/web:1\n    ports:\n    - containerPort: 8080\n      hostPort: 80\n    - containerPort: 8081\n"
            ),
            pod!(
                "every port of a pod in the network of its node",
                Fail(High),
                "  hostNetwork: true\n  containers:\n  - name: web\n    image: example.com/web:1\n    ports: [{containerPort: 8080}, {containerPort: 80, hostPort: 80}]\n"
            )
            .partial(),
            pod!(
                "hostPort 0 is none",
                Pass,
                "  containers: [{name: web, image: example.com/web:1, ports: [{containerPort: 80, hostPort: 0}]}]\n"
            ),
        ],
        ..HOST
    },
    Check {
        id: "PS-007",
        name: "probe-host",
        title: "A probe or hook makes the kubelet call another host",
        why: "The kubelet calls from the node's own network: whoever writes the pod reaches, through it, what only nodes reach.",
        fails: "httpGet.host or tcpSocket.host of a probe or hook is set, even to the pod's own address. The standards ask for it from 1.34 on; before, it does not apply.",
        fix: Fix::Sometimes(
            "Removes host: the kubelet then asks the pod's own address. A program in the network of its node that listens on loopback alone has to listen on the node's address first.",
        ),
        references: &[Reference::Mitre("T1090"), Reference::Owasp("K01")],
        judge: Judge::Workloads(&Standard {
            check: CheckId::HostProbesAndHostLifecycle,
            severity: High,
            does: "lets the kubelet call a host",
            mend: mend::probe_hosts,
        }),
        examples: &[
            pod!("the metadata service", Fail(High), "  containers:\n  - name: web\n    image: example.com/web:1\n    livenessProbe:\n      httpGet: {host: 169.254.169.254, port: 80, path: /}\n").on(36),
            pod!("loopback of the node", Fail(High), "  hostNetwork: true\n  containers:\n  - name: web\n    image: example.com/web:1\n    lifecycle: {preStop: {tcpSocket: {host: 127.0.0.1, port: 80}}}\n").on(36),
            pod!("a probe without a host", Pass, "  containers:\n  - name: web\n    image: example.com/web:1\n    livenessProbe: {httpGet: {port: 80, path: /}}\n"),
            pod!("before the standards asked for it", NotApplicable, "  containers:\n  - name: web\n    image: example.com/web:1\n    livenessProbe: {httpGet: {host: 10.0.0.1, port: 80, path: /}}\n").on(33),
            pod!("nothing tells the version", Unknown, "  containers:\n  - name: web\n    image: example.com/web:1\n    livenessProbe: {httpGet: {host: 10.0.0.1, port: 80, path: /}}\n"),
        ],
        ..HOST
    },
];

/// What these have in common.
const HOST: Check = Check { severities: &[High], ..STANDARD };

const SCHEDULER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-scheduler, namespace: kube-system}
spec:
  hostNetwork: true
  containers:
  - name: kube-scheduler
    image: registry.k8s.io/kube-scheduler:v1.36.0
    command: [kube-scheduler, --kubeconfig=/etc/kubernetes/scheduler.conf]
";

const PROXY: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
      - name: kube-proxy
        image: registry.k8s.io/kube-proxy:v1.36.0
        securityContext: {privileged: true}
";

const FALSE_PROXY: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
      - name: kube-proxy
        image: example.com/kube-proxy-helper:1
";

const CRON_JOB: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: apps}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - name: backup
            image: example.com/backup:1
            securityContext: {privileged: true}
";

const DRIVER: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ebs-csi-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - name: ebs-plugin
        image: public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.50.0
        securityContext: {privileged: true}
      - name: node-driver-registrar
        image: public.ecr.aws/csi-components/csi-node-driver-registrar:v2.14.0
";
