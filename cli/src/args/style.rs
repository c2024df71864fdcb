//! The options that describe a picture, and the style that they make.
//!
//! Knows nothing of formats: [`format`](super::format) decides which of these options a format expresses.

use std::str::FromStr;

use clap::Args;
use qrmint::render::{Color, Dpi, Length, QuietZone, Scale, Size, Style};

use super::values;
use crate::error::Error;

/// Options of a picture.
#[derive(Args)]
#[command(next_help_heading = "Options of the image")]
pub(crate) struct StyleArguments {
    /// Colour of dark modules, #rrggbb or #rrggbbaa [default: #000000]
    #[arg(long, value_name = "COLOUR", value_parser = Color::from_str)]
    dark: Option<Color>,

    /// Colour of light modules and the quiet zone [default: #ffffff]
    #[arg(long, value_name = "COLOUR", value_parser = Color::from_str)]
    light: Option<Color>,

    /// Leave light modules and the quiet zone transparent
    #[arg(long, conflicts_with = "light")]
    transparent: bool,

    /// Allow low contrast, and dark modules that are lighter than light ones
    #[arg(long)]
    unsafe_colors: bool,

    /// Light modules on every side, 0 to 255
    #[arg(
        long,
        short,
        value_name = "N",
        allow_negative_numbers = true,
        default_value = "4",
        value_parser = QuietZone::from_str
    )]
    quiet_zone: QuietZone,

    /// Name of the image, for screen readers and lists of documents
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// What the image is for, in more words than the title
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    size: SizeArguments,
}

/// Options of a size. All but the resolution exclude each other.
#[derive(Args)]
#[command(next_help_heading = "Size of the image")]
struct SizeArguments {
    /// Pixels per module, 1 to 255 [default: 8]
    #[arg(
        long,
        short,
        value_name = "N",
        group = "size",
        allow_negative_numbers = true,
        value_parser = Scale::from_str
    )]
    scale: Option<Scale>,

    /// Pixels a side, exactly, with the quiet zone
    #[arg(long, value_name = "N", group = "size", allow_negative_numbers = true, value_parser = values::pixels)]
    pixels: Option<u32>,

    /// Length of a module on paper, such as 0.5mm
    #[arg(long, value_name = "LENGTH", group = "size", allow_negative_numbers = true, value_parser = Length::from_str)]
    module_size: Option<Length>,

    /// Length of a side on paper, such as 50.8mm or 2in, with the quiet zone
    #[arg(long, value_name = "LENGTH", group = "size", allow_negative_numbers = true, value_parser = Length::from_str)]
    side: Option<Length>,

    /// Dots per inch on paper, 1 to 10000 [default: 300]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = Dpi::from_str)]
    dpi: Option<Dpi>,
}

/// What an option asks of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    /// A number of pixels or a length.
    Size,
    /// Other colours than black and white.
    Color,
    /// A colour that is not opaque.
    Alpha,
    Title,
    Description,
    /// How a terminal shows it.
    Terminal,
}

impl StyleArguments {
    /// Returns the style with these options.
    pub(crate) fn style(self) -> Result<Style, Error> {
        let size = self.size.size()?;
        let mut style = Style::default().with_size(size).with_quiet_zone(self.quiet_zone);
        style.dark = self.dark.unwrap_or(style.dark);
        style.light = if self.transparent { None } else { self.light.or(style.light) };
        style.unsafe_colors = self.unsafe_colors;
        (style.title, style.description) = (self.title, self.description);
        Ok(style)
    }

    /// Returns the options, what each asks of the format, and whether it was given. Every format has a quiet zone.
    pub(super) fn options(&self) -> [(&'static str, Feature, bool); 11] {
        let Self { size, .. } = self;
        let color = |color: Option<Color>| match color {
            Some(color) if !color.is_opaque() => Feature::Alpha,
            _ => Feature::Color,
        };
        [
            ("--dark", color(self.dark), self.dark.is_some()),
            ("--light", color(self.light), self.light.is_some()),
            ("--transparent", Feature::Color, self.transparent),
            ("--unsafe-colors", Feature::Color, self.unsafe_colors),
            ("--title", Feature::Title, self.title.is_some()),
            ("--description", Feature::Description, self.description.is_some()),
            ("--scale", Feature::Size, size.scale.is_some()),
            ("--pixels", Feature::Size, size.pixels.is_some()),
            ("--module-size", Feature::Size, size.module_size.is_some()),
            ("--side", Feature::Size, size.side.is_some()),
            ("--dpi", Feature::Size, size.dpi.is_some()),
        ]
    }
}

impl SizeArguments {
    /// Returns the size with these options. With a resolution, pixels are dots on paper.
    fn size(&self) -> Result<Size, Error> {
        let dpi = self.dpi.unwrap_or_default();
        match *self {
            Self { module_size: Some(length), .. } => Ok(Size::Module(length, dpi)),
            Self { side: Some(length), .. } => Ok(Size::Side(length, dpi)),
            Self { pixels: Some(pixels), dpi: None, .. } => Ok(Size::Pixels(pixels)),
            Self { pixels: Some(pixels), .. } => Ok(Size::Side(length_of(pixels, dpi)?, dpi)),
            Self { scale, dpi: None, .. } => Ok(Size::Scale(scale.unwrap_or_default())),
            Self { scale, .. } => Ok(Size::Module(length_of(scale.unwrap_or_default().pixels().into(), dpi)?, dpi)),
        }
    }
}

/// Returns the length of `dots` dots, unless it is longer than any [`Length`] may be.
fn length_of(dots: u32, dpi: Dpi) -> Result<Length, Error> {
    let length = Length::of_dots(dots, dpi);
    if length.mm() > 10_000.0 {
        return Err(Error::Usage(format!("{dots} pixels at {dpi} dpi are longer than 10000mm")));
    }
    Ok(length)
}
