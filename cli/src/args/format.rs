//! The formats: which one to write, and which options each expresses.
//!
//! Knows nothing of how a format is drawn.

use std::env;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::EncodeArguments;
use super::style::Feature;
use crate::error::Error;

/// What `encode` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// An image with one bit per pixel
    Png,
    /// A drawing of one path
    Svg,
    /// A page of vectors
    Pdf,
    /// A drawing of vectors to place on a page
    Eps,
    /// A graphic field for label printers
    Zpl,
    /// Half blocks, two rows of modules per line
    Text,
    /// One line with version, level, content and PNG
    Json,
    /// A PNG as a data URI; an SVG if the extension of the output is .svg
    DataUri,
    /// An SVG as a data URI
    SvgDataUri,
}

/// What `batch` writes as `binaryValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImageFormat {
    /// An image with one bit per pixel
    Png,
    /// A drawing of one path
    Svg,
}

/// Options of text.
#[derive(Args)]
#[command(next_help_heading = "Text for terminals")]
pub(crate) struct TextArguments {
    /// Set colours by ANSI escape sequences: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", value_enum, hide_possible_values = true)]
    color: Option<ColorChoice>,

    /// Draw dark modules instead of light ones, for paper and light screens
    #[arg(long)]
    pub(crate) invert: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set, TERM is dumb or --invert is given
    Auto,
    /// In files and pipes as well
    Always,
    /// No escape sequences
    Never,
}

impl TextArguments {
    /// Returns whether escape sequences set the colours.
    pub(crate) fn ansi(&self, on_terminal: bool) -> bool {
        match self.color.unwrap_or(ColorChoice::Auto) {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // https://no-color.org: set and not empty.
            ColorChoice::Auto => {
                let has_colors = env::var_os("NO_COLOR").unwrap_or_default().is_empty();
                on_terminal && !self.invert && has_colors && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

impl EncodeArguments {
    /// Returns the format to write to the file, or to standard output without one. Returns an error if the format does
    /// not express one of the options.
    pub(crate) fn format(&self, path: Option<&Path>, on_terminal: bool) -> Result<Format, Error> {
        let extension = path.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase();
        let extension = extension.to_string_lossy();
        let format = match self.format {
            Some(Format::DataUri) if extension == "svg" => Format::SvgDataUri,
            Some(format) => format,
            None => default_format(&extension, on_terminal)?,
        };
        if format == Format::Png && on_terminal {
            return Err(Error::Usage("a terminal cannot show a png: name a file with -o".into()));
        }
        if self.text.invert && self.text.color == Some(ColorChoice::Always) {
            return Err(Error::Usage("--invert cannot be used with --color always".into()));
        }

        let TextArguments { color, invert } = self.text;
        let of_text = [("--color", Feature::Terminal, color.is_some()), ("--invert", Feature::Terminal, invert)];
        let ansi = self.text.ansi(on_terminal);
        let mut options = self.style.options().into_iter().chain(of_text);
        match options.find(|&(_, feature, is_given)| is_given && !format.expresses(feature, ansi)) {
            None => Ok(format),
            Some((option, feature, _)) => {
                let hint = match (format, feature) {
                    (Format::Text, Feature::Color | Feature::Alpha) => " without ANSI colours: use --color always",
                    (Format::Text, _) if self.format.is_none() && on_terminal => ": name a file with -o",
                    (Format::Pdf | Format::Eps, Feature::Alpha) => ": its colours are opaque",
                    _ => "",
                };
                let name = format.to_possible_value();
                let name = name.as_ref().map_or("", |name| name.get_name());
                Err(Error::Usage(format!("{option} cannot be used with the format {name}{hint}")))
            }
        }
    }
}

impl Format {
    /// Returns whether options that ask for the feature change anything. `ansi` tells whether text has colours.
    fn expresses(self, feature: Feature, ansi: bool) -> bool {
        match self {
            Self::Png | Self::Svg | Self::Json | Self::DataUri | Self::SvgDataUri => feature != Feature::Terminal,
            Self::Pdf => !matches!(feature, Feature::Alpha | Feature::Terminal),
            Self::Eps => !matches!(feature, Feature::Alpha | Feature::Description | Feature::Terminal),
            Self::Zpl => feature == Feature::Size,
            Self::Text => match feature {
                Feature::Color | Feature::Alpha => ansi,
                Feature::Terminal => true,
                Feature::Size | Feature::Title | Feature::Description => false,
            },
        }
    }
}

/// Returns the format to write if the command line names none. The extension is in lower case.
fn default_format(extension: &str, on_terminal: bool) -> Result<Format, Error> {
    Ok(match extension {
        "" if on_terminal => Format::Text,
        "" | "png" => Format::Png,
        "svg" => Format::Svg,
        "pdf" => Format::Pdf,
        "eps" => Format::Eps,
        "zpl" => Format::Zpl,
        "txt" => Format::Text,
        "json" => Format::Json,
        _ => {
            let known = ".png, .svg, .pdf, .eps, .zpl, .txt, .json or --format";
            return Err(Error::Usage(format!("cannot tell the format of a file .{extension}: use {known}")));
        }
    })
}
