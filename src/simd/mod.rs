//! Registers: the words of several masks that one instruction works on.
//!
//! Knows words and instruction sets; nothing of symbols. The rules of scoring, and which characters fit a mode, are written once,
//! for any [`Register`]; here stands what differs between processors. Without the feature `simd` there is the baseline of the
//! target alone and no `unsafe` in the crate.

mod instruction_set;
mod scalar;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
mod x86_64;

pub use instruction_set::InstructionSet;
pub(crate) use instruction_set::{Available, widest};

use core::ops::{BitAnd, BitOr, BitXor, Not};

/// One word for each of the eight masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [u64; 8]);

impl Lanes {
    pub(crate) const ZERO: Self = Self([0; 8]);
}

/// Some lanes of [`Lanes`] in a register.
///
/// Every operation that gives a register works on each lane by itself.
pub(crate) trait Register:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    /// How many lanes a register holds: 1, 2, 4 or 8.
    const LANES: usize;

    /// Counts ones: what has been counted, and what is not yet.
    type Tally: Tally<Self>;

    /// The same word in every lane.
    fn splat(word: u64) -> Self;

    /// The `part`-th `LANES` lanes.
    fn load(lanes: &Lanes, part: usize) -> Self;

    /// The first `LANES` words, of at least as many.
    fn of_words(words: &[u64]) -> Self;

    /// Whether every lane is zero.
    fn is_zero(self) -> bool;

    /// Stores into the `part`-th `LANES` lanes.
    fn store(self, lanes: &mut Lanes, part: usize);

    /// Every word moved down by so many bits; by 64 and more nothing is left.
    fn down_by(self, bits: u32) -> Self;

    /// Every word moved up by so many bits; by 64 and more nothing is left.
    fn up_by(self, bits: u32) -> Self;

    /// The sum of both words in every lane, modulo 2^64.
    fn plus(self, other: Self) -> Self;

    /// `sums` with the ones of every word added.
    fn add_ones(self, sums: Self) -> Self;

    /// The highest bit of every byte, that of the first lane's lowest byte lowest.
    fn high_bits(self) -> u64;

    /// The low bits of a word at the ones of `places`, the lowest at the lowest; of that the 32 bits at even places and the 32
    /// at odd ones.
    #[inline(always)]
    fn spread(bits: u64, places: u64) -> [u32; 2] {
        scalar::spread(bits, places)
    }
}

/// Counts the ones of many words in each lane, four at a time.
pub(crate) trait Tally<R: Register>: Sized {
    fn new() -> Self;

    fn add(&mut self, words: [R; 4]);

    /// How many ones each lane had.
    fn sums(self) -> R;

    /// How many zeros each lane had, if so many words were added.
    #[inline(always)]
    fn zeros(self, words: usize) -> R {
        // That many bits less the ones; -n is !n + 1.
        (!self.sums()).plus(R::splat(64 * words as u64 + 1))
    }
}

/// Adds words up bit by bit and counts only the fours: for registers that count slowly.
pub(crate) struct CarrySave<R> {
    ones: R,
    twos: R,
    fours: R,
}

impl<R: Register> Tally<R> for CarrySave<R> {
    #[inline(always)]
    fn new() -> Self {
        Self { ones: R::splat(0), twos: R::splat(0), fours: R::splat(0) }
    }

    #[inline(always)]
    fn add(&mut self, [a, b, c, d]: [R; 4]) {
        let (ones, first) = add3(self.ones, a, b);
        let (ones, second) = add3(ones, c, d);
        let (twos, fours) = add3(self.twos, first, second);
        (self.ones, self.twos) = (ones, twos);
        self.fours = fours.add_ones(self.fours);
    }

    #[inline(always)]
    fn sums(self) -> R {
        let (ones, twos) = (self.ones.add_ones(R::splat(0)), self.twos.add_ones(R::splat(0)));
        self.fours.up_by(2).plus(twos.up_by(1)).plus(ones)
    }
}

/// The sum of three bits at every place: its low and its high bit.
#[inline(always)]
fn add3<R: Register>(a: R, b: R, c: R) -> (R, R) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

/// Work that is written for any register.
pub(crate) trait Work {
    type Output;

    /// Does it. Implementations are `#[inline(always)]`, and so is all that they call and that is to use the registers. A closure
    /// given to a function of the library is not: it may be compiled by itself, without the registers' instructions.
    fn run<R: Register>(self) -> Self::Output;
}

/// Runs `work` with the registers of an instruction set.
#[inline]
#[cfg_attr(feature = "simd", allow(unsafe_code))]
pub(crate) fn dispatch<W: Work>(set: Available, work: W) -> W::Output {
    match set.get() {
        #[cfg(all(feature = "simd", target_arch = "x86_64"))]
        // SAFETY: an `Available` names only what the running processor has.
        InstructionSet::Avx2 => unsafe { x86_64::avx2::run(work) },
        #[cfg(all(feature = "simd", target_arch = "x86_64"))]
        // SAFETY: an `Available` names only what the running processor has.
        InstructionSet::Avx512 => unsafe { x86_64::avx512::run(work) },
        _ => work.run::<Baseline>(),
    }
}

/// The register that every processor of the target has.
#[cfg(all(feature = "simd", target_arch = "x86_64", target_feature = "sse2"))]
type Baseline = x86_64::sse2::Two;
#[cfg(not(all(feature = "simd", target_arch = "x86_64", target_feature = "sse2")))]
type Baseline = u64;
