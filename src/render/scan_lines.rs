//! The zlib stream (RFC 1950) of a symbol's PNG scan lines, made straight from packed rows of modules.
//!
//! Knows symbols, scale and quiet zone; nothing of the container around the stream.
//!
//! All scan lines of a row of modules are alike. The first is coded by [`Groups`] or by [`Pieces`], the others as
//! [`Repeats`]. The quiet zone above and below is one light row as high as need be.
//!
//! The codes are a [`Plan`]'s: made once for a version, scale and quiet zone, from what symbols with random modules would
//! need. Masking sees to it that modules look random.

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use super::alphabet::Alphabet;
use super::apart::{Apart, ApartSlice};
use super::checksum::{Adler, Parts, Sums};
use super::codes::{Codes, LONGEST_HEADER};
use super::deflate::{BitWriter, Bits, LONGEST_MATCH, MOST_BITS, SLACK, Token};
use super::geometry::{Geometry, Row};
use super::groups::Groups;
use super::history::History;
use super::pieces::Pieces;
use super::repeats::{Between, Repeats, light_line};
use super::seams::Seen;
use super::{QuietZone, Scale};
use crate::encode::layout::Layout;
use crate::simd::{Available, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Mask, Version};

/// The plans of one scale and quiet zone, each made when a symbol of its version first comes.
pub(crate) struct Plans {
    scale: Scale,
    quiet_zone: QuietZone,
    by_version: Apart<[OnceLock<Box<Apart<Plan>>>; 40]>,
}

/// The plans of the default scale and quiet zone, shared by all that use them.
static DEFAULT: LazyLock<Arc<Plans>> = LazyLock::new(|| Arc::new(Plans::empty(Scale::default(), QuietZone::default())));

impl Plans {
    pub(crate) fn of(scale: Scale, quiet_zone: QuietZone) -> Arc<Self> {
        if (scale, quiet_zone) == (Scale::default(), QuietZone::default()) {
            Arc::clone(&DEFAULT)
        } else {
            Arc::new(Self::empty(scale, quiet_zone))
        }
    }

    fn empty(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self { scale, quiet_zone, by_version: Apart([const { OnceLock::new() }; 40]) }
    }

    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    pub(crate) fn quiet_zone(&self) -> QuietZone {
        self.quiet_zone
    }

    /// Writes the zlib stream of the symbol's scan lines and gives it.
    pub(crate) fn write<'a>(&self, symbol: &Symbol, instructions: Available, scratch: &'a mut Scratch) -> &'a [u8] {
        let plan = self.by_version[symbol.version().index()]
            .get_or_init(|| Box::new(Apart(Plan::new(symbol.version(), self.scale, self.quiet_zone))));
        if scratch.stream.len() < plan.longest {
            scratch.stream.resize(plan.longest, 0);
        }
        let len = plan.write(symbol, instructions, scratch);
        &scratch.stream[..len]
    }
}

impl fmt::Debug for Plans {
    /// Shows no plans: they are tables of tens of kilobytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scale, quiet_zone, .. } = self;
        f.debug_struct("Plans").field("scale", scale).field("quiet_zone", quiet_zone).finish_non_exhaustive()
    }
}

/// Buffers that are kept from image to image.
#[derive(Clone, Default)]
pub(crate) struct Scratch {
    stream: Vec<u8>,
}

impl fmt::Debug for Scratch {
    /// Shows nothing of images: they are the content, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

/// Writing a stream, with the instructions there are: the registers are not used, but faster shifts are.
struct Write<'a, const FORETOLD: bool> {
    plan: &'a Plan,
    symbol: &'a Symbol,
    scratch: &'a mut Scratch,
}

impl<const FORETOLD: bool> Work for Write<'_, FORETOLD> {
    type Output = usize;

    #[inline(always)]
    fn run<R: Register>(self) -> usize {
        self.plan.write_stream::<FORETOLD>(self.symbol, self.scratch)
    }
}

/// How the scan lines of all symbols of one version are coded.
struct Plan {
    geometry: Geometry,
    repeats: Repeats,
    rows: Rows,
    /// The stream up to where rows and what stands between them begin: whole bytes and the bits behind them.
    header: (ApartSlice<u8>, Bits),
    end_of_block: Bits,
    /// Checksum of the quiet zone above, and of that below.
    quiet: Adler,
    /// Bytes that no stream is longer than.
    longest: usize,
}

/// How the first scan lines of rows are coded, and what stands between them. What is above the first is part of the header.
enum Rows {
    Groups(Groups),
    Pieces(Pieces, Alphabet<Bits>, Sums),
}

/// Rows of symbols that codes are made from, about so many: enough for every group to come up dozens of times.
const ROWS_FOR_GROUPS: usize = 16_000;
/// As many for every distance to come up.
const ROWS_FOR_PIECES: usize = 2_000;
/// Rounds in which codes settle, at most: at scales 29 and 37 it takes up to eight.
const ROUNDS_FOR_PIECES: usize = 12;

impl Plan {
    fn new(version: Version, scale: Scale, quiet_zone: QuietZone) -> Self {
        let geometry = Geometry::new(version, scale, quiet_zone);
        let groups = || Self::groups(geometry, &samples(version, geometry, ROWS_FOR_GROUPS));
        let pieces = || {
            let samples = samples(version, geometry, ROWS_FOR_PIECES);
            let unfiltered = Self::pieces(geometry, Repeats::Unfiltered, &samples);
            // Lines that one match covers gain nothing.
            let up = (geometry.line() > LONGEST_MATCH).then(|| Self::pieces(geometry, Repeats::Up, &samples));
            up.filter(|(bits, _)| *bits < unfiltered.0).unwrap_or(unfiltered)
        };
        // Where a group is at most four bytes or each of its bytes is a module, little is gained from looking further back than a
        // group; where it is a little more, not enough in small images. At other scales it is a quarter of the image.
        match geometry.scale {
            1..=4 | 8 => groups().1,
            5 | 6 => {
                let (groups, pieces) = (groups(), pieces());
                // Pieces leave less room to what zlib would take at 6.
                let more = pieces.0 / if geometry.scale == 5 { 11 } else { 16 };
                if groups.0 <= pieces.0 + more { groups.1 } else { pieces.1 }
            }
            _ => pieces().1,
        }
    }

    /// The bits of an image on average with groups, and the plan for them.
    fn groups(geometry: Geometry, samples: &[Vec<Row>]) -> (u64, Self) {
        let between =
            Between::new(geometry, Repeats::Unfiltered, geometry.behind()).map(|repeated| repeated.all(geometry));
        let (groups, codes, bits) = Groups::new(geometry, samples, &between);
        let (header, most_bits) = (header(&codes, &between.above), groups.most_bits(geometry.rows()));
        (bits, Self::assemble(geometry, Repeats::Unfiltered, Rows::Groups(groups), header, &codes, most_bits))
    }

    /// The bits of an image on average with pieces and those repeats, and the plan for them.
    fn pieces(geometry: Geometry, repeats: Repeats, samples: &[Vec<Row>]) -> (u64, Self) {
        let pieces = Pieces::new(geometry, repeats);
        let between = Between::new(geometry, repeats, pieces.behind());
        let above = &between.above.before;
        let (tokens, codes, bits) = Codes::settle(samples.len(), ROUNDS_FOR_PIECES, |codes| {
            let tokens = pieces.tokens(&between, codes);
            let counts = pieces.count(samples, above, &tokens);
            (tokens, counts)
        });
        let alphabet = tokens.coded(&codes);
        let most_bits = alphabet.most_bits(geometry.rows(), geometry.line());
        let header = header(&codes, above);
        let plan = Self::assemble(
            geometry,
            repeats,
            Rows::Pieces(pieces, alphabet, Sums::new(geometry)),
            header,
            &codes,
            most_bits,
        );
        (bits, plan)
    }

    /// The plan for rows that with all that is between and below them take at most so many bits.
    fn assemble(
        geometry: Geometry,
        repeats: Repeats,
        rows: Rows,
        header: (ApartSlice<u8>, Bits),
        codes: &Codes,
        most_bits: usize,
    ) -> Self {
        let (quiet_lines, line) = (geometry.quiet_zone * geometry.scale, geometry.line() as u64);
        let mut light = Parts::default();
        light.add(Adler::of(&light_line(geometry)));
        Self {
            geometry,
            repeats,
            rows,
            // What is left of the header and the end of the block are less than eight bytes.
            longest: header.0.len() + most_bits.div_ceil(8) + 4 + 2 * SLACK,
            header,
            end_of_block: codes.end_of_block(),
            quiet: if quiet_lines > 0 { repeats.checksum(light, line, quiet_lines) } else { Adler::NOTHING },
        }
    }

    /// Writes a stream, which there must be room for, and says how long it is.
    fn write(&self, symbol: &Symbol, instructions: Available, scratch: &mut Scratch) -> usize {
        // In one function either way of writing takes about a twentieth more instructions.
        match &self.rows {
            Rows::Pieces(pieces, ..) if !pieces.are_foretold() => {
                dispatch(instructions, Write::<false> { plan: self, symbol, scratch })
            }
            _ => dispatch(instructions, Write::<true> { plan: self, symbol, scratch }),
        }
    }

    #[inline(always)]
    fn write_stream<const FORETOLD: bool>(&self, symbol: &Symbol, scratch: &mut Scratch) -> usize {
        let (header, body) = scratch.stream.split_at_mut(self.header.0.len());
        header.copy_from_slice(&self.header.0);
        let mut out = BitWriter::new(body);
        out.push(self.header.1);
        let mut firsts = Parts::default();
        let (size, words) = (symbol.size(), &symbol.words());
        // Not in a closure: it would be compiled without the instructions there are.
        match &self.rows {
            Rows::Groups(groups) => {
                let seen = &mut Seen::default();
                for y in 0..size {
                    firsts.add(groups.write_row(&mut out, seen, &self.geometry.row(words, y), y == size - 1));
                }
            }
            Rows::Pieces(pieces, alphabet, sums) => {
                let history = &mut History::default();
                for y in 0..size {
                    let row = self.geometry.row(words, y);
                    firsts.add(sums.line(&row));
                    pieces.write_row::<_, FORETOLD>(history, &row, y == 0, alphabet, &mut out);
                }
                pieces.finish(history, alphabet, &mut out);
            }
        }
        out.push(self.end_of_block);
        let end = header.len() + out.finish();
        let rows = self.repeats.checksum(firsts, self.geometry.line() as u64, self.geometry.scale);
        let checksum = Adler::START.then(self.quiet).then(rows).then(self.quiet).value();
        scratch.stream[end..end + 4].copy_from_slice(&checksum.to_be_bytes());
        end + 4
    }
}

/// The zlib header and the header of the one block with what follows it, up to the last whole byte, and the bits behind it.
fn header(codes: &Codes, above: &[Token]) -> (ApartSlice<u8>, Bits) {
    let above = codes.encode(above, MOST_BITS);
    // Deflate with a window of 32 kB; the check bits make the two bytes a multiple of 31.
    let mut bytes = vec![0x78, 0xDA];
    bytes.resize(2 + LONGEST_HEADER + 8 * above.len() + SLACK, 0);
    let mut out = BitWriter::new(&mut bytes[2..]);
    codes.push_header(&mut out);
    out.push_all(&above);
    let (len, rest) = out.split();
    bytes.truncate(2 + len);
    (bytes.into_iter().collect(), rest)
}

/// The rows of so many symbols of [`sample`] that there are about so many rows.
fn samples(version: Version, geometry: Geometry, rows: usize) -> Vec<Vec<Row>> {
    let symbols = sample(version).take(rows.div_ceil(version.size()));
    symbols.map(|symbol| (0..symbol.size()).map(|y| geometry.row(&symbol.words(), y)).collect()).collect()
}

/// Symbols with the function patterns of that version and random modules elsewhere, the same ones always.
fn sample(version: Version) -> impl Iterator<Item = Symbol> {
    let layout = Layout::of(version);
    // A xorshift generator (Marsaglia, 2003).
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    core::iter::repeat_with(move || {
        let size = layout.size;
        let dark = layout.function_patterns.iter().zip(layout.free).map(|(dark, free)| dark & !free | random() & free);
        let mut rows: Vec<u64> = dark.collect();
        let last = rows.len() - size;
        for word in &mut rows[last..] {
            *word &= (1 << (size % 64)) - 1;
        }
        Symbol { version, level: ErrorCorrectionLevel::L, mask: Mask::from_index(0), rows }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use qrmint_checks::Random;

    use super::*;
    use crate::simd::InstructionSet;

    #[test]
    fn what_is_shown_of_buffers_is_no_image() {
        assert_eq!(format!("{:?}", Scratch { stream: vec![1, 2, 3] }), "Scratch { .. }");
    }

    #[test]
    fn what_is_shown_of_plans_is_what_they_are_for() {
        let plans = Plans::empty(Scale::new(3).unwrap(), QuietZone::new(2));
        plans.write(&sample(Version::MIN).next().unwrap(), crate::simd::widest(None), &mut Scratch::default());
        assert_eq!(format!("{plans:?}"), "Plans { scale: Scale(3), quiet_zone: QuietZone(2), .. }");
    }

    /// Symbols whose rows are random, or like the one above but for a few modules or none, or of one colour.
    fn any_symbol(version: Version, random: &mut Random) -> Symbol {
        let size = version.size();
        let mut rows = vec![0; size * version.words()];
        for y in 0..size {
            let kind = random.below(6);
            for word in 0..version.words() {
                let above = if y > 0 { rows[word * size + y - 1] } else { 0 };
                let inside = u64::MAX >> (64 * (word + 1)).saturating_sub(size).min(63);
                rows[word * size + y] = inside
                    & match kind {
                        0 | 1 => random.bits(),
                        2 => above,
                        3 => above ^ 1 << random.below(64),
                        4 => above ^ random.bits() & random.bits() & random.bits() & random.bits(),
                        _ => 0_u64.wrapping_sub(random.bits() & 1),
                    };
            }
        }
        Symbol { version, level: ErrorCorrectionLevel::L, mask: Mask::from_index(0), rows }
    }

    /// Holds a stream to the pixels of the symbol.
    fn check(stream: &[u8], symbol: &Symbol, geometry: Geometry) {
        let mut inflated = Vec::new();
        flate2::read::ZlibDecoder::new(stream).read_to_end(&mut inflated).unwrap();
        let Geometry { scale, quiet_zone, modules, stride, .. } = geometry;
        assert_eq!(inflated.len(), modules * scale * geometry.line());
        let mut above = vec![0; stride];
        for (y, line) in inflated.chunks(geometry.line()).enumerate() {
            let filter = line[0];
            assert!(filter == 0 || filter == 2);
            for (byte, above) in line[1..].iter().zip(&mut above) {
                *above = if filter == 0 { *byte } else { above.wrapping_add(*byte) };
            }
            let module = |pixel: usize| (pixel / scale).wrapping_sub(quiet_zone);
            let light = |x| !symbol.is_dark(module(x), module(y));
            let shown = (0..8 * stride).all(|x| (above[x / 8] >> (7 - x % 8) & 1 != 0) == light(x));
            assert!(shown, "version {}, scale {scale}, quiet zone {quiet_zone}, line {y}", symbol.version());
        }
    }

    #[test]
    fn streams_inflate_to_the_scan_lines_whatever_the_rows() {
        let mut random = Random::new(71);
        let mut scratch = Scratch::default();
        for (version, scales, quiet_zones) in [
            (1, 1..=33, 0..=9),
            (2, 1..=20, 3..=5),
            (13, 4..=17, 4..=4),
            (40, 5..=16, 0..=4),
            (25, 32..=33, 0..=9),
            (26, 1..=1, 1..=12),
            (39, 1..=1, 1..=12),
            // Tails that begin in one word of a row and end in the next.
            (28, 16..=16, 0..=0),
            (28, 24..=24, 0..=0),
            (28, 32..=32, 0..=2),
            (28, 48..=48, 0..=2),
        ] {
            let version = Version::new(version).unwrap();
            for scale in scales {
                for quiet_zone in quiet_zones.clone() {
                    let (scale, quiet_zone) = (Scale::new(scale).unwrap(), QuietZone::new(quiet_zone));
                    let geometry = Geometry::new(version, scale, quiet_zone);
                    let plans = Plans::empty(scale, quiet_zone);
                    for set in [InstructionSet::Baseline, InstructionSet::Avx512] {
                        let symbol = any_symbol(version, &mut random);
                        let stream = plans.write(&symbol, crate::simd::widest(Some(set)), &mut scratch);
                        check(stream, &symbol, geometry);
                    }
                }
            }
        }
    }

    #[test]
    fn streams_of_pieces_inflate_to_the_scan_lines_however_those_are_repeated() {
        let mut random = Random::new(72);
        let mut scratch = Scratch::default();
        for (version, scale) in [(1, 16), (1, 64), (5, 9), (8, 10), (13, 7), (20, 16), (28, 32), (35, 48), (40, 31)] {
            let (version, scale) = (Version::new(version).unwrap(), Scale::new(scale).unwrap());
            for quiet_zone in [0, 1, 4] {
                let geometry = Geometry::new(version, scale, QuietZone::new(quiet_zone));
                let samples = samples(version, geometry, 2 * version.size());
                for repeats in [Repeats::Unfiltered, Repeats::Up] {
                    let (_, plan) = Plan::pieces(geometry, repeats, &samples);
                    scratch.stream.resize(plan.longest.max(scratch.stream.len()), 0);
                    for _ in 0..3 {
                        let symbol = any_symbol(version, &mut random);
                        let len = plan.write(&symbol, crate::simd::widest(None), &mut scratch);
                        check(&scratch.stream[..len], &symbol, geometry);
                    }
                }
            }
        }
    }
}
