//! The ways out that the text formats share: `fmt::Display` and `io::Write`.
//!
//! Knows nothing of symbols.

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
