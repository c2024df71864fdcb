//! How each format is drawn.

use qrmint::Symbol;
use qrmint::render::{Eps, Pdf, Png, RenderError, Svg, Text, Zpl};

use crate::kind::Kind;
use crate::style::Keywords;

/// A writer of pictures in one format.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one for each thread")]
pub(crate) enum Picture {
    Png(Png),
    Svg(Svg),
    Pdf(Pdf),
    Eps(Eps),
    Zpl(Zpl),
    Text(Text),
}

impl Picture {
    /// Creates a writer of pictures as the keywords describe them.
    pub(crate) fn new(kind: Kind, keywords: Keywords) -> Self {
        match kind {
            Kind::Png => Self::Png(Png::with_style(keywords.style)),
            Kind::Svg | Kind::InlineSvg => Self::Svg(keywords.svg()),
            Kind::Pdf => {
                let writer = Pdf::with_style(keywords.style);
                Self::Pdf(match keywords.created {
                    Some(created) => writer.with_creation_date(created),
                    None => writer,
                })
            }
            Kind::Eps => {
                let writer = Eps::with_style(keywords.style);
                Self::Eps(match keywords.created {
                    Some(created) => writer.with_creation_date(created),
                    None => writer,
                })
            }
            Kind::Zpl => Self::Zpl(Zpl::with_style(keywords.style)),
            Kind::Text => Self::Text(Text::with_style(keywords.style).with_inverted(keywords.invert)),
            Kind::Terminal => Self::Text(Text::with_style(keywords.style).with_ansi(true)),
        }
    }

    /// Appends the picture of the symbol.
    pub(crate) fn draw(&self, symbol: &Symbol, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match self {
            Self::Png(writer) => writer.write(symbol, out),
            Self::Svg(writer) => writer.write(symbol, out),
            Self::Pdf(writer) => writer.write(symbol, out),
            Self::Eps(writer) => writer.write(symbol, out),
            Self::Zpl(writer) => writer.write(symbol, out),
            Self::Text(writer) => writer.write(symbol, out),
        }
    }
}
