//! In which language a body is written.

/// The languages that the Kubernetes API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json` and what derives from it.
    Json,
    /// `application/yaml`.
    Yaml,
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
    /// Anything else, CBOR (an alpha feature of the cluster) included: not recorded.
    Other,
}

impl Encoding {
    /// The language that a `Content-Type` names. None at all is JSON, as kube-apiserver reads a
    /// body without one. A stream of events is [`Encoding::Other`].
    pub fn of(content_type: &[u8]) -> Self {
        let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        if parts.any(|parameter| parameter.starts_with("stream=")) {
            return Self::Other;
        }
        match media_type {
            "" | "application/json" => Self::Json,
            "application/yaml" => Self::Yaml,
            "application/vnd.kubernetes.protobuf" => Self::Protobuf,
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+yaml") => Self::Yaml,
            _ => Self::Other,
        }
    }
}
