//! Writers that draw a [`Symbol`], and the [`Style`] that describes its picture for all of them.
//!
//! | writer | for |
//! |---|---|
//! | [`Png`] | images of pixels |
//! | [`Svg`] | web pages |
//! | [`Pdf`], [`Eps`] | print, true to size |
//! | [`Zpl`] | label printers |
//! | [`Text`] | terminals |
//!
//! A writer returns an image (`to_vec` or `to_string`), writes it to a file, socket or `Vec<u8>` (`write`), or displays it
//! inside other text (`display`). Each can fail: a style that would not scan, or has no room for the symbol, is refused.
//! All writers can be shared between threads. For an image with the default style, [`Symbol::to_png`] and
//! [`Symbol::to_svg`] are shorter and cannot fail.
//!
//! ```
//! # #[cfg(feature = "png")] {
//! use qrmint::render::{Color, Png, QuietZone, Scale, Style, Svg, Text};
//! use qrmint::{ErrorCorrectionLevel, Symbol};
//!
//! let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
//! let png: Vec<u8> = Png::new(Scale::try_from(5)?, QuietZone::from(2)).to_vec(&symbol)?;
//! assert_eq!(png[1..4], *b"PNG");
//! let svg: String = Svg::with_style(Style::default().with_dark(Color::rgb(0, 0, 0x80))).to_string(&symbol)?;
//! assert!(svg.starts_with("<svg"));
//! let text: String = Text::default().to_string(&symbol)?;
//! assert!(text.contains('█'));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod color;
mod data_uri;
mod date_time;
mod decimal;
mod eps;
mod error;
mod finding;
mod length;
mod output;
mod pdf;
mod placement;
#[cfg(feature = "png")]
mod png;
mod size;
mod style;
mod svg;
mod text;
mod vector;
mod verdict;
mod zpl;

#[cfg(feature = "png")]
pub use self::png::Png;
pub use color::{Color, ParseColorError};
pub use eps::Eps;
pub use error::RenderError;
pub use finding::{Finding, VerdictLevel};
pub use length::{Dpi, Length, LengthError};
pub use pdf::Pdf;
pub use placement::Placement;
pub use size::{QuietZone, Scale, Size};
pub use style::Style;
pub use svg::{Svg, SvgUnit};
pub use text::Text;
pub use verdict::Verdict;
pub use zpl::Zpl;

use alloc::string::String;
#[cfg(feature = "png")]
use alloc::vec::Vec;

use crate::symbol::Symbol;

/// Images with the default scale and quiet zone.
impl Symbol {
    /// Returns the symbol as a PNG image with 8 pixels per module and a quiet zone of 4 modules.
    ///
    /// To choose scale and quiet zone, or to write many images, use a [`Png`].
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let png: Vec<u8> = Symbol::encode("hello", ErrorCorrectionLevel::M)?.to_png();
    /// assert_eq!(png[1..4], *b"PNG");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Vec<u8> {
        Png::default().to_vec(self).expect("at the default scale the largest symbol is 1,480 pixels a side")
    }

    /// Returns the symbol as an SVG image with 8 pixels per module and a quiet zone of 4 modules.
    ///
    /// To choose scale and quiet zone, or to write to a file, use an [`Svg`].
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let svg: String = Symbol::encode("hello", ErrorCorrectionLevel::M)?.to_svg();
    /// assert!(svg.starts_with("<svg"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn to_svg(&self) -> String {
        Svg::default().to_string(self).expect("the default style is never refused")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_shareable<T: Clone + Send + Sync>() {}

    #[test]
    fn writers_can_be_cloned_and_shared_between_threads() {
        #[cfg(feature = "png")]
        assert_shareable::<Png>();
        assert_shareable::<Svg>();
        assert_shareable::<Text>();
        assert_shareable::<Pdf>();
        assert_shareable::<Eps>();
        assert_shareable::<Zpl>();
    }
}
