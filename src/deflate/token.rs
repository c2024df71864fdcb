//! Literals and matches, and the symbols of lengths and distances (RFC 1951, 3.2.5).

use super::bits::Bits;

/// The shortest match (3.2.5).
pub(crate) const MIN_LENGTH: usize = 3;
/// The longest match.
pub(crate) const MAX_LENGTH: usize = 258;
/// The symbols of literals, of the end of a block (256) and of lengths.
pub(super) const LITERAL_LENGTH_SYMBOLS: usize = 286;
/// The symbols of distances.
pub(super) const DISTANCE_SYMBOLS: usize = 30;
/// The symbol that ends a block.
pub(super) const END_OF_BLOCK: usize = 256;

/// A step of decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Appends the byte.
    Literal(u8),
    /// Appends `length` bytes (3 to 258), each a copy of the one `distance` bytes back (1 to 32,768).
    Match { length: u16, distance: u16 },
}

impl Token {
    /// The match of these bytes; `length` and `distance` are in range.
    pub(crate) fn matched(length: usize, distance: usize) -> Self {
        debug_assert!((MIN_LENGTH..=MAX_LENGTH).contains(&length) && (1..=32_768).contains(&distance));
        Self::Match { length: length as u16, distance: distance as u16 }
    }
}

/// Appends the tokens of `byte`, `count` times: a literal, and a match at distance 1 where at least three bytes follow it.
pub(crate) fn push_run(tokens: &mut Vec<Token>, byte: u8, count: usize) {
    let mut left = count;
    while left > 0 {
        tokens.push(Token::Literal(byte));
        left -= 1;
        while left >= MIN_LENGTH {
            let length = left.min(MAX_LENGTH);
            tokens.push(Token::matched(length, 1));
            left -= length;
        }
    }
}

/// Returns the symbol of a match's length and its extra bits.
#[inline]
pub(super) fn length_symbol(length: u16) -> (usize, Bits) {
    if usize::from(length) == MAX_LENGTH {
        return (285, Bits::default());
    }
    let (symbol, extra) = ranged_symbol(u32::from(length) - MIN_LENGTH as u32, 2);
    (END_OF_BLOCK + 1 + symbol, extra)
}

/// Returns the symbol of a match's distance and its extra bits.
#[inline]
pub(super) fn distance_symbol(distance: u16) -> (usize, Bits) {
    ranged_symbol(u32::from(distance) - 1, 1)
}

/// Returns the symbol and extra bits of a number. Lengths and distances share one scheme: the leading one of the number and the
/// `bits` bits after it choose the symbol, the rest are the extra bits.
#[inline]
fn ranged_symbol(number: u32, bits: u32) -> (usize, Bits) {
    let extra = number.max(1).ilog2().saturating_sub(bits);
    let symbol = (extra << bits) + (number >> extra);
    (symbol as usize, Bits::new(u64::from(number & ((1 << extra) - 1)), extra))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Decompresses tokens after the bytes `before`.
    pub(crate) fn expand(before: &[u8], tokens: &[Token]) -> Vec<u8> {
        let mut bytes = before.to_vec();
        for token in tokens {
            match *token {
                Token::Literal(byte) => bytes.push(byte),
                Token::Match { length, distance } => {
                    (0..length).for_each(|_| bytes.push(bytes[bytes.len() - usize::from(distance)]));
                }
            }
        }
        bytes.split_off(before.len())
    }

    #[test]
    fn every_length_and_distance_has_the_symbol_and_the_extra_bits_of_its_range() {
        // RFC 1951, 3.2.5: the first `plain` symbols have no extra bits, the next `each` have one, the next `each` two, and so on.
        let check =
            |of: fn(u16) -> (usize, Bits), mut number: u16, max: u16, first: usize, plain: usize, each: usize| {
                for symbol in 0.. {
                    let extra = if symbol < plain { 0 } else { 1 + (symbol - plain) / each };
                    for value in 0..1 << extra {
                        if number > max {
                            return;
                        }
                        assert_eq!(of(number), (first + symbol, Bits::new(value, extra as u32)), "{number}");
                        number += 1;
                    }
                }
            };
        check(length_symbol, 3, 257, 257, 8, 4);
        assert_eq!(length_symbol(258), (285, Bits::default()));
        check(distance_symbol, 1, 32_768, 0, 4, 2);
    }

    #[test]
    fn a_run_is_its_bytes() {
        for count in (0..600).chain([10_000]) {
            let mut tokens = Vec::new();
            push_run(&mut tokens, 7, count);
            assert_eq!(expand(&[], &tokens), vec![7; count]);
            assert!(tokens.len() <= 3 + count / MAX_LENGTH);
        }
    }
}
