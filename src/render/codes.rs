//! The codes of a DEFLATE block (RFC 1951): how often its symbols occur, the codes that follow from it, what tokens take with
//! them, the header that says them.

use core::slice::from_ref;

use super::deflate::{
    BitWriter, Bits, DISTANCES, END_OF_BLOCK, LONGEST_MATCH, MOST_BITS, SHORTEST_MATCH, SLACK, SYMBOLS, Token,
    distance_symbol, length_symbol,
};
use super::prefix_code::{LONGEST_CODE, code_lengths, codes};

/// How far [`Codes::fewest`] looks back: what repeats itself in a few modules mostly does so in a few bytes.
const NEAR: usize = 48;
/// What something in a sample counts, where what did not come up counts one.
pub(super) const SAMPLED: u32 = 64;
/// Codes have settled when a round takes off less than this part of the bits.
const SETTLED: u64 = 2_000;
/// How many literals keep a count of their own where the others get one for all.
const FREQUENT: [usize; 6] = [0, 2, 4, 8, 16, 32];
/// No shorter bound holds codes for all symbols: 2^9 are enough.
const MIN_LONGEST: u8 = 9;
/// Bytes that no header is longer than: 17 bits, 19 lengths of 3 bits, and for every symbol its length of up to 7 bits and 7
/// extra bits.
pub(crate) const LONGEST_HEADER: usize = (17 + 19 * 3 + (SYMBOLS + DISTANCES) * 14).div_ceil(8);
/// The order in which a header gives the lengths of the code of code lengths (3.2.7).
const CODE_LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The longest code of a code of code lengths, which a header gives in three bits each.
const LONGEST_LENGTH_CODE: u8 = 7;

/// How often every symbol occurs.
#[derive(Clone)]
pub(crate) struct Counts {
    symbols: [u32; SYMBOLS],
    distances: [u32; DISTANCES],
    /// Extra bits of all matches.
    extra: u64,
}

impl Counts {
    /// Of the end of a block, which occurs `blocks` times, and nothing else.
    pub(crate) fn of_blocks(blocks: u32) -> Self {
        let mut counts = Self { symbols: [0; SYMBOLS], distances: [0; DISTANCES], extra: 0 };
        counts.symbols[END_OF_BLOCK] = blocks;
        counts
    }

    /// Of every symbol once.
    pub(crate) fn of_all() -> Self {
        Self { symbols: [1; SYMBOLS], distances: [1; DISTANCES], extra: 0 }
    }

    /// So many times as many.
    pub(crate) fn times(&self, times: u32) -> Self {
        Self {
            symbols: self.symbols.map(|count| count * times),
            distances: self.distances.map(|count| count * times),
            extra: self.extra * u64::from(times),
        }
    }

    /// With the nearest power of two for each.
    fn rounded(&self) -> Self {
        let round = |count: u32| if count == 0 { 0 } else { 1 << (count.saturating_add(count / 3)).ilog2() };
        Self { symbols: self.symbols.map(round), distances: self.distances.map(round), extra: self.extra }
    }

    /// With the same count for all literals but so many of the most frequent ones.
    fn flattened(&self, frequent: usize) -> Self {
        let mut literals: Vec<usize> = (0..END_OF_BLOCK).filter(|&literal| self.symbols[literal] > 0).collect();
        literals.sort_by_key(|&literal| core::cmp::Reverse(self.symbols[literal]));
        let others = literals.get(frequent..).unwrap_or(&[]);
        let all: u64 = others.iter().map(|&literal| u64::from(self.symbols[literal])).sum();
        let mut counts = self.clone();
        for &literal in others {
            counts.symbols[literal] = all.div_ceil(others.len() as u64) as u32;
        }
        counts
    }

    pub(crate) fn add(&mut self, token: Token, times: u32) {
        match token {
            Token::Literal(byte) => self.symbols[usize::from(byte)] += times,
            Token::Match { length, distance } => {
                let (symbol, length_extra) = length_symbol(length);
                let (distance_symbol, distance_extra) = distance_symbol(distance);
                self.symbols[symbol] += times;
                self.distances[distance_symbol] += times;
                self.extra += u64::from(length_extra.count + distance_extra.count) * u64::from(times);
            }
        }
    }

    pub(crate) fn add_all(&mut self, tokens: &[Token], times: u32) {
        for &token in tokens {
            self.add(token, times);
        }
    }
}

/// The codes of a block and how many bits their symbols take.
#[derive(Clone)]
pub(crate) struct Codes {
    lengths: [u8; SYMBOLS],
    codes: [Bits; SYMBOLS],
    distance_lengths: [u8; DISTANCES],
    distance_codes: [Bits; DISTANCES],
    are_fixed: bool,
}

impl Codes {
    /// The codes that take the fewest bits, header included, for blocks in which symbols occur so often on average that
    /// `counts` is `blocks` times that.
    fn of(counts: &Counts, blocks: u32) -> Self {
        // The shorter the longest code and the fewer different counts there are, the more codes are alike and the shorter is
        // the header.
        let flattened = FREQUENT.map(|frequent| counts.flattened(frequent));
        let all_counts = [&[counts.clone(), counts.rounded()], &flattened[..]].concat();
        let all = (MIN_LONGEST..=LONGEST_CODE)
            .flat_map(|longest| all_counts.iter().map(move |counts| Self::no_longer_than(counts, longest)));
        all.chain([Self::fixed()]).min_by_key(|codes| codes.block_bits(counts, blocks)).unwrap_or_else(Self::fixed)
    }

    /// How something is best coded depends on the codes, and they on how it is coded: in every round, of so many at most, it takes
    /// fewer bits, until that has settled. Gives what `code` makes of codes last, the codes for what then occurs in so many images, and
    /// their bits of one. What `code` counts in an image counts [`SAMPLED`].
    pub(crate) fn settle<T>(images: usize, rounds: usize, code: impl Fn(&Self) -> (T, Counts)) -> (T, Self, u64) {
        let (mut coded, mut counts) = code(&Self::of_any_header(&Counts::of_all()));
        let mut bits = u64::MAX;
        for _ in 1..rounds {
            let codes = Self::of_any_header(&counts);
            (coded, counts) = code(&codes);
            let before = core::mem::replace(&mut bits, codes.size(&counts));
            if bits > before - before / SETTLED {
                break;
            }
        }
        let blocks = SAMPLED * images as u32;
        let codes = Self::of(&counts, blocks);
        let bits = codes.block_bits(&counts, blocks);
        // What has no header may be coded in another way.
        let fixed = Self::fixed();
        let (coded_for_fixed, counts) = code(&fixed);
        let fixed_bits = fixed.block_bits(&counts, blocks);
        if fixed_bits < bits { (coded_for_fixed, fixed, fixed_bits) } else { (coded, codes, bits) }
    }

    /// The codes that take the fewest bits without their header.
    pub(crate) fn of_any_header(counts: &Counts) -> Self {
        Self::no_longer_than(counts, LONGEST_CODE)
    }

    fn no_longer_than(counts: &Counts, longest: u8) -> Self {
        // A code needs two symbols; matches at the distances 1 and 2 stand for those that there are too few of.
        let mut distances = counts.distances;
        for distance in &mut distances[..2] {
            *distance = (*distance).max(1);
        }
        Self::with_lengths(code_lengths(&counts.symbols, longest), code_lengths(&distances, longest), false)
    }

    /// The codes that need no header (3.2.6).
    fn fixed() -> Self {
        let length = |symbol| match symbol {
            0..=143 | 280.. => 8,
            144..=255 => 9,
            256..=279 => 7,
        };
        Self::with_lengths(core::array::from_fn(length), [5; DISTANCES], true)
    }

    fn with_lengths(lengths: [u8; SYMBOLS], distance_lengths: [u8; DISTANCES], are_fixed: bool) -> Self {
        let (codes, distance_codes) = (codes(&lengths), codes(&distance_lengths));
        Self { lengths, codes, distance_lengths, distance_codes, are_fixed }
    }

    /// Bits that the header of a block with these codes takes.
    fn header_bits(&self) -> u64 {
        let mut bytes = [0; LONGEST_HEADER + SLACK];
        let mut out = BitWriter::new(&mut bytes);
        self.push_header(&mut out);
        let (len, rest) = out.split();
        8 * len as u64 + u64::from(rest.count)
    }

    pub(crate) fn literal(&self, byte: u8) -> Bits {
        self.codes[usize::from(byte)]
    }

    /// The symbol of a length with its extra bits.
    pub(crate) fn length(&self, length: usize) -> Bits {
        let (symbol, extra) = length_symbol(length);
        self.codes[symbol].then(extra)
    }

    pub(crate) fn end_of_block(&self) -> Bits {
        self.codes[END_OF_BLOCK]
    }

    /// Bits that a token takes. A symbol that has no code counts as a rare one.
    pub(crate) fn cost(&self, token: Token) -> u32 {
        match token {
            Token::Literal(byte) => code_cost(self.lengths[usize::from(byte)]),
            Token::Match { length, distance } => self.length_cost(length) + self.distance_cost(distance),
        }
    }

    /// Bits that tokens take.
    pub(crate) fn size_of(&self, tokens: &[Token]) -> u32 {
        tokens.iter().map(|&token| self.cost(token)).sum()
    }

    /// Bits that each so many of them take on average, and none where there are no more.
    pub(super) fn sizes_of<const N: usize>(&self, all: &[Box<[Token]>], each: usize) -> [u32; N] {
        let mut sizes = all.iter().map(|tokens| self.size_of(tokens));
        core::array::from_fn(|_| sizes.by_ref().take(each).sum::<u32>() / each as u32)
    }

    fn length_cost(&self, length: usize) -> u32 {
        let (symbol, extra) = length_symbol(length);
        code_cost(self.lengths[symbol]) + extra.count
    }

    fn distance_cost(&self, distance: usize) -> u32 {
        let (symbol, extra) = distance_symbol(distance);
        code_cost(self.distance_lengths[symbol]) + extra.count
    }

    /// The tokens of `bytes` from the `done`-th on that take the fewest bits: literals, and matches with the bytes before, those
    /// that are done included, that begin no more than [`NEAR`] back.
    pub(crate) fn fewest(&self, bytes: &[u8], mut done: usize) -> Box<[Token]> {
        let longest = bytes.len().min(LONGEST_MATCH);
        let lengths: Vec<u32> = (0..=longest).map(|length| self.length_cost(length.max(SHORTEST_MATCH))).collect();
        let distances: Vec<u32> =
            (0..=NEAR.min(bytes.len())).map(|distance| self.distance_cost(distance.max(1))).collect();
        // From the last byte on: the bits of all from there to the end, and the token that begins there; how many bytes from there
        // on are like those so far before them; of the distances at which so many are, the one that takes the fewest bits.
        let mut best = vec![(0, Token::Literal(0)); bytes.len() + 1];
        let mut alike = [0; NEAR + 1];
        let mut cheapest = vec![(u32::MAX, 0); longest + 1];
        for (i, &byte) in bytes.iter().enumerate().skip(done).rev() {
            let literal = Token::Literal(byte);
            best[i] = (self.cost(literal) + best[i + 1].0, literal);
            let mut most = 0;
            for distance in 1..=i.min(NEAR) {
                alike[distance] = if byte == bytes[i - distance] { alike[distance] + 1 } else { 0 };
                let alike = alike[distance].min(longest);
                cheapest[alike] = cheapest[alike].min((distances[distance], distance));
                most = most.max(alike);
            }
            let mut nearest = (u32::MAX, 0);
            for length in (0..=most).rev() {
                nearest = nearest.min(core::mem::replace(&mut cheapest[length], (u32::MAX, 0)));
                if length >= SHORTEST_MATCH {
                    let bits = lengths[length] + nearest.0 + best[i + length].0;
                    if bits < best[i].0 {
                        best[i] = (bits, Token::Match { length, distance: nearest.1 });
                    }
                }
            }
        }
        let mut tokens = Vec::new();
        while done < bytes.len() {
            let token = best[done].1;
            tokens.push(token);
            done += token.len();
        }
        tokens.into()
    }

    /// Bits of one of so many blocks in which everything occurs so often together, header included.
    fn block_bits(&self, counts: &Counts, blocks: u32) -> u64 {
        self.header_bits() + self.size(counts) / u64::from(blocks)
    }

    /// Bits that everything counted takes, without the header of the block.
    pub(crate) fn size(&self, counts: &Counts) -> u64 {
        let bits = |counts: &[u32], lengths: &[u8]| -> u64 {
            counts.iter().zip(lengths).map(|(&count, &length)| u64::from(count) * u64::from(length)).sum()
        };
        bits(&counts.symbols, &self.lengths) + bits(&counts.distances, &self.distance_lengths) + counts.extra
    }

    /// The bits of tokens one behind the other, in as few pieces as hold them, the first of at most `room` bits.
    pub(crate) fn encode(&self, tokens: &[Token], room: u32) -> Box<[Bits]> {
        let mut all = vec![Bits::default()];
        for &token in tokens {
            let pieces = match token {
                Token::Literal(byte) => [self.literal(byte), Bits::default()],
                Token::Match { length, distance } => {
                    let (symbol, extra) = distance_symbol(distance);
                    [self.length(length), self.distance_codes[symbol].then(extra)]
                }
            };
            for piece in pieces {
                let room = if all.len() == 1 { room } else { MOST_BITS };
                match all.last_mut() {
                    Some(last) if last.count + piece.count <= room => *last = last.then(piece),
                    _ => all.push(piece),
                }
            }
        }
        all.into()
    }

    /// The bits of each of these, as [`encode`](Self::encode) with room for all that can be pushed at once.
    pub(super) fn encode_all(&self, all: &[Box<[Token]>]) -> Vec<Box<[Bits]>> {
        all.iter().map(|tokens| self.encode(tokens, MOST_BITS)).collect()
    }

    /// Pushes the header of a block, the last one, with these codes (3.2.3).
    pub(crate) fn push_header(&self, out: &mut BitWriter<'_>) {
        if self.are_fixed {
            out.push(Bits { value: 0b011, count: 3 });
            return;
        }
        push_header(out, &self.lengths, &self.distance_lengths);
    }
}

/// The bits of tokens, at most [`MOST_BITS`]; with a greater count, which of the long ones they are.
#[derive(Clone, Copy, Default)]
pub(super) struct Coded(pub(super) Bits);

impl Coded {
    /// The bits of these tokens, among the long ones if they are more than can be pushed at once.
    pub(super) fn new(tokens: &[Token], codes: &Codes, long: &mut Vec<Box<[Bits]>>) -> Self {
        let bits = codes.encode(tokens, MOST_BITS);
        if let [bits] = *bits {
            return Self(bits);
        }
        long.push(bits);
        Self(Bits { value: long.len() as u64 - 1, count: MOST_BITS + 1 })
    }

    /// All of them.
    #[inline(always)]
    pub(super) fn all<'a>(&'a self, long: &'a [Box<[Bits]>]) -> &'a [Bits] {
        if self.0.count <= MOST_BITS { from_ref(&self.0) } else { &long[self.0.value as usize] }
    }

    /// Gives `out` all of them.
    #[inline(always)]
    pub(super) fn push(self, long: &[Box<[Bits]>], out: &mut BitWriter<'_>) {
        if self.0.count <= MOST_BITS {
            out.push(self.0);
        } else {
            out.push_all(&long[self.0.value as usize]);
        }
    }
}

/// Bits of a code, or about as many as a symbol without one would take.
fn code_cost(length: u8) -> u32 {
    if length == 0 { 12 } else { u32::from(length) }
}

fn push_header(out: &mut BitWriter<'_>, symbols: &[u8; SYMBOLS], distances: &[u8; DISTANCES]) {
    let used =
        |lengths: &[u8], least: usize| lengths.iter().rposition(|&length| length > 0).map_or(0, |i| i + 1).max(least);
    let (symbol_count, distance_count) = (used(symbols, 257), used(distances, 1));
    let lengths: Vec<u8> = symbols[..symbol_count].iter().chain(&distances[..distance_count]).copied().collect();

    // Run lengths: 16 repeats the last length 3 to 6 times, 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
    let mut tokens: Vec<(usize, Bits)> = Vec::new();
    let mut counts = [0; 19];
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = usize::from(run[0]);
        let mut left = run.len();
        if length > 0 {
            tokens.push((length, Bits::default()));
            left -= 1;
        }
        while left > 0 {
            let (symbol, longest, extra) = match (length, left) {
                (0, 11..) => (18, 138, 7),
                (0, 3..) => (17, 10, 3),
                (1.., 3..) => (16, 6, 2),
                _ => (length, 1, 0),
            };
            let taken = left.min(longest);
            let shortest = if symbol == 18 { 11 } else { 3 };
            tokens.push((symbol, Bits { value: taken.saturating_sub(shortest) as u64, count: extra }));
            left -= taken;
        }
    }
    for (symbol, _) in &tokens {
        counts[*symbol] += 1;
    }
    let length_lengths = code_lengths(&counts, LONGEST_LENGTH_CODE);
    let length_codes = codes(&length_lengths);
    let order_count =
        CODE_LENGTH_ORDER.iter().rposition(|&symbol| length_lengths[symbol] > 0).map_or(4, |i| (i + 1).max(4));

    out.push(Bits { value: 0b101, count: 3 });
    out.push(Bits { value: symbol_count as u64 - 257, count: 5 });
    out.push(Bits { value: distance_count as u64 - 1, count: 5 });
    out.push(Bits { value: order_count as u64 - 4, count: 4 });
    for symbol in &CODE_LENGTH_ORDER[..order_count] {
        out.push(Bits { value: length_lengths[*symbol].into(), count: 3 });
    }
    for (symbol, extra) in tokens {
        out.push(length_codes[symbol]);
        out.push(extra);
    }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    /// Numbers below another that look random, the same ones always.
    fn random() -> impl FnMut(u32) -> u32 {
        let mut random = Random::new(33);
        move |below| random.below(below as usize) as u32
    }

    #[test]
    fn what_is_counted_is_what_is_written() {
        let mut random = random();
        for _ in 0..300 {
            let token = |random: &mut dyn FnMut(u32) -> u32| match random(3) {
                0 => Token::Literal(random(6) as u8 * 51),
                1 => Token::Match { length: 3 + random(256) as usize, distance: 1 + random(4) as usize },
                _ => Token::Match { length: LONGEST_MATCH, distance: 1 + random(32_768) as usize },
            };
            let tokens: Vec<Token> = (0..1 + random(60)).map(|_| token(&mut random)).collect();
            let mut counts = Counts::of_blocks(1);
            counts.add_all(&tokens, 1);
            for codes in [Codes::of_any_header(&counts), Codes::of(&counts, 1), Codes::fixed()] {
                let end = u64::from(codes.end_of_block().count);
                let cost: u64 = tokens.iter().map(|&token| u64::from(codes.cost(token))).sum();
                assert_eq!(codes.size(&counts), cost + end);
                assert_eq!(codes.size(&counts.times(3)), 3 * codes.size(&counts));
                for room in [0, 11, MOST_BITS] {
                    let pieces = codes.encode(&tokens, room);
                    assert_eq!(pieces.iter().map(|bits| u64::from(bits.count)).sum::<u64>(), cost);
                    assert!(pieces[0].count <= room && pieces[1..].iter().all(|bits| bits.count <= MOST_BITS));
                    // A piece is half a token at most, up to 28 bits: the others are filled to that.
                    let filled = pieces.len().checked_sub(1).and_then(|last| pieces[..last].get(1..));
                    assert!(filled.unwrap_or(&[]).iter().all(|bits| bits.count > MOST_BITS - 28));
                }
                let mut bytes = [0; LONGEST_HEADER + SLACK];
                let mut out = BitWriter::new(&mut bytes);
                codes.push_header(&mut out);
                assert_eq!(codes.header_bits().div_ceil(8), out.finish() as u64);
            }
            let best = Codes::of(&counts, 1);
            let bits = |codes: &Codes| codes.header_bits() + codes.size(&counts);
            assert!(bits(&best) <= bits(&Codes::fixed()) && bits(&best) <= bits(&Codes::of_any_header(&counts)));
            // The more blocks the counts are spread over, the more the header weighs.
            assert!(Codes::of(&counts, 1_000).header_bits() <= best.header_bits());
        }
        assert_eq!(Codes::fixed().header_bits(), 3);
    }

    #[test]
    fn what_is_coded_is_all_bits_of_its_tokens_however_many() {
        let codes = Codes::fixed();
        let (mut long, mut all) = (Vec::new(), Vec::new());
        let mut tokens: Vec<Vec<Token>> = (0..20).map(|n| (0..n).map(Token::Literal).collect()).collect();
        tokens.swap(3, 17);
        let coded: Vec<Coded> = tokens.iter().map(|tokens| Coded::new(tokens, &codes, &mut long)).collect();
        // Eight bits each.
        assert_eq!(long.len(), (0..20).filter(|n| 8 * n > MOST_BITS).count());
        let (mut bytes, mut wanted) = ([0; 256 + SLACK], [0; 256 + SLACK]);
        let mut out = BitWriter::new(&mut bytes);
        for (coded, tokens) in coded.iter().zip(&tokens) {
            assert_eq!(coded.all(&long), &*codes.encode(tokens, MOST_BITS));
            coded.push(&long, &mut out);
            all.extend_from_slice(tokens);
        }
        let len = out.finish();
        let mut out = BitWriter::new(&mut wanted);
        out.push_all(&codes.encode(&all, MOST_BITS));
        assert_eq!((len, out.finish()), (all.len(), all.len()));
        assert_eq!(bytes[..len], wanted[..len]);
    }

    #[test]
    fn rare_literals_count_alike_and_frequent_ones_as_they_are() {
        let mut random = random();
        for frequent in FREQUENT {
            let mut counts = Counts::of_all();
            for literal in 0..END_OF_BLOCK {
                counts.symbols[literal] = if random(4) == 0 { 0 } else { 1 + random(1_000) };
            }
            let flattened = counts.flattened(frequent);
            let count =
                |counts: &Counts| counts.symbols[..END_OF_BLOCK].iter().map(|&count| u64::from(count)).sum::<u64>();
            assert!((count(&counts)..count(&counts) + 256).contains(&count(&flattened)));
            let (symbols, flat) = (&counts.symbols[..END_OF_BLOCK], &flattened.symbols[..END_OF_BLOCK]);
            assert!(symbols.iter().zip(flat).all(|(count, flat)| (*count == 0) == (*flat == 0)));
            let mut most = symbols.to_vec();
            most.sort();
            let least_of_the_frequent = frequent.checked_sub(1).map_or(u32::MAX, |last| most[255 - last]);
            let changed: Vec<usize> =
                (0..END_OF_BLOCK).filter(|&i| symbols[i] > 0 && symbols[i] < least_of_the_frequent).collect();
            assert!(changed.windows(2).all(|pair| flat[pair[0]] == flat[pair[1]]));
            assert!((0..END_OF_BLOCK).all(|i| symbols[i] <= least_of_the_frequent || flat[i] == symbols[i]));
            assert_eq!(counts.symbols[END_OF_BLOCK..], flattened.symbols[END_OF_BLOCK..]);
        }
    }

    #[test]
    fn a_header_says_runs_in_a_few_bits() {
        // Lengths 1, 254 zeros, 2, 2 and for two distances 1, 1: 17 bits, 18 lengths of the code of lengths of 3 bits, then 1
        // in one bit three times, 2 in two bits twice, and twice a run of zeros in two bits and seven extra ones.
        let mut counts = Counts::of_blocks(1);
        counts.add(Token::Literal(0), 2);
        counts.add(Token::Literal(255), 1);
        assert_eq!(Codes::of_any_header(&counts).header_bits(), 17 + 18 * 3 + 3 + 4 + 18);
    }

    /// The fewest bits of `bytes` from the `done`-th on, by trying everything.
    fn fewest_bits(bytes: &[u8], done: usize, codes: &Codes) -> u32 {
        if done == bytes.len() {
            return 0;
        }
        let mut best = codes.cost(Token::Literal(bytes[done])) + fewest_bits(bytes, done + 1, codes);
        for distance in 1..=done.min(NEAR) {
            for length in SHORTEST_MATCH..=bytes.len() - done {
                if (0..length).all(|i| bytes[done + i] == bytes[done + i - distance]) {
                    let token = Token::Match { length, distance };
                    best = best.min(codes.cost(token) + fewest_bits(bytes, done + length, codes));
                }
            }
        }
        best
    }

    #[test]
    fn tokens_in_the_fewest_bits_stand_for_the_bytes_and_no_others_take_fewer() {
        let mut random = random();
        for round in 0..2_000 {
            let mut counts = Counts::of_all();
            for _ in 0..random(40) {
                let (length, distance) = (3 + random(10) as usize, 1 + random(24) as usize);
                counts.add(Token::Match { length, distance }, 1 << random(12));
                counts.add(Token::Literal(random(3) as u8), 1 << random(12));
            }
            let codes = Codes::of_any_header(&counts);
            let kinds = 1 + random(3);
            let len = random(9) as usize;
            let mut bytes: Vec<u8> = (0..len).map(|_| random(kinds) as u8).collect();
            if round % 4 == 0 {
                // Farther than it looks.
                bytes = [&bytes[..], &[7, 8, 9, 7, 7, 9, 8, 8][..len], &bytes].concat();
            }
            let done = random(bytes.len() as u32 + 1) as usize;
            let tokens = codes.fewest(&bytes, done);
            let mut written: Vec<u8> = bytes[..done].to_vec();
            for &token in &tokens {
                match token {
                    Token::Literal(byte) => written.push(byte),
                    Token::Match { length, distance } => {
                        assert!(distance <= NEAR && length >= SHORTEST_MATCH);
                        (0..length).for_each(|_| written.push(written[written.len() - distance]));
                    }
                }
            }
            assert_eq!(written, bytes);
            assert_eq!(codes.size_of(&tokens), fewest_bits(&bytes, done, &codes));
            assert_eq!(tokens.iter().map(|token| token.len()).sum::<usize>(), bytes.len() - done);
        }
        // A run longer than any match.
        let tokens = Codes::fixed().fewest(&[1; 600], 0);
        assert_eq!(tokens.iter().map(|token| token.len()).sum::<usize>(), 600);
        assert!(tokens.len() == 4 && tokens.iter().all(|token| token.len() <= LONGEST_MATCH));
    }

    #[test]
    fn counts_are_rounded_to_the_nearest_power_of_two() {
        let mut counts = Counts::of_blocks(0);
        for (byte, count) in [0, 1, 2, 3, 5, 6, 11, 12, 1_535, 1_537].into_iter().enumerate() {
            counts.add(Token::Literal(byte as u8), count);
        }
        assert_eq!(counts.rounded().symbols[..10], [0, 1, 2, 4, 4, 8, 8, 16, 1_024, 2_048]);
    }
}
