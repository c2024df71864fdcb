//! Rows of modules coded as pieces that stood before.
//!
//! A *piece* is a few modules that begin and end with a byte. Nearly every piece is coded as a match with the place where the
//! same modules last began, which a table of all patterns tells: there is no search, all pieces of an image are as long, and
//! so a match is one look-up by the number of places to go back. What a row has in common with the row above is left to the
//! match that repeats that one.
//!
//! For scales at which a module is so many pixels that literals are long.

use super::alphabet::{Alphabet, BEFORE, Code, EightOrHalves, Half, Output, PATTERNS, Piece, Shapes};
use super::codes::{Codes, Counts, SAMPLED};
use super::deflate::Token;
use super::geometry::{GROUP, Geometry, Row};
use super::history::{Bytes, History, different};
use super::repeats::{Between, Repeated, Repeats};

/// How rows are cut into pieces: shapes alone, no codes.
pub(super) struct Pieces {
    geometry: Geometry,
    cut: Cut,
    /// Modules of a period, and bytes.
    period: usize,
    len: usize,
    /// Places of a period that are remembered, as many modules apart each.
    places: usize,
    /// Periods of a row, and what is behind the last.
    periods: usize,
    tail: Tail,
    /// Bytes from the first scan line of a row to the one that is matched, which is the nearest of those like it.
    to_matched: usize,
}

/// Where rows are cut. The shorter pieces are, the nearer the same stood last; the more places are remembered, the nearer, too, but
/// remembering takes time.
#[derive(Clone, Copy)]
enum Cut {
    /// Four, five or six modules, each of which begins with a byte; pieces that begin with any of them are remembered.
    Anywhere(usize),
    /// Four modules.
    Fours,
    /// Eight modules.
    Eights,
    /// Eight modules or, where the same eight are far away, each half of them. That cuts a byte, and both halves hold the module
    /// which the byte touches.
    EightsOrHalves,
}

/// Modules a side of the smallest symbol that is not small: version 5.
const SMALL: usize = 37;

/// Modules a side of the smallest symbol that is large: version 27.
const LARGE: usize = 125;

/// What a piece is of its period.
struct Slot {
    /// Where it begins, and how long it is: bytes.
    start: usize,
    len: usize,
    /// The first module that it touches, and how many.
    first: usize,
    modules: usize,
}

impl Slot {
    /// So many bytes of a period from that one on.
    fn new(geometry: Geometry, start: usize, len: usize) -> Self {
        let first = 8 * start / geometry.scale;
        Self { start, len, first, modules: (8 * (start + len)).div_ceil(geometry.scale) - first }
    }

    /// Its bytes in two parts, the second of which is the longer if they are not equal.
    fn halves(&self, geometry: Geometry) -> [Self; 2] {
        let cut = self.len / 2;
        [Self::new(geometry, self.start, cut), Self::new(geometry, self.start + cut, self.len - cut)]
    }
}

/// What is behind the last piece of a row.
#[derive(Clone, Copy)]
struct Tail {
    /// Bytes and modules that may be dark.
    len: usize,
    modules: usize,
    /// Bytes of light modules.
    light: usize,
}

impl Pieces {
    /// Cuts rows of that shape into pieces.
    pub(super) fn new(geometry: Geometry, repeats: Repeats) -> Self {
        let Geometry { scale, quiet_zone, first, .. } = geometry;
        // One piece more takes no time that matters there.
        let is_small = geometry.rows() < SMALL;
        let cut = match GROUP >> scale.trailing_zeros().min(3) {
            1 if is_small => Cut::Anywhere(4),
            // Where lines are long, twice as many places are still near.
            1 if scale >= 32 && geometry.modules > 100 => Cut::Anywhere(6),
            1 => Cut::Anywhere(5),
            2 | 4 => Cut::Fours,
            // Two pieces for one pay where they are long.
            _ if scale > 9 || scale == 9 && is_small => Cut::EightsOrHalves,
            _ => Cut::Eights,
        };
        let (period, places) = match cut {
            Cut::Anywhere(modules) => (modules, modules),
            Cut::Fours => (4, 1),
            Cut::Eights | Cut::EightsOrHalves => (GROUP, 1),
        };
        let len = period * scale / 8;
        let modules = geometry.modules - first;
        let data = geometry.modules - quiet_zone - first;
        let periods = data.div_ceil(period).min(modules / period);
        let left = geometry.stride - geometry.lead() - periods * len;
        let tail = if data > period * periods {
            Tail { len: left, modules: modules - period * periods, light: 0 }
        } else {
            Tail { len: 0, modules: 0, light: left }
        };
        Self {
            geometry,
            cut,
            period,
            len,
            places,
            periods,
            tail,
            // All are alike, or the first is alone.
            to_matched: if repeats == Repeats::Unfiltered { (scale - 1) * geometry.line() } else { 0 },
        }
    }

    /// Bytes of light modules that end every line, which no row codes.
    pub(super) fn behind(&self) -> usize {
        self.tail.light
    }

    /// Places that a row moves on by: twice as many as it has, so that a number of places back names a place.
    #[inline(always)]
    fn stride(&self) -> usize {
        2 * self.places * self.periods
    }

    /// Bytes from a place to the one that is so many places back.
    fn distance(&self, places: usize) -> usize {
        let stride = self.stride();
        // The nearest multiple of a row.
        let rows = (places + stride / 2) / stride;
        let row = self.geometry.scale * self.geometry.line();
        let rows_len = if rows > 0 { rows * row - self.to_matched } else { 0 };
        rows_len + places * self.len / self.places - rows * stride * self.len / self.places
    }

    /// Gives `out` what stands before a row, whether it is the first or not, and the row, whether its pieces
    /// [`are_foretold`](Self::are_foretold) or not.
    #[inline(always)]
    pub(super) fn write_row<T: Code, const FORETOLD: bool>(
        &self,
        history: &mut History,
        row: &Row,
        is_first: bool,
        alphabet: &Alphabet<T>,
        out: &mut impl Output<T>,
    ) {
        let joints = if is_first { &alphabet.joints.above } else { &alphabet.joints.between };
        let all = self.all();
        let (mut begin, mut end, mut has_tail) = (0, all, self.tail.len > 0);
        if joints.len() > 1 {
            // A match at the distance of a line goes on where the row above has the same modules, and from where all the rest
            // is the same the next one begins.
            let (first, last) = different(row, &history.above);
            // By constants: to divide by what is not known takes longer.
            (begin, end) = match self.cut {
                Cut::Anywhere(4) => (first / 4, last.div_ceil(4)),
                Cut::Anywhere(5) => (first / 5, last.div_ceil(5)),
                Cut::Anywhere(_) => (first / 6, last.div_ceil(6)),
                // Two pieces have a byte.
                Cut::Fours => (first / 8 * 2, last.div_ceil(4)),
                Cut::Eights => (first / 8, last.div_ceil(8)),
                // The first half has nothing of the last four modules, the second nothing of the first three.
                Cut::EightsOrHalves => (first / 4, 2 * last.div_ceil(8) - usize::from((last + 7) % 8 < 3)),
            };
            has_tail &= end > all;
            begin = begin.min(all);
            end = end.clamp(begin, all);
        }
        out.push_all(&joints[history.left + self.joint(begin, 1)]);

        let place = if self.has_halves() { begin / 2 } else { begin * self.places };
        let (mut reading, bytes) = (history.read::<FORETOLD>(place), Bytes::of(row));
        match (&alphabet.shapes, self.cut) {
            (Shapes::Eight(piece), _) => reading.eights(piece, bytes.slice(begin, end), out),
            (Shapes::EightOrHalves(pieces), _) => reading.eights_or_halves(pieces, &bytes, begin..end, out),
            (Shapes::Few(piece), Cut::Anywhere(4)) => {
                reading.anywhere::<T, 4>(piece, &bytes, begin..end, self.periods, out)
            }
            (Shapes::Few(piece), Cut::Anywhere(5)) => {
                reading.anywhere::<T, 5>(piece, &bytes, begin..end, self.periods, out)
            }
            (Shapes::Few(piece), Cut::Anywhere(_)) => {
                reading.anywhere::<T, 6>(piece, &bytes, begin..end, self.periods, out)
            }
            (Shapes::Few(piece), _) => reading.fours(piece, &bytes, begin..end, out),
        }

        history.left = 0;
        if has_tail {
            let modules = bytes.load(self.period * self.periods);
            out.push_all(&alphabet.tails[modules as usize & (alphabet.tails.len() - 1)]);
        } else {
            let behind = if self.tail.len > 0 { 2 * self.joint(all, 1) + 1 } else { 0 };
            history.left = self.joint(all - end, 2) + behind;
        }
        history.above = *row;
        history.place += self.stride() as u32;
    }

    /// Ends an image.
    #[inline(always)]
    pub(super) fn finish<T: Code>(&self, history: &History, alphabet: &Alphabet<T>, out: &mut impl Output<T>) {
        out.push_all(&alphabet.joints.below[history.left]);
        out.push_all(&alphabet.end);
    }

    /// Whether it can mostly be foretold which pieces are near, so that a branch takes little time. The longer pieces are the fewer
    /// places the window has; where many are far it takes up to two fifths less time to choose without one, but not in small symbols.
    pub(super) fn are_foretold(&self) -> bool {
        let most = if self.has_halves() { 24 } else { 32 };
        self.geometry.scale <= most || self.geometry.rows() < SMALL
    }

    /// Whether rows may begin and end with half a period.
    #[inline(always)]
    fn has_halves(&self) -> bool {
        matches!(self.cut, Cut::EightsOrHalves)
    }

    /// Pieces of a row: its periods or their halves.
    #[inline(always)]
    fn all(&self) -> usize {
        if self.has_halves() { 2 * self.periods } else { self.periods }
    }

    /// The index of a joint that has so many pieces of a row. Each counts one; but halves are unlike, so a first one counts one and a
    /// second two, and `odd` is what the one counts that is left over.
    #[inline(always)]
    fn joint(&self, pieces: usize, odd: usize) -> usize {
        if self.has_halves() { pieces / 2 * 3 + pieces % 2 * odd } else { pieces }
    }

    /// Bytes of what a joint of that index has.
    fn joint_len(&self, joint: usize) -> usize {
        let half = self.len / 2;
        if self.has_halves() { joint / 3 * self.len + [0, half, self.len - half][joint % 3] } else { joint * self.len }
    }

    /// The tokens of a match that may be longer, by what is left to it of `rows` rows: pieces at the end of the one before, behind
    /// which so many bytes are left, and pieces at the beginning of the one that follows.
    fn joints(&self, repeated: &Repeated, behind: &[usize], rows: usize) -> Vec<Box<[Token]>> {
        if !repeated.can_grow() {
            return vec![Box::default()];
        }
        let row = self.joint(self.all(), 1);
        let longer = behind.iter().flat_map(|behind| (0..=2 * row).map(move |left| (behind, left)));
        let matched = |(behind, left): (&usize, usize)| match left {
            left if left > rows * row => Box::default(),
            left => repeated.matched(self.geometry, behind + self.joint_len(left)).into(),
        };
        let mut joints: Vec<Box<[Token]>> = longer.map(matched).collect();
        // Where there is one row alone, no more of it is left.
        joints.truncate(joints.len() - (2 - rows) * row);
        joints
    }

    /// The tokens of all that an image is coded as, chosen with those codes.
    pub(super) fn tokens(&self, between: &Between<Repeated>, codes: &Codes) -> Alphabet<Token> {
        let whole = Slot::new(self.geometry, 0, self.len);
        let shapes = match self.cut {
            Cut::EightsOrHalves => {
                // Of an odd number of bytes the first half is the shorter: three modules and all of the fourth but four pixels.
                let halves = whole.halves(self.geometry).map(|slot| self.piece(&slot, codes));
                let [first, second]: [[u32; PATTERNS]; 2] =
                    halves.each_ref().map(|half: &Half<Token>| self.limits(&half.spelled, codes));
                // What is not one piece is spelled as both halves.
                let limits = core::array::from_fn(|byte| first[byte % 16] + second[byte / 8]);
                let eight = Piece::new(self.back(&whole), limits, Vec::new(), 0, codes);
                Shapes::EightOrHalves(Box::new(EightOrHalves { eight, halves }))
            }
            Cut::Eights => Shapes::Eight(Box::new(self.piece(&whole, codes))),
            Cut::Anywhere(_) | Cut::Fours => Shapes::Few(Box::new(self.piece(&whole, codes))),
        };
        let tails = if self.tail.len > 0 { 1 << self.tail.modules } else { 0 };
        // Behind a row nothing or all of its tail is left.
        let mut behind = vec![0, self.tail.len];
        behind.dedup();
        Alphabet {
            shapes,
            tails: (0..tails).map(|dark| codes.fewest(&self.geometry.bytes(dark, self.tail.len), 0)).collect(),
            joints: Between {
                above: self.joints(&between.above, &[0], 1),
                between: self
                    .joints(&between.between, &behind, 2)
                    .iter()
                    .map(|matched| [&between.between.before[..], matched].concat().into())
                    .collect(),
                below: self.joints(&between.below, &behind, 1),
            },
            end: [&between.below.before[..], &between.below.after].concat().into(),
        }
    }

    /// The piece of a slot.
    fn piece<const N: usize, const BACK: usize>(&self, slot: &Slot, codes: &Codes) -> Piece<Token, N, BACK> {
        let spelled = self.spelled(slot, codes);
        Piece::new(self.back(slot), self.limits(&spelled, codes), spelled, self.before(), codes)
    }

    /// How many modules pieces are spelled behind. Eight modules have too many patterns; for halves the fourth module gains nothing,
    /// and in large symbols they are spelled so often that the more ways there are, the more time they take.
    fn before(&self) -> usize {
        match self.cut {
            Cut::Eights => 0,
            Cut::EightsOrHalves if self.geometry.rows() >= LARGE => 0,
            Cut::EightsOrHalves => 3,
            Cut::Anywhere(_) | Cut::Fours => BEFORE,
        }
    }

    /// The patterns of a slot, byte by byte, behind so many modules.
    fn spelled(&self, slot: &Slot, codes: &Codes) -> Vec<Box<[Token]>> {
        let Geometry { scale, quiet_zone, first, .. } = self.geometry;
        let before = self.before();
        // Modules and bytes are counted from a period before the slot's.
        let (lead, start) = (self.period + slot.first - before, self.len + slot.start);
        // What begins a row is light as far as the quiet zone goes, and has nothing before it but what rows begin behind.
        let light = (1 << (before + quiet_zone - first).saturating_sub(slot.first)) - 1;
        let spelled = |dark: usize| {
            let known = if dark & light == 0 { lead.max(self.period.saturating_sub(first)) } else { lead };
            let from = (known * scale).div_ceil(8);
            codes.fewest(&self.geometry.bytes(dark << lead, start + slot.len)[from..], start - from)
        };
        (0..1 << (before + slot.modules)).map(spelled).collect()
    }

    /// By pattern, how many bits a match is to take fewer than: those of what spells it on average. Of a few modules that is as good
    /// as chance, and each wrong guess takes time; less of it in small symbols, or beside long lines: elsewhere any match will do.
    fn limits<const N: usize>(&self, spelled: &[Box<[Token]>], codes: &Codes) -> [u32; N] {
        match self.cut {
            Cut::Anywhere(_) | Cut::Fours if self.geometry.rows() >= SMALL && self.are_foretold() => [u32::MAX; N],
            _ => codes.sizes_of(spelled, 1 << self.before()),
        }
    }

    /// The matches of a slot by places back; literals where there is none.
    fn back<const BACK: usize>(&self, slot: &Slot) -> [Token; BACK] {
        // No row is farther back than the first.
        let all = self.geometry.rows() * self.stride();
        let matched = |places: usize| Token::matched(slot.len, self.distance(places)).filter(|_| places < all);
        core::array::from_fn(|places| matched(places).unwrap_or(Token::Literal(0)))
    }

    /// How often everything occurs in images of those rows, with those tokens above them, [`SAMPLED`] times as often; and all
    /// that may occur once more.
    pub(super) fn count(&self, images: &[Vec<Row>], above: &[Token], tokens: &Alphabet<Token>) -> Counts {
        let mut counts = Counts::of_blocks(images.len() as u32);
        let write_row = if self.are_foretold() { Self::write_row::<_, true> } else { Self::write_row::<_, false> };
        for rows in images {
            let history = &mut History::default();
            for (y, row) in rows.iter().enumerate() {
                write_row(self, history, row, y == 0, tokens, &mut counts);
            }
            counts.add_all(&tokens.joints.below[history.left], 1);
        }
        // In a wide quiet zone there are many of them.
        counts.add_all(above, images.len() as u32);
        counts.add_all(&tokens.end, images.len() as u32);
        let mut weighed = counts.times(SAMPLED);
        tokens.count_all(&mut weighed);
        weighed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::deflate::{MOST_BITS, WINDOW};
    use crate::render::{QuietZone, Scale};
    use crate::version::Version;

    /// Holds the matches that are near to the distances, and a pattern's reach to the bits that it may take; says whether some take
    /// more than may be pushed at once.
    fn check<const N: usize, const BACK: usize>(
        pieces: &Pieces,
        piece: &Piece<Token, N, BACK>,
        limits: &[u32],
        codes: &Codes,
    ) -> bool {
        let coded = piece.coded(codes);
        for (pattern, &limit) in limits.iter().enumerate() {
            let (reach, fits) = (piece.reach[pattern] as usize, coded.reach[pattern] as usize);
            assert!(fits <= reach && reach < BACK);
            for places in 1..BACK {
                let Token::Match { distance, .. } = piece.back[places] else {
                    assert!(places > reach);
                    continue;
                };
                assert!(distance == pieces.distance(places) && distance <= WINDOW);
                let bits = codes.encode(&[piece.back[places]], MOST_BITS)[0];
                assert!(places != reach || bits.count < limit);
                assert!(places <= reach || bits.count >= limit);
                assert!(places > fits || 2 * bits.count <= MOST_BITS && coded.back[places].bits() == bits);
            }
        }
        coded.reach.iter().zip(&piece.reach).any(|(fits, reach)| fits < reach)
    }

    #[test]
    fn a_slot_has_the_modules_that_its_bytes_show_and_halves_have_all_bytes() {
        for scale in [5, 7, 11, 15, 16, 21, 24, 37, 63, 125] {
            let geometry = Geometry::new(Version::MIN, Scale::new(scale).unwrap(), QuietZone::new(4));
            let whole = Slot::new(geometry, 0, usize::from(scale));
            let halves = whole.halves(geometry);
            let [first, second] = &halves;
            assert_eq!(first.start + first.len, second.start);
            assert!(first.len == second.len || first.len + 1 == second.len);
            assert_eq!(second.start + second.len, usize::from(scale));
            for slot in [&whole].into_iter().chain(&halves) {
                let shown = |dark: usize| geometry.bytes(dark, slot.start + slot.len).split_off(slot.start);
                for module in 0..GROUP {
                    let is_in = (slot.first..slot.first + slot.modules).contains(&module);
                    assert_eq!(shown(0) != shown(1 << module), is_in, "scale {scale}, module {module}");
                }
            }
        }
    }

    #[test]
    fn what_is_near_is_a_match_that_takes_fewer_bits_than_to_spell_and_fits_twice() {
        // Codes of all lengths: the rarer, the longer.
        let mut counts = Counts::of_all();
        for length in 3..=258 {
            counts.add(Token::Match { length, distance: 1 << (length % 16) }, 1 << (length % 16));
        }
        for byte in 0..=255 {
            counts.add(Token::Literal(byte), 1 << (byte / 16));
        }
        let codes = &Codes::of_any_header(&counts);
        // Of patterns behind any modules.
        let sizes = |spelled: &[Box<[Token]>], before: usize| -> Vec<u32> {
            let sizes: Vec<u32> = spelled.iter().map(|tokens| codes.size_of(tokens)).collect();
            sizes.chunks(1 << before).map(|sizes| sizes.iter().sum::<u32>() >> before).collect()
        };
        let mut too_long = false;
        for (version, scale) in [(1, 5), (7, 16), (20, 7), (40, 32), (11, 53), (29, 37), (3, 10), (8, 64)] {
            let geometry = Geometry::new(Version::new(version).unwrap(), Scale::new(scale).unwrap(), QuietZone::new(4));
            let pieces = &Pieces::new(geometry, Repeats::Unfiltered);
            let between = Between::new(geometry, Repeats::Unfiltered, pieces.behind());
            too_long |= match pieces.tokens(&between, codes).shapes {
                Shapes::Few(piece) if version >= 5 && scale <= 32 => {
                    check(pieces, &piece, &[u32::MAX; PATTERNS], codes)
                }
                Shapes::Few(piece) => check(pieces, &piece, &sizes(&piece.spelled, 4), codes),
                Shapes::Eight(piece) => check(pieces, &piece, &sizes(&piece.spelled, 0), codes),
                Shapes::EightOrHalves(both) => {
                    let EightOrHalves { eight, halves } = *both;
                    let [first, second] =
                        halves.each_ref().map(|half| sizes(&half.spelled, if version < 27 { 3 } else { 0 }));
                    let eights: Vec<u32> = (0..256).map(|byte| first[byte % 16] + second[byte / 8]).collect();
                    let [first, second] = [(&halves[0], first), (&halves[1], second)]
                        .map(|(half, sizes)| check(pieces, half, &sizes, codes));
                    check(pieces, &eight, &eights, codes) | first | second
                }
            };
        }
        assert!(too_long);
    }
}
