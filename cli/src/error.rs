//! Errors and warnings, and how they are reported: as one line on standard error, or as one object in place of a line's
//! answer.
//!
//! No message contains any of the content, which may be secret.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use qrmint::render::{Finding, Placement, RenderError, Style, VerdictLevel};
use qrmint::{Encoder, Version};

use crate::content::ContentError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The command line is wrong.
    #[error("{0} (see --help)")]
    Usage(String),
    #[error("cannot read {endpoint}: {source}")]
    Read { endpoint: Endpoint, source: io::Error },
    #[error("cannot write {endpoint}: {source}")]
    Write { endpoint: Endpoint, source: io::Error },
    /// The content is longer than any symbol holds and was not read to its end.
    #[error("{0}: content longer than 7,089 bytes, which no QR code holds")]
    ContentTooLong(Endpoint),
    #[error("{endpoint}: {source}")]
    Content { endpoint: Endpoint, source: ContentError },
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the terminal has {columns} columns, the code needs {needed}")]
    TerminalTooNarrow { columns: u16, needed: usize },
    /// All lines of a batch have an answer, but some of these are errors.
    #[error("{failed} of {lines} lines failed")]
    Lines { failed: u64, lines: u64 },
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// A thread panicked.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// The message of [`Error::ContentTooLong`] has this number.
const _: () = assert!(Encoder::MAX_BYTES == 7_089);

impl Error {
    /// Returns the exit code: 2 if the command line is wrong, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        if matches!(self, Self::Usage(_)) { 2 } else { 1 }
    }

    /// Writes the error as one line to standard error.
    pub(crate) fn report(&self) {
        tell(self);
    }
}

/// Writes one line to standard error.
pub(crate) fn tell(text: impl fmt::Display) {
    // If standard error is closed, the message cannot be shown anywhere.
    let _ = writeln!(io::stderr(), "qrmint: {}", text.to_string().replace(char::is_control, " "));
}

/// Writes a line to standard error for each finding that is a warning. The line begins with the name of the symbol,
/// which may be empty.
pub(crate) fn warn(name: &str, findings: &[Finding]) {
    for finding in findings.iter().filter(|finding| finding.level() == VerdictLevel::Warning) {
        tell(format_args!("warning: {name}{finding}"));
    }
}

/// Writes to standard error what may be wrong with a picture that was made, except the findings in `told`, and its size
/// on paper. The lines begin with the name of the symbol, which may be empty.
pub(crate) fn tell_about(style: &Style, version: Version, name: &str, told: &[Finding]) {
    let mut findings = style.verdict(version).findings;
    findings.retain(|finding| !told.contains(finding));
    warn(name, &findings);
    let Ok(placement) = style.placement(version) else { return };
    if let (Placement { module, side, dpi: Some(dpi), .. }, Some(module_length), Some(side_length)) =
        (placement, placement.module_length(), placement.side_length())
    {
        let dots = if module == 1 { "dot" } else { "dots" };
        tell(format_args!(
            "{name}{module} {dots} per module ({module_length}), {side} dots a side ({side_length}) at {dpi} dpi"
        ));
    }
}

/// A source of content or a destination of output, as named in messages.
#[derive(Clone, Debug)]
pub(crate) enum Endpoint {
    Argument,
    StandardInput,
    StandardOutput,
    File(PathBuf),
}

impl Endpoint {
    /// Creates the endpoint of a file.
    pub(crate) fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("argument"),
            Self::StandardInput => f.write_str("standard input"),
            Self::StandardOutput => f.write_str("standard output"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Why a line of a batch has no image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LineError {
    #[error("the line is blank")]
    Blank,
    #[error("not JSON, at column {column}")]
    InvalidJson { column: usize },
    #[error("the line is JSON, but not an object")]
    NotAnObject,
    #[error("rawContent and errorCorrectionLevel must be strings and be there once, at column {column}")]
    UnexpectedValue { column: usize },
    #[error("the object has no rawContent")]
    MissingRawContent,
    #[error("rawContent is not standard base64 with padding, at its character {character}")]
    InvalidBase64 { character: usize },
    #[error(transparent)]
    UnknownLevel(#[from] qrmint::ParseLevelError),
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the line is longer than {limit} bytes")]
    LineTooLong { limit: usize },
}

impl LineError {
    /// Returns a stable identifier of the kind of error, for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Blank | Self::InvalidJson { .. } => "invalidJson",
            Self::NotAnObject | Self::UnexpectedValue { .. } => "unexpectedValue",
            Self::MissingRawContent => "missingRawContent",
            Self::InvalidBase64 { .. } => "invalidBase64",
            Self::UnknownLevel(_) => "unknownLevel",
            Self::Content(error) => error.code(),
            // Colours are the same on every line, so they are refused before the first.
            Self::Render(RenderError::Refused(_)) => "imageTooSmall",
            Self::Render(_) => "imageTooLarge",
            Self::LineTooLong { .. } => "lineTooLong",
        }
    }
}
