//! Parses the command line into the engine's types.
//!
//! Does no work of a command and opens no file.

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use qrmint::render::{QuietZone, Scale};
use qrmint::{Eci, ErrorCorrectionLevel, Mask, Options, Segmentation, Version, VersionRange};

use crate::error::{Endpoint, Error};

/// QR images of raw content.
#[derive(Parser)]
#[command(name = "qrmint", version, arg_required_else_help = false)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the QR image of one content
    Encode(EncodeArguments),
    /// Answer every line of JSON with a line of JSON that has its image
    #[command(long_about = BATCH_ABOUT)]
    Batch(BatchArguments),
}

const BATCH_ABOUT: &str = "\
Answer every line of JSON with a line of JSON that has its image

A line in: {\"rawContent\": \"<base64>\", \"errorCorrectionLevel\": \"l\"}; the level may be left out.
A line out, in the same order: {\"version\":1,\"errorCorrectionLevel\":\"l\",\"rawContent\":\"<base64>\",\"binaryValue\":\"<base64 of a PNG>\"}
or {\"error\":{\"code\":\"<word>\",\"message\":\"<text>\",\"line\":<number>}}.";

#[derive(Args)]
pub(crate) struct EncodeArguments {
    /// The content, byte for byte; without it and --input, standard input is read
    pub(crate) content: Option<OsString>,

    /// Read the content from this file; `-` is standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "content")]
    pub(crate) input: Option<PathBuf>,

    /// What to write [default: by the extension of the output, text on a terminal, else png]
    #[arg(long, short, value_enum)]
    pub(crate) format: Option<Format>,

    /// Write to this file, whole or not at all; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) symbol: SymbolArguments,

    #[command(flatten)]
    pub(crate) image: ImageArguments,
}

#[derive(Args)]
pub(crate) struct BatchArguments {
    /// Read the lines from this file; without it and with `-`, standard input is read
    pub(crate) input: Option<PathBuf>,

    /// Write to this file, whole or not at all; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Threads that make images, 1 to 1024 [default: number of CPUs]
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, value_parser = threads)]
    pub(crate) threads: Option<NonZero<usize>>,

    #[command(flatten)]
    pub(crate) symbol: SymbolArguments,

    #[command(flatten)]
    pub(crate) image: ImageArguments,
}

/// Options of a symbol.
#[derive(Args)]
pub(crate) struct SymbolArguments {
    /// Error-correction level: l, m, q or h
    #[arg(long, short, default_value = "m", value_parser = ErrorCorrectionLevel::from_str)]
    pub(crate) level: ErrorCorrectionLevel,

    /// Raise the level as far as the same version allows
    #[arg(long)]
    boost: bool,

    /// How to split the content into segments
    #[arg(long, default_value = "optimal", value_parser = segmentation())]
    segmentation: Segmentation,

    /// Smallest version allowed, 1 to 40
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value = "1", value_parser = version)]
    min_version: Version,

    /// Largest version allowed, 1 to 40
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value = "40", value_parser = version)]
    max_version: Version,

    /// Mask, 0 to 7 [default: the one with the lowest penalty score]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = mask)]
    mask: Option<Mask>,

    /// Interpretation (ECI) to announce before the content, 0 to 999999; 26 is UTF-8
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = eci)]
    eci: Option<Eci>,
}

impl SymbolArguments {
    /// Returns these as the engine's options, which do not include the level.
    pub(crate) fn options(&self) -> Result<Options, Error> {
        let versions = VersionRange::new(self.min_version, self.max_version)
            .ok_or_else(|| Error::Usage("--min-version is larger than --max-version".into()))?;
        let options = Options::default().with_versions(versions).with_boost(self.boost);
        let mut options = options.with_segmentation(self.segmentation);
        (options.mask, options.eci) = (self.mask, self.eci);
        Ok(options)
    }
}

/// Options of an image.
#[derive(Args)]
pub(crate) struct ImageArguments {
    /// Pixels per module, 1 to 255
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, default_value = "8", value_parser = scale)]
    pub(crate) scale: Scale,

    /// Light modules on every side, 0 to 255
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, default_value = "4", value_parser = quiet_zone)]
    pub(crate) quiet_zone: QuietZone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// An image with one bit per pixel
    Png,
    /// A drawing of one path
    Svg,
    /// Half blocks, two rows of modules per line
    Text,
    /// One line: version, level, content and the PNG
    Json,
}

/// Returns the command to run, or `None` after printing help or the version.
pub(crate) fn read() -> Result<Option<Command>, Error> {
    match CommandLine::try_parse() {
        Ok(line) => Ok(Some(line.command)),
        Err(error) if error.kind() == ErrorKind::UnknownArgument && !names_an_option(&error) => Err(Error::Usage(
            "unexpected argument: there is one content at most, and -- goes before one that begins with a hyphen"
                .into(),
        )),
        Err(error) if error.use_stderr() => Err(Error::Usage(in_one_line(&error.to_string()))),
        Err(help) => match help.print() {
            Ok(()) => Ok(None),
            Err(source) => Err(Error::Write { endpoint: Endpoint::StandardOutput, source }),
        },
    }
}

/// Returns whether the argument that clap did not expect looks like an option. Any other may be content, which no
/// message repeats.
fn names_an_option(error: &clap::Error) -> bool {
    matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(argument)) if argument.starts_with("--"))
}

/// Returns clap's message in one line, without usage and help.
fn in_one_line(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let lines = message.lines().map(str::trim);
    let told = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    told.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Parses a number and converts it with `new`, which returns `None` for a number out of range.
fn number<N: FromStr, T>(text: &str, new: impl Fn(N) -> Option<T>, range: &str) -> Result<T, String> {
    text.parse().ok().and_then(new).ok_or_else(|| format!("expected {range}"))
}

fn scale(text: &str) -> Result<Scale, String> {
    number(text, Scale::new, "1 to 255")
}

fn quiet_zone(text: &str) -> Result<QuietZone, String> {
    number(text, |modules| Some(QuietZone::new(modules)), "0 to 255")
}

fn version(text: &str) -> Result<Version, String> {
    number(text, Version::new, "1 to 40")
}

fn mask(text: &str) -> Result<Mask, String> {
    number(text, Mask::new, "0 to 7")
}

fn eci(text: &str) -> Result<Eci, String> {
    number(text, Eci::new, "0 to 999999")
}

/// Parses a segmentation, by the names that the help lists.
fn segmentation() -> impl TypedValueParser<Value = Segmentation> {
    const BYTES: &str = "bytes";
    let optimal = PossibleValue::new("optimal").help("The fewest bits");
    let bytes = PossibleValue::new(BYTES).help("One segment in byte mode");
    PossibleValuesParser::new([optimal, bytes])
        .map(|name| if name == BYTES { Segmentation::Bytes } else { Segmentation::Optimal })
}

fn threads(text: &str) -> Result<NonZero<usize>, String> {
    number(text, |count: NonZero<usize>| (count.get() <= 1024).then_some(count), "1 to 1024")
}
