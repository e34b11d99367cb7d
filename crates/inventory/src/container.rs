//! One container of a pod template.

use tree::{Path, Tree};

/// When a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerKind {
    /// Before the others.
    Init,
    /// As the pod does.
    Normal,
    /// Added to a running pod to look into it.
    Ephemeral,
}

impl ContainerKind {
    /// In the order Kubernetes looks at them.
    pub const ALL: [Self; 3] = [Self::Init, Self::Normal, Self::Ephemeral];

    /// The field of the pod's `spec` that lists them.
    pub fn field(self) -> &'static str {
        match self {
            Self::Init => "initContainers",
            Self::Normal => "containers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }
}

/// One container, and where in its object it stands.
#[derive(Debug, Clone)]
pub struct Container<'a> {
    /// All of it.
    pub tree: &'a Tree,
    /// When it runs.
    pub kind: ContainerKind,
    /// Where in the object it stands.
    pub path: Path,
}

impl<'a> Container<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.tree.get("name").str()
    }

    /// Its image.
    pub fn image(&self) -> &'a str {
        self.tree.get("image").str()
    }

    /// Its `securityContext`.
    pub fn security(&self) -> &'a Tree {
        self.tree.get("securityContext")
    }

    /// The words it is started with: `command` and then `args`, each with its place, with
    /// `$(NAME)` replaced where `env` gives a plain value.
    pub fn words(&self) -> Vec<(String, Path)> {
        ["command", "args"]
            .into_iter()
            .flat_map(|field| {
                let path = self.path.then(field);
                self.tree.get(field).items().iter().enumerate().filter_map(move |(index, word)| {
                    Some((self.expand(&word.plain()?), path.then(index)))
                })
            })
            .collect()
    }

    /// `$(NAME)` as the kubelet replaces it; `$$` stands for `$`.
    fn expand(&self, word: &str) -> String {
        let mut out = String::with_capacity(word.len());
        let mut rest = word;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let named = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
            let value = named.and_then(|(name, behind)| Some((self.env(name)?, behind)));
            rest = match (after.strip_prefix('$'), value) {
                (Some(behind), _) => {
                    out.push('$');
                    behind
                }
                (None, Some((value, behind))) => {
                    out.push_str(value);
                    behind
                }
                (None, None) => {
                    out.push('$');
                    after
                }
            };
        }
        out.push_str(rest);
        out
    }

    /// The plain value of an environment variable.
    pub fn env(&self, name: &str) -> Option<&'a str> {
        let env = self.tree.get("env").items();
        env.iter().rev().find(|one| one.get("name").str() == name)?.get("value").text()
    }
}

#[cfg(test)]
mod tests {
    use tree::Keys;

    use super::*;

    #[test]
    fn words_are_joined_and_expanded() {
        let text = "command: [/bin/x, --a=$(A)]\nargs: [--b, $$(A), $(NONE), 5]\nenv: [{name: A, value: v}]\n";
        let tree = tree::read(text, &mut Keys::default()).unwrap();
        let container =
            Container { tree: &tree, kind: ContainerKind::Normal, path: Path::of(&["c"]) };
        let words: Vec<String> = container.words().into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["/bin/x", "--a=v", "--b", "$(A)", "$(NONE)", "5"]);
        assert_eq!(container.words()[2].1.to_string(), "c.args[0]");
    }
}
