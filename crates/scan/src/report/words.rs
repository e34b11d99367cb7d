//! How the words of the catalogue are written in JSON. The catalogue itself knows no format.

/// A [`checks::Practice`] as its number.
pub(super) mod practice {
    use checks::Practice;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(in super::super) fn serialize<S: Serializer>(
        practice: &Practice,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(practice.number())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Practice, D::Error> {
        let number = u8::deserialize(deserializer)?;
        let all = [Practice::Input].into_iter().chain(Practice::ALL);
        all.into_iter()
            .find(|practice| practice.number() == number)
            .ok_or_else(|| D::Error::custom(format!("practice {number}: must be 0 to 15")))
    }

    #[cfg(test)]
    pub(in super::super) fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": 0, "maximum": 15})
    }
}

/// A [`checks::Severity`] as its name.
pub(super) mod severity {
    use checks::Severity;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(in super::super) fn serialize<S: Serializer>(
        severity: &Severity,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(severity.name())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Severity, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|error| D::Error::custom(format!("severity {name:?}: {error}")))
    }

    #[cfg(test)]
    pub(in super::super) fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"enum": Severity::ALL.map(Severity::name)})
    }
}

/// A [`checks::Confidence`] as its name.
pub(super) mod confidence {
    use checks::Confidence;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const ALL: [Confidence; 3] = [Confidence::High, Confidence::Medium, Confidence::Low];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(in super::super) fn serialize<S: Serializer>(
        confidence: &Confidence,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(confidence.name())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Confidence, D::Error> {
        let name = String::deserialize(deserializer)?;
        ALL.into_iter().find(|one| one.name() == name).ok_or_else(|| {
            D::Error::custom(format!("confidence {name:?}: must be high, medium or low"))
        })
    }

    #[cfg(test)]
    pub(in super::super) fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"enum": ALL.map(Confidence::name)})
    }
}
