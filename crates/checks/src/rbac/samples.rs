//! Manifests that examples are made of.

/// Rules in a `ClusterRole` that a service account holds everywhere.
macro_rules! everywhere {
    ($($rule:literal),+ $(,)?) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: worker}\nrules:\n",
            $("- ", $rule, "\n",)+
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: worker}\n",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: worker}\n",
            "subjects:\n- {kind: ServiceAccount, name: worker, namespace: apps}\n",
        )
    };
}

/// Rules in a `Role` that a service account holds in one namespace.
macro_rules! inside {
    ($namespace:literal, $($rule:literal),+ $(,)?) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: worker, namespace: ", $namespace, "}\nrules:\n",
            $("- ", $rule, "\n",)+
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: worker, namespace: ", $namespace, "}\n",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: worker}\n",
            "subjects:\n- {kind: ServiceAccount, name: worker, namespace: apps}\n",
        )
    };
}

/// A `ClusterRole` that nobody is bound to.
macro_rules! unbound {
    ($($rule:literal),+ $(,)?) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: worker}\nrules:\n",
            $("- ", $rule, "\n",)+
        )
    };
}

/// A binding of a `ClusterRole` to subjects, everywhere.
macro_rules! bound {
    ($role:literal, $($subject:literal),+ $(,)?) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: given}\n",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"", $role, "\"}\nsubjects:\n",
            $("- ", $subject, "\n",)+
        )
    };
}

/// A binding of a `ClusterRole` to subjects in one namespace.
macro_rules! bound_in {
    ($namespace:literal, $role:literal, $($subject:literal),+ $(,)?) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: given, namespace: ", $namespace, "}\n",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"", $role, "\"}\nsubjects:\n",
            $("- ", $subject, "\n",)+
        )
    };
}

/// A namespace with its labels.
macro_rules! namespace {
    ($name:literal, $labels:literal) => {
        concat!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: ",
            $name,
            ", labels: {",
            $labels,
            "}}\n"
        )
    };
}

/// An example of one manifest.
macro_rules! example {
    ($name:literal, $expected:expr, $text:expr $(,)?) => {
        $crate::example::Example::of(
            $name,
            $expected,
            &[$crate::example::ExampleFile::manifest($text)],
        )
    };
    ($name:literal, $expected:expr, $one:expr, $other:expr $(,)?) => {
        $crate::example::Example::of(
            $name,
            $expected,
            &[
                $crate::example::ExampleFile::at("one.yaml", $one),
                $crate::example::ExampleFile::at("other.yaml", $other),
            ],
        )
    };
}

pub(crate) use {bound, bound_in, everywhere, example, inside, namespace, unbound};
