//! The zlib stream of an image: a table for images of one version, scale and margins, and its walk over the rows of a symbol.
//!
//! Knows the order of the stream's parts; nothing of the container around it.

use super::geometry::{Geometry, Margins};
use super::repeated_lines::{Filter, Repeated, Surroundings};
use super::unit_table::{Patterns, UnitTable};
use crate::deflate::adler32::Sums;
use crate::deflate::{BitWriter, Bits, BlockCode, Frequencies, MAX_LENGTH, ZLIB_HEADER};
use crate::simd::{Available, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::Version;

/// All that the streams of images of one version, scale and margins have in common: at most 16 kB.
pub(super) struct StreamTable {
    geometry: Geometry,
    filter: Filter,
    units: UnitTable,
    /// The zlib header and the block header: whole bytes, and the bits after them.
    header: Vec<u8>,
    header_rest: Bits,
    above: Repeated<Bits>,
    between: Box<[Bits]>,
    below: Repeated<Bits>,
    end_of_block: Bits,
    /// The sums of the margins above and below.
    top: Sums,
    bottom: Sums,
    /// Bytes that the longest stream needs room for.
    max_len: usize,
}

impl StreamTable {
    pub(super) fn new(version: Version, scale: u32, margins: Margins) -> Self {
        let geometry = Geometry::new(version, scale, margins);
        let units = Patterns::of_units(&geometry);
        let tails = Patterns::of_tails(&geometry);
        let coded = |filter| Coded::new(&geometry, filter, &units, &tails);
        let plain = coded(Filter::None);
        // Where one match covers a line, zeros would not be shorter.
        let up = (geometry.line() > MAX_LENGTH).then(|| coded(Filter::Up));
        let coded = up.filter(|up| up.bits < plain.bits).unwrap_or(plain);

        let Coded { around, code, header, .. } = coded;
        let (header, header_rest) = header_bytes(&header);
        let units = UnitTable::new(&geometry, &units, &tails, &code);
        let (above, below) = (around.above.encode(&code), around.below.encode(&code));
        let mut between = Vec::new();
        code.encode(&around.between, &mut between);

        let rows = geometry.size;
        let max_bits = 8 * header.len()
            + header_rest.count() as usize
            + above.bits()
            + rows * units.max_bits(&geometry)
            + (rows - 1) * Bits::total(&between)
            + below.bits();
        let margin = |lines: usize| around.filter.margin_sums(geometry.line() as u64, lines);
        Self {
            filter: around.filter,
            units,
            header,
            header_rest,
            above,
            between: between.into(),
            below,
            end_of_block: code.end_of_block(),
            top: margin(geometry.top),
            bottom: margin(geometry.bottom),
            // The last push is the end of the block. The checksum after it needs no more room than that push.
            max_len: max_bits / 8 + BitWriter::SLACK,
            geometry,
        }
    }

    /// Writes the stream of a symbol's image into `buffer`, which grows if it is too short. Returns the stream.
    pub(super) fn write<'a>(&self, symbol: &Symbol, instructions: Available, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        if buffer.len() < self.max_len {
            buffer.resize(self.max_len, 0);
        }
        let len = dispatch(instructions, Write { table: self, symbol, buffer });
        &buffer[..len]
    }

    #[inline(always)]
    fn write_into(&self, symbol: &Symbol, buffer: &mut [u8]) -> usize {
        let (header, body) = buffer.split_at_mut(self.header.len());
        header.copy_from_slice(&self.header);
        let mut out = BitWriter::new(body);
        out.push(self.header_rest.value(), self.header_rest.count());
        self.above.write(&mut out);
        let firsts = self.units.write_rows(&self.geometry, symbol, &self.between, &mut out);
        self.below.write(&mut out);
        out.push(self.end_of_block.value(), self.end_of_block.count());
        let len = header.len() + out.finish();

        let rows = self.filter.sums(firsts, self.geometry.line() as u64, self.geometry.scale);
        let checksum = self.top.then(rows).then(self.bottom).value();
        buffer[len..len + 4].copy_from_slice(&checksum.to_be_bytes());
        len + 4
    }
}

/// Writing a stream with the instructions of a set: it uses no registers, but the shifts of BMI2.
struct Write<'a> {
    table: &'a StreamTable,
    symbol: &'a Symbol,
    buffer: &'a mut [u8],
}

impl Work for Write<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<R: Register>(self) -> usize {
        self.table.write_into(self.symbol, self.buffer)
    }
}

/// Returns the zlib header and the block header: whole bytes, and the bits after them.
fn header_bytes(block_header: &[Bits]) -> (Vec<u8>, Bits) {
    let mut bytes = ZLIB_HEADER.to_vec();
    bytes.resize(bytes.len() + Bits::total(block_header) / 8 + BitWriter::SLACK, 0);
    let mut out = BitWriter::new(&mut bytes[ZLIB_HEADER.len()..]);
    out.push_all(block_header);
    let (len, rest) = out.into_parts();
    bytes.truncate(ZLIB_HEADER.len() + len);
    (bytes, rest)
}

/// The code for images that repeat lines with one filter.
struct Coded {
    around: Surroundings,
    code: BlockCode,
    header: Vec<Bits>,
    /// The expected bits of an image, times 256.
    bits: u64,
}

impl Coded {
    /// Builds the code from how often each token occurs if all units and tails are equally likely: masked modules look random.
    fn new(geometry: &Geometry, filter: Filter, units: &Patterns, tails: &Patterns) -> Self {
        /// One occurrence counts 256, so each of the 256 equally likely units at a place counts 1.
        const ONE: u32 = 256;
        let around = Surroundings::new(geometry, filter);
        let rows = geometry.size as u32;
        let mut frequencies = Frequencies::of_blocks(ONE);
        units.count(rows * geometry.units() as u32, &mut frequencies);
        // Counted below their true share, 256 / 2^tail: in small images, code lengths of their own would take more bits in the
        // header than they save.
        tails.count(rows * (ONE >> (2 * geometry.tail())).max(1), &mut frequencies);
        around.above.count(ONE, &mut frequencies);
        frequencies.add(&around.between, (rows - 1) * ONE);
        around.below.count(ONE, &mut frequencies);
        let code = BlockCode::new(&frequencies);
        let header = code.header();
        let bits = code.size(&frequencies) + u64::from(ONE) * Bits::total(&header) as u64;
        Self { around, code, header, bits }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use qrmint_checks::Random;

    use super::super::geometry::LIGHT;
    use super::*;
    use crate::simd::{InstructionSet, widest};
    use crate::version::{ErrorCorrectionLevel, Mask};

    fn symbol(version: Version, rows: Vec<u64>) -> Symbol {
        Symbol { version, level: ErrorCorrectionLevel::L, mask: Mask::new(0).unwrap(), rows }
    }

    /// Returns a symbol whose rows are random, or like the one above but for a few modules or none, or of one colour.
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
        symbol(version, rows)
    }

    /// Writes the symbol's stream with every instruction set and compares it with the pixels.
    fn check(symbol: &Symbol, scale: u32, margins: Margins) {
        let shape = format!("{}, scale {scale}, {margins:?}", symbol.version());
        let table = StreamTable::new(symbol.version(), scale, margins);
        let mut streams = InstructionSet::available().map(|set| {
            let mut buffer = Vec::new();
            table.write(symbol, widest(Some(set)), &mut buffer).to_vec()
        });
        let stream = streams.next().unwrap();
        assert!(streams.all(|other| other == stream), "{shape}: instruction sets differ");

        let mut lines = Vec::new();
        flate2::read::ZlibDecoder::new(&stream[..]).read_to_end(&mut lines).expect(&shape);
        let Geometry { scale, size, lead, indent, top, bottom, .. } = table.geometry;
        let line = table.geometry.line();
        assert_eq!(lines.len(), (top + size * scale + bottom) * line, "{shape}");
        let left = 8 * lead + indent * scale;
        let light = [&[0][..], &vec![LIGHT; line - 1]].concat();
        let repeat = if table.filter == Filter::Up { Some([&[2][..], &vec![0; line - 1]].concat()) } else { None };

        let mut lines = lines.chunks(line);
        let mut check_lines = |first: &[u8], count: usize, y: &dyn core::fmt::Debug| {
            for i in 0..count {
                let expected = if i == 0 { first } else { repeat.as_deref().unwrap_or(first) };
                assert!(lines.next() == Some(expected), "{shape}, row {y:?}, line {i}");
            }
        };
        check_lines(&light, top, &"above");
        for y in 0..size {
            let mut first = light.clone();
            for pixel in 0..size * scale {
                if symbol.is_dark(pixel / scale, y) {
                    first[1 + (left + pixel) / 8] &= !(0x80 >> ((left + pixel) % 8));
                }
            }
            check_lines(&first, scale, &y);
        }
        check_lines(&light, bottom, &"below");
    }

    /// The same number of modules on every side.
    fn around(scale: u32, quiet_zone: u16) -> Margins {
        let pixels = scale as u16 * quiet_zone;
        Margins { left: pixels, top: pixels, right: pixels, bottom: pixels }
    }

    fn check_quiet_zone(symbol: &Symbol, scale: u32, quiet_zone: u16) {
        check(symbol, scale, around(scale, quiet_zone));
    }

    #[test]
    fn the_parts_of_the_stream_take_the_bits_that_the_module_head_states() {
        let table = StreamTable::new(Version::MIN, 8, around(8, 4));
        let header = 8 * (table.header.len() - ZLIB_HEADER.len()) + table.header_rest.count() as usize;
        assert_eq!([header, table.above.bits(), Bits::total(&table.between)], [166, 223 - 166, 12]);
        assert_eq!([table.below.bits(), table.end_of_block.count() as usize], [1_250 - 1_181, 8]);
    }

    #[test]
    fn streams_inflate_to_the_scan_lines_whatever_the_rows() {
        let mut random = Random::new(71);
        for (version, scales, quiet_zones) in [
            // Rows of one, two and three words, both of their ways to repeat lines, every indent.
            (1, 1..=33, 0..=9),
            (13, 4..=17, 4..=4),
            (25, 32..=33, 0..=9),
            (40, 5..=16, 0..=4),
            // Tails that begin in one word and end in the next.
            (28, 16..=48, 0..=2),
            // Large scales, and margins larger than the symbol.
            (7, 34..=64, 4..=4),
            (3, 64..=64, 70..=71),
            // Units longer than the longest match.
            (1, 254..=261, 0..=1),
            (1, 1_101..=1_102, 0..=0),
        ] {
            let version = Version::new(version).unwrap();
            for (scale, quiet_zone) in
                scales.flat_map(|scale| quiet_zones.clone().map(move |quiet_zone| (scale, quiet_zone)))
            {
                check_quiet_zone(&any_symbol(version, &mut random), scale, quiet_zone);
            }
        }
    }

    #[test]
    fn streams_inflate_to_the_scan_lines_whatever_the_margins() {
        let mut random = Random::new(73);
        for _ in 0..400 {
            let version = Version::new(1 + random.below(40) as u8).unwrap();
            let scale = 1 + random.below(20) as u32;
            let mut margin =
                || if random.below(4) == 0 { 0 } else { (random.bits() as u16 % 1_024) >> random.below(9) };
            let margins = Margins { left: margin(), top: margin(), right: margin(), bottom: margin() };
            check(&any_symbol(version, &mut random), scale, margins);
        }
    }

    /// The full product of versions, scales and quiet zones: minutes.
    #[test]
    #[ignore = "takes minutes"]
    fn every_version_scale_and_quiet_zone_inflates_to_the_scan_lines() {
        let mut random = Random::new(74);
        for version in (1..=40).filter_map(Version::new) {
            for scale in 1..=64 {
                for quiet_zone in (0..=9).chain([16, 33, 70]) {
                    check_quiet_zone(&any_symbol(version, &mut random), scale, quiet_zone);
                }
            }
        }
    }

    #[test]
    fn the_longest_stream_fits_exactly_the_room_of_its_table() {
        for (version, scale, margins) in [
            (1, 1, [4, 4, 4, 4]),
            (1, 8, [32, 32, 32, 32]),
            (2, 13, [52, 52, 52, 52]),
            (7, 5, [3, 0, 9, 0]),
            (11, 23, [92, 92, 92, 92]),
            (40, 16, [64, 64, 64, 64]),
            (40, 31, [0, 1, 0, 1]),
            (1, 255, [255, 255, 255, 255]),
            (1, 1_000, [0, 0, 0, 0]),
        ] {
            let [left, top, right, bottom] = margins;
            let version = Version::new(version).unwrap();
            let table = StreamTable::new(version, scale, Margins { left, top, right, bottom });
            let indent = table.geometry.indent as u32;
            let row = table.units.longest_row(&table.geometry);
            let words = (0..version.words()).flat_map(|word| {
                let above = row.get(word + 1).copied().unwrap_or_default();
                core::iter::repeat_n(row[word] >> indent | above << 1 << (63 - indent), version.size())
            });
            let longest = symbol(version, words.collect());
            let write = |len: usize| {
                let mut buffer = vec![0; len];
                catch_unwind(AssertUnwindSafe(|| table.write_into(&longest, &mut buffer)))
            };
            let len = write(table.max_len).expect("room enough");
            assert!(len <= table.max_len && len + BitWriter::SLACK > table.max_len);
            assert!(write(table.max_len - 1).is_err(), "{version}, scale {scale}: more room than needed");
            check(&longest, scale, Margins { left, top, right, bottom });
        }
    }
}
