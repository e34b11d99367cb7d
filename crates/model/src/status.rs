//! How a refusal reads: `metav1.Status`, with the texts of kube-apiserver.

/// A `metav1.Status` of kind Failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// Kubernetes' `StatusReason`, for example `Forbidden`; empty if there is none.
    pub reason: &'static str,
    /// The text for people.
    pub message: String,
    /// Machine-readable particulars.
    pub details: Option<Details>,
}

/// `metav1.StatusDetails`. Empty parts are left out on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Name of the object.
    pub name: String,
    /// API group of the object.
    pub group: String,
    /// Kind of the object or, for most refusals, its resource.
    pub kind: String,
    /// UID of the object.
    pub uid: String,
    /// What is wrong, part by part.
    pub causes: Vec<Cause>,
    /// Seconds to wait before another try; 0 is left out.
    pub retry_after_seconds: u32,
}

/// `metav1.StatusCause`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// Machine-readable type, Kubernetes' `CauseType`.
    pub reason: String,
    /// The text for people.
    pub message: String,
    /// The field at fault.
    pub field: String,
}
