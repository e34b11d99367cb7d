//! The fifteen practices, and what is about the input itself.

use std::fmt;

/// What a check is about. The number is part of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Practice {
    /// 0: what was given to look at.
    Input,
    /// 1: RBAC with least privilege.
    Rbac,
    /// 2: TLS everywhere.
    Tls,
    /// 3: authentication.
    Authentication,
    /// 4: network restriction.
    Network,
    /// 5: flags of the API server and the control plane.
    ControlPlane,
    /// 6: audit.
    Audit,
    /// 7: rate limits.
    RateLimits,
    /// 8: exposure of the API.
    Exposure,
    /// 9: rotation of credentials.
    Rotation,
    /// 10: Pod Security Standards.
    PodSecurity,
    /// 11: nodes.
    Nodes,
    /// 12: monitoring and patching.
    Patching,
    /// 13: secrets.
    Secrets,
    /// 14: multi-factor authentication.
    Mfa,
    /// 15: admission.
    Admission,
}

impl Practice {
    /// The fifteen, in their order.
    pub const ALL: [Self; 15] = [
        Self::Rbac,
        Self::Tls,
        Self::Authentication,
        Self::Network,
        Self::ControlPlane,
        Self::Audit,
        Self::RateLimits,
        Self::Exposure,
        Self::Rotation,
        Self::PodSecurity,
        Self::Nodes,
        Self::Patching,
        Self::Secrets,
        Self::Mfa,
        Self::Admission,
    ];

    /// 1 to 15; 0 for the input.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Rbac => "RBAC and least privilege",
            Self::Tls => "TLS everywhere",
            Self::Authentication => "Authentication",
            Self::Network => "Network restriction",
            Self::ControlPlane => "Control plane flags",
            Self::Audit => "Audit logging",
            Self::RateLimits => "Rate limits and fairness",
            Self::Exposure => "Exposure of the API",
            Self::Rotation => "Rotation of credentials",
            Self::PodSecurity => "Pod Security Standards",
            Self::Nodes => "Nodes and their files",
            Self::Patching => "Monitoring and patching",
            Self::Secrets => "Secrets",
            Self::Mfa => "Multi-factor authentication",
            Self::Admission => "Admission control",
        }
    }

    /// The letters that ids of its checks begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Input => "IN",
            Self::Rbac => "RB",
            Self::Tls => "TL",
            Self::Authentication => "AN",
            Self::Network => "NW",
            Self::ControlPlane => "FL",
            Self::Audit => "AU",
            Self::RateLimits => "RL",
            Self::Exposure => "EX",
            Self::Rotation => "RT",
            Self::PodSecurity => "PS",
            Self::Nodes => "ND",
            Self::Patching => "AD",
            Self::Secrets => "SC",
            Self::Mfa => "MF",
            Self::Admission => "AC",
        }
    }
}

impl fmt::Display for Practice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.title())
    }
}
