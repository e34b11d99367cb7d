//! What `exec` shows in place of a program: it echoes. A few commands that people try first have
//! an answer (`echo`, `cat`, `hostname`, `true`, `false`, `exit`, and `sh` over these); any other is
//! told back. Nothing is executed.

use bytes::Bytes;

/// What is to be "run".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<String>,
    /// `attach`: there is no command, what comes in goes out.
    pub(crate) is_attach: bool,
    pub(crate) is_terminal: bool,
    pub(crate) has_input: bool,
    pub(crate) host: String,
}

/// The client is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hangup;

/// Where input comes from and output goes.
pub(crate) trait Terminal {
    /// More input; none once it has ended.
    fn read(&mut self) -> impl Future<Output = Result<Option<Bytes>, Hangup>> + Send;

    /// Shows something on stdout; there is nothing to complain of on stderr.
    fn write(&mut self, data: &[u8]) -> impl Future<Output = Result<(), Hangup>> + Send;
}

/// Plays `command` to its end and tells its exit code.
pub(crate) async fn run(
    terminal: &mut (impl Terminal + Send),
    command: &Command,
) -> Result<u8, Hangup> {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        _ if command.is_attach => copy(terminal).await,
        [shell] if is_shell(shell) && command.has_input => prompt(terminal, command).await,
        [shell] if is_shell(shell) => Ok(0),
        [shell, "-c" | "-ec", script, ..] if is_shell(shell) => {
            Ok(play(terminal, command, script).await?.code())
        }
        words => Ok(step(terminal, command, words).await?.code()),
    }
}

/// How a step ended: with a code, or with the wish to end everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Code(u8),
    Exit(u8),
}

impl End {
    fn code(self) -> u8 {
        match self {
            Self::Code(code) | Self::Exit(code) => code,
        }
    }
}

/// Plays the steps of a script, which `;`, `&&` and line ends part.
async fn play(
    terminal: &mut (impl Terminal + Send),
    command: &Command,
    script: &str,
) -> Result<End, Hangup> {
    let mut end = End::Code(0);
    for line in script.split([';', '\n']) {
        for part in line.split("&&") {
            let words = words(part);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            end = match words.as_slice() {
                [] => continue,
                ["exit"] => End::Exit(end.code()),
                words => step(terminal, command, words).await?,
            };
            match end {
                End::Code(0) => {}
                End::Code(_) => break,
                End::Exit(_) => return Ok(end),
            }
        }
    }
    Ok(end)
}

async fn step(
    terminal: &mut (impl Terminal + Send),
    command: &Command,
    words: &[&str],
) -> Result<End, Hangup> {
    let (text, end) = match words {
        ["true"] => return Ok(End::Code(0)),
        ["false"] => return Ok(End::Code(1)),
        ["exit", code] => return Ok(End::Exit(code.parse().unwrap_or(2))),
        ["cat"] => return copy(terminal).await.map(End::Code),
        ["hostname"] => (command.host.clone(), End::Code(0)),
        ["echo", rest @ ..] => (rest.join(" "), End::Code(0)),
        words => {
            (format!("this is a sandbox, nothing is executed: {}", words.join(" ")), End::Code(0))
        }
    };
    let text = if command.is_terminal { format!("{text}\r\n") } else { format!("{text}\n") };
    terminal.write(text.as_bytes()).await?;
    Ok(end)
}

/// Sends back what comes in until it ends.
async fn copy(terminal: &mut (impl Terminal + Send)) -> Result<u8, Hangup> {
    while let Some(data) = terminal.read().await? {
        // What a terminal sends for "end of input".
        if data.as_ref() == [END_OF_INPUT] {
            break;
        }
        terminal.write(&data).await?;
    }
    Ok(0)
}

/// A shell that takes its commands line by line.
async fn prompt(terminal: &mut (impl Terminal + Send), command: &Command) -> Result<u8, Hangup> {
    let mut line = String::new();
    let mut end = End::Code(0);
    show_prompt(terminal, command).await?;
    while let Some(data) = terminal.read().await? {
        for letter in String::from_utf8_lossy(&data).chars() {
            if command.is_terminal {
                echo(terminal, letter, &mut line).await?;
            }
            match letter {
                '\r' | '\n' => {
                    end = play(terminal, command, &std::mem::take(&mut line)).await?;
                    if let End::Exit(code) = end {
                        return Ok(code);
                    }
                    show_prompt(terminal, command).await?;
                }
                '\u{4}' if line.is_empty() => return Ok(end.code()),
                '\u{7f}' => drop(line.pop()),
                letter if letter.is_control() => {}
                letter if line.len() < LONGEST_LINE => line.push(letter),
                _ => {}
            }
        }
    }
    Ok(play(terminal, command, &line).await?.code())
}

async fn show_prompt(
    terminal: &mut (impl Terminal + Send),
    command: &Command,
) -> Result<(), Hangup> {
    if command.is_terminal { terminal.write(b"sandbox$ ").await } else { Ok(()) }
}

/// Shows what is typed, as a terminal does.
async fn echo(
    terminal: &mut (impl Terminal + Send),
    letter: char,
    line: &mut String,
) -> Result<(), Hangup> {
    let mut room = [0; 4];
    let shown: &[u8] = match letter {
        '\r' | '\n' => b"\r\n",
        '\u{7f}' if !line.is_empty() => b"\x08 \x08",
        '\u{3}' => {
            line.clear();
            b"^C\r\nsandbox$ "
        }
        letter if letter.is_control() => b"",
        letter => letter.encode_utf8(&mut room).as_bytes(),
    };
    terminal.write(shown).await
}

fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash"))
}

/// The words of a command; quotes hold words together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    for letter in text.chars() {
        match (letter, quote) {
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, Some(open)) if letter == open => quote = None,
            (letter, None) if letter.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

const END_OF_INPUT: u8 = 4;
/// What is typed beyond this is not kept.
const LONGEST_LINE: usize = 4096;

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[derive(Default)]
    struct Screen {
        input: VecDeque<Bytes>,
        shown: Vec<u8>,
    }

    impl Terminal for Screen {
        async fn read(&mut self) -> Result<Option<Bytes>, Hangup> {
            Ok(self.input.pop_front())
        }

        async fn write(&mut self, data: &[u8]) -> Result<(), Hangup> {
            self.shown.extend(data);
            Ok(())
        }
    }

    fn check(words: &[&str], input: &[&'static str], is_terminal: bool, expected: (&str, u8)) {
        let command = Command {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            is_attach: words.is_empty(),
            is_terminal,
            has_input: !input.is_empty(),
            host: "web-1".to_owned(),
        };
        let input = input.iter().map(|text| Bytes::from_static(text.as_bytes())).collect();
        let mut screen = Screen { input, shown: Vec::new() };
        let code = futures::executor::block_on(run(&mut screen, &command)).unwrap();
        let shown = String::from_utf8(screen.shown).unwrap();
        assert_eq!((shown.as_str(), code), expected, "{words:?}");
    }

    #[test]
    fn commands_answer() {
        check(&["echo", "a", "b"], &[], false, ("a b\n", 0));
        check(&["hostname"], &[], false, ("web-1\n", 0));
        check(&["false"], &[], false, ("", 1));
        check(&["cat"], &["x\n", "y"], false, ("x\ny", 0));
        check(&["ls", "/"], &[], false, ("this is a sandbox, nothing is executed: ls /\n", 0));
        check(&[], &["x"], false, ("x", 0));
    }

    #[test]
    fn scripts_end_with_their_code() {
        check(&["sh", "-c", "echo 'a  b'; exit 7; echo c"], &[], false, ("a  b\n", 7));
        check(&["/bin/sh", "-c", "false && echo a; echo \"b\""], &[], false, ("b\n", 0));
        check(&["sh", "-c", "false\n"], &[], false, ("", 1));
        check(&["sh", "-c", "exit 300"], &[], false, ("", 2));
    }

    #[test]
    fn a_shell_reads_lines() {
        check(&["sh"], &["echo a\nex", "it 3\n"], false, ("a\n", 3));
        check(&["sh"], &["echo a"], false, ("a\n", 0));
        check(
            &["sh"],
            &["echx\u{7f}o a\r\u{4}"],
            true,
            ("sandbox$ echx\u{8} \u{8}o a\r\na\r\nsandbox$ ", 0),
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(script: String, typed: Vec<u8>) {
            let command = Command {
                words: vec!["sh".to_owned(), "-c".to_owned(), script],
                is_attach: false,
                is_terminal: true,
                has_input: true,
                host: String::new(),
            };
            let mut screen = Screen::default();
            futures::executor::block_on(run(&mut screen, &command)).unwrap();
            screen.input.push_back(typed.into());
            let shell = Command { words: vec!["sh".to_owned()], ..command };
            futures::executor::block_on(run(&mut screen, &shell)).unwrap();
        }
    }
}
