//! Output on a terminal, which `script` of util-linux provides. Without `script` nothing is tested.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};

/// Runs the program on a terminal and returns the exit code and the text on the terminal, or `None` without `script`.
/// The arguments may end with redirections of the shell.
fn on_terminal(shell: &str) -> Option<(i32, String)> {
    let command = format!("{} {shell}", env!("CARGO_BIN_EXE_qrmint"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    match script.stdin(Stdio::null()).output() {
        Ok(output) => {
            // A terminal ends lines with both characters.
            let shown = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
            Some((output.status.code().unwrap(), shown))
        }
        Err(error) => {
            qrmint_checks::say(format_args!("skipped: script cannot be run: {error}"));
            None
        }
    }
}

#[test]
fn terminal_gets_text_in_black_on_white_whatever_its_colours() {
    for arguments in ["encode hello", "encode hello --format text", "encode hello -o -"] {
        let Some((code, shown)) = on_terminal(arguments) else { return };
        assert_eq!(code, 0, "{shown}");
        let plain = String::from_utf8(support::run(&["encode", "hello", "-f", "text"], b"").output()).unwrap();
        let expected: String = plain.lines().map(|line| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m\n")).collect();
        assert_eq!(shown, expected, "{arguments}");
    }
}

#[test]
fn terminal_is_spared_a_png() {
    let Some((code, shown)) = on_terminal("encode hello --format png") else { return };
    assert_eq!((code, &shown[..]), (2, "qrmint: a terminal cannot show a png: name a file with -o (see --help)\n"));
}

#[test]
fn terminal_is_not_asked_for_content() {
    let Some((code, shown)) = on_terminal("encode") else { return };
    let message = "qrmint: no content: give it as an argument, with --input or on standard input (see --help)\n";
    assert_eq!((code, &shown[..]), (2, message));
}

#[test]
fn bar_is_shown_while_lines_are_answered_and_is_gone_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("in.jsonl");
    std::fs::write(&input, "{\"rawContent\":\"aGk=\"}\n".repeat(50_000)).unwrap();
    let input = input.display();
    let Some((code, shown)) = on_terminal(&format!("batch {input} > /dev/null")) else { return };
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains(" lines, ") && shown.contains(" a second") && shown.contains('%'), "{shown:?}");
    assert!(shown.ends_with("\x1b[2K") || shown.ends_with('\r'), "the line is cleared: {shown:?}");

    // If the lines go to the terminal, no progress is shown.
    let (_, shown) = on_terminal(&format!("batch {input} --scale 1 < /dev/null")).unwrap();
    assert!(!shown.contains("a second") && shown.lines().count() == 50_000);
}
