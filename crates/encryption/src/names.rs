//! Resources as a configuration writes them.

/// `resource` or `resource.group`, cut at the first dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) resource: &'a str,
    pub(crate) group: &'a str,
}

impl<'a> Name<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        Self { resource, group }
    }

    pub(crate) fn is_everything(self) -> bool {
        self.resource == "*" && self.group == "*"
    }

    /// Whether `self`, as written in a list, is about the resource `other`.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == other || self.is_everything() || (self.resource == "*" && self.group == other.group)
    }

    /// Whether an earlier `self` leaves nothing for a later `other`: kube-apiserver refuses that.
    pub(crate) fn masks(self, other: Self) -> bool {
        self.is_everything() || (self.resource == "*" && self.group == other.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_covers_itself_and_a_wildcard_its_group() {
        let check = |name: &str, other: &str, covers: bool| {
            assert_eq!(Name::parse(name).covers(Name::parse(other)), covers, "{name} {other}");
        };
        check("secrets", "secrets", true);
        check("secrets", "secrets.example.com", false);
        check("*.", "secrets", true);
        check("*.", "deployments.apps", false);
        check("*.apps", "deployments.apps", true);
        check("*.example.com", "a.example.com", true);
        check("*.example.com", "a.b.example.com", false);
        check("*.*", "secrets", true);
        check("*.*", "deployments.apps", true);
        check("deployments.*", "deployments.apps", false);
    }
}
