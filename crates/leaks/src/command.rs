//! Commands: flags that take secrets, assignments before a program, headers, and the scripts that
//! shells are given.

use crate::command_table::{CARRIERS, FLAGS, Flag, Takes};
use crate::innocent::is_innocent;
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::name::{Name, Promise};
use crate::shape::{Texture, texture};
use crate::text::{Depth, within};
use crate::value::{scan_value, structured, unquoted};

/// The secrets in the words of a command, each with the number of its word, from 0.
pub fn scan_command(args: &[&str]) -> Vec<(usize, Sighting)> {
    words(args, Depth::TOP)
}

/// The secrets in one line of shell.
pub(crate) fn line(text: &str, depth: Depth) -> Vec<Sighting> {
    let Some(inner) = depth.inner() else { return Vec::new() };
    let commands = commands(text);
    let found = commands.iter().flat_map(|words_of| {
        let args: Vec<&str> = words_of.iter().map(|word| unquoted(word)).collect();
        words(&args, inner)
    });
    found.map(|(_, found)| found).collect()
}

fn words(args: &[&str], depth: Depth) -> Vec<(usize, Sighting)> {
    let program = program(args);
    let mut found = Vec::new();
    let mut before = "";
    for (number, arg) in args.iter().take(MOST).enumerate() {
        let word = Word { program, before, text: arg };
        found.extend(word.scan(depth).into_iter().map(|leak| (number, leak)));
        before = arg;
    }
    found
}

/// A word of a command, the one before it, and the program.
struct Word<'a> {
    program: &'a str,
    before: &'a str,
    text: &'a str,
}

impl Word<'_> {
    fn scan(&self, depth: Depth) -> Vec<Sighting> {
        let one = self.of_program().or_else(|| self.of_flag()).or_else(|| self.assigned());
        if let Some(found) = one {
            return vec![found];
        }
        if self.is_script() {
            return depth.inner().map_or_else(Vec::new, |inner| within("", self.text, inner));
        }
        structured(self.text).into_iter().collect()
    }

    /// What is given to a shell after `-c`, or has more than one line.
    fn is_script(&self) -> bool {
        let is_given = self.before.starts_with('-')
            && !self.before.starts_with("--")
            && self.before.ends_with('c');
        self.text.contains('\n') || (is_given && self.text.contains(' '))
    }

    /// `-psecret` of mysql, `-u user:secret` of curl.
    fn of_program(&self) -> Option<Sighting> {
        FLAGS.iter().find_map(|flag| {
            let value = self.taken_by(flag)?;
            typed(value).map(|found| found.named(flag.text))
        })
    }

    fn taken_by(&self, flag: &Flag) -> Option<&str> {
        if !flag.programs.contains(&self.program) {
            return None;
        }
        let is_next = self.before == flag.text;
        match flag.takes {
            Takes::Joined => self.text.strip_prefix(flag.text),
            Takes::Next => is_next.then_some(self.text),
            Takes::UserAndNext if is_next => Some(self.text.split_once(':')?.1),
            Takes::UserAndNext => None,
        }
    }

    /// `--password secret`: the flag before names this word.
    fn of_flag(&self) -> Option<Sighting> {
        let flag = self.before.strip_prefix('-')?.trim_start_matches('-');
        let names = !flag.contains(['=', ' '])
            && flag.len() > 1
            && !self.text.starts_with('-')
            && Name::of(flag).promise() != Promise::Nothing;
        if names { scan_value(flag, self.text) } else { None }
    }

    /// `--password=secret`, `PASSWORD=secret`, `-Dpassword=secret`, `--set a.password=secret`.
    fn assigned(&self) -> Option<Sighting> {
        let (name, value) = self.text.split_once('=')?;
        let is_carried = CARRIERS.contains(&self.before);
        if CARRIERS.contains(&name) || is_carried {
            let pairs = if is_carried { self.text } else { value };
            return pairs.split(',').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                scan_value(name, value)
            });
        }
        let name = name.strip_prefix("-D").unwrap_or(name).trim_start_matches('-');
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if is_name { scan_value(name, value) } else { None }
    }
}

/// A password that stands where a program takes one.
fn typed(value: &str) -> Option<Sighting> {
    let value = unquoted(value);
    let is_name = texture(value) == Texture::Words && value.contains(['/', '.', ':', '=']);
    let is_one = !value.contains(char::is_whitespace) && !value.starts_with(['-', '$']);
    (is_one && !is_name && !is_innocent(value))
        .then(|| Sighting::new(LeakKind::Password, Confidence::Medium, value))
}

/// The name of the program, past what sets its environment.
fn program<'a>(args: &[&'a str]) -> &'a str {
    let passes = [
        "sudo", "env", "exec", "nohup", "time", "command", "!", "if", "then", "do", "while",
        "until",
    ];
    let mut args = args.iter().filter(|arg| !arg.starts_with('-') && !is_assignment(arg));
    let found = args.find(|arg| !passes.contains(*arg));
    found.and_then(|path| path.rsplit('/').next()).unwrap_or_default()
}

fn is_assignment(arg: &str) -> bool {
    arg.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// The words of a line of shell, command by command. Quotes hold words together and are kept.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    let mut letters = line.chars().take(LONGEST_LINE);
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (_, '\\') => word.extend(letters.next()),
            (None, ';' | '|' | '&' | '\n' | '(' | ')') => {
                end_word(&mut commands, &mut word);
                commands.push(Vec::new());
            }
            (None, _) if letter.is_whitespace() => end_word(&mut commands, &mut word),
            _ => word.push(letter),
        }
    }
    end_word(&mut commands, &mut word);
    commands
}

fn end_word(commands: &mut [Vec<String>], word: &mut String) {
    if !word.is_empty()
        && let Some(last) = commands.last_mut()
    {
        last.push(std::mem::take(word));
    }
}

const MOST: usize = 4096;
const LONGEST_LINE: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_lines_as_a_shell_does() {
        let check = |line: &str, expected: &[&[&str]]| {
            let found = commands(line);
            let found: Vec<&Vec<String>> = found.iter().filter(|words| !words.is_empty()).collect();
            assert_eq!(found, expected, "{line}");
        };
        check("a -b 'c d' \"e\"f", &[&["a", "-b", "c d", "ef"]]);
        check("a && b | c; d", &[&["a"], &["b"], &["c"], &["d"]]);
        check("a b\\ c 'd;e", &[&["a", "b c", "d;e"]]);
        check("", &[]);
    }
}
