//! Flags of a kubelet that a file of the service manager starts, or that kubeadm wrote for it.

use crate::component::{Component, ComponentKind, Started};
use crate::{File, Flags};

/// The kubelet that a file gives flags to, if it is such a file.
pub(super) fn component(file: &File) -> Option<Component> {
    let text = file.text.as_deref()?;
    let words =
        if file.path.ends_with("kubeadm-flags.env") || file.path.ends_with("default/kubelet") {
            environment(text)
        } else if file.path.contains("kubelet.service") {
            started(text)?
        } else {
            return None;
        };
    let words: Vec<_> = words.into_iter().map(|word| (word, None)).collect();
    let flags = Flags::parse(&words);
    (!flags.is_empty()).then(|| Component {
        kind: ComponentKind::Kubelet,
        flags,
        started: Started::File { path: file.path.clone() },
        node: None,
        minor: None,
    })
}

/// The words of `NAME="--a=b --c"` lines.
fn environment(text: &str) -> Vec<String> {
    let values = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let values = values.filter_map(|line| line.split_once('=')).map(|(_, value)| value.trim());
    values.flat_map(|value| words(value.trim_matches(['"', '\'']))).collect()
}

/// The words behind the program of the last `ExecStart=`, with those of `Environment=` lines.
fn started(text: &str) -> Option<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let lines: Vec<&str> = joined.lines().map(str::trim).collect();
    let command = lines.iter().rev().find_map(|line| line.strip_prefix("ExecStart="))?;
    let environment = lines.iter().filter_map(|line| line.strip_prefix("Environment="));
    let values = environment.filter_map(|line| {
        line.trim_matches('"').split_once('=').map(|(_, value)| value.to_owned())
    });
    let given = words(command).into_iter().skip(1).filter(|word| !word.starts_with('$'));
    Some(values.flat_map(|value| words(&value)).chain(given).collect())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned()).collect()
}
