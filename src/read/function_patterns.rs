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
        let (word, y) = (i / size, i % size);
        let mut wrong = (row ^ expected) & !free;
        while wrong != 0 {
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
        5 => FunctionPattern::FormatInformation,
        _ if (x < 6 && is_near_end(y)) || (y < 6 && is_near_end(x)) => FunctionPattern::VersionInformation,
        _ => FunctionPattern::Alignment,
    }
}
