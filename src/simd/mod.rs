//! Registers: several 64-bit words that one instruction works on.
//!
//! Knows words and instruction sets; nothing of symbols. Algorithms are written once, for any [`Register`], as
//! [`Work`]. [`dispatch`] runs them with the registers of an instruction set. A folder for each architecture holds its
//! registers. Without the feature `simd` there is the portable register alone and no `unsafe` in the crate.
//!
//! # Safety
//!
//! All `unsafe` of the crate is in the folders of the architectures and in [`dispatch`]. It is of two kinds:
//!
//! - *Instructions that the processor may not have.* The registers of an instruction set are private to its module, and
//!   only its `run` names them, as the type argument of [`Work::run`]. So a register exists only inside `run`.
//!   [`dispatch`] calls `run` only for an [`Available`], which [`widest`] creates from what the processor reports. A
//!   baseline register exists only if the target has its instructions.
//! - *Loads and stores by pointer.* The pointer comes from a slice or array reference of as many words as the register
//!   has lanes, and the instruction allows any alignment.

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

/// A register of some lanes. [`Lanes`] consist of `8 / LANES` parts, each as large as a register.
///
/// All operations that return a register work lane by lane.
pub(crate) trait Register:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    /// Number of lanes of a register: 1, 2, 4 or 8.
    const LANES: usize;

    /// The fastest way to count the ones of many words.
    type Tally: Tally<Self>;

    /// Returns a register with the same word in every lane.
    fn splat(word: u64) -> Self;

    /// Loads part `part`.
    fn load(lanes: &Lanes, part: usize) -> Self;

    /// Loads the first `LANES` words. There must be as many.
    fn of_words(words: &[u64]) -> Self;

    /// Returns whether every lane is zero.
    fn is_zero(self) -> bool;

    /// Stores to part `part`.
    fn store(self, lanes: &mut Lanes, part: usize);

    /// Shifts every word right; by 64 bits or more the result is zero.
    fn down_by(self, bits: u32) -> Self;

    /// Shifts every word left; by 64 bits or more the result is zero.
    fn up_by(self, bits: u32) -> Self;

    /// Adds the words of two registers modulo 2^64.
    fn plus(self, other: Self) -> Self;

    /// Adds the number of ones of every word to `sums`.
    fn add_ones(self, sums: Self) -> Self;

    /// Returns the highest bit of every byte, with the lowest byte of the first lane in the lowest bit.
    fn high_bits(self) -> u64;

    /// Deposits the low bits of `bits` at the ones of `positions`, in order. Returns the even and the odd bits of the
    /// result.
    #[inline(always)]
    fn spread(bits: u64, positions: u64) -> [u32; 2] {
        scalar::spread(bits, positions)
    }
}

/// Counts the ones of many words in each lane, four words at a time.
pub(crate) trait Tally<R: Register>: Sized {
    /// Creates a count of zero.
    fn new() -> Self;

    /// Counts the ones of four words in each lane.
    fn add(&mut self, words: [R; 4]);

    /// Returns the number of ones in each lane.
    fn sums(self) -> R;

    /// Returns the number of zeros in each lane, given the number of words that were added.
    #[inline(always)]
    fn zeros(self, words: usize) -> R {
        // All bits minus the ones, where -n is !n + 1.
        (!self.sums()).plus(R::splat(64 * words as u64 + 1))
    }
}

/// Counts every word by itself. For registers with an instruction that counts ones.
#[cfg_attr(not(all(feature = "simd", target_arch = "x86_64")), allow(dead_code))]
pub(crate) struct Direct<R>(R);

impl<R: Register> Tally<R> for Direct<R> {
    #[inline(always)]
    fn new() -> Self {
        Self(R::splat(0))
    }

    #[inline(always)]
    fn add(&mut self, words: [R; 4]) {
        for word in words {
            self.0 = word.add_ones(self.0);
        }
    }

    #[inline(always)]
    fn sums(self) -> R {
        self.0
    }
}

/// Adds the words bit by bit in carry-save adders and counts the ones only in the bits of weight four. For registers
/// without an instruction that counts ones.
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

/// Adds three bits at every position. Returns the low and the high bit of each sum.
#[inline(always)]
fn add3<R: Register>(a: R, b: R, c: R) -> (R, R) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

/// An algorithm that is written for any register.
pub(crate) trait Work {
    /// Its result.
    type Output;

    /// Runs the algorithm. Implementations must be `#[inline(always)]`, and so must all functions that they call and
    /// that use registers, to be compiled with the instructions of the register. A closure passed to a library function
    /// is not always inlined, so it must not use registers.
    fn run<R: Register>(self) -> Self::Output;
}

/// Runs `work` with the registers of an instruction set.
#[inline]
#[cfg_attr(feature = "simd", allow(unsafe_code))]
pub(crate) fn dispatch<W: Work>(set: Available, work: W) -> W::Output {
    match set.get() {
        #[cfg(all(feature = "simd", target_arch = "x86_64"))]
        // SAFETY: an `Available` names only instruction sets that the running processor has.
        InstructionSet::Avx2 => unsafe { x86_64::avx2::run(work) },
        #[cfg(all(feature = "simd", target_arch = "x86_64"))]
        // SAFETY: an `Available` names only instruction sets that the running processor has.
        InstructionSet::Avx512 => unsafe { x86_64::avx512::run(work) },
        _ => work.run::<Baseline>(),
    }
}

/// The widest register that every processor of the target has.
#[cfg(all(feature = "simd", target_arch = "x86_64", target_feature = "sse2"))]
type Baseline = x86_64::sse2::Two;
#[cfg(not(all(feature = "simd", target_arch = "x86_64", target_feature = "sse2")))]
type Baseline = u64;
