//! The zlib stream (RFC 1950) of a symbol's PNG scan lines, made straight from packed rows of modules.
//!
//! Knows symbols, scale and quiet zone; nothing of the container around the stream.
//!
//! # What a scan line is here
//!
//! One bit a pixel, dark 0, light 1; every scan line begins with a zero, which names the filter that changes nothing. Eight
//! modules of a line are `scale` whole bytes whatever the scale: a *group*. There are only 256 of them, so everything there
//! is to know of a group stands in a table: the bits that code it and what it adds to the checksum. What remains of
//! a line behind its last full group is its *tail*, of 1, 3, 5 or 7 modules, since the number of modules is odd.
//!
//! All scan lines of a row of modules are alike. The first is coded by groups, the others as matches at the distance of a
//! scan line. The quiet zone above and below is one light row as high as need be.
//!
//! The codes are a [`Plan`]'s: made once for a version, scale and quiet zone, with lengths from the counts that
//! random modules would give. Masking sees to it that modules look random.

use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

use super::deflate::{self, BitWriter, Bits, END_OF_BLOCK, LONGEST_MATCH, MOST_BITS, SHORTEST_MATCH, SLACK, SYMBOLS};
use super::{QuietZone, Scale};
use crate::simd::{Available, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::Version;

/// Modules in a group.
const GROUP: usize = 8;

/// Words for a row of 177 modules with up to seven of the quiet zone before it, and one more for what a shift carries.
const WIDEST: usize = 4;

/// The plans of one scale and quiet zone, each made when a symbol of its version first comes.
#[derive(Debug)]
pub(crate) struct Plans {
    scale: Scale,
    quiet_zone: QuietZone,
    by_version: [OnceLock<Box<Plan>>; 40],
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
        Self { scale, quiet_zone, by_version: [const { OnceLock::new() }; 40] }
    }

    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    pub(crate) fn quiet_zone(&self) -> QuietZone {
        self.quiet_zone
    }

    /// Writes the zlib stream of the symbol's scan lines to the beginning of `stream`, which grows as need be, and says how
    /// long it is.
    pub(crate) fn write(&self, symbol: &Symbol, instructions: Available, stream: &mut Vec<u8>) -> usize {
        let plan = self.by_version[symbol.version().index()]
            .get_or_init(|| Box::new(Plan::new(symbol.version(), self.scale, self.quiet_zone)));
        dispatch(instructions, Write { plan, symbol, stream })
    }
}

/// Writing a stream, with the instructions there are: the registers are not used, but faster shifts are.
struct Write<'a> {
    plan: &'a Plan,
    symbol: &'a Symbol,
    stream: &'a mut Vec<u8>,
}

impl Work for Write<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<R: Register>(self) -> usize {
        self.plan.write(self.symbol, self.stream)
    }
}

/// How the scan lines of all symbols of one version are coded.
#[derive(Debug)]
struct Plan {
    geometry: Geometry,
    /// The stream up to the first scan line: whole bytes and the bits behind them.
    header: (Vec<u8>, Bits),
    /// Bytes that no stream is longer than.
    longest: usize,
    filter: Bits,
    groups: Box<[Group; 256]>,
    tails: Vec<Group>,
    /// Whether any two groups have few enough bits to be pushed at once.
    fit_in_pairs: bool,
    /// Codes too long for a [`Group`].
    more: Vec<Bits>,
    /// What repeats the first scan line of a row of modules as often as its scale asks, and of the quiet zone.
    repeat_row: Vec<Bits>,
    repeat_quiet: Vec<Bits>,
    end_of_block: Bits,
}

/// A group or tail: how it is coded and what it adds to the checksum.
#[derive(Clone, Debug)]
struct Group {
    bits: Bits,
    /// Which of [`Plan::more`] follow.
    more: Range<u32>,
    /// Sum of its bytes, and of its bytes each times the number of bytes from it to the end.
    sum: u32,
    weighted: u32,
}

/// Shapes of an image.
#[derive(Clone, Copy, Debug)]
struct Geometry {
    /// Pixels a module.
    scale: usize,
    /// Modules around the symbol.
    quiet_zone: usize,
    /// Modules a side, quiet zone included.
    modules: usize,
    /// Bytes of a scan line behind its filter byte.
    stride: usize,
}

impl Geometry {
    fn new(version: Version, scale: Scale, quiet_zone: QuietZone) -> Self {
        let (scale, quiet_zone) = (usize::from(scale.pixels()), usize::from(quiet_zone.modules()));
        let modules = version.size() + 2 * quiet_zone;
        Self { scale, quiet_zone, modules, stride: (modules * scale).div_ceil(8) }
    }

    /// Full groups of a line.
    fn groups(self) -> usize {
        self.modules / GROUP
    }

    /// Modules of the tail.
    fn tail(self) -> usize {
        self.modules % GROUP
    }

    /// Bytes of the tail.
    fn tail_len(self) -> usize {
        self.stride - self.groups() * self.scale
    }

    /// Bytes of a scan line with its filter byte.
    fn line(self) -> usize {
        1 + self.stride
    }

    /// The bytes of a group or tail, `len` of them, whose modules are the low bits of `dark`, the first at the bottom.
    fn bytes(self, dark: usize, len: usize) -> Vec<u8> {
        let light = |pixel: usize| dark >> (pixel / self.scale) & 1 == 0;
        (0..len).map(|byte| (0..8).fold(0, |bits, i| bits << 1 | u8::from(light(8 * byte + i)))).collect()
    }
}

/// A step of the coding.
#[derive(Clone, Copy, Debug)]
enum Token {
    Literal(u8),
    Match { length: usize, distance: usize },
}

/// The codes of a block and how many bits their symbols take.
struct Codes {
    lengths: [u8; SYMBOLS],
    codes: [Bits; SYMBOLS],
    distance_lengths: [u8; 30],
    distance_codes: [Bits; 30],
}

impl Codes {
    fn new(counts: &[u32; SYMBOLS], distance_counts: &[u32; 30]) -> Self {
        let lengths = deflate::code_lengths(counts, 15);
        let distance_lengths = deflate::code_lengths(distance_counts, 15);
        Self {
            lengths,
            codes: deflate::codes(&lengths),
            distance_lengths,
            distance_codes: deflate::codes(&distance_lengths),
        }
    }

    /// Bits that a token takes. A symbol that has no code yet counts as a rare one.
    fn cost(&self, token: Token) -> u32 {
        let bits = |length: u8| if length == 0 { 12 } else { u32::from(length) };
        match token {
            Token::Literal(byte) => bits(self.lengths[usize::from(byte)]),
            Token::Match { length, distance } => {
                let (symbol, extra) = deflate::length_symbol(length);
                let (distance_symbol, distance_extra) = deflate::distance_symbol(distance);
                let distance = bits(self.distance_lengths[distance_symbol]) + distance_extra.count;
                bits(self.lengths[symbol]) + extra.count + distance
            }
        }
    }

    /// The bits of a token, in up to four pieces.
    fn encode(&self, token: Token) -> [Bits; 4] {
        match token {
            Token::Literal(byte) => [self.codes[usize::from(byte)], Bits::default(), Bits::default(), Bits::default()],
            Token::Match { length, distance } => {
                let (symbol, extra) = deflate::length_symbol(length);
                let (distance_symbol, distance_extra) = deflate::distance_symbol(distance);
                [self.codes[symbol], extra, self.distance_codes[distance_symbol], distance_extra]
            }
        }
    }

    /// The bits of tokens one behind the other, in as few pieces as hold them.
    fn encode_all(&self, tokens: &[Token]) -> Vec<Bits> {
        let mut all = vec![Bits::default()];
        for piece in tokens.iter().flat_map(|&token| self.encode(token)) {
            match all.last_mut() {
                Some(last) if last.count + piece.count <= MOST_BITS => {
                    last.value |= piece.value << last.count;
                    last.count += piece.count;
                }
                _ => all.push(piece),
            }
        }
        all
    }
}

/// How often every symbol occurs.
struct Counts {
    symbols: [u32; SYMBOLS],
    distances: [u32; 30],
}

impl Counts {
    fn add(&mut self, tokens: &[Token], times: u32) {
        for token in tokens {
            match *token {
                Token::Literal(byte) => self.symbols[usize::from(byte)] += times,
                Token::Match { length, distance } => {
                    self.symbols[deflate::length_symbol(length).0] += times;
                    self.distances[deflate::distance_symbol(distance).0] += times;
                }
            }
        }
    }
}

/// What a symbol that occurs once counts; chances of random modules are fractions of it.
const ONCE: u32 = 256;

impl Plan {
    fn new(version: Version, scale: Scale, quiet_zone: QuietZone) -> Self {
        let geometry = Geometry::new(version, scale, quiet_zone);
        let groups: Vec<Vec<u8>> = (0..256).map(|dark| geometry.bytes(dark, geometry.scale)).collect();
        let tails: Vec<Vec<u8>> =
            (0..1 << geometry.tail()).map(|dark| geometry.bytes(dark, geometry.tail_len())).collect();
        let (group_chances, tail_chances) = chances(version, geometry);
        let repeat_row = repeat(geometry.line(), geometry.scale - 1);
        let repeat_quiet = repeat(geometry.line(), (geometry.scale * geometry.quiet_zone).saturating_sub(1));

        // How a group is best coded depends on the codes, and they on how groups are coded: a few rounds settle it.
        let mut codes = Codes::new(&[1; SYMBOLS], &[1; 30]);
        let mut group_tokens = Vec::new();
        let mut tail_tokens = Vec::new();
        for _ in 0..3 {
            group_tokens = groups.iter().map(|bytes| tokens(bytes, &codes)).collect();
            tail_tokens = tails.iter().map(|bytes| tokens(bytes, &codes)).collect();
            // Both distances have a code, used or not: a code needs two symbols.
            let mut counts = Counts { symbols: [0; SYMBOLS], distances: [0; 30] };
            counts.distances[deflate::distance_symbol(1).0] += 1;
            counts.distances[deflate::distance_symbol(geometry.line()).0] += 1;
            counts.symbols[END_OF_BLOCK] += ONCE;
            let rows = version.size() as u32;
            counts.add(&[Token::Literal(0)], ONCE * rows);
            counts.add(&repeat_row, ONCE * rows);
            counts.add(&repeat_quiet, 2 * ONCE);
            for (tokens, &chance) in group_tokens.iter().zip(&group_chances) {
                counts.add(tokens, chance);
            }
            for (tokens, &chance) in tail_tokens.iter().zip(&tail_chances) {
                counts.add(tokens, chance);
            }
            codes = Codes::new(&counts.symbols, &counts.distances);
        }

        let mut more = Vec::new();
        let mut group = |tokens: &Vec<Token>, bytes: &[u8]| {
            let bits = codes.encode_all(tokens);
            let start = more.len() as u32;
            more.extend_from_slice(&bits[1..]);
            let Adler { sum, weighted, .. } = Adler::of(bytes);
            Group { bits: bits[0], more: start..more.len() as u32, sum: sum as u32, weighted: weighted as u32 }
        };
        let groups = Box::new(core::array::from_fn(|dark| group(&group_tokens[dark], &groups[dark])));
        let tails: Vec<Group> = tail_tokens.iter().zip(&tails).map(|(tokens, bytes)| group(tokens, bytes)).collect();
        let mut plan = Self {
            geometry,
            header: header(&codes),
            longest: 0,
            filter: codes.codes[0],
            fit_in_pairs: groups.iter().all(|group: &Group| group.more.is_empty() && 2 * group.bits.count <= MOST_BITS),
            groups,
            tails,
            more,
            repeat_row: codes.encode_all(&repeat_row),
            repeat_quiet: codes.encode_all(&repeat_quiet),
            end_of_block: codes.codes[END_OF_BLOCK],
        };
        plan.longest = plan.longest_stream(version);
        plan
    }

    /// Bytes that no stream is longer than: every group as the one with the most bits.
    fn longest_stream(&self, version: Version) -> usize {
        let sum = |bits: &[Bits]| bits.iter().map(|bits| bits.count as usize).sum::<usize>();
        let of_group = |group: &Group| {
            group.bits.count as usize + sum(&self.more[group.more.start as usize..group.more.end as usize])
        };
        let most = |groups: &[Group]| groups.iter().map(of_group).max().unwrap_or(0);
        let line = 15 + self.geometry.groups() * most(&*self.groups) + most(&self.tails);
        let rows = version.size() * (line + sum(&self.repeat_row)) + 2 * (line + sum(&self.repeat_quiet));
        self.header.0.len() + rows.div_ceil(8) + 3 + 4 + SLACK
    }

    #[inline(always)]
    fn write(&self, symbol: &Symbol, stream: &mut Vec<u8>) -> usize {
        let Geometry { scale, quiet_zone, .. } = self.geometry;
        if stream.len() < self.longest {
            stream.resize(self.longest, 0);
        }
        let (header, body) = stream.split_at_mut(self.header.0.len());
        header.copy_from_slice(&self.header.0);
        let mut out = BitWriter::new(body);
        out.push(self.header.1);
        let mut checksum = Adler::START;
        if quiet_zone > 0 {
            self.row(&mut out, &mut checksum, &[0; WIDEST], &self.repeat_quiet, scale * quiet_zone);
        }
        let shift = (quiet_zone % GROUP) as u32;
        for y in 0..symbol.size() {
            let mut dark = [0; WIDEST];
            for (word, row) in symbol.row(y).enumerate() {
                dark[word] |= row << shift;
                dark[word + 1] = row.checked_shr(64 - shift).unwrap_or(0);
            }
            self.row(&mut out, &mut checksum, &dark, &self.repeat_row, scale);
        }
        if quiet_zone > 0 {
            self.row(&mut out, &mut checksum, &[0; WIDEST], &self.repeat_quiet, scale * quiet_zone);
        }
        out.push(self.end_of_block);
        let end = self.header.0.len() + out.finish();
        stream[end..end + 4].copy_from_slice(&checksum.value().to_be_bytes());
        end + 4
    }

    /// Writes `height` scan lines: the first by its groups, the others by `repeat`. `dark` are the modules of the line
    /// from the last module of the quiet zone on that begins a group.
    #[inline(always)]
    fn row(&self, out: &mut BitWriter<'_>, checksum: &mut Adler, dark: &[u64; WIDEST], repeat: &[Bits], height: usize) {
        let geometry = self.geometry;
        let lead = geometry.quiet_zone / GROUP;
        let groups = geometry.groups();
        out.push(self.filter);
        let mut line = LineSums::default();
        for _ in 0..lead {
            self.group(out, 0, &mut line);
        }
        let mut done = lead;
        for &word in dark {
            let inner = (groups - done).min(8);
            let byte = |i: usize| (word >> (8 * i)) as u8;
            // Two groups that fit are pushed as one: pushing is what takes the time.
            let paired = if self.fit_in_pairs { inner & !1 } else { 0 };
            for i in (0..paired).step_by(2) {
                let [first, second] = [byte(i), byte(i + 1)].map(|dark| &self.groups[usize::from(dark)]);
                let value = first.bits.value | second.bits.value << first.bits.count;
                out.push(Bits { value, count: first.bits.count + second.bits.count });
                line.add(first);
                line.add(second);
            }
            for i in paired..inner {
                self.group(out, byte(i), &mut line);
            }
            done += inner;
        }
        // Behind the symbol the quiet zone may reach further than the words do.
        for _ in done..groups {
            self.group(out, 0, &mut line);
        }
        let tail = dark.get((groups - lead) / 8).map_or(0, |word| word >> (8 * ((groups - lead) % 8)));
        let line = line.finish(geometry.scale).then(self.tail(out, tail as usize % self.tails.len()));
        for &bits in repeat {
            out.push(bits);
        }
        *checksum = checksum.then(line.times(height as u64));
    }

    #[inline(always)]
    fn group(&self, out: &mut BitWriter<'_>, dark: u8, line: &mut LineSums) {
        let group = &self.groups[usize::from(dark)];
        self.push(out, group);
        line.add(group);
    }

    #[inline(always)]
    fn tail(&self, out: &mut BitWriter<'_>, tail: usize) -> Adler {
        let group = &self.tails[tail];
        self.push(out, group);
        Adler { sum: group.sum.into(), weighted: group.weighted.into(), len: self.geometry.tail_len() as u64 }
    }

    #[inline(always)]
    fn push(&self, out: &mut BitWriter<'_>, group: &Group) {
        out.push(group.bits);
        if !group.more.is_empty() {
            for &bits in &self.more[group.more.start as usize..group.more.end as usize] {
                out.push(bits);
            }
        }
    }
}

/// The sums of the groups of a scan line, all of the same length, kept so that a further group only adds.
#[derive(Default)]
struct LineSums {
    groups: u64,
    sum: u64,
    /// Sums of their bytes, each times the bytes from it to the end of its group.
    weighted: u64,
    /// Sums of each group, each times the groups behind it.
    behind: u64,
}

impl LineSums {
    #[inline(always)]
    fn add(&mut self, group: &Group) {
        self.groups += 1;
        self.behind += self.sum;
        self.sum += u64::from(group.sum);
        self.weighted += u64::from(group.weighted);
    }

    /// With the filter byte, a zero, before the groups of `len` bytes each.
    #[inline(always)]
    fn finish(self, len: usize) -> Adler {
        let len = len as u64;
        Adler { sum: self.sum, weighted: self.weighted + len * self.behind, len: 1 + self.groups * len }
    }
}

/// The zlib header and the header of the one block, up to the last whole byte, and the bits behind it.
fn header(codes: &Codes) -> (Vec<u8>, Bits) {
    // Deflate with a window of 32 kB; the check bits make the two bytes a multiple of 31.
    let mut bytes = vec![0x78, 0xDA];
    bytes.resize(2 + deflate::LONGEST_HEADER + SLACK, 0);
    let mut out = BitWriter::new(&mut bytes[2..]);
    deflate::push_header(&mut out, &codes.lengths, &codes.distance_lengths);
    let (len, rest) = out.split();
    bytes.truncate(2 + len);
    (bytes, rest)
}

/// Repeats what lies `line` bytes back `times` times over.
fn repeat(line: usize, times: usize) -> Vec<Token> {
    let mut left = line * times;
    let mut tokens = Vec::new();
    while left > 0 {
        // No match is shorter than three: leave as much to the last.
        let length = match left {
            ..=LONGEST_MATCH => left,
            _ if left - LONGEST_MATCH < SHORTEST_MATCH => LONGEST_MATCH - SHORTEST_MATCH,
            _ => LONGEST_MATCH,
        };
        tokens.push(Token::Match { length, distance: line });
        left -= length;
    }
    tokens
}

/// The tokens of a group: literals, and matches within a run of equal bytes where they take fewer bits.
fn tokens(bytes: &[u8], codes: &Codes) -> Vec<Token> {
    let mut tokens = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        let literal = Token::Literal(run[0]);
        tokens.push(literal);
        let mut left = run.len() - 1;
        while left > 0 {
            let length = left.min(LONGEST_MATCH);
            let matched = Token::Match { length, distance: 1 };
            if length >= SHORTEST_MATCH && codes.cost(matched) < codes.cost(literal) * length as u32 {
                tokens.push(matched);
                left -= length;
            } else {
                tokens.push(literal);
                left -= 1;
            }
        }
    }
    tokens
}

/// How often every group and every tail occurs in all rows of random modules, in parts of [`ONCE`].
fn chances(version: Version, geometry: Geometry) -> (Vec<u32>, Vec<u32>) {
    let size = version.size();
    let symbol = geometry.quiet_zone..geometry.quiet_zone + size;
    let chances = |groups: Range<usize>, modules: usize| {
        let mut chances = vec![0; 1 << modules];
        let len = groups.len() as u32;
        for group in groups {
            // Modules of this group inside the symbol may be dark; those of the quiet zone never are.
            let random =
                (0..modules).filter(|i| symbol.contains(&(GROUP * group + i))).fold(0, |bits, i| bits | 1 << i);
            let chance = (ONCE * size as u32) >> (random as u32).count_ones();
            for dark in (0..1_usize << modules).filter(|dark| dark & !random == 0) {
                chances[dark] += chance.max(1);
            }
        }
        // The light rows above and below.
        chances[0] += 2 * ONCE * len * u32::from(geometry.quiet_zone > 0);
        chances
    };
    let groups = geometry.groups();
    (chances(0..groups, GROUP), chances(groups..groups + 1, geometry.tail()))
}

/// The Adler-32 checksum (RFC 1950) of bytes, in a form that can be joined and repeated without looking at them again.
///
/// The sums are exact; only the checksum itself is reduced. An image's scan lines are at most 2^26 bytes, so its weighted sum is
/// below 255 x 2^26 x 2^26 / 2, less than 2^59.
#[derive(Clone, Copy, Debug)]
struct Adler {
    /// Sum of the bytes.
    sum: u64,
    /// Sum of the bytes, each times the number of bytes from it to the end.
    weighted: u64,
    /// How many bytes.
    len: u64,
}

impl Adler {
    const MODULUS: u64 = 65_521;
    /// No bytes yet: the checksum begins with a sum of one.
    const START: Self = Self { sum: 1, weighted: 0, len: 0 };

    fn of(bytes: &[u8]) -> Self {
        let nothing = Self { sum: 0, weighted: 0, len: 0 };
        bytes.iter().fold(nothing, |all, &byte| all.then(Self { sum: byte.into(), weighted: byte.into(), len: 1 }))
    }

    /// Of these bytes and more behind them.
    #[inline(always)]
    fn then(self, more: Self) -> Self {
        Self {
            sum: self.sum + more.sum,
            weighted: self.weighted + self.sum * more.len + more.weighted,
            len: self.len + more.len,
        }
    }

    /// Of these bytes `times` times over.
    #[inline(always)]
    fn times(self, times: u64) -> Self {
        let pairs = times * (times - 1) / 2;
        Self {
            sum: self.sum * times,
            weighted: self.weighted * times + self.sum * self.len * pairs,
            len: self.len * times,
        }
    }

    fn value(self) -> u32 {
        (((self.weighted % Self::MODULUS) << 16) | (self.sum % Self::MODULUS)) as u32
    }
}
