//! The end of a row and the beginning of the next as one match.
//!
//! Where a module is one pixel, no scan line is repeated, and a group is one byte. A *seam* is then the tail of a row, the light
//! bytes behind it, the filter byte of the next line, its margin and its first group. Few modules of it may be dark, so the same
//! bytes, or all but one, stood before a few rows above.

use core::hint::select_unpredictable;

use super::alphabet::{Code, Output, PATTERNS, Piece};
use super::codes::{Coded, Codes, Counts};
use super::deflate::{Bits, SHORTEST_MATCH, Token};
use super::geometry::{GROUP, Geometry, LIGHT, NO_FILTER, Row};

/// Rows that nothing is matched at, nor any farther back.
const ROWS: usize = 256;
/// Modules of a pattern: see [`PATTERNS`].
const MODULES: usize = PATTERNS.ilog2() as usize;

/// Matches by how many rows ago the same was.
type Rows<T> = Piece<T, PATTERNS, ROWS>;

/// How the seams of an image are coded.
pub(super) struct Seam<T: Code> {
    /// Modules of the quiet zone that a first group begins with.
    light: usize,
    /// The tail, if that is needed for three bytes, and all else.
    head: Rows<T>,
    /// If it is not.
    tail: Option<Tail<T>>,
    /// Modules of the tail that `head` has.
    tail_modules: usize,
}

/// All but the first group.
struct Tail<T: Code> {
    rows: Rows<T>,
    /// First groups, by their modules that may be dark.
    groups: Vec<T::Spelled>,
}

/// The seams of an image so far.
pub(super) struct Seen {
    heads: [u32; PATTERNS],
    tails: [u32; PATTERNS],
    row: u32,
    /// The tail of the row above.
    tail: u8,
}

impl Default for Seen {
    /// Of an image that begins: what never was is farther back than anything is matched.
    fn default() -> Self {
        Self { heads: [0; PATTERNS], tails: [0; PATTERNS], row: ROWS as u32, tail: 0 }
    }
}

impl Seam<Token> {
    /// Seams chosen with those codes, if there are any that few modules may be dark in.
    pub(super) fn new(geometry: Geometry, codes: &Codes) -> Option<Self> {
        let light = geometry.quiet_zone - geometry.first;
        let (tail, tail_len, head) = (geometry.tail(), geometry.tail_len(), GROUP - light);
        let mut between = vec![LIGHT; geometry.behind()];
        between.push(NO_FILTER);
        between.resize(between.len() + geometry.lead(), LIGHT);
        let tail_modules = if between.len() + 1 < SHORTEST_MATCH { tail } else { 0 };
        if geometry.scale > 1
            || tail_len + between.len() + 1 < SHORTEST_MATCH
            || tail.max(tail_modules + head) > MODULES
        {
            return None;
        }

        let tails = (0..1 << tail).map(|dark| [geometry.bytes(dark, tail_len), between.clone()].concat());
        let groups = (0..1 << head).map(|dark| geometry.bytes(dark << light, 1));
        let rows = |bytes: Vec<Vec<u8>>, spelled: usize| {
            // No row is farther back than the first.
            let matched =
                |rows: usize| Token::matched(bytes[0].len(), rows * geometry.line()).filter(|_| rows < geometry.rows());
            let back = core::array::from_fn(|rows| matched(rows).unwrap_or(Token::Literal(0)));
            let fewest = |len: usize| bytes.iter().map(|bytes| codes.fewest(&bytes[..len], 0)).collect::<Vec<_>>();
            Rows::new(back, codes.sizes_of(&fewest(bytes[0].len()), 1), fewest(spelled), 0, codes)
        };
        let (head, tail) = if tail_modules > 0 {
            let tails: Vec<Vec<u8>> = tails.collect();
            let both =
                groups.flat_map(|group| tails.iter().map(move |tail| [&tail[..], &group].concat()).collect::<Vec<_>>());
            (rows(both.collect(), tail_len + between.len() + 1), None)
        } else {
            let heads = groups.clone().map(|group| [&between[..], &group].concat()).collect();
            let tail = Tail {
                rows: rows(tails.collect(), tail_len),
                groups: groups.map(|group| codes.fewest(&group, 0)).collect(),
            };
            (rows(heads, between.len() + 1), Some(tail))
        };
        Some(Self { light, head, tail, tail_modules })
    }

    /// Counts all that may occur once.
    pub(super) fn count_all(&self, counts: &mut Counts) {
        self.head.count_all(counts);
        if let Some(tail) = &self.tail {
            tail.rows.count_all(counts);
            tail.groups.iter().for_each(|tokens| counts.add_all(tokens, 1));
        }
    }

    /// The bits of these tokens.
    pub(super) fn coded(&self, codes: &Codes) -> Seam<Bits> {
        let tail = self.tail.as_ref().map(|Tail { rows, groups }| {
            // One byte is never long.
            let groups = groups.iter().map(|tokens| Coded::new(tokens, codes, &mut Vec::new())).collect();
            Tail { rows: rows.coded(codes), groups }
        });
        Seam { light: self.light, head: self.head.coded(codes), tail, tail_modules: self.tail_modules }
    }
}

impl<T: Code> Seam<T> {
    /// Gives `out` the seam before a row that ends in that tail, but for the first row, and says whether it did.
    #[inline(always)]
    pub(super) fn write(&self, seen: &mut Seen, row: &Row, tail: u8, out: &mut impl Output<T>) -> bool {
        let tail = core::mem::replace(&mut seen.tail, tail) % PATTERNS as u8;
        let group = row[0] as u8 >> self.light;
        let head = (tail & ((1 << self.tail_modules) - 1) | group << self.tail_modules) % PATTERNS as u8;
        let (row, is_first) = (seen.row, seen.row == ROWS as u32);
        seen.row += 1;
        let back = |last: &mut u32| row - core::mem::replace(last, row);
        let head_back = back(&mut seen.heads[usize::from(head)]);
        let tail_back = back(&mut seen.tails[usize::from(tail)]);
        if is_first {
            return false;
        }
        let Some(Tail { rows, groups }) = &self.tail else {
            self.head.push(self.head.is_near(head, head_back), head_back, &self.head.spelled[usize::from(head)], out);
            return true;
        };
        let is_head = self.head.is_near(head, head_back);
        let is_tail = !is_head && rows.is_near(tail, tail_back);
        let [group, others] = [&groups[usize::from(group)], &self.head.spelled[usize::from(head)]];
        let spelled = select_unpredictable(is_tail, group, others);
        rows.push(is_tail, tail_back, &rows.spelled[usize::from(tail)], out);
        self.head.push(is_head, head_back, spelled, out);
        true
    }
}

impl Seam<Bits> {
    /// Bits that no seam takes more of.
    pub(super) fn most_bits(&self) -> usize {
        self.head.most_bits() + self.tail.as_ref().map_or(0, |tail| tail.rows.most_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::deflate::MOST_BITS;
    use crate::render::{QuietZone, Scale};
    use crate::version::Version;

    fn seam(version: u8, scale: u8, quiet_zone: u8, codes: &Codes) -> Option<Seam<Token>> {
        let version = Version::new(version).unwrap();
        Seam::new(Geometry::new(version, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone)), codes)
    }

    #[test]
    fn there_are_seams_where_lines_are_not_repeated_and_few_modules_may_be_dark() {
        let codes = &Codes::of_any_header(&Counts::of_all());
        for version in 1..=40 {
            for quiet_zone in 0..=12 {
                for scale in 2..=4 {
                    assert!(seam(version, scale, quiet_zone, codes).is_none());
                }
                // Modules of the first group and, where it is needed for three bytes, of the tail.
                let data = Version::new(version).unwrap().size() + usize::from(quiet_zone) % 8;
                let (tail, light) = (data % 8, usize::from(quiet_zone) % 8);
                let behind = (data + usize::from(quiet_zone)).div_ceil(8) - data.div_ceil(8);
                let between = behind + 1 + usize::from(quiet_zone) / 8;
                let is_needed = between + 1 < 3;
                let fits = 8 - light + if is_needed { tail } else { 0 } <= 6 && tail <= 6;
                let made = seam(version, 1, quiet_zone, codes);
                assert_eq!(
                    made.is_some(),
                    fits && (!is_needed || tail > 0),
                    "version {version}, quiet zone {quiet_zone}"
                );
                let Some(made) = made else { continue };
                assert_eq!((made.light, made.tail.is_none()), (light, is_needed));
                assert_eq!(made.tail_modules, if is_needed { tail } else { 0 });
            }
        }
    }

    #[test]
    fn no_seam_takes_more_bits_than_it_says() {
        let codes = &Codes::of_any_header(&Counts::of_all());
        for version in [1, 2, 39, 40] {
            for quiet_zone in [2, 4, 9, 12] {
                let Some(seam) = seam(version, 1, quiet_zone, codes) else { continue };
                let coded = seam.coded(codes);
                let most = |rows: &Rows<Bits>| {
                    rows.spelled
                        .iter()
                        .map(|spelled| Bits::total(rows.all(spelled)))
                        .chain(rows.back.iter().map(|short| short.bits().count as usize))
                        .max()
                        .unwrap()
                };
                let tail = coded.tail.as_ref().map_or(0, |tail| most(&tail.rows));
                assert!(most(&coded.head) + tail <= coded.most_bits(), "version {version}, quiet zone {quiet_zone}");
                assert!(coded.most_bits() <= 2 * MOST_BITS as usize);
            }
        }
    }

    #[test]
    fn what_was_farther_back_than_any_row_is_not_matched() {
        let codes = &Codes::of_any_header(&Counts::of_all());
        for (version, rows) in [(1, 21), (2, 25), (40, 177)] {
            let seam = seam(version, 1, 4, codes).unwrap();
            let pieces = [Some(&seam.head), seam.tail.as_ref().map(|tail| &tail.rows)];
            for piece in pieces.into_iter().flatten() {
                assert!(piece.reach.iter().all(|&reach| reach < rows));
                assert!(
                    piece.back[1..rows as usize].iter().all(|token| matches!(token, Token::Match { length: 3.., .. }))
                );
                assert!(piece.back[rows as usize..].iter().all(|token| *token == Token::Literal(0)));
            }
        }
    }
}
