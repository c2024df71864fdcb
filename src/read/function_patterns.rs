//! Checks what carries no codewords: function patterns, format and version information (ISO/IEC 18004:2015, 6.3, 7.9
//! and 7.10).
//!
//! Knows the tables of the layout and of the format information; nothing of codewords.

use super::error::{FunctionPattern, ReadError};
use crate::encode::format_information::{self, FIRST_LEN, LAST_LEN, LINE};
use crate::encode::layout::{Layout, Plane};
use crate::symbol::Symbol;

/// Checks that every module that carries no codeword has its colour.
pub(crate) fn check(symbol: &Symbol) -> Result<(), ReadError> {
    let Layout { size, function_patterns, free, .. } = Layout::of(symbol.version());
    for (i, ((row, expected), free)) in symbol.rows.iter().zip(function_patterns).zip(free).enumerate() {
        let mut wrong = (row ^ expected) & !free;
        while wrong != 0 {
            let (word, y) = (i / size, i % size);
            let x = 64 * word + wrong.trailing_zeros() as usize;
            if x >= size {
                break;
            }
            // The table leaves the modules of the format information light.
            let pattern = pattern(symbol, x, y);
            if !matches!(pattern, FunctionPattern::FormatInformation | FunctionPattern::DarkModule) {
                return Err(ReadError::FunctionPattern { pattern, x, y });
            }
            wrong &= wrong - 1;
        }
    }
    for (x, y, expected) in format_information(symbol) {
        if symbol.is_dark(x, y) != expected {
            return Err(ReadError::FunctionPattern { pattern: pattern(symbol, x, y), x, y });
        }
    }
    Ok(())
}

/// Returns column, row and colour of each module of the format information that says the symbol's level and mask, and
/// of the dark module.
fn format_information(symbol: &Symbol) -> impl Iterator<Item = (usize, usize, bool)> {
    let (size, mask) = (symbol.size(), symbol.mask().index());
    [Plane::Rows, Plane::Columns].into_iter().flat_map(move |plane| {
        let [first, last] = format_information::along(plane, symbol.level()).each_ref().map(|lanes| lanes.0[mask]);
        // The timing pattern crosses the line.
        let first = (0..FIRST_LEN).filter(|&i| i != 6).map(move |i| (i, first >> i & 1 != 0));
        let last = (0..LAST_LEN).map(move |i| (size - LAST_LEN + i, last >> i & 1 != 0));
        first.chain(last).map(move |(i, dark)| match plane {
            Plane::Rows => (i, LINE, dark),
            Plane::Columns => (LINE, i, dark),
        })
    })
}

/// Returns the function pattern that the module is part of.
fn pattern(symbol: &Symbol, x: usize, y: usize) -> FunctionPattern {
    let size = symbol.size();
    // Distances from the centres of the three finder patterns, of which the fourth corner has none.
    let centres = [(3, 3), (size - 4, 3), (3, size - 4)];
    let distance = centres.into_iter().map(|(cx, cy)| x.abs_diff(cx).max(y.abs_diff(cy))).min().unwrap_or(size);
    let is_near_end = |i: usize| (size - 11..size - 8).contains(&i);
    match distance {
        0..=3 => FunctionPattern::Finder,
        4 => FunctionPattern::Separator,
        _ if (x, y) == (LINE, size - LAST_LEN) => FunctionPattern::DarkModule,
        _ if x == 6 || y == 6 => FunctionPattern::Timing,
        5 if x == LINE || y == LINE => FunctionPattern::FormatInformation,
        _ if (x < 6 && is_near_end(y)) || (y < 6 && is_near_end(x)) => FunctionPattern::VersionInformation,
        _ => FunctionPattern::Alignment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Encoder, Options};
    use crate::version::{ErrorCorrectionLevel, Mask, Version};

    #[test]
    fn one_wrong_module_in_any_function_pattern_is_found_and_named() {
        // Finder, separator, timing, alignment, format, version, dark module. Alignment patterns share five modules
        // with each timing pattern that they lie on.
        for (version, expected) in [
            (1, [147, 45, 10, 0, 30, 0, 1]),
            (2, [147, 45, 18, 25, 30, 0, 1]),
            (7, [147, 45, 58, 6 * 25 - 10, 30, 36, 1]),
            (40, [147, 45, 322, 46 * 25 - 50, 30, 36, 1]),
        ] {
            let version = Version::new(version).unwrap();
            let mut encoder = Encoder::with_options(Options::default().with_versions(version));
            let mut symbol = encoder.encode("wrong modules", ErrorCorrectionLevel::M).unwrap().clone();
            assert_eq!(check(&symbol), Ok(()));
            let mut found = [0; 7];
            let size = version.size();
            for (y, x) in (0..size).flat_map(|y| (0..size).map(move |x| (y, x))) {
                let is_function = symbol.is_function(x, y);
                symbol.rows[x / 64 * size + y] ^= 1 << (x % 64);
                match check(&symbol) {
                    Ok(()) => assert!(!is_function, "column {x}, row {y}"),
                    Err(ReadError::FunctionPattern { pattern, x: column, y: row }) => {
                        assert_eq!((is_function, column, row), (true, x, y));
                        found[pattern as usize] += 1;
                    }
                    Err(other) => panic!("{other}"),
                }
                symbol.rows[x / 64 * size + y] ^= 1 << (x % 64);
            }
            assert_eq!(found, expected, "version {version}");
        }
    }

    #[test]
    fn a_symbol_with_another_level_or_mask_than_it_says_is_an_error() {
        let symbol = Symbol::encode("honest", ErrorCorrectionLevel::M).unwrap();
        for (level, mask) in ErrorCorrectionLevel::ALL.iter().flat_map(|level| Mask::ALL.map(|mask| (*level, mask))) {
            let other = Symbol { level, mask, ..symbol.clone() };
            let is_format =
                |error| matches!(error, ReadError::FunctionPattern { pattern: FunctionPattern::FormatInformation, .. });
            assert_eq!(check(&other).is_err_and(is_format), other != symbol, "level {level}, mask {mask}");
        }
    }
}
