//! The components of Kubernetes that run on this machine, by the command lines in `/proc`.

use std::fs;

use inventory::{Builder, Component};

/// Adds every process of Kubernetes that runs here.
pub(super) fn read(builder: &mut Builder) {
    let node = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let node = node.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let Ok(entries) = fs::read_dir("/proc") else { return };
    let mut pids: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    for pid in pids {
        let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { continue };
        let words: Vec<String> = line
            .split(|byte| *byte == 0)
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .filter(|word| !word.is_empty())
            .collect();
        if let Some(component) = Component::of_process(pid, node.clone(), &words) {
            builder.add_process(component);
        }
    }
}
