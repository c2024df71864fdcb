//! Output on a terminal, which `script` of util-linux provides. Without `script` nothing is tested.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};

/// Runs the program on a terminal and returns the exit code and the text on the terminal, or `None` without `script`.
/// The arguments may end with redirections of the shell.
fn on_terminal(arguments: &str) -> Option<(i32, String)> {
    on_terminal_with("", arguments)
}

/// Like [`on_terminal`]; `before` is what stands before the program in the shell, such as an environment variable.
fn on_terminal_with(before: &str, arguments: &str) -> Option<(i32, String)> {
    let command = format!("{before} {} {arguments}", env!("CARGO_BIN_EXE_qrmint"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.env_remove("NO_COLOR").env("TERM", "xterm");
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

/// Returns what `encode` writes to a pipe.
fn piped(options: &[&str]) -> String {
    String::from_utf8(support::run(&[&["encode", "hello"], options].concat(), b"").output()).unwrap()
}

#[test]
fn terminal_gets_text_in_black_on_white_whatever_its_colours() {
    for arguments in ["encode hello", "encode hello --format text", "encode hello -o -", "encode hello --color auto"] {
        let Some((code, shown)) = on_terminal(arguments) else { return };
        assert_eq!(code, 0, "{shown}");
        let dark = piped(&["-f", "text", "--invert"]);
        let expected: String = dark.lines().map(|line| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m\n")).collect();
        assert_eq!(shown, expected, "{arguments}");
        assert_eq!(shown, piped(&["-f", "text", "--color", "always"]));
    }
}

#[test]
fn terminal_gets_the_colours_asked_for() {
    let arguments = "encode hello --dark '#000080' --light '#ffffee'";
    let Some((code, shown)) = on_terminal(arguments) else { return };
    assert_eq!(code, 0, "{shown}");
    assert!(shown.lines().all(|line| line.starts_with("\x1b[38;2;0;0;128;48;2;255;255;238m")), "{shown}");
    let (code, shown) = on_terminal_with("NO_COLOR=1", arguments).unwrap();
    let message = "qrmint: --dark cannot be used with the format text without ANSI colours: use --color always";
    assert_eq!((code, shown), (2, format!("{message} (see --help)\n")));
}

#[test]
fn terminal_without_colours_gets_light_modules_and_with_invert_dark_ones() {
    let (light, dark) = (piped(&["-f", "text"]), piped(&["-f", "text", "--invert"]));
    let black_on_white = piped(&["-f", "text", "--color", "always"]);
    for (before, options, expected) in [
        ("NO_COLOR=1", "", &light),
        ("NO_COLOR=0", "", &light),
        ("NO_COLOR=", "", &black_on_white),
        ("TERM=dumb", "", &light),
        ("env -u TERM", "", &black_on_white),
        ("", "--color never", &light),
        ("", "--invert", &dark),
        ("NO_COLOR=1", "--invert", &dark),
        ("", "--invert --color never", &dark),
        ("NO_COLOR=1 TERM=dumb", "--color always", &black_on_white),
    ] {
        let Some((code, shown)) = on_terminal_with(before, &format!("encode hello {options}")) else { return };
        assert_eq!(code, 0, "{shown}");
        assert!(shown == *expected, "{before} {options}:\n{shown}");
    }
}

#[test]
fn terminal_too_narrow_for_the_code_is_told_the_width_needed() {
    let on_columns = |columns: u32, arguments: &str| {
        on_terminal_with(&format!("stty columns {columns} rows 50;"), &format!("encode hello {arguments}"))
    };
    let Some(narrow) = on_columns(28, "") else { return };
    assert_eq!(narrow, (1, "qrmint: the terminal has 28 columns, the code needs 29\n".into()));
    assert_eq!(on_columns(20, "--color never").unwrap().0, 1);
    assert_eq!(on_columns(29, "").unwrap(), (0, piped(&["-f", "text", "--color", "always"])));
    // What is no text on the terminal is not measured.
    assert_eq!(on_columns(20, "-f svg").unwrap().0, 0);
    assert_eq!(on_columns(20, "-f text > /dev/null").unwrap(), (0, String::new()));
    assert_eq!(on_columns(20, "-f text -o /dev/null").unwrap(), (0, String::new()));
}

#[test]
fn terminal_shows_every_format_of_text() {
    for format in ["svg", "pdf", "eps", "zpl", "json", "data-uri", "svg-data-uri"] {
        let Some((code, shown)) = on_terminal(&format!("encode hello -f {format}")) else { return };
        assert_eq!((code, shown), (0, piped(&["-f", format])), "{format}");
    }
}

#[test]
fn terminal_shows_no_size_and_says_how_to_get_one() {
    for option in ["--scale 4", "--side 2in", "--title Badge"] {
        let Some((code, shown)) = on_terminal(&format!("encode hello {option}")) else { return };
        let (name, _) = option.split_once(' ').unwrap();
        let message = format!("{name} cannot be used with the format text: name a file with -o (see --help)");
        assert_eq!((code, shown), (2, format!("qrmint: {message}\n")));
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
