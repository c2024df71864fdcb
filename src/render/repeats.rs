//! What stands between the rows of modules in a stream: the scan lines that repeat the first of a row, and the margin of the
//! row that follows.
//!
//! It is the same for every row of an image and coded once for all. A row's *margin* is the filter byte of its first scan line
//! and the whole bytes of the quiet zone behind it: they too are what they were a line before.

use super::checksum::{Adler, Parts};
use super::deflate::{LONGEST_MATCH, SHORTEST_MATCH, Token};
use super::geometry::{Geometry, LIGHT, NO_FILTER};

/// How scan lines that are like the one before them are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// As the pixels that they are, which match at the distance of a line.
    Unfiltered,
    /// Through the filter that subtracts the line before (PNG, 9.2): as zeros, most of which match at the distance of a byte,
    /// which takes fewer bits. It pays for long lines.
    Up,
}

/// Names the filter that subtracts the line before.
const UP: u8 = 2;

/// What stands between the rows of an image, the quiet zone below being one of them.
#[derive(Clone)]
pub(super) struct Between<T> {
    /// From the beginning to the end of the first row's margin, the quiet zone above included.
    pub(super) above: T,
    /// From behind a row to the end of the margin of the next.
    pub(super) between: T,
    /// From behind the last row to the end of the image.
    pub(super) below: T,
}

/// Tokens, and a match between them that may be made longer.
#[derive(Clone)]
pub(super) struct Repeated {
    pub(super) before: Vec<Token>,
    /// Bytes of the match, at the distance of a line: none or at least three.
    matched: usize,
    pub(super) after: Vec<Token>,
}

impl Between<Repeated> {
    /// For rows that are coded up to so many bytes before the end of a line.
    pub(super) fn new(geometry: Geometry, repeats: Repeats, behind: usize) -> Self {
        let margin = 1 + geometry.lead();
        let Geometry { scale, quiet_zone, .. } = geometry;
        let light = light_line(geometry);
        let matches = |bytes: &[u8]| longest_matches(bytes, geometry.line());
        let between = repeats.code(geometry, behind, scale - 1, margin);
        let Some(other_lines) = (quiet_zone * scale).checked_sub(1) else {
            let above = Repeated { before: matches(&light[..margin]), matched: 0, after: Vec::new() };
            return Self { above, between, below: repeats.code(geometry, behind, scale - 1, 0) };
        };
        let mut above = repeats.code(geometry, 0, other_lines, margin);
        above.before.splice(0..0, matches(&light));
        let [zone, apart] = [quiet_zone, geometry.modules - quiet_zone].map(|rows| rows * scale * geometry.line());
        let below = match Token::matched(zone, apart).filter(|_| scale == 1) {
            Some(zone_above) => {
                Repeated { before: matches(&light[light.len() - behind..]), matched: 0, after: vec![zone_above] }
            }
            None => {
                let light_rows = [matches(&light[margin..]), repeats.code(geometry, 0, other_lines, 0).all(geometry)];
                // Of a match in parts, all at one distance, any may come first.
                let after = [&between.before[..], &light_rows.concat()].concat();
                Repeated { before: Vec::new(), matched: between.matched, after }
            }
        };
        Self { above, between, below }
    }
}

impl<T> Between<T> {
    pub(super) fn as_ref(&self) -> Between<&T> {
        Between { above: &self.above, between: &self.between, below: &self.below }
    }

    pub(super) fn map<U>(self, f: impl Fn(T) -> U) -> Between<U> {
        Between { above: f(self.above), between: f(self.between), below: f(self.below) }
    }
}

impl Repeats {
    /// The last `behind` bytes of a light line, so many scan lines like it, and a margin of so many bytes.
    pub(super) fn code(self, geometry: Geometry, behind: usize, lines: usize, margin: usize) -> Repeated {
        let line = geometry.line();
        if self == Self::Unfiltered && lines > 0 {
            let whole = behind + lines * line + margin;
            let longest = Token::Match { length: LONGEST_MATCH, distance: line };
            let tokens = vec![longest; whole.saturating_sub(SHORTEST_MATCH) / LONGEST_MATCH];
            return Repeated { matched: whole - LONGEST_MATCH * tokens.len(), before: tokens, after: Vec::new() };
        }
        let filtered = core::iter::once(UP).chain(core::iter::repeat_n(0, geometry.stride));
        let mut bytes = vec![LIGHT; behind];
        bytes.extend(core::iter::repeat_n(filtered, lines).flatten());
        if margin > 0 {
            bytes.push(NO_FILTER);
            bytes.resize(bytes.len() + margin - 1, LIGHT);
        }
        Repeated { before: longest_matches(&bytes, line), matched: 0, after: Vec::new() }
    }

    /// The checksum of rows of so many scan lines, whose first ones, of `len` bytes, are the parts.
    #[inline(always)]
    pub(super) fn checksum(self, firsts: Parts, len: u64, lines: usize) -> Adler {
        match self {
            Self::Unfiltered => firsts.finish(len, lines as u64, Adler::NOTHING),
            Self::Up => firsts.finish(len, 1, Adler::of_one(UP, len).times(lines.saturating_sub(1) as u64)),
        }
    }
}

impl Repeated {
    /// Whether there is a match that may be made longer.
    pub(super) fn can_grow(&self) -> bool {
        self.matched > 0
    }

    /// The tokens of the match that is so many bytes longer: none if it can't [grow](Self::can_grow).
    pub(super) fn matched(&self, geometry: Geometry, longer: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut left = if self.can_grow() { self.matched + longer } else { 0 };
        while left > 0 {
            // As many are left to the last as the shortest match has.
            let length = if left > LONGEST_MATCH { LONGEST_MATCH.min(left - SHORTEST_MATCH) } else { left };
            tokens.push(Token::Match { length, distance: geometry.line() });
            left -= length;
        }
        tokens
    }

    /// The tokens of all.
    pub(super) fn all(&self, geometry: Geometry) -> Vec<Token> {
        [&self.before[..], &self.matched(geometry, 0), &self.after].concat()
    }
}

/// The first scan line of a light row.
pub(super) fn light_line(geometry: Geometry) -> Vec<u8> {
    let mut line = vec![LIGHT; geometry.line()];
    line[0] = NO_FILTER;
    line
}

/// The tokens of bytes, matched greedily at the distances of a byte and of a line.
pub(super) fn longest_matches(bytes: &[u8], line: usize) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut done = 0;
    while done < bytes.len() {
        let left = &bytes[done..bytes.len().min(done + LONGEST_MATCH)];
        let alike = |distance: usize| match done.checked_sub(distance) {
            Some(from) => left.iter().zip(&bytes[from..]).take_while(|(a, b)| a == b).count(),
            None => 0,
        };
        // The nearer takes fewer bits.
        let (length, distance) = if alike(1) >= alike(line) { (alike(1), 1) } else { (alike(line), line) };
        if length >= SHORTEST_MATCH {
            tokens.push(Token::Match { length, distance });
            done += length;
        } else {
            tokens.push(Token::Literal(left[0]));
            done += 1;
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{QuietZone, Scale};
    use crate::version::Version;

    /// Undoes tokens.
    fn expand(before: &[u8], tokens: &[Token]) -> Vec<u8> {
        let mut bytes = before.to_vec();
        for token in tokens {
            match *token {
                Token::Literal(byte) => bytes.push(byte),
                Token::Match { length, distance } => {
                    assert!((3..=258).contains(&length) && (1..=32_768).contains(&distance));
                    (0..length).for_each(|_| bytes.push(bytes[bytes.len() - distance]));
                }
            }
        }
        bytes.split_off(before.len())
    }

    #[test]
    fn tokens_stand_for_the_scan_lines() {
        const BEHIND: usize = 7;
        for (version, scale, quiet_zone) in [(1, 5, 0), (1, 5, 4), (3, 8, 9), (10, 13, 4), (40, 16, 80), (40, 125, 4)] {
            let version = Version::new(version).unwrap();
            let geometry = Geometry::new(version, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone));
            let line = geometry.line();
            let filtered = [&[UP][..], &vec![0; line - 1]].concat();
            for margin in [0, 1, 2, line / 3] {
                // Any first scan line of a row that begins with a margin and ends in light bytes.
                let mut first: Vec<u8> = (0..line).map(|i| (i * i / 3) as u8).collect();
                first[0] = NO_FILTER;
                first[1..margin.max(1)].fill(LIGHT);
                first[line - BEHIND..].fill(LIGHT);
                let before = [&first[..], &first[..line - BEHIND]].concat();
                for lines in [0, 1, 2, usize::from(scale) - 1, 4 * usize::from(scale)] {
                    for (repeats, other) in [(Repeats::Unfiltered, &first), (Repeats::Up, &filtered)] {
                        let expected = [&[LIGHT; BEHIND][..], &other.repeat(lines), &first[..margin]].concat();
                        let tokens = repeats.code(geometry, BEHIND, lines, margin).all(geometry);
                        assert_eq!(expand(&before, &tokens), expected, "{repeats:?}, {lines} lines, margin {margin}");
                    }
                }
            }
        }
    }
}
