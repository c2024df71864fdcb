//! What rows of pieces are coded as: tokens to count, or bits to write.

use core::hint::select_unpredictable;

use super::apart::Apart;
use super::codes::{Coded, Codes, Counts};
use super::deflate::{BitWriter, Bits, MOST_BITS, Token};
use super::repeats::Between;

/// Patterns of up to six modules.
pub(super) const PATTERNS: usize = 64;
/// Modules before a piece that it may be spelled by: their bytes are matched, too.
pub(super) const BEFORE: usize = 4;
/// Places that no piece is matched at, nor any farther back.
pub(super) const PLACES: usize = 2048;

/// What pieces, tails and repeats are coded as.
pub(super) struct Alphabet<T: Code> {
    pub(super) shapes: Shapes<T>,
    /// What is behind the last piece, byte by byte.
    pub(super) tails: Vec<Box<[T]>>,
    /// What stands between rows, by how much of them is left to it. Above the first row and below the last that is the one match
    /// which may be longer alone; the others below are the end.
    pub(super) joints: Between<Vec<Box<[T]>>>,
    pub(super) end: Box<[T]>,
}

/// What the pieces of all slots are coded as.
pub(super) enum Shapes<T: Code> {
    Few(Box<Few<T>>),
    Eight(Box<Eight<T>>),
    EightOrHalves(Box<EightOrHalves<T>>),
}

/// A few modules.
pub(super) type Few<T> = Piece<T, PATTERNS, 1024>;
/// The more patterns there are, the farther away is the same one.
pub(super) type Eight<T> = Piece<T, 256, PLACES>;
/// Four modules or five.
pub(super) type Half<T> = Piece<T, PATTERNS, 512>;

pub(super) struct EightOrHalves<T: Code> {
    /// Where there are halves, modules are so large that the window has no more places.
    pub(super) eight: Piece<T, 256, 1024>,
    pub(super) halves: [Half<T>; 2],
}

/// What the piece of a slot, one of so many patterns, is coded as, less than so many places back.
pub(super) struct Piece<T: Code, const N: usize, const BACK: usize> {
    /// By how many places ago it stood last. There is nothing 0 places back. That it is apart sets all of the piece apart.
    pub(super) back: Apart<[T::Short; BACK]>,
    /// By its pattern, how many places back it is matched at most; 0 if it is always spelled.
    pub(super) reach: [u32; N],
    /// By its pattern and, below that, the modules before it, byte by byte; nothing where it is other pieces that spell it.
    pub(super) spelled: Vec<T::Spelled>,
    /// How many of the [`BEFORE`] modules before it are not among those.
    apart: usize,
    /// What of that is more than is pushed at once.
    long: Vec<Box<[T]>>,
}

/// What something is coded as.
pub(super) trait Code: Sized {
    /// Matches, two of which are put at once.
    type Short;
    /// Bytes.
    type Spelled;

    /// All that bytes are coded as, which may be one of the long ones.
    fn all<'a>(spelled: &'a Self::Spelled, long: &'a [Box<[Self]>]) -> &'a [Self];
}

impl Code for Token {
    type Short = Self;
    type Spelled = Box<[Self]>;

    fn all<'a>(spelled: &'a Box<[Self]>, _: &'a [Box<[Self]>]) -> &'a [Self] {
        spelled
    }
}

impl Code for Bits {
    type Short = ShortBits;
    type Spelled = Coded;

    #[inline(always)]
    fn all<'a>(spelled: &'a Coded, long: &'a [Box<[Self]>]) -> &'a [Self] {
        spelled.all(long)
    }
}

/// At most half of [`MOST_BITS`].
#[derive(Clone, Copy)]
pub(super) struct ShortBits {
    value: u32,
    count: u32,
}

impl ShortBits {
    #[inline(always)]
    pub(super) fn bits(self) -> Bits {
        Bits { value: self.value.into(), count: self.count }
    }
}

/// The first bits or the second, without a branch.
#[inline(always)]
fn either(is_first: bool, first: Bits, second: Bits) -> Bits {
    Bits {
        value: select_unpredictable(is_first, first.value, second.value),
        count: select_unpredictable(is_first, first.count, second.count),
    }
}

/// Takes what a row is coded as.
pub(super) trait Output<T: Code> {
    /// Takes it; at most two until [`flush`](Self::flush) comes.
    fn add(&mut self, coded: &T::Short);

    /// Takes one or both others; which cannot be foretold.
    fn add_one_or_both(&mut self, is_one: bool, one: &T::Short, both: [&T::Short; 2]);

    /// Takes and flushes the one, which may be nothing, or what is near, or what is spelled; which cannot be foretold and may
    /// be one of the long ones.
    fn push_one_or(
        &mut self,
        one: (bool, Option<&T::Short>),
        near: (bool, &T::Short),
        spelled: &T::Spelled,
        long: &[Box<[T]>],
    );

    fn flush(&mut self);

    fn push_all(&mut self, all: &[T]);
}

impl Output<Token> for Counts {
    fn add(&mut self, token: &Token) {
        Counts::add(self, *token, 1);
    }

    fn add_one_or_both(&mut self, is_one: bool, one: &Token, both: [&Token; 2]) {
        if is_one { Output::add(self, one) } else { both.into_iter().for_each(|token| Output::add(self, token)) }
    }

    fn push_one_or(
        &mut self,
        (is_one, one): (bool, Option<&Token>),
        (is_near, near): (bool, &Token),
        spelled: &Box<[Token]>,
        _: &[Box<[Token]>],
    ) {
        match (is_one, is_near) {
            (true, _) => one.into_iter().for_each(|one| Output::add(self, one)),
            (false, true) => Output::add(self, near),
            (false, false) => self.push_all(spelled),
        }
    }

    fn flush(&mut self) {}

    fn push_all(&mut self, tokens: &[Token]) {
        self.add_all(tokens, 1);
    }
}

impl Output<Bits> for BitWriter<'_> {
    #[inline(always)]
    fn add(&mut self, short: &ShortBits) {
        BitWriter::add(self, short.bits());
    }

    #[inline(always)]
    fn add_one_or_both(&mut self, is_one: bool, one: &ShortBits, [first, second]: [&ShortBits; 2]) {
        BitWriter::add(self, either(is_one, one.bits(), first.bits().then(second.bits())));
    }

    #[inline(always)]
    fn push_one_or(
        &mut self,
        (is_one, one): (bool, Option<&ShortBits>),
        (is_near, near): (bool, &ShortBits),
        spelled: &Coded,
        long: &[Box<[Bits]>],
    ) {
        let one = one.map_or(Bits::default(), |one| one.bits());
        Coded(either(is_one, one, either(is_near, near.bits(), spelled.0))).push(long, self);
    }

    #[inline(always)]
    fn flush(&mut self) {
        BitWriter::flush(self);
    }

    #[inline(always)]
    fn push_all(&mut self, all: &[Bits]) {
        BitWriter::push_all(self, all);
    }
}

impl<T: Code, const N: usize, const BACK: usize> Piece<T, N, BACK> {
    /// Whether a piece that stood so many places back is matched.
    #[inline(always)]
    pub(super) fn is_near(&self, pattern: u8, back: u32) -> bool {
        back <= self.reach[usize::from(pattern) % N]
    }

    /// The match for a piece that stood so many places back, if that is near; anything otherwise.
    #[inline(always)]
    pub(super) fn near(&self, back: u32) -> &T::Short {
        &self.back[back as usize % BACK]
    }

    /// What spells the first of those modules behind the ones before it.
    #[inline(always)]
    pub(super) fn spelled(&self, behind: usize) -> &T::Spelled {
        // How many there are is a power of two.
        &self.spelled[behind >> self.apart & (self.spelled.len() - 1)]
    }

    /// Gives `out` a piece that stood so many places back; `behind` says, where that is far, its pattern behind the modules before.
    #[inline(always)]
    pub(super) fn write(&self, pattern: u8, back: u32, behind: impl FnOnce() -> usize, out: &mut impl Output<T>) {
        if self.is_near(pattern, back) {
            out.add(self.near(back));
        } else {
            out.flush();
            out.push_all(self.all(self.spelled(behind())));
        }
    }

    /// Gives `out` and flushes the match for a piece that stood so many places back, if it is near, or what spells it, where that
    /// cannot be foretold.
    #[inline(always)]
    pub(super) fn push(&self, is_near: bool, back: u32, spelled: &T::Spelled, out: &mut impl Output<T>) {
        self.push_one_or((false, None), is_near, back, spelled, out);
    }

    /// The same, unless the one is there instead, which may be nothing.
    #[inline(always)]
    pub(super) fn push_one_or(
        &self,
        one: (bool, Option<&T::Short>),
        is_near: bool,
        back: u32,
        spelled: &T::Spelled,
        out: &mut impl Output<T>,
    ) {
        out.push_one_or(one, (is_near, self.near(back)), spelled, &self.long);
    }

    /// All that something is spelled as.
    #[inline(always)]
    pub(super) fn all<'a>(&'a self, spelled: &'a T::Spelled) -> &'a [T] {
        T::all(spelled, &self.long)
    }

    /// The matches that are near for some pattern.
    fn matches(&self) -> &[T::Short] {
        self.back.get(1..=self.reach.iter().max().map_or(0, |&reach| reach as usize)).unwrap_or(&[])
    }
}

impl<T: Code> Alphabet<T> {
    /// All that may stand between rows.
    fn all_joints(&self) -> impl Iterator<Item = &[T]> {
        let Between { above, between, below } = &self.joints;
        [above, between, below].into_iter().flatten().map(Box::as_ref)
    }
}

impl Alphabet<Token> {
    /// Counts all that may occur once.
    pub(super) fn count_all(&self, counts: &mut Counts) {
        match &self.shapes {
            Shapes::Few(piece) => piece.count_all(counts),
            Shapes::Eight(piece) => piece.count_all(counts),
            Shapes::EightOrHalves(pieces) => {
                pieces.eight.count_all(counts);
                pieces.halves.iter().for_each(|half| half.count_all(counts));
            }
        }
        self.tails.iter().map(Box::as_ref).chain(self.all_joints()).for_each(|tokens| counts.add_all(tokens, 1));
        counts.add_all(&self.end, 1);
    }

    /// The bits of these tokens.
    pub(super) fn coded(&self, codes: &Codes) -> Alphabet<Bits> {
        Alphabet {
            shapes: match &self.shapes {
                Shapes::Few(piece) => Shapes::Few(Box::new(piece.coded(codes))),
                Shapes::Eight(piece) => Shapes::Eight(Box::new(piece.coded(codes))),
                Shapes::EightOrHalves(pieces) => Shapes::EightOrHalves(Box::new(EightOrHalves {
                    eight: pieces.eight.coded(codes),
                    halves: pieces.halves.each_ref().map(|half| half.coded(codes)),
                })),
            },
            tails: codes.encode_all(&self.tails),
            joints: self.joints.as_ref().map(|joints| codes.encode_all(joints)),
            end: codes.encode(&self.end, MOST_BITS),
        }
    }
}

impl<const N: usize, const BACK: usize> Piece<Token, N, BACK> {
    /// Matches so many places back, literals where there is none, where those take fewer bits than a pattern's limit; otherwise
    /// the pattern behind so many modules, byte by byte.
    pub(super) fn new(
        back: [Token; BACK],
        limits: [u32; N],
        spelled: Vec<Box<[Token]>>,
        before: usize,
        codes: &Codes,
    ) -> Self {
        let costs = back.each_ref().map(|&token| match token {
            Token::Match { .. } => codes.cost(token),
            Token::Literal(_) => u32::MAX,
        });
        let reach = |limit| costs.iter().rposition(|&cost| cost < limit).unwrap_or(0) as u32;
        Self { back: Apart(back), reach: limits.map(reach), spelled, apart: BEFORE - before, long: Vec::new() }
    }

    pub(super) fn count_all(&self, counts: &mut Counts) {
        counts.add_all(self.matches(), 1);
        self.spelled.iter().for_each(|tokens| counts.add_all(tokens, 1));
    }

    pub(super) fn coded(&self, codes: &Codes) -> Piece<Bits, N, BACK> {
        let back = self.back.each_ref().map(|&token| codes.encode(&[token], MOST_BITS)[0]);
        // Two at once are pushed.
        let fit = back[1..].iter().take_while(|bits| 2 * bits.count <= MOST_BITS).count() as u32;
        let back = Apart(back.map(|bits| ShortBits { value: bits.value as u32, count: bits.count }));
        let mut long = Vec::new();
        let spelled = self.spelled.iter().map(|tokens| Coded::new(tokens, codes, &mut long)).collect();
        Piece { back, reach: self.reach.map(|reach| reach.min(fit)), spelled, apart: self.apart, long }
    }
}

impl<const N: usize, const BACK: usize> Piece<Bits, N, BACK> {
    /// Bits that no piece takes more of.
    pub(super) fn most_bits(&self) -> usize {
        let spelled = self.spelled.iter().map(|spelled| Bits::total(self.all(spelled))).max().unwrap_or(0);
        spelled.max(MOST_BITS as usize / 2)
    }
}

impl Alphabet<Bits> {
    /// Bits that no so many rows of scan lines of so many bytes take more of, what is between and below them included.
    pub(super) fn most_bits(&self, rows: usize, line: usize) -> usize {
        let joint = self.all_joints().map(Bits::total).max().unwrap_or(0);
        // A token is at least one byte and at most fifteen bits, or at least three bytes and at most 48 bits.
        rows * (16 * line + joint) + joint + Bits::total(&self.end)
    }
}
