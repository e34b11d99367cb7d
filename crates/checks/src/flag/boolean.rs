//! Boolean values of flags, as the components read them.

/// Whether a value means true.
pub(crate) fn is_on(value: &str) -> bool {
    matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

/// Whether a value means false.
pub(crate) fn is_off(value: &str) -> bool {
    matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_components_take_is_a_boolean() {
        let check = |value: &str, on: bool, off: bool| {
            assert_eq!((is_on(value), is_off(value)), (on, off), "{value}");
        };
        check("true", true, false);
        check("1", true, false);
        check("F", false, true);
        check("False", false, true);
        check("yes", false, false);
        check("", false, false);
    }
}
