//! How a picture looks, for every format.
//!
//! Knows colours and sizes; nothing of symbols.

use alloc::string::String;

use super::color::Color;
use super::size::{QuietZone, Size};

/// How a picture looks: colours, quiet zone, size, title and description. One style serves every writer.
///
/// The fields are public. Each method sets one of them, so that a style can be written as one expression. The default
/// is black on white, 8 pixels per module, a quiet zone of 4 modules.
///
/// A writer ignores what its format cannot express: text has no size, EPS no description, text and ZPL no title and no
/// description, ZPL no colours.
///
/// ```
/// use qrmint::render::{Color, Dpi, Length, Png, Size, Style, Svg};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let style = Style::default()
///     .with_dark(Color::rgb(0, 0x33, 0x66))
///     .with_size(Size::Side(Length::from_mm(30.0)?, Dpi::default()))
///     .with_title("Badge 4711");
/// let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
/// let svg = Svg::with_style(style.clone()).to_string(&symbol)?;
/// assert!(svg.contains("<title>Badge 4711</title>") && svg.contains("#036"));
/// # #[cfg(feature = "png")] {
/// let png = Png::with_style(style).to_vec(&symbol)?;
/// assert_eq!(png[16..20], 354_u32.to_be_bytes(), "30 mm at 300 dpi");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Style {
    /// The colour of dark modules. The default is black.
    pub dark: Color,
    /// The colour of light modules and the quiet zone. `None` is transparent. The default is white.
    pub light: Option<Color>,
    /// The width of the quiet zone. The default is 4 modules.
    pub quiet_zone: QuietZone,
    /// The size. The default is 8 pixels per module.
    pub size: Size,
    /// The name of the picture, for screen readers and lists of documents.
    pub title: Option<String>,
    /// The purpose of the picture, in more words than the title.
    pub description: Option<String>,
    /// Whether colours of low contrast and inverted ones are allowed. The default is `false`: writers refuse them.
    pub unsafe_colors: bool,
}

impl Style {
    /// Sets the colour of dark modules.
    ///
    /// ```
    /// use qrmint::render::{Color, Style};
    /// assert_eq!(Style::default().with_dark(Color::rgb(0, 0, 0x80)).dark, Color::rgb(0, 0, 0x80));
    /// ```
    #[must_use]
    pub fn with_dark(self, dark: Color) -> Self {
        Self { dark, ..self }
    }

    /// Sets the colour of light modules and the quiet zone; `None` is transparent.
    ///
    /// ```
    /// use qrmint::render::Style;
    /// assert_eq!(Style::default().with_light(None).light, None);
    /// ```
    #[must_use]
    pub fn with_light(self, light: Option<Color>) -> Self {
        Self { light, ..self }
    }

    /// Sets the width of the quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Style};
    /// assert_eq!(Style::default().with_quiet_zone(QuietZone::new(2)).quiet_zone, QuietZone::new(2));
    /// ```
    #[must_use]
    pub fn with_quiet_zone(self, quiet_zone: QuietZone) -> Self {
        Self { quiet_zone, ..self }
    }

    /// Sets the size.
    ///
    /// ```
    /// use qrmint::render::{Size, Style};
    /// assert_eq!(Style::default().with_size(Size::Pixels(400)).size, Size::Pixels(400));
    /// ```
    #[must_use]
    pub fn with_size(self, size: Size) -> Self {
        Self { size, ..self }
    }

    /// Sets the title.
    ///
    /// ```
    /// use qrmint::render::Style;
    /// assert_eq!(Style::default().with_title("Badge").title.as_deref(), Some("Badge"));
    /// ```
    #[must_use]
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Sets the description.
    ///
    /// ```
    /// use qrmint::render::Style;
    /// assert_eq!(Style::default().with_description("Scan me").description.as_deref(), Some("Scan me"));
    /// ```
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }

    /// Sets whether colours of low contrast and inverted ones are allowed.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Color, Style, VerdictLevel};
    /// let inverted = Style::default().with_dark(Color::WHITE).with_light(Some(Color::BLACK));
    /// assert_eq!(inverted.verdict(Version::MIN).level(), VerdictLevel::Refuse);
    /// assert_eq!(inverted.with_unsafe_colors(true).verdict(Version::MIN).level(), VerdictLevel::Warning);
    /// ```
    #[must_use]
    pub fn with_unsafe_colors(self, unsafe_colors: bool) -> Self {
        Self { unsafe_colors, ..self }
    }

    /// Returns the colours of dark and light modules on white paper. Both are opaque.
    pub(super) fn colors_on_white(&self) -> (Color, Color) {
        let light = self.light.map_or(Color::WHITE, |light| light.over(Color::WHITE));
        (self.dark.over(light), light)
    }

    /// Returns whether light modules are transparent, fully or partly.
    pub(super) fn is_transparent(&self) -> bool {
        !self.light.is_some_and(Color::is_opaque)
    }

    /// Returns whether the picture is black on white, in pixels, without title and description.
    #[cfg(feature = "png")]
    pub(super) fn is_plain(&self) -> bool {
        self.is_black_on_white() && self.size.dpi().is_none() && self.title.is_none() && self.description.is_none()
    }

    /// Returns whether the picture is black on white.
    pub(super) fn is_black_on_white(&self) -> bool {
        (self.dark, self.light) == (Color::BLACK, Some(Color::WHITE))
    }
}

impl Default for Style {
    /// Returns black on white, 8 pixels per module, a quiet zone of 4 modules, without title and description.
    fn default() -> Self {
        Self {
            dark: Color::BLACK,
            light: Some(Color::WHITE),
            quiet_zone: QuietZone::default(),
            size: Size::default(),
            title: None,
            description: None,
            unsafe_colors: false,
        }
    }
}
