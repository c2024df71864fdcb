//! The ways out that all formats of text share: a string, `fmt::Display` and `io::Write`.
//!
//! Knows nothing of what is drawn.

use core::fmt;
#[cfg(feature = "std")]
use std::io::{self, Write as _};

/// Returns a value that `draw` displays, like `fmt::from_fn`, which the oldest supported Rust lacks.
pub(super) fn display<F>(draw: F) -> impl fmt::Display
where
    F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result,
{
    Drawing(draw)
}

struct Drawing<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Drawing<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

/// Writes `image` to `out` and flushes `out`.
#[cfg(feature = "std")]
pub(super) fn write(image: impl fmt::Display, out: impl io::Write) -> io::Result<()> {
    let mut out = Buffered { out, buffer: [0; BUFFER_LEN], len: 0 };
    write!(out, "{image}")?;
    out.flush()
}

#[cfg(feature = "std")]
const BUFFER_LEN: usize = 4_096;

/// An `io::BufWriter` that allocates nothing. An image is thousands of short strings: a file would take a system call for each.
#[cfg(feature = "std")]
struct Buffered<W> {
    out: W,
    buffer: [u8; BUFFER_LEN],
    /// Bytes in the buffer.
    len: usize,
}

#[cfg(feature = "std")]
impl<W: io::Write> io::Write for Buffered<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.len == BUFFER_LEN {
            self.out.write_all(&self.buffer)?;
            self.len = 0;
        }
        let taken = (&mut self.buffer[self.len..]).write(bytes)?;
        self.len += taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer[..self.len])?;
        self.len = 0;
        self.out.flush()
    }
}

/// Implements the ways out for a writer that has two methods: `plan(version)` returns what `draw(symbol, plan, out)` needs, or
/// the error for which the picture is refused.
macro_rules! outputs {
    ($writer:ident) => {
        impl $writer {
            /// Returns the image of `symbol`.
            ///
            /// # Errors
            ///
            /// Those of the style: see [`RenderError`](super::RenderError).
            ///
            /// ```
            #[doc = concat!("use qrmint::render::", stringify!($writer), ";")]
            /// use qrmint::{ErrorCorrectionLevel, Symbol};
            /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
            #[doc = concat!("let image: String = ", stringify!($writer), "::default().to_string(&symbol)?;")]
            /// assert!(image.ends_with('\n'));
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn to_string(&self, symbol: &$crate::Symbol) -> Result<alloc::string::String, super::RenderError> {
                let plan = self.plan(symbol.version())?;
                let mut image = alloc::string::String::new();
                // Writing to a string cannot fail.
                let _ = self.draw(symbol, &plan, &mut image);
                Ok(image)
            }

            /// Returns a value that displays the image of `symbol` inside other text. Allocates nothing itself.
            ///
            /// # Errors
            ///
            /// Those of the style: see [`RenderError`](super::RenderError).
            ///
            /// ```
            #[doc = concat!("use qrmint::render::", stringify!($writer), ";")]
            /// use qrmint::{ErrorCorrectionLevel, Symbol};
            /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
            #[doc = concat!("let message = format!(\"Scan me:\\n{}\", ", stringify!($writer), "::default().display(&symbol)?);")]
            #[doc = concat!("assert!(message.ends_with(&", stringify!($writer), "::default().to_string(&symbol)?));")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn display<'a>(
                &'a self,
                symbol: &'a $crate::Symbol,
            ) -> Result<impl core::fmt::Display + 'a, super::RenderError> {
                let plan = self.plan(symbol.version())?;
                Ok($crate::render::output::display(move |f| self.draw(symbol, &plan, f)))
            }

            /// Writes the image of `symbol` to `out` and flushes `out`. If `out` is a `&mut Vec<u8>`, appends to it.
            /// Writes up to 4 KiB at a time, so a file needs no [`BufWriter`](std::io::BufWriter).
            ///
            /// # Errors
            ///
            /// Those of the style: see [`RenderError`](super::RenderError). Then nothing is written.
            /// [`RenderError::Io`](super::RenderError::Io) if `out` fails.
            ///
            /// ```
            #[doc = concat!("use qrmint::render::", stringify!($writer), ";")]
            /// use qrmint::{ErrorCorrectionLevel, Symbol};
            /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
            /// let mut file = Vec::new();
            #[doc = concat!("let writer = ", stringify!($writer), "::default();")]
            /// writer.write(&symbol, &mut file)?;
            /// assert_eq!(file, writer.to_string(&symbol)?.into_bytes());
            /// let mut full: &mut [u8] = &mut [0; 10];
            /// assert!(writer.write(&symbol, &mut full).is_err());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[cfg(feature = "std")]
            pub fn write(&self, symbol: &$crate::Symbol, out: impl std::io::Write) -> Result<(), super::RenderError> {
                Ok($crate::render::output::write(self.display(symbol)?, out)?)
            }
        }
    };
}

pub(super) use outputs;
