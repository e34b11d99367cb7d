//! The reference page of the options and the JSON schema of the configuration file, both made from
//! the table of options.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::gateway::SECTIONS;
use crate::setting::{Setting, Takes, Upstream};

/// The reference page, in Markdown.
pub fn page() -> String {
    let mut text = INTRODUCTION.to_owned();
    for section in SECTIONS {
        let is_refused = |setting: &Setting| setting.takes == Takes::Refused;
        let head = if section.settings.iter().all(is_refused) { REFUSED } else { TABLE };
        // Writing to a String cannot fail.
        write!(text, "\n## {}\n\n{head}", section.title).unwrap_or_default();
        for setting in section.settings {
            row(&mut text, setting);
        }
    }
    text
}

/// The schema of the configuration file, in JSON.
pub fn schema() -> String {
    let settings = SECTIONS.iter().flat_map(|section| section.settings);
    let given = settings.filter(|setting| setting.takes != Takes::Refused);
    let properties: Map<String, Value> =
        given.map(|setting| (setting.name.to_owned(), property(setting))).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of ravelin gateway",
        "description": "The file of --config. Its keys are the names of the flags.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    format!("{schema:#}\n")
}

fn row(text: &mut String, setting: &Setting) {
    let Setting { name, value, help, .. } = setting;
    let help = cell(help);
    if setting.takes == Takes::Refused {
        return writeln!(text, "| `--{name}` | {help} |").unwrap_or_default();
    }
    let default = match setting.default {
        "" => String::new(),
        default => format!("`{default}`"),
    };
    let upstream = match setting.upstream {
        Upstream::Same => "the same".to_owned(),
        Upstream::Absent => "none".to_owned(),
        Upstream::Differs(how) => cell(how),
    };
    writeln!(text, "| `--{name}` `{value}` | {default} | {upstream} | {help} |")
        .unwrap_or_default();
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}

fn property(setting: &Setting) -> Value {
    let one = one(setting);
    let mut property = match setting.takes {
        Takes::One | Takes::Switch | Takes::Refused => one,
        Takes::Several => either(&one, &one),
        // Several values may be one text with commas.
        Takes::List => either(&json!({"type": "string"}), &one),
    };
    if let Some(property) = property.as_object_mut() {
        property.insert("description".to_owned(), setting.help.into());
        if !setting.default.is_empty() {
            property.insert("default".to_owned(), typed(setting, setting.default));
        }
    }
    property
}

/// One value, or a list of them.
fn either(one: &Value, item: &Value) -> Value {
    json!({"anyOf": [one, {"type": "array", "items": item, "minItems": 1}]})
}

/// The schema of one value of the option.
fn one(setting: &Setting) -> Value {
    match (setting.takes, setting.value) {
        (Takes::Switch, _) => json!({"type": "boolean"}),
        (_, "PORT") => json!({"type": "integer", "minimum": 1, "maximum": 65535}),
        (_, value) if NUMBERS.contains(&value) => json!({"type": "integer", "minimum": 0}),
        (_, "DURATION") => json!({"type": "string", "pattern": DURATION}),
        (_, _) if setting.words.is_empty() => json!({"type": "string"}),
        (_, _) => json!({"enum": setting.words}),
    }
}

fn typed(setting: &Setting, text: &str) -> Value {
    let is_number = setting.value == "PORT" || NUMBERS.contains(&setting.value);
    match text.parse::<u64>() {
        Ok(number) if is_number => number.into(),
        Ok(_) | Err(_) if setting.takes == Takes::Switch => (text == "true").into(),
        Ok(_) | Err(_) => text.into(),
    }
}

const NUMBERS: [&str; 5] = ["COUNT", "RATE", "LEVEL", "MEGABYTES", "DAYS"];
const DURATION: &str = "^\\+?(0|(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";
const TABLE: &str = "| Option | Default | kube-apiserver | Meaning |\n|---|---|---|---|\n";
const REFUSED: &str = "kube-apiserver has these; `ravelin gateway` stops at them and says why.\n\n\
                       | Option | Why |\n|---|---|\n";
const INTRODUCTION: &str = "\
# Options of `ravelin gateway`

<!-- Generated from the options in crates/config: UPDATE=1 cargo test -p config -->

Each option is a flag and, under the same name without its dashes, a key of the YAML file that
`--config FILE` names ([JSON schema](gateway-config.schema.json)). Flags win over the file. Relative
paths in the file start at its own folder. `--check` says what a configuration means, and everything
that is wrong with it, without starting.

```yaml
kubeconfig: upstream.kubeconfig
tls-cert-file: gateway.crt
tls-private-key-file: gateway.key
client-ca-file: [clients.crt]
audit-log-path: /var/log/ravelin/audit.log
```

The column *kube-apiserver* says whether it has the flag: *the same*, *none*, or how it differs there.
";
