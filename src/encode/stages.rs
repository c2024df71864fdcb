//! The steps of an encode, each by itself, for the bench `stages`. What is in here may change at any time.

use alloc::vec::Vec;
use core::hint::black_box;

use super::Encoder;
use super::bit_stream;
use super::layout::Layout;
use super::mask::Unmasked;
use super::placement;
use super::reed_solomon::Divisor;
use super::segment::Band;
use crate::error::EncodeError;
use crate::simd::{Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::{Blocks, ErrorCorrectionLevel};

/// A step of an encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Raw content to segments.
    Segment,
    /// Segments to data codewords.
    Codewords,
    /// Data codewords to parity codewords.
    ReedSolomon,
    /// Parity once more, and all codewords in the order of placement.
    Interleaving,
    /// Codewords to a plane of columns, and that to one of rows.
    Placement,
    /// Planes to the finished symbol, all eight masks scored.
    Mask,
}

impl Stage {
    /// All of them, in the order of an encode.
    pub const ALL: [Self; 6] =
        [Self::Segment, Self::Codewords, Self::ReedSolomon, Self::Interleaving, Self::Placement, Self::Mask];
}

/// One content, encoded once, any step of which can be taken again.
pub struct Stages {
    encoder: Encoder,
    content: Vec<u8>,
    blocks: Blocks,
}

impl Stages {
    /// Encodes the content.
    ///
    /// # Errors
    ///
    /// As [`Encoder::encode`].
    pub fn new(mut encoder: Encoder, content: &[u8], level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let symbol = encoder.encode(content, level)?;
        // With `boost` the level may be higher than asked for.
        Ok(Self { blocks: Blocks::of(symbol.version(), symbol.level()), encoder, content: content.into() })
    }

    /// Takes that step.
    pub fn run(&mut self, stage: Stage) {
        let Encoder { segmenter, segments, data, options, symbol, instructions, .. } = &mut self.encoder;
        let band = Band::of(symbol.version);
        match stage {
            Stage::Segment => {
                segmenter.read(black_box(&self.content), *instructions);
                segmenter.segments(band, segments);
            }
            Stage::Codewords => {
                bit_stream::data_codewords(black_box(&self.content), segments, options.eci, band, self.blocks, data);
            }
            _ => dispatch(*instructions, Step { stages: self, stage }),
        }
    }
}

/// A step that uses registers.
struct Step<'a> {
    stages: &'a mut Stages,
    stage: Stage,
}

impl Work for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Register>(self) {
        let blocks = self.stages.blocks;
        let Encoder { data, planes, symbol, .. } = &mut self.stages.encoder;
        let Symbol { version, level, mask, rows: finished } = symbol;
        let layout = &Layout::of(*version);
        match self.stage {
            Stage::ReedSolomon => {
                let divisor = Divisor::of(blocks.parity);
                let mut first = 0;
                while first + 2 < blocks.count {
                    black_box(divisor.parity::<4>(equal_blocks(black_box(data), blocks, first)));
                    first += 4;
                }
                if first < blocks.count {
                    black_box(divisor.parity::<2>(equal_blocks(black_box(data), blocks, first)));
                }
            }
            Stage::Interleaving => bit_stream::interleave(black_box(data), blocks, &mut planes.codewords),
            Stage::Placement => {
                planes.codewords.truncate(version.codewords());
                placement::place::<R>(black_box(&mut planes.codewords), layout, &mut planes.columns);
                placement::transpose(&planes.columns, layout.size, &mut planes.rows);
            }
            _ => {
                let unmasked = Unmasked { layout, level: *level, rows: &planes.rows, columns: &planes.columns };
                *mask = black_box(&unmasked).choose::<R>(&mut planes.candidates);
                unmasked.finish(*mask, finished);
            }
        }
    }
}

/// `N` blocks from the `first` on, all as long as the short ones; the last stands in for those that lack.
#[inline(always)]
fn equal_blocks<const N: usize>(data: &[u8], blocks: Blocks, first: usize) -> [&[u8]; N] {
    let mut equal = [&[][..]; N];
    for (i, block) in equal.iter_mut().enumerate() {
        *block = &data[(first + i).min(blocks.count - 1) * blocks.short_data..][..blocks.short_data];
    }
    equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_taken_again_and_gives_the_same_symbol() {
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
