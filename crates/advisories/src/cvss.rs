//! The base score of a vector of CVSS 3.0 or 3.1, by the equations of
//! <https://www.first.org/cvss/v3-1/specification-document> (§7.1).

/// The base score; none if it is no vector of CVSS 3, or a base metric is missing or unknown.
pub(crate) fn base_score(vector: &str) -> Option<f64> {
    let metrics = vector.strip_prefix("CVSS:3.0/").or_else(|| vector.strip_prefix("CVSS:3.1/"))?;
    let value = |name: &str| {
        let mut metrics = metrics.split('/').filter_map(|metric| metric.split_once(':'));
        metrics.find(|(metric, _)| *metric == name).map(|(_, value)| value)
    };
    let is_scope_changed = match value("S")? {
        "C" => true,
        "U" => false,
        _ => return None,
    };
    let unhurt = |name: &str| Some(1.0 - loss(value(name)?)?);
    let sub_score = 1.0 - unhurt("C")? * unhurt("I")? * unhurt("A")?;
    let exploitability = 8.22
        * reach(value("AV")?)?
        * complexity(value("AC")?)?
        * privileges(value("PR")?, is_scope_changed)?
        * interaction(value("UI")?)?;
    Some(combined(sub_score, exploitability, is_scope_changed))
}

fn combined(sub_score: f64, exploitability: f64, is_scope_changed: bool) -> f64 {
    let impact = if is_scope_changed {
        7.52 * (sub_score - 0.029) - 3.25 * (sub_score - 0.02).powi(15)
    } else {
        6.42 * sub_score
    };
    if impact <= 0.0 {
        return 0.0;
    }
    let factor = if is_scope_changed { 1.08 } else { 1.0 };
    rounded_up((factor * (impact + exploitability)).min(10.0))
}

/// Up to the next tenth; what is over by an error of floating point only, is not over.
fn rounded_up(score: f64) -> f64 {
    (((score * 100_000.0).round() / 10_000.0).ceil()) / 10.0
}

fn loss(value: &str) -> Option<f64> {
    match value {
        "H" => Some(0.56),
        "L" => Some(0.22),
        "N" => Some(0.0),
        _ => None,
    }
}

fn reach(value: &str) -> Option<f64> {
    match value {
        "N" => Some(0.85),
        "A" => Some(0.62),
        "L" => Some(0.55),
        "P" => Some(0.2),
        _ => None,
    }
}

fn complexity(value: &str) -> Option<f64> {
    match value {
        "L" => Some(0.77),
        "H" => Some(0.44),
        _ => None,
    }
}

fn privileges(value: &str, is_scope_changed: bool) -> Option<f64> {
    match (value, is_scope_changed) {
        ("N", _) => Some(0.85),
        ("L", false) => Some(0.62),
        ("L", true) => Some(0.68),
        ("H", false) => Some(0.27),
        ("H", true) => Some(0.5),
        _ => None,
    }
}

fn interaction(value: &str) -> Option<f64> {
    match value {
        "N" => Some(0.85),
        "R" => Some(0.62),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_vectors() {
        let check = |vector: &str, expected: Option<f64>| {
            let score = base_score(vector).map(|score| format!("{score:.1}"));
            assert_eq!(score, expected.map(|score| format!("{score:.1}")), "{vector}");
        };
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(10.0));
        check("CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N", Some(2.2));
        check("CVSS:3.1/AV:P/AC:L/PR:H/UI:R/S:C/C:N/I:N/A:N", Some(0.0));
        check("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:L/I:N/A:N/E:P", Some(4.1));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", None);
        check("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None);
        check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None);
        check("AV:N/AC:L/Au:N/C:P/I:P/A:P", None);
        check("", None);
    }
}
