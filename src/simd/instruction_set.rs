//! The instruction sets that this crate has code for, and detection of those that the running processor has.

/// A set of processor instructions that this crate has code for.
///
/// Symbols and images are the same with each set. Encoders and writers use the widest set that the running processor
/// has. The variants exist on every target; [`available`](Self::available) lists the sets that can be used.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Symbol};
/// let mut portable = Encoder::new().with_instructions(InstructionSet::Baseline);
/// let symbol = portable.encode("hello", ErrorCorrectionLevel::M)?;
/// assert_eq!(*symbol, Symbol::encode("hello", ErrorCorrectionLevel::M)?);
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstructionSet {
    /// The instructions that the compilation target guarantees.
    Baseline,
    /// AVX2, BMI1, BMI2, LZCNT and POPCNT. Available only on x86-64, with the feature `simd`.
    Avx2,
    /// AVX-512 F, BW, DQ, VL and VPOPCNTDQ, and all of [`Avx2`](Self::Avx2). Available only on x86-64, with the feature
    /// `simd`.
    Avx512,
}

impl InstructionSet {
    /// All sets; of the same architecture the narrower ones first.
    const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// Returns the sets that the running processor has and this build may use, from the narrowest to the widest.
    ///
    /// ```
    /// use qrmint::InstructionSet;
    /// assert_eq!(InstructionSet::available().next(), Some(InstructionSet::Baseline));
    /// ```
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|set| set.is_available())
    }

    fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Self::Avx2 => super::x86_64::avx2::is_available(),
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Self::Avx512 => super::x86_64::avx512::is_available(),
            #[cfg(not(all(feature = "simd", target_arch = "x86_64")))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }
}

/// An instruction set that the running processor has. Only [`widest`] creates one, so [`dispatch`](super::dispatch) can
/// rely on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Available(InstructionSet);

impl Available {
    pub(super) fn get(self) -> InstructionSet {
        self.0
    }
}

/// Returns the widest set that the running processor has, up to `max` if it is given.
pub(crate) fn widest(max: Option<InstructionSet>) -> Available {
    let is_allowed = |set: &InstructionSet| max.is_none_or(|max| *set as u8 <= max as u8);
    Available(InstructionSet::available().filter(is_allowed).last().unwrap_or(InstructionSet::Baseline))
}
