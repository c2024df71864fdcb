//! Parses the command line into the engine's types.
//!
//! Does no work of a command and opens no file. The options are here, those of a picture in [`style`] and those of a
//! format in [`format`]. [`read`] applies the rules for content and words the errors, [`values`] parses the values of
//! options, [`help`] has the longer texts of `--help`.

mod format;
mod help;
mod read;
mod style;
mod values;

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};
use qrmint::{Eci, ErrorCorrectionLevel, Mask, Options, Segmentation, TextEncoding, Version, VersionRange};

pub(crate) use self::format::{Format, ImageFormat, TextArguments};
pub(crate) use self::read::read;
use self::style::StyleArguments;
use crate::content::ContentEncoder;
use crate::error::Error;

/// Makes QR codes as PNG, SVG, PDF, EPS, ZPL, text or JSON
#[derive(Parser)]
#[command(name = "qrmint", version, after_help = help::MAIN)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes one QR code
    #[command(after_help = help::encode())]
    Encode(EncodeArguments),
    /// Makes a QR code for each line of JSON
    #[command(after_help = help::batch())]
    Batch(BatchArguments),
}

#[derive(Args)]
pub(crate) struct EncodeArguments {
    /// Content, byte for byte [default: standard input]
    pub(crate) content: Option<OsString>,

    /// Content that begins with one hyphen, which [`read`] passes to clap by this option.
    #[arg(long = read::HYPHENATED, hide = true)]
    hyphenated: Vec<OsString>,

    /// Read the content from this file; - is standard input
    #[arg(long, short, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,

    /// Write to this file, whole or not at all; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// One of the formats below [default: see below]
    #[arg(long, short, value_enum, hide_possible_values = true)]
    format: Option<Format>,

    #[command(flatten)]
    pub(crate) symbol: SymbolArguments,

    #[command(flatten)]
    pub(crate) style: StyleArguments,

    #[command(flatten)]
    pub(crate) text: TextArguments,
}

#[derive(Args)]
pub(crate) struct BatchArguments {
    /// File with the lines; - is standard input [default: standard input]
    pub(crate) input: Option<PathBuf>,

    /// Write to this file, whole or not at all; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Image in binaryValue
    #[arg(long, short, value_enum, default_value = "png")]
    pub(crate) format: ImageFormat,

    /// Number of threads, 1 to 1024 [default: number of CPUs]
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, value_parser = values::threads)]
    pub(crate) threads: Option<NonZero<usize>>,

    #[command(flatten)]
    pub(crate) symbol: SymbolArguments,

    #[command(flatten)]
    pub(crate) style: StyleArguments,
}

/// Options of a symbol.
#[derive(Args)]
#[command(next_help_heading = "Options of the symbol")]
pub(crate) struct SymbolArguments {
    /// Error correction: low, medium, quartile, high or l, m, q, h
    #[arg(long, short, default_value = "m", value_parser = values::level)]
    pub(crate) level: ErrorCorrectionLevel,

    /// Raise the level as far as the same version allows
    #[arg(long)]
    boost: bool,

    /// Kind of segments
    #[arg(long, value_name = "HOW", default_value = "optimal", value_parser = values::segmentation())]
    segmentation: Segmentation,

    /// Smallest version allowed, 1 to 40
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value = "1", value_parser = Version::from_str)]
    min_version: Version,

    /// Largest version allowed, 1 to 40
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        default_value = "40",
        value_parser = Version::from_str
    )]
    max_version: Version,

    /// Mask, 0 to 7 [default: the one with the lowest penalty score]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = Mask::from_str)]
    mask: Option<Mask>,

    /// The content is text: announce its encoding to readers
    #[arg(
        long,
        value_name = "ENCODING",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = values::UTF8_ECI,
        hide_possible_values = true,
        value_parser = values::text()
    )]
    text: Option<TextEncoding>,

    /// ECI to announce before the content, 0 to 999999; 26 is UTF-8
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "text", value_parser = Eci::from_str)]
    eci: Option<Eci>,

    /// Read the symbol back and compare it with the content before writing it
    #[arg(long)]
    verify: bool,
}

impl SymbolArguments {
    /// Returns the encoder with these options, which do not include the level.
    pub(crate) fn encoder(&self) -> Result<ContentEncoder, Error> {
        let versions = VersionRange::new(self.min_version, self.max_version)
            .ok_or_else(|| Error::Usage("--min-version is larger than --max-version".into()))?;
        let options = Options::default().with_versions(versions).with_boost(self.boost);
        let mut options = options.with_segmentation(self.segmentation).with_text(self.text.unwrap_or_default());
        (options.mask, options.eci) = (self.mask, self.eci);
        Ok(ContentEncoder::new(options, self.text.is_some(), self.verify))
    }
}
