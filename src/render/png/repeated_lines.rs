//! The scan lines that are like the one before them: the other `scale - 1` lines of a row of modules, and the margins above
//! and below the symbol.
//!
//! They are the same for every symbol of an image's shape, so their tokens are made once. Knows the shape; nothing of
//! modules.

use super::geometry::{Geometry, LIGHT};
use crate::deflate::adler32::{EqualParts, Sums};
use crate::deflate::{BitWriter, Bits, BlockCode, Frequencies, MAX_LENGTH, MIN_LENGTH, Token, push_run};

/// How a scan line that is like the one above it is coded: the number of its filter (PNG specification, 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Filter {
    /// As its pixels, which match at the distance of a line.
    None = 0,
    /// As the difference from the line above: zeros, which match at distance 1. Pays for lines longer than a match.
    Up = 2,
}

impl Filter {
    /// Returns the sums of a margin of `lines` scan lines, `len` bytes each.
    pub(super) fn margin_sums(self, len: u64, lines: usize) -> Sums {
        let mut first = EqualParts::default();
        first.add(Sums::of_run(0, 1).then(Sums::of_run(LIGHT, len - 1)));
        if lines > 0 { self.sums(first, len, lines) } else { Sums::default() }
    }

    /// Returns the sums of rows of `lines` scan lines, at least one, whose first lines are `firsts`, `len` bytes each.
    #[inline(always)]
    pub(super) fn sums(self, firsts: EqualParts, len: u64, lines: usize) -> Sums {
        match self {
            Self::None => firsts.each(len, lines as u64, Sums::default()),
            Self::Up => {
                let byte = u64::from(self as u8);
                let repeat = Sums { sum: byte, weighted: byte * len, len };
                firsts.each(len, 1, repeat.times(lines as u64 - 1))
            }
        }
    }
}

/// A repeated part with what precedes and follows it.
pub(super) struct Repeated<T> {
    prefix: Vec<T>,
    body: Vec<T>,
    times: usize,
    suffix: Vec<T>,
}

impl Repeated<Token> {
    fn of(suffix: Vec<Token>) -> Self {
        Self { prefix: Vec::new(), body: Vec::new(), times: 0, suffix }
    }

    /// Counts all tokens `times` times.
    pub(super) fn count(&self, times: u32, frequencies: &mut Frequencies) {
        frequencies.add(&self.prefix, times);
        frequencies.add(&self.body, times * self.times as u32);
        frequencies.add(&self.suffix, times);
    }

    pub(super) fn encode(&self, code: &BlockCode) -> Repeated<Bits> {
        let encode = |tokens: &[Token]| {
            let mut bits = Vec::new();
            code.encode(tokens, &mut bits);
            bits
        };
        Repeated {
            prefix: encode(&self.prefix),
            body: encode(&self.body),
            times: self.times,
            suffix: encode(&self.suffix),
        }
    }

    /// Returns all tokens one after the other.
    pub(super) fn flat(&self) -> Vec<Token> {
        [&self.prefix[..], &self.body.repeat(self.times), &self.suffix].concat()
    }
}

impl Repeated<Bits> {
    pub(super) fn write(&self, out: &mut BitWriter<'_>) {
        out.push_all(&self.prefix);
        for _ in 0..self.times {
            out.push_all(&self.body);
        }
        out.push_all(&self.suffix);
    }

    pub(super) fn bits(&self) -> usize {
        Bits::total(&self.prefix) + self.times * Bits::total(&self.body) + Bits::total(&self.suffix)
    }
}

/// What stands around the units and tails of an image.
pub(super) struct Surroundings {
    pub(super) filter: Filter,
    /// From the beginning of the image to the first row's first unit.
    pub(super) above: Repeated<Token>,
    /// From a row's tail to the next row's first unit.
    pub(super) between: Vec<Token>,
    /// From the last row's tail to the end of the image.
    pub(super) below: Repeated<Token>,
}

impl Surroundings {
    pub(super) fn new(geometry: &Geometry, filter: Filter) -> Self {
        let mut above = match geometry.top {
            0 => Repeated::of(light_line(geometry.lead)),
            top => repeats(geometry, filter, 0, top - 1, Some(geometry.lead)),
        };
        if geometry.top > 0 {
            above.prefix.splice(0..0, light_line(geometry.line() - 1));
        }
        let between = row_end(geometry, filter, Some(geometry.lead)).flat();
        let mut below = row_end(geometry, filter, None);
        if let Some(others) = geometry.bottom.checked_sub(1) {
            let margin = repeats(geometry, filter, 0, others, None);
            below =
                Repeated { prefix: [below.flat(), light_line(geometry.line() - 1), margin.prefix].concat(), ..margin };
        }
        Self { filter, above, between, below }
    }
}

/// The beginning of a light scan line: its filter byte and `len` bytes of pixels.
fn light_line(len: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    push_run(&mut tokens, Filter::None as u8, 1);
    push_run(&mut tokens, LIGHT, len);
    tokens
}

/// What follows the tail of a row: the right margin, the other scan lines and, where a row follows, its [`lead`](repeats).
fn row_end(geometry: &Geometry, filter: Filter, lead: Option<usize>) -> Repeated<Token> {
    let trail = geometry.trail();
    if geometry.top > 0 {
        return repeats(geometry, filter, trail, geometry.scale - 1, lead);
    }
    // In the first row of the image there is no line above that the right margin could match.
    let mut tokens = repeats(geometry, filter, 0, geometry.scale - 1, lead);
    let mut margin = Vec::new();
    push_run(&mut margin, LIGHT, trail);
    tokens.prefix.splice(0..0, margin);
    tokens
}

/// Codes the rest of a scan line (`trail` light bytes), `lines` repetitions of that line, and the start of the next row (filter
/// byte and `lead` light bytes). Apart from filter bytes, each byte equals the one a line earlier.
fn repeats(geometry: &Geometry, filter: Filter, trail: usize, lines: usize, lead: Option<usize>) -> Repeated<Token> {
    let line = geometry.line();
    let bytes = trail + lines * line + lead.map_or(0, |lead| 1 + lead);
    let mut tokens = Repeated::of(Vec::new());
    match filter {
        Filter::None if bytes >= MIN_LENGTH => {
            // The last match needs at least three bytes, so the one before it leaves them.
            tokens.times = (bytes - MIN_LENGTH) / MAX_LENGTH;
            tokens.body.push(Token::matched(MAX_LENGTH, line));
            let left = bytes - tokens.times * MAX_LENGTH;
            let first = if left > MAX_LENGTH { left - MIN_LENGTH } else { left };
            tokens.suffix.push(Token::matched(first, line));
            if first < left {
                tokens.suffix.push(Token::matched(left - first, line));
            }
        }
        // `Filter::Up`, or fewer bytes than a match: then there is no whole line.
        _ => {
            debug_assert!(filter == Filter::Up || lines == 0);
            push_run(&mut tokens.prefix, LIGHT, trail);
            push_run(&mut tokens.body, filter as u8, 1);
            push_run(&mut tokens.body, 0, line - 1);
            tokens.times = lines;
            tokens.suffix.extend(lead.map(light_line).unwrap_or_default());
        }
    }
    if tokens.times == 0 {
        tokens.body.clear();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Margins;
    use super::*;
    use crate::deflate::expand;
    use crate::version::Version;

    #[test]
    fn tokens_around_rows_are_the_bytes_of_the_image() {
        for (version, scale, [left, top, right, bottom]) in [
            (1, 1, [4, 4, 4, 4]),
            (1, 1, [0, 0, 0, 0]),
            (1, 1, [24, 0, 30, 1]),
            (1, 5, [20, 1, 20, 2]),
            (3, 8, [72, 0, 90, 0]),
            (3, 8, [72, 72, 90, 33]),
            (10, 13, [52, 52, 52, 52]),
            (40, 16, [1_280, 80, 3, 9]),
            (40, 125, [500, 0, 500, 1]),
            (1, 100, [400, 7, 400, 0]),
        ] {
            let version = Version::new(version).unwrap();
            let geometry = Geometry::new(version, scale, Margins { left, top, right, bottom });
            let (line, lead) = (geometry.line(), 1 + geometry.lead);
            let light = [&[0][..], &vec![LIGHT; line - 1]].concat();
            // Any first scan line of a row between light margins.
            let mut first: Vec<u8> = (0..line).map(|i| (i * i / 3) as u8).collect();
            first[..lead].copy_from_slice(&light[..lead]);
            let end = line - geometry.trail();
            first[end..].fill(LIGHT);

            for filter in [Filter::None, Filter::Up] {
                let others = |first: &[u8], lines: usize| match filter {
                    Filter::None => first.repeat(lines),
                    Filter::Up => [&[2][..], &vec![0; line - 1]].concat().repeat(lines),
                };
                let margin = |lines: usize| match lines {
                    0 => Vec::new(),
                    lines => [&light[..], &others(&light, lines - 1)].concat(),
                };
                let Surroundings { above, between, below, .. } = Surroundings::new(&geometry, filter);
                let mut image = expand(&[], &above.flat());
                assert_eq!(image, [&margin(geometry.top), &light[..lead]].concat(), "above");
                image.extend(&first[lead..end]);
                let rest = [&first[end..], &others(&first, geometry.scale - 1)].concat();
                assert_eq!(expand(&image, &between), [&rest, &light[..lead]].concat(), "between");
                assert_eq!(expand(&image, &below.flat()), [rest, margin(geometry.bottom)].concat(), "below");
            }
        }
    }
}
