//! The steps of an encode one by one, for benchmarks. This interface may change at any time.
//!
//! ```
//! use qrmint::stages::{Stage, Stages};
//! use qrmint::{Encoder, ErrorCorrectionLevel};
//! let mut stages = Stages::new(Encoder::new(), b"hello", ErrorCorrectionLevel::M)?;
//! for stage in Stage::ALL {
//!     let start = std::time::Instant::now();
//!     stages.run(stage);
//!     println!("{stage:?}: {:?}", start.elapsed());
//! }
//! # Ok::<(), qrmint::EncodeError>(())
//! ```

use alloc::vec::Vec;
use core::hint::black_box;

use super::Encoder;
use super::bit_stream;
use super::blocks::{self, Blocks, ParitySink};
use super::error::EncodeError;
use super::layout::Layout;
use super::mask::Unmasked;
use super::placement;
use super::segment::Band;
use crate::simd::{Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::ErrorCorrectionLevel;

/// A step of an encode. The example of the [module](self) runs all steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Splits the content into segments.
    Segment,
    /// Turns segments into data codewords.
    Codewords,
    /// Computes the error-correction codewords and drops them.
    ReedSolomon,
    /// Computes the error-correction codewords and puts all codewords in the order of placement. Includes
    /// [`ReedSolomon`](Self::ReedSolomon).
    Interleaving,
    /// Places the codewords as modules, in columns and in rows.
    Placement,
    /// Scores all eight masks and applies the best.
    Mask,
}

impl Stage {
    /// All steps, in the order of an encode.
    ///
    /// ```
    /// use qrmint::stages::Stage;
    /// assert_eq!(Stage::ALL.first(), Some(&Stage::Segment));
    /// ```
    pub const ALL: [Self; 6] =
        [Self::Segment, Self::Codewords, Self::ReedSolomon, Self::Interleaving, Self::Placement, Self::Mask];
}

/// An encoder with one content, encoded so that each step can be repeated.
///
/// ```
/// use qrmint::stages::{Stage, Stages};
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let mut stages = Stages::new(Encoder::new(), b"hello", ErrorCorrectionLevel::M)?;
/// stages.run(Stage::Mask);
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
pub struct Stages {
    encoder: Encoder,
    content: Vec<u8>,
    blocks: Blocks,
}

impl Stages {
    /// Encodes `content` with `encoder`.
    ///
    /// # Errors
    ///
    /// As for [`Encoder::encode`].
    ///
    /// ```
    /// use qrmint::stages::Stages;
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// assert!(Stages::new(Encoder::new(), b"hello", ErrorCorrectionLevel::M).is_ok());
    /// assert!(Stages::new(Encoder::new(), &[0; 3_000], ErrorCorrectionLevel::M).is_err());
    /// ```
    pub fn new(mut encoder: Encoder, content: &[u8], level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let symbol = encoder.encode(content, level)?;
        // With `boost` the level may be higher than `level`.
        Ok(Self { blocks: Blocks::of(symbol.version(), symbol.level()), encoder, content: content.into() })
    }

    /// Repeats one step with the results of the steps before it.
    ///
    /// ```
    /// use qrmint::stages::{Stage, Stages};
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut stages = Stages::new(Encoder::new(), b"hello", ErrorCorrectionLevel::M)?;
    /// Stage::ALL.into_iter().for_each(|stage| stages.run(stage));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn run(&mut self, stage: Stage) {
        let Encoder { segmenter, segments, data, options, symbol, instructions, .. } = &mut self.encoder;
        let band = Band::of(symbol.version);
        match stage {
            Stage::Segment => {
                segmenter.read(black_box(&self.content), *instructions);
                segmenter.segments(band, segments);
            }
            Stage::Codewords => {
                let (content, capacity) = (black_box(&self.content), self.blocks.data_codewords());
                bit_stream::data_codewords(content, segments, options.eci, band, capacity, data);
            }
            _ => dispatch(*instructions, Step { stages: self, stage }),
        }
    }
}

/// A step that runs with the registers of an instruction set.
struct Step<'a> {
    stages: &'a mut Stages,
    stage: Stage,
}

impl Work for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Register>(self) {
        let blocks = self.stages.blocks;
        let Encoder { data, buffers, symbol, .. } = &mut self.stages.encoder;
        let Symbol { version, level, mask, rows: finished } = symbol;
        let layout = &Layout::of(*version);
        match self.stage {
            Stage::ReedSolomon => blocks.divide(black_box(data), &mut BlackBox),
            Stage::Interleaving => blocks::interleave(black_box(data), blocks, &mut buffers.codewords),
            Stage::Placement => {
                buffers.codewords.truncate(version.codewords());
                placement::place::<R>(black_box(&mut buffers.codewords), layout, &mut buffers.columns);
                placement::transpose(&buffers.columns, layout.size, &mut buffers.rows);
            }
            _ => {
                let unmasked = Unmasked { layout, level: *level, rows: &buffers.rows, columns: &buffers.columns };
                *mask = black_box(&unmasked).choose::<R>(&mut buffers.candidates);
                unmasked.finish(*mask, finished);
            }
        }
    }
}

/// Drops parity codewords, but makes the compiler compute them.
struct BlackBox;

impl ParitySink for BlackBox {
    #[inline(always)]
    fn put<const N: usize>(&mut self, _: usize, _: [&[u8]; N], parities: [[u8; 32]; N]) {
        black_box(parities);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_steps_give_the_same_symbol() {
        for (boost, level) in [(false, ErrorCorrectionLevel::L), (true, ErrorCorrectionLevel::H)] {
            let mut encoder = Encoder::new();
            encoder.options_mut().boost = boost;
            let mut stages = Stages::new(encoder, b"hello", ErrorCorrectionLevel::L).unwrap();
            let symbol = stages.encoder.symbol.clone();
            assert_eq!(symbol.level(), level);
            Stage::ALL.into_iter().for_each(|stage| stages.run(stage));
            assert_eq!(stages.encoder.symbol, symbol);
        }
    }
}
