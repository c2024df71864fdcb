//! A block with dynamic Huffman codes: its two codes and its header (RFC 1951, 3.2.3 and 3.2.7).

use super::bits::Bits;
use super::huffman::{Code, MAX_CODE_LENGTH, canonical, code_lengths};
use super::token::{DISTANCE_SYMBOLS, END_OF_BLOCK, LITERAL_LENGTH_SYMBOLS, Token, distance_symbol, length_symbol};

/// The code length alphabet: code lengths 0 to 15 and three kinds of run.
const CODE_LENGTH_SYMBOLS: usize = 19;
/// The order in which a header gives the code lengths of that alphabet.
const CODE_LENGTH_ORDER: [usize; CODE_LENGTH_SYMBOLS] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The longest code of that alphabet: a header gives its length in three bits.
const MAX_CODE_LENGTH_CODE: u8 = 7;

/// How often each symbol occurs in a block. Only the ratios count; all of them together stay below 2^32.
#[derive(Clone)]
pub(crate) struct Frequencies {
    symbols: [u32; LITERAL_LENGTH_SYMBOLS],
    distances: [u32; DISTANCE_SYMBOLS],
    /// The extra bits of all matches.
    extra_bits: u64,
}

impl Frequencies {
    /// The end of a block that occurs `blocks` times, nothing else.
    pub(crate) fn of_blocks(blocks: u32) -> Self {
        let mut frequencies =
            Self { symbols: [0; LITERAL_LENGTH_SYMBOLS], distances: [0; DISTANCE_SYMBOLS], extra_bits: 0 };
        frequencies.symbols[END_OF_BLOCK] = blocks;
        frequencies
    }

    /// Counts each token `times` times.
    pub(crate) fn add(&mut self, tokens: &[Token], times: u32) {
        for &token in tokens {
            match token {
                Token::Literal(byte) => self.symbols[usize::from(byte)] += times,
                Token::Match { length, distance } => {
                    let (symbol, length_extra) = length_symbol(length);
                    let (distance, distance_extra) = distance_symbol(distance);
                    self.symbols[symbol] += times;
                    self.distances[distance] += times;
                    self.extra_bits += u64::from(length_extra.count() + distance_extra.count()) * u64::from(times);
                }
            }
        }
    }
}

/// The two Huffman codes of a block.
pub(crate) struct BlockCode {
    symbols: Code<LITERAL_LENGTH_SYMBOLS>,
    distances: Code<DISTANCE_SYMBOLS>,
}

impl BlockCode {
    /// Builds the codes that take the fewest bits for a block with these frequencies, its header left out.
    pub(crate) fn new(frequencies: &Frequencies) -> Self {
        // A code needs two symbols. Where a block has fewer distances, the first unused ones stand in.
        let mut distances = frequencies.distances;
        let missing = 2_usize.saturating_sub(distances.iter().filter(|&&count| count > 0).count());
        distances.iter_mut().filter(|count| **count == 0).take(missing).for_each(|count| *count = 1);
        Self {
            symbols: canonical(code_lengths(&frequencies.symbols, MAX_CODE_LENGTH)),
            distances: canonical(code_lengths(&distances, MAX_CODE_LENGTH)),
        }
    }

    pub(crate) fn end_of_block(&self) -> Bits {
        self.symbols.bits(END_OF_BLOCK)
    }

    /// Returns the bits of a token's literal or length, and those of its distance.
    #[inline]
    fn bits(&self, token: Token) -> [Bits; 2] {
        let [bits, distance] = match token {
            Token::Literal(byte) => [self.symbols.bits(byte.into()), Bits::default()],
            Token::Match { length, distance } => {
                let (symbol, length_extra) = length_symbol(length);
                let (distance, distance_extra) = distance_symbol(distance);
                [self.symbols.bits(symbol).then(length_extra), self.distances.bits(distance).then(distance_extra)]
            }
        };
        debug_assert!(bits.count() > 0, "{token:?} was not counted");
        [bits, distance]
    }

    /// Appends the bits of tokens to `out`. All but the last are [`Bits::MAX_COUNT`] bits.
    pub(crate) fn encode(&self, tokens: &[Token], out: &mut Vec<Bits>) {
        pack(tokens.iter().flat_map(|&token| self.bits(token)), out);
    }

    /// Returns the number of bits that everything counted takes, without the header.
    pub(crate) fn size(&self, frequencies: &Frequencies) -> u64 {
        let bits = |frequencies: &[u32], lengths: &[u8]| -> u64 {
            frequencies.iter().zip(lengths).map(|(&count, &length)| u64::from(count) * u64::from(length)).sum()
        };
        bits(&frequencies.symbols, &self.symbols.lengths)
            + bits(&frequencies.distances, &self.distances.lengths)
            + frequencies.extra_bits
    }

    /// Returns the header of the last block of a stream, with these codes.
    pub(crate) fn header(&self) -> Vec<Bits> {
        let used =
            |lengths: &[u8], min: usize| lengths.iter().rposition(|&length| length > 0).map_or(0, |i| i + 1).max(min);
        let symbol_count = used(&self.symbols.lengths, END_OF_BLOCK + 1);
        let distance_count = used(&self.distances.lengths, 1);
        let mut lengths = Vec::with_capacity(LITERAL_LENGTH_SYMBOLS + DISTANCE_SYMBOLS);
        lengths.extend_from_slice(&self.symbols.lengths[..symbol_count]);
        lengths.extend_from_slice(&self.distances.lengths[..distance_count]);

        let runs = run_length_code(&lengths);
        let mut frequencies = [0; CODE_LENGTH_SYMBOLS];
        for (symbol, _) in &runs {
            frequencies[*symbol] += 1;
        }
        let length_code = canonical(code_lengths(&frequencies, MAX_CODE_LENGTH_CODE));
        let order_count = used(&CODE_LENGTH_ORDER.map(|symbol| length_code.lengths[symbol]), 4);

        // BFINAL, BTYPE 10, HLIT, HDIST, HCLEN.
        let mut header = vec![
            Bits::new(0b101, 3),
            Bits::new((symbol_count - 257) as u64, 5),
            Bits::new((distance_count - 1) as u64, 5),
            Bits::new((order_count - 4) as u64, 4),
        ];
        for &symbol in &CODE_LENGTH_ORDER[..order_count] {
            header.push(Bits::new(length_code.lengths[symbol].into(), 3));
        }
        for (symbol, extra) in runs {
            header.push(length_code.bits(symbol).then(extra));
        }
        let mut packed = Vec::with_capacity(header.len() / 4);
        pack(header, &mut packed);
        packed
    }
}

/// Run-length codes a sequence of code lengths (3.2.7): symbols with their extra bits.
fn run_length_code(lengths: &[u8]) -> Vec<(usize, Bits)> {
    let mut symbols = Vec::with_capacity(lengths.len());
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = usize::from(run[0]);
        let mut left = run.len();
        if length > 0 {
            symbols.push((length, Bits::default()));
            left -= 1;
        }
        while left > 0 {
            // 16 repeats the length before it, 17 and 18 stand for zeros.
            let (symbol, min, max, extra) = match (length, left) {
                (0, 11..) => (18, 11, 138, 7),
                (0, 3..) => (17, 3, 10, 3),
                (1.., 3..) => (16, 3, 6, 2),
                _ => (length, 1, 1, 0),
            };
            let count = left.min(max);
            symbols.push((symbol, Bits::new((count - min) as u64, extra)));
            left -= count;
        }
    }
    symbols
}

/// Appends bits to `out`, so that all but the last of them are [`Bits::MAX_COUNT`] bits.
fn pack(all: impl IntoIterator<Item = Bits>, out: &mut Vec<Bits>) {
    let mut last = Bits::default();
    for bits in all {
        let (first, rest) = bits.split(Bits::MAX_COUNT - last.count());
        last = last.then(first);
        if last.count() == Bits::MAX_COUNT {
            out.push(last);
            last = rest;
        }
    }
    if last.count() > 0 {
        out.push(last);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use qrmint_checks::Random;

    use super::super::token::tests::expand;
    use super::super::{BitWriter, ZLIB_HEADER, adler32};
    use super::*;

    /// Tokens of random literals and matches that stay inside what they expand to.
    fn any_tokens(random: &mut Random) -> Vec<Token> {
        let literals = 1 + random.below(256);
        let mut len = 1;
        let mut tokens = vec![Token::Literal(0)];
        for _ in 0..random.below(400) {
            if random.below(3) == 0 {
                let length = 3 + ((random.bits() as usize % 256) >> random.below(8));
                tokens.push(Token::matched(length, 1 + random.below(len).min(32_767)));
                len += length;
            } else {
                tokens.push(Token::Literal(random.below(literals) as u8));
                len += 1;
            }
        }
        tokens
    }

    #[test]
    fn a_block_inflates_to_what_its_tokens_stand_for_and_is_as_long_as_counted() {
        let mut random = Random::new(34);
        for _ in 0..300 {
            let tokens = any_tokens(&mut random);
            let mut frequencies = Frequencies::of_blocks(1);
            frequencies.add(&tokens, 1);
            let code = BlockCode::new(&frequencies);
            let mut bits = code.header();
            let header_bits = Bits::total(&bits);
            code.encode(&tokens, &mut bits);
            bits.push(code.end_of_block());
            assert_eq!((Bits::total(&bits) - header_bits) as u64, code.size(&frequencies));

            let expected = expand(&[], &tokens);
            let mut stream = vec![0; Bits::total(&bits) / 8 + 32];
            let mut out = BitWriter::new(&mut stream);
            ZLIB_HEADER.iter().for_each(|&byte| out.push(byte.into(), 8));
            out.push_all(&bits);
            let len = out.finish();
            stream.truncate(len);
            stream.extend(adler32::Sums::of(&expected).value().to_be_bytes());
            let mut inflated = Vec::new();
            flate2::read::ZlibDecoder::new(&stream[..]).read_to_end(&mut inflated).unwrap();
            assert_eq!(inflated, expected);
        }
    }

    #[test]
    fn a_distance_that_does_not_occur_has_a_code_only_where_one_is_missing() {
        let lengths = |distances: &[usize]| {
            let mut frequencies = Frequencies::of_blocks(1);
            let tokens: Vec<Token> = distances.iter().map(|&distance| Token::matched(3, distance)).collect();
            frequencies.add(&tokens, 1);
            BlockCode::new(&frequencies).distances.lengths
        };
        assert_eq!(lengths(&[])[..3], [1, 1, 0]);
        assert_eq!(lengths(&[1])[..3], [1, 1, 0]);
        assert_eq!(lengths(&[4])[..4], [1, 0, 0, 1]);
        assert_eq!(lengths(&[1, 3])[..4], [1, 0, 1, 0]);
    }

    #[test]
    fn runs_of_code_lengths_are_the_code_lengths() {
        let mut random = Random::new(35);
        for _ in 0..300 {
            let mut lengths: Vec<u8> = Vec::new();
            while lengths.len() < 300 {
                let count = 1 + ((random.bits() as usize % 512) >> random.below(9));
                lengths.extend(core::iter::repeat_n(random.below(4) as u8 * 5, count));
            }
            let mut decoded: Vec<u8> = Vec::new();
            for (symbol, extra) in run_length_code(&lengths) {
                let more = extra.value() as usize;
                match symbol {
                    16 => decoded.resize(decoded.len() + 3 + more, decoded[decoded.len() - 1]),
                    17 => decoded.resize(decoded.len() + 3 + more, 0),
                    18 => decoded.resize(decoded.len() + 11 + more, 0),
                    length => decoded.push(length as u8),
                }
            }
            assert_eq!(decoded, lengths);
        }
    }
}
