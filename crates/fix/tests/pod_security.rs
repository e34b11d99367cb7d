//! Everything that Pod Security finds in one bad pod is mended at once: the changes of the checks
//! go together, and nothing is written twice.

use std::collections::BTreeMap;

use checks::{Check, Example, Practice, Severity};
use fix::{Settings, World, plan};
use inventory::{File, Inventory, Minor};

struct OneFile(&'static str);

impl World for OneFile {
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Result<Inventory, String> {
        let mut builder = Inventory::builder();
        let text = changed.get("pod.yaml").map_or(self.0, String::as_str);
        builder.add_file(File::new("pod.yaml"), text);
        builder.set_minor(Minor::of(36));
        Ok(builder.build())
    }

    fn text(&self, _path: &str) -> Option<String> {
        Some(self.0.to_owned())
    }

    fn refusal(&self, _path: &str) -> Option<String> {
        None
    }
}

fn check(before: &'static str, after: &str) {
    let chooses = |check: &Check| check.practice == Practice::PodSecurity;
    let settings = Settings { chooses: &chooses, least: Severity::Info, now: Example::now() };
    let plan = plan(&OneFile(before), &settings).map(|plan| {
        assert_eq!(plan.refused.len(), 0, "{:?}", plan.refused);
        plan.files.into_iter().map(|file| file.new).collect()
    });
    assert_eq!(plan, Ok(vec![after.to_owned()]));
}

#[test]
fn a_pod_that_does_everything_wrong_is_mended_at_once() {
    check(BAD, GOOD);
}

#[test]
fn a_pod_that_says_nothing_gets_each_field_once() {
    check(SILENT, SAID);
}

const BAD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  template:
    spec:
      hostNetwork: true # reaches the node
      hostPID: true
      hostIPC: false
      securityContext:
        sysctls:
        - {name: kernel.msgmax, value: \"65536\"}
      containers:
      # the server
      - name: web
        image: example.com/web:1
        ports:
        - containerPort: 8080
          hostPort: 8080
        securityContext:
          privileged: true # for now
          allowPrivilegeEscalation: true
          procMount: Unmasked
          seccompProfile: {type: Unconfined}
          appArmorProfile: {type: Unconfined}
          seLinuxOptions: {type: spc_t}
          capabilities:
            add: [SYS_ADMIN, NET_ADMIN]
            drop:
            - MKNOD
      - name: logs
        image: example.com/logs:1
";

const GOOD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  template:
    spec:
      hostNetwork: false # reaches the node
      hostPID: false
      hostIPC: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
      # the server
      - name: web
        image: example.com/web:1
        ports:
        - containerPort: 8080
        securityContext:
          privileged: false # for now
          allowPrivilegeEscalation: false
          procMount: Default
          seccompProfile: {type: RuntimeDefault}
          appArmorProfile: {type: RuntimeDefault}
          capabilities:
            drop:
            - MKNOD
            - ALL
          readOnlyRootFilesystem: true
      - name: logs
        image: example.com/logs:1
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
          readOnlyRootFilesystem: true
";

const SILENT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    image: example.com/web:1
";

const SAID: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    image: example.com/web:1
    securityContext:
      allowPrivilegeEscalation: false
      capabilities:
        drop:
        - ALL
      readOnlyRootFilesystem: true
  hostUsers: false
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
";
