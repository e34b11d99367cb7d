//! The name of a finding that outlives edits.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// What makes a finding the same one in the next report. Line, path, severity, texts and UIDs are
/// left out, since edits change them; values of secrets, since a hash of a weak one tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The check, such as RB-009.
    pub check: &'a str,
    /// The API group; empty for the core one and where there is no object.
    pub group: &'a str,
    /// The kind of the object.
    pub kind: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The node.
    pub node: &'a str,
    /// The container, rule, subject or flag.
    pub detail: &'a str,
}

/// The first ten bytes, in hexadecimal, of the SHA-256 of the seven fields in their order, each
/// after its length in bytes as eight bytes, the highest first. Lengths keep `a` + `bc` apart from
/// `ab` + `c`; 80 bits keep a million findings apart (chance of a collision: one in 2⁴¹).
pub fn finding_id(identity: &Identity<'_>) -> String {
    let Identity { check, group, kind, namespace, name, node, detail } = *identity;
    let mut hash = Sha256::new();
    for field in [check, group, kind, namespace, name, node, detail] {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().iter().take(BYTES).fold(String::new(), |mut id, byte| {
        write!(id, "{byte:02x}").unwrap_or_default();
        id
    })
}

const BYTES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn id(fields: [&str; 7]) -> String {
        let [check, group, kind, namespace, name, node, detail] = fields;
        finding_id(&Identity { check, group, kind, namespace, name, node, detail })
    }

    #[test]
    fn is_the_same_for_ever() {
        // Computed once with another implementation of SHA-256, from the layout documented above.
        assert_eq!(id(["RB-009", "", "Pod", "apps", "web", "", "main"]), "284665337a95283e0771");
        assert_eq!(id([""; 7]), "d4817aa5497628e7c77e");
    }

    #[test]
    fn tells_every_field_from_every_other() {
        let mut ids: Vec<String> = (0..7)
            .map(|place| {
                let mut fields = [""; 7];
                fields[place] = "x";
                id(fields)
            })
            .collect();
        ids.extend([id(["a", "bc", "", "", "", "", ""]), id(["ab", "c", "", "", "", "", ""])]);
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
