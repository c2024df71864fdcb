//! The tables of each version: its function patterns, the modules that are free for codewords (the encoding region),
//! and the order in which codewords fill them (ISO/IEC 18004:2015, 6.3 and 7.7.3).
//!
//! Knows versions and packed words; nothing of content, levels or masks. All tables are computed at compile time.
//!
//! # Planes
//!
//! A *plane* holds the modules of a symbol as bits, dark = 1, in [`Version::words`] words for each line. A plane of
//! *rows* has the rows of the symbol as its lines, a plane of *columns* its columns. Bit `i` of word `w` is module `64
//! w + i` of the line. In memory word 0 of all lines comes first, then word 1 of all lines, and so on. So the next word
//! in memory belongs to the next line whatever the version, and lines are compared word by word.
//!
//! Function patterns are symmetric about the main diagonal, except for the format information and the dark module,
//! which `mask` draws. So one table serves as a plane of rows and as a plane of columns.

use crate::version::Version;

/// Number of words of the planes of all versions together.
const PLANE_WORDS: usize = PLANE_STARTS[40];

/// Number of words of the placement orders of all versions together.
const ORDER_WORDS: usize = ORDER_STARTS[40];

/// The dark modules of the function patterns, one plane for each version. The bits after the end of a line are
/// [`padding`].
static FUNCTION_PATTERNS: [u64; PLANE_WORDS] = PLANES.0;

/// The modules that are free for codewords, one plane for each version.
static FREE: [u64; PLANE_WORDS] = PLANES.1;

/// The placement orders of all versions, see [`Layout::order`].
static ORDER: [u64; ORDER_WORDS] = order();

const PLANES: ([u64; PLANE_WORDS], [u64; PLANE_WORDS]) = planes();

/// The lines of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    Rows,
    Columns,
}

impl Plane {
    /// Returns the plane whose lines cross the lines of this one.
    pub(crate) const fn across(self) -> Self {
        match self {
            Self::Rows => Self::Columns,
            Self::Columns => Self::Rows,
        }
    }
}

/// Bits of half a word. Two lines of symbols with fewer modules a side fit one word.
pub(crate) const HALF: usize = 32;
/// The lower half of a word.
pub(crate) const LOWER: u64 = (1 << HALF) - 1;

/// The tables of one version.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// Modules a side.
    pub(crate) size: usize,
    /// Plane of the dark modules of the function patterns, without format information and the dark module, with
    /// [`padding`] after the end of each line.
    pub(crate) function_patterns: &'static [u64],
    /// Plane of the modules that are free for codewords.
    pub(crate) free: &'static [u64],
    /// The free modules in the order of placement. Placement goes through the symbol in pairs of columns from right to
    /// left, upwards and downwards in turn, and in each row takes the right module before the left. A word describes 32
    /// rows of a pair, two bits a row, with a one for each free module. The words of a pair go from the first row to
    /// the last.
    ///
    /// In an upward pair the codewords fill the words from last to first, and in a word the ones from the highest bit
    /// down: bit `2y + 1` is the right module of row `y`, bit `2y` the left one. In a downward pair they fill the words
    /// from first to last, and in a word the ones from the lowest bit up: bit `2y` is the right module, bit `2y + 1`
    /// the left one.
    pub(crate) order: &'static [u64],
}

impl Layout {
    /// Returns the tables of a version.
    pub(crate) fn of(version: Version) -> Self {
        let index = version.index();
        let plane = PLANE_STARTS[index]..PLANE_STARTS[index + 1];
        Self {
            size: version.size(),
            function_patterns: &FUNCTION_PATTERNS[plane.clone()],
            free: &FREE[plane],
            order: &ORDER[ORDER_STARTS[index]..ORDER_STARTS[index + 1]],
        }
    }
}

/// Returns the right column of the `pair`-th pair of columns in the order of placement. The vertical timing pattern,
/// column 6, belongs to no pair.
pub(crate) const fn right_column(size: usize, pair: usize) -> usize {
    let right = size - 1 - 2 * pair;
    if right <= 6 { right - 1 } else { right }
}

/// Returns whether placement goes upwards through the `pair`-th pair of columns.
pub(crate) const fn is_upward(pair: usize) -> bool {
    pair.is_multiple_of(2)
}

/// Returns the number of pairs of columns of a symbol of `size` modules a side.
pub(crate) const fn pairs(size: usize) -> usize {
    (size - 1) / 2
}

/// Returns the bits after the end of a line in its last word. They alternate along the line and from line to line, so
/// that they are never part of a run, a block or a finder-like pattern.
pub(crate) const fn padding(size: usize, line: usize) -> u64 {
    (0x5555_5555_5555_5555 << (line & 1)) & (u64::MAX << (size % 64))
}

/// Start of the plane of each version, and the end of the last plane.
const PLANE_STARTS: [usize; 41] = {
    let mut starts = [0; 41];
    let mut i = 0;
    while i < 40 {
        let version = Version::MIN.up(i as u8);
        starts[i + 1] = starts[i] + version.size() * version.words();
        i += 1;
    }
    starts
};

/// Start of the placement order of each version, and the end of the last order.
const ORDER_STARTS: [usize; 41] = {
    let mut starts = [0; 41];
    let mut i = 0;
    while i < 40 {
        let size = Version::MIN.up(i as u8).size();
        starts[i + 1] = starts[i] + pairs(size) * size.div_ceil(32);
        i += 1;
    }
    starts
};

/// Returns the centres of the alignment patterns along a side in descending order (Annex E), and how many there are.
const fn alignment_centres(version: Version) -> ([usize; 7], usize) {
    let number = version.number() as usize;
    let mut centres = [0; 7];
    if number == 1 {
        return (centres, 0);
    }
    let count = number / 7 + 2;
    let step = (number * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
    let mut i = 0;
    while i + 1 < count {
        centres[i] = version.size() - 7 - i * step;
        i += 1;
    }
    centres[count - 1] = 6;
    (centres, count)
}

/// Returns the 18 bits of the version information, for version 7 and up: a (18, 6) BCH code (7.10 and Annex D).
const fn version_information(version: Version) -> u32 {
    let number = version.number() as u32;
    let mut remainder = number;
    let mut i = 0;
    while i < 12 {
        remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25);
        i += 1;
    }
    number << 12 | remainder
}

/// Draws the function patterns of every version. Returns the planes of their dark modules and the planes of the free
/// modules.
const fn planes() -> ([u64; PLANE_WORDS], [u64; PLANE_WORDS]) {
    let mut drawing = Drawing { dark: [0; PLANE_WORDS], free: [0; PLANE_WORDS], start: 0, size: 0 };
    let mut index = 0;
    while index < 40 {
        drawing.start = PLANE_STARTS[index];
        drawing.draw(Version::MIN.up(index as u8));
        index += 1;
    }
    (drawing.dark, drawing.free)
}

/// The planes of all versions while they are drawn.
struct Drawing {
    dark: [u64; PLANE_WORDS],
    free: [u64; PLANE_WORDS],
    /// Start of the planes of the version that is drawn.
    start: usize,
    /// Its modules a side.
    size: usize,
}

impl Drawing {
    /// Makes a module part of a function pattern. Ignores modules outside the symbol.
    const fn set(&mut self, x: isize, y: isize, dark: bool) {
        if x < 0 || y < 0 || x >= self.size as isize || y >= self.size as isize {
            return;
        }
        let (x, y) = (x as usize, y as usize);
        let word = self.start + x / 64 * self.size + y;
        let bit = 1 << (x % 64);
        self.free[word] &= !bit;
        if dark {
            self.dark[word] |= bit;
        } else {
            self.dark[word] &= !bit;
        }
    }

    /// Draws concentric squares around a centre: bit `d` of `rings` tells whether the square at distance `d` is dark.
    const fn set_rings(&mut self, x: isize, y: isize, rings: u32, radius: isize) {
        let mut dy = -radius;
        while dy <= radius {
            let mut dx = -radius;
            while dx <= radius {
                let (ax, ay) = (dx.unsigned_abs(), dy.unsigned_abs());
                let distance = if ax > ay { ax } else { ay };
                self.set(x + dx, y + dy, rings >> distance & 1 != 0);
                dx += 1;
            }
            dy += 1;
        }
    }

    /// Draws all function patterns of a version.
    const fn draw(&mut self, version: Version) {
        let size = version.size();
        self.size = size;
        let last = version.words() - 1;
        let mut y = 0;
        while y < size {
            let mut word = 0;
            while word < last {
                self.free[self.start + word * size + y] = u64::MAX;
                word += 1;
            }
            self.free[self.start + last * size + y] = !(u64::MAX << (size % 64));
            self.dark[self.start + last * size + y] = padding(size, y);
            y += 1;
        }
        // Timing patterns.
        let mut i = 0;
        while i < size {
            self.set(6, i as isize, i.is_multiple_of(2));
            self.set(i as isize, 6, i.is_multiple_of(2));
            i += 1;
        }
        // Finder patterns with separators.
        let far = size as isize - 4;
        self.set_rings(3, 3, 0b01011, 4);
        self.set_rings(far, 3, 0b01011, 4);
        self.set_rings(3, far, 0b01011, 4);
        // Alignment patterns, except where the finder patterns are.
        let (centres, count) = alignment_centres(version);
        let mut i = 0;
        while i < count {
            let mut j = 0;
            while j < count {
                let on_finder = (i == count - 1 && (j == 0 || j == count - 1)) || (j == count - 1 && i == 0);
                if !on_finder {
                    self.set_rings(centres[i] as isize, centres[j] as isize, 0b101, 2);
                }
                j += 1;
            }
            i += 1;
        }
        // Modules reserved for the format information and the dark module.
        let size = size as isize;
        let mut i = 0;
        while i < 8 {
            self.reserve(8, i);
            self.reserve(i, 8);
            self.reserve(8, size - 1 - i);
            self.reserve(size - 1 - i, 8);
            i += 1;
        }
        self.reserve(8, 8);
        // Version information.
        if version.number() >= 7 {
            let information = version_information(version);
            let mut i = 0;
            while i < 18 {
                let (along, across) = (i / 3, size - 11 + i % 3);
                let dark = information >> i & 1 != 0;
                self.set(along, across, dark);
                self.set(across, along, dark);
                i += 1;
            }
        }
    }

    /// Removes a module from the free ones and leaves its colour as it is.
    const fn reserve(&mut self, x: isize, y: isize) {
        self.free[self.start + x as usize / 64 * self.size + y as usize] &= !(1 << (x % 64));
    }
}

/// Returns the placement orders of all versions.
const fn order() -> [u64; ORDER_WORDS] {
    let mut order = [0; ORDER_WORDS];
    let mut word = 0;
    let mut index = 0;
    while index < 40 {
        let size = Version::MIN.up(index as u8).size();
        let words = size.div_ceil(32);
        let mut pair = 0;
        while pair < pairs(size) {
            let right = right_column(size, pair);
            let mut i = 0;
            while i < words {
                let start = PLANE_STARTS[index] + i / 2 * size;
                let right_bits = spread((PLANES.1[start + right] >> (i % 2 * 32)) as u32);
                let left_bits = spread((PLANES.1[start + right - 1] >> (i % 2 * 32)) as u32);
                order[word] = if is_upward(pair) { right_bits << 1 | left_bits } else { left_bits << 1 | right_bits };
                word += 1;
                i += 1;
            }
            pair += 1;
        }
        index += 1;
    }
    order
}

/// Moves bit `i` to bit `2 i`.
pub(crate) const fn spread(bits: u32) -> u64 {
    let mut x = bits as u64;
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFF;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FF;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

/// Returns bit `i` of a line of a plane.
#[cfg(test)]
pub(crate) fn is_set(plane: &[u64], size: usize, line: usize, i: usize) -> bool {
    plane[i / 64 * size + line] >> (i % 64) & 1 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_symmetric_and_padded() {
        for version in Version::all() {
            let Layout { size, function_patterns, free, .. } = Layout::of(version);
            for y in 0..size {
                for x in 0..size {
                    assert_eq!(
                        is_set(function_patterns, size, y, x),
                        is_set(function_patterns, size, x, y),
                        "{version} {x} {y}"
                    );
                    assert_eq!(is_set(free, size, y, x), is_set(free, size, x, y), "{version} {x} {y}");
                    assert!(!(is_set(free, size, y, x) && is_set(function_patterns, size, y, x)));
                }
                for i in size..64 * version.words() {
                    assert!(!is_set(free, size, y, i));
                    assert_eq!(is_set(function_patterns, size, y, i), (i + y) % 2 == 0);
                }
            }
        }
    }

    #[test]
    fn free_modules_hold_the_codewords_and_at_most_seven_bits_more() {
        for version in Version::all() {
            let Layout { free, order, .. } = Layout::of(version);
            let ones = |words: &[u64]| words.iter().map(|word| word.count_ones() as usize).sum::<usize>();
            let remainder = match version.number() {
                2..=6 => 7,
                14..=20 | 28..=34 => 3,
                21..=27 => 4,
                _ => 0,
            };
            assert_eq!(ones(free), 8 * version.codewords() + remainder, "{version}");
            assert_eq!(ones(order), ones(free), "{version}");
        }
    }

    #[test]
    fn version_information_is_the_printed_one() {
        // Annex D.2: version 7.
        assert_eq!(version_information(Version::MIN.up(6)), 0b00_0111_1100_1001_0100);
    }

    #[test]
    fn alignment_centres_are_those_of_annex_e() {
        let centres = |number: u8| {
            let (centres, count) = alignment_centres(Version::MIN.up(number - 1));
            centres[..count].iter().rev().copied().collect::<Vec<_>>()
        };
        assert_eq!(centres(2), [6, 18]);
        assert_eq!(centres(7), [6, 22, 38]);
        assert_eq!(centres(14), [6, 26, 46, 66]);
        assert_eq!(centres(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(centres(36), [6, 24, 50, 76, 102, 128, 154]);
        assert_eq!(centres(40), [6, 30, 58, 86, 114, 142, 170]);
    }
}
