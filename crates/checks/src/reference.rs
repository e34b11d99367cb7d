//! Where others ask for the same.

use std::fmt;

/// A clause of a benchmark, guide or catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// CIS Kubernetes Benchmark 1.12, unless the text names another version.
    Cis(&'static str),
    /// NSA and CISA, Kubernetes Hardening Guide 1.2: a chapter.
    Nsa(&'static str),
    /// MITRE ATT&CK: a technique.
    Mitre(&'static str),
    /// OWASP Kubernetes Top Ten 2025.
    Owasp(&'static str),
    /// A published vulnerability.
    Cve(&'static str),
    /// A page of the Kubernetes documentation, below `https://kubernetes.io/docs/`.
    Kubernetes(&'static str),
}

impl Reference {
    /// The page to read, where there is a public one.
    pub fn url(self) -> Option<String> {
        match self {
            Self::Cis(_) => None,
            Self::Nsa(_) => Some(NSA.to_owned()),
            Self::Mitre(id) => Some(format!("{MITRE}{}/", id.replace('.', "/"))),
            Self::Owasp(_) => Some(OWASP.to_owned()),
            Self::Cve(id) => Some(format!("https://www.cve.org/CVERecord?id={id}")),
            Self::Kubernetes(page) => Some(format!("https://kubernetes.io/docs/{page}")),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cis(clause) => write!(out, "CIS {clause}"),
            Self::Nsa(chapter) => write!(out, "NSA/CISA {chapter}"),
            Self::Mitre(id) => write!(out, "MITRE {id}"),
            Self::Owasp(id) => write!(out, "OWASP {id}"),
            Self::Cve(id) => out.write_str(id),
            Self::Kubernetes(page) => write!(out, "Kubernetes {page}"),
        }
    }
}

const NSA: &str = "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF";
const MITRE: &str = "https://attack.mitre.org/techniques/";
const OWASP: &str = "https://owasp.org/www-project-kubernetes-top-ten/";
