//! What is asked: a request line read exactly as kube-apiserver's `RequestInfo` reads it.

/// Kubernetes' `RequestInfo`. Absent parts are empty.
///
/// Source of the rules: k8s.io/apiserver `pkg/endpoints/request/requestinfo.go`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Whether an API resource is addressed; else only `verb` and `path` mean anything.
    pub is_resource: bool,
    /// The decoded URL path.
    pub path: String,
    /// The Kubernetes verb, or the lower-case HTTP method of a non-resource call; empty for a
    /// resource call with a method Kubernetes knows no verb for.
    pub verb: String,
    /// `api` or `apis`.
    pub api_prefix: String,
    /// API group; empty for core.
    pub api_group: String,
    /// API version.
    pub api_version: String,
    /// Namespace; empty for cluster scope.
    pub namespace: String,
    /// Plural resource name.
    pub resource: String,
    /// Subresource.
    pub subresource: String,
    /// Object name.
    pub name: String,
    /// The path's segments from the resource on.
    pub parts: Vec<String>,
    /// The raw field selector of a list, watch or deletecollection.
    pub field_selector: String,
    /// The raw label selector of a list, watch or deletecollection.
    pub label_selector: String,
}
