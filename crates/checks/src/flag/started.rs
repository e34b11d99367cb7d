//! The manifest of a static pod that starts a component with some flags, for examples.

/// `started!("kube-apiserver" "--profiling=false")`
macro_rules! started {
    ($program:literal $($flag:literal)*) => {
        concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: ", $program, ", namespace: kube-system}\n",
            "spec:\n  containers:\n  - name: ", $program, "\n    image: registry.k8s.io/", $program,
            "\n    command:\n    - ", $program, "\n" $(, "    - ", $flag, "\n")*
        )
    };
}

pub(crate) use started;
