//! Reads the command line: decides which arguments are content, has clap parse the others, and words the errors.
//!
//! No message repeats content, which may be secret, except the one that says `qrmint encode`.

use std::env;
use std::ffi::{OsStr, OsString};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Command, CommandLine, EncodeArguments};
use crate::error::{Endpoint, Error};

/// The hidden option by which clap is given content that begins with a hyphen. Nobody can write it: an argument of a
/// process has no NUL. As an option it cannot be taken for the value of the option before it.
pub(super) const HYPHENATED: &str = "\0";

/// Returns the command to run, or `None` after printing help or the version.
pub(crate) fn read() -> Result<Option<Command>, Error> {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    match arguments.get(1) {
        None => arguments = ["qrmint", "--help"].map(OsString::from).into(),
        Some(first) if first == "encode" || first == "batch" => mark_hyphenated(&mut arguments[2..]),
        Some(first) if first == "--" => return Err(Error::Usage("no command: use encode or batch".into())),
        Some(first) if is_hyphenated(first) => return Err(no_command(&first.to_string_lossy())),
        Some(_) => {}
    }
    match CommandLine::try_parse_from(&arguments) {
        Ok(CommandLine { command: Command::Encode(encode) }) => Ok(Some(Command::Encode(with_content(encode)?))),
        Ok(CommandLine { command }) => Ok(Some(command)),
        Err(error) if error.use_stderr() => Err(wrong(&error, &arguments)),
        Err(help) => match help.print() {
            Ok(()) => Ok(None),
            Err(source) => Err(Error::Write { endpoint: Endpoint::StandardOutput, source }),
        },
    }
}

/// Returns whether the argument begins with one hyphen and has more than two characters.
fn is_hyphenated(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    argument.starts_with('-') && !argument.starts_with("--") && argument.chars().count() > 2
}

/// Passes arguments that begin with one hyphen, up to `--`, by the hidden option: `encode` takes them for content,
/// `batch` has no such option.
fn mark_hyphenated(arguments: &mut [OsString]) {
    for argument in arguments.iter_mut().take_while(|argument| *argument != "--") {
        if is_hyphenated(argument) {
            let mut option = OsString::from(format!("--{HYPHENATED}="));
            option.push(&argument);
            *argument = option;
        }
    }
}

/// Moves the content to `content`, wherever it was given.
fn with_content(mut encode: EncodeArguments) -> Result<EncodeArguments, Error> {
    let mut contents = encode.content.take().into_iter().chain(encode.hyphenated.drain(..));
    let (content, more) = (contents.next(), contents.next());
    drop(contents);
    if more.is_some() {
        return Err(Error::Usage(TWO_CONTENTS.into()));
    }
    if content.is_some() && encode.input.is_some() {
        return Err(Error::Usage("content as an argument cannot be used with --input".into()));
    }
    encode.content = content;
    Ok(encode)
}

const TWO_CONTENTS: &str = "unexpected argument: there is one content at most; quote content that has spaces, \
                            write -s 4 and not -s4, and put options before --";

/// Returns the error for a first argument that is no command.
fn no_command(argument: &str) -> Error {
    let quote = if argument.is_empty() || argument.contains(char::is_whitespace) { "\"" } else { "" };
    Error::Usage(format!("unknown command: to make a QR code, use `qrmint encode {quote}{argument}{quote}`"))
}

/// Returns the error for a command line that clap refuses.
fn wrong(error: &clap::Error, arguments: &[OsString]) -> Error {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(argument)) => argument.as_str(),
        _ => "",
    };
    let before_dashes = |start: &str| {
        let mut options = arguments.iter().take_while(|argument| *argument != "--");
        options.any(|option| option.as_encoded_bytes().starts_with(start.as_bytes()))
    };
    Error::Usage(match error.kind() {
        ErrorKind::InvalidSubcommand if arguments[1] == "help" => in_one_line(error),
        ErrorKind::InvalidSubcommand => return no_command(context(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => {
            let argument = context(ContextKind::InvalidArg);
            let is_option = argument.starts_with('-') && before_dashes(argument);
            let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            match argument.strip_prefix("--") {
                Some(name) if is_option && is_name(name) => in_one_line(error),
                _ if is_option && arguments[1] == "batch" => {
                    "unknown option: write -s 4 and not -s4; a file may need ./ before its name".into()
                }
                _ if is_option && arguments[1] != "encode" => "unknown option".into(),
                _ if is_option => "unknown option; content that begins with a hyphen may need -- before it".into(),
                _ if arguments[1] == "batch" => "unexpected argument: batch reads one file at most".into(),
                _ => TWO_CONTENTS.into(),
            }
        }
        // An argument that became content may have been meant as a value.
        ErrorKind::InvalidValue if before_dashes(&format!("--{HYPHENATED}")) => {
            format!("{}; an argument such as -15 is content", in_one_line(error))
        }
        _ => in_one_line(error),
    })
}

/// Returns clap's message in one line, without usage and help.
fn in_one_line(error: &clap::Error) -> String {
    let message = error.to_string();
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let lines = message.lines().map(str::trim);
    let told = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    // The tip repeats the argument, which is more often a typing error.
    told.filter(|line| !line.is_empty() && !line.starts_with("tip: to pass")).collect::<Vec<_>>().join("; ")
}
