//! The error-correction codewords of one block (ISO/IEC 18004:2015, 7.5.2 and Annex A).
//!
//! Knows bytes and polynomials; nothing of symbols.
//!
//! The error-correction codewords, here also called parity, are the remainder of the data codewords, times x^degree,
//! divided by the generator polynomial. The coefficients are in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. A step of the
//! division takes four codewords. Their remainder is the sum of the remainders of their eight nibbles, which a table of
//! 8 x 16 polynomials holds for each degree.

/// The largest number of parity codewords of a block.
const MAX_DEGREE: usize = 30;

/// The numbers of parity codewords of a block in Table 9.
const DEGREES: [usize; 13] = [7, 10, 13, 15, 16, 17, 18, 20, 22, 24, 26, 28, 30];

/// Number of codewords of one step.
const STEP: usize = 4;

/// A polynomial of up to 32 coefficients of a byte each, the highest first, in big-endian words.
type Polynomial = [u64; 4];

/// The remainders of every value of the eight nibbles of a step, the high nibble of the first codeword first.
type Remainders = [[Polynomial; 16]; 2 * STEP];

/// The remainders for every degree. 53,248 bytes.
static REMAINDERS: [Remainders; DEGREES.len()] = {
    let mut all = [[[[0; 4]; 16]; 2 * STEP]; DEGREES.len()];
    let mut i = 0;
    while i < DEGREES.len() {
        all[i] = remainders(DEGREES[i]);
        i += 1;
    }
    all
};

/// A generator polynomial, to divide by.
#[derive(Clone, Copy)]
pub(crate) struct Divisor(&'static Remainders);

impl Divisor {
    /// Returns the generator polynomial for blocks of `degree` parity codewords, a number of Table 9.
    pub(crate) fn of(degree: usize) -> Self {
        let index = DEGREES.iter().position(|&d| d == degree).expect("a degree of Table 9");
        Self(&REMAINDERS[index])
    }

    /// Returns the parity codewords of `N` blocks, each in the first `degree` bytes of 32. The lengths of the blocks
    /// must not differ by more than one codeword.
    ///
    /// Several divisions at once are faster: the steps of one division wait for each other, those of several divisions
    /// do not.
    #[inline(always)]
    pub(crate) fn parity<const N: usize>(self, blocks: [&[u8]; N]) -> [[u8; 32]; N] {
        // Leading zeros do not change a remainder. They complete the first step, so that all blocks have as many steps.
        let longest = blocks.iter().map(|block| block.len()).max().unwrap_or(0);
        let count = longest.saturating_sub(1) / STEP;
        let mut remainders = [[0; 4]; N];
        let mut steps = [&[][..]; N];
        for ((block, remainder), steps) in blocks.iter().zip(&mut remainders).zip(&mut steps) {
            let (head, rest) = block.split_at(block.len() - STEP * count);
            let mut first = 0;
            for &codeword in head {
                first = first << 8 | u32::from(codeword);
            }
            *remainder = self.step(*remainder, first);
            *steps = &rest.as_chunks::<STEP>().0[..count];
        }
        for i in 0..count {
            for (remainder, steps) in remainders.iter_mut().zip(&steps) {
                *remainder = self.step(*remainder, u32::from_be_bytes(steps[i]));
            }
        }
        let mut parity = [[0; 32]; N];
        for (bytes, remainder) in parity.iter_mut().zip(remainders) {
            for (bytes, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(remainder) {
                *bytes = word.to_be_bytes();
            }
        }
        parity
    }

    /// Returns the remainder after four more codewords, with the first of them in the highest byte.
    #[inline(always)]
    fn step(self, r: Polynomial, codewords: u32) -> Polynomial {
        let feed = (r[0] >> 32) as u32 ^ codewords;
        let mut next = [r[0] << 32 | r[1] >> 32, r[1] << 32 | r[2] >> 32, r[2] << 32 | r[3] >> 32, r[3] << 32];
        for (nibble, table) in self.0.iter().enumerate() {
            let term = &table[(feed >> (28 - 4 * nibble) & 15) as usize];
            for (next, term) in next.iter_mut().zip(term) {
                *next ^= term;
            }
        }
        next
    }
}

/// Returns the product of two elements of GF(2^8).
const fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0;
    let mut i = 8;
    while i > 0 {
        i -= 1;
        let carry = product >> 7;
        product = (product << 1) ^ (carry * 0x1D) ^ ((b >> i & 1) * a);
    }
    product
}

/// Returns the generator polynomial: the product of (x - 2^i) for i from 0 to `degree` - 1, without the leading 1.
const fn generator(degree: usize) -> [u8; MAX_DEGREE] {
    let mut g = [0; MAX_DEGREE];
    g[degree - 1] = 1;
    let mut root = 1;
    let mut i = 0;
    while i < degree {
        let mut j = 0;
        while j < degree {
            g[j] = multiply(g[j], root) ^ if j + 1 < degree { g[j + 1] } else { 0 };
            j += 1;
        }
        root = multiply(root, 2);
        i += 1;
    }
    g
}

/// Returns the table of remainders for one degree.
const fn remainders(degree: usize) -> Remainders {
    let g = generator(degree);
    let mut table = [[[0; 4]; 16]; 2 * STEP];
    let mut codeword = 0;
    while codeword < STEP {
        let mut bit = 0;
        while bit < 8 {
            // The remainder of this bit: of 2^bit times x^degree, times x once for every codeword that follows.
            let mut r = [0; MAX_DEGREE];
            let mut feed = 1 << bit;
            let mut turn = 0;
            while turn < STEP - codeword {
                let mut j = 0;
                while j < degree {
                    r[j] = (if j + 1 < degree { r[j + 1] } else { 0 }) ^ multiply(g[j], feed);
                    j += 1;
                }
                feed = r[0];
                turn += 1;
            }
            let mut words = [0; 4];
            let mut j = 0;
            while j < degree {
                words[j / 8] |= (r[j] as u64) << (56 - 8 * (j % 8));
                j += 1;
            }
            // Add it to every value of its nibble that has the bit.
            let nibble = 2 * codeword + (bit < 4) as usize;
            let mut value = 0;
            while value < 16 {
                if value >> (bit % 4) & 1 != 0 {
                    let mut w = 0;
                    while w < 4 {
                        table[nibble][value][w] ^= words[w];
                        w += 1;
                    }
                }
                value += 1;
            }
            bit += 1;
        }
        codeword += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    /// Divides as in the textbook: with a shift register, one codeword a step.
    fn textbook(data: &[u8], degree: usize) -> Vec<u8> {
        let g = generator(degree);
        let mut r = vec![0; degree];
        for &codeword in data {
            let feed = codeword ^ r.remove(0);
            r.push(0);
            for (r, &g) in r.iter_mut().zip(&g) {
                *r ^= multiply(g, feed);
            }
        }
        r
    }

    #[test]
    fn every_degree_and_length_gives_the_textbook_remainder() {
        let mut random = Random::new(7);
        for degree in DEGREES {
            for len in 0..=123 {
                for longer in 0..=1 {
                    let mut block = |kind: usize, len: usize| -> Vec<u8> {
                        (0..len).map(|_| [random.bits() as u8, 0, 0xff][kind]).collect()
                    };
                    for (a, b) in [(block(0, len), block(0, len + longer)), (block(1, len + longer), block(2, len))] {
                        let [parity_a, parity_b] = Divisor::of(degree).parity([&a, &b]);
                        assert_eq!(parity_a[..degree], textbook(&a, degree)[..], "degree {degree} len {len}");
                        assert_eq!(parity_b[..degree], textbook(&b, degree)[..], "degree {degree} len {len}");
                        assert!(parity_a[degree..].iter().chain(&parity_b[degree..]).all(|&byte| byte == 0));
                    }
                }
            }
        }
    }

    #[test]
    fn a_block_with_its_parity_vanishes_at_every_root_of_the_generator() {
        let data: Vec<u8> = (0..100_u8).map(|i| i.wrapping_mul(37) ^ 0x5A).collect();
        for degree in DEGREES {
            let [parity, _] = Divisor::of(degree).parity([&data, &data]);
            let mut root = 1;
            for _ in 0..degree {
                let codewords = data.iter().chain(&parity[..degree]);
                assert_eq!(codewords.fold(0, |sum, &codeword| multiply(sum, root) ^ codeword), 0);
                root = multiply(root, 2);
            }
        }
    }

    #[test]
    fn the_generator_of_degree_seven_is_the_one_of_annex_a() {
        // As powers of two: 87, 229, 146, 149, 238, 102, 21.
        let powers = [87, 229, 146, 149, 238, 102, 21];
        let expected = powers.map(|n| (0..n).fold(1, |value, _| multiply(value, 2)));
        assert_eq!(generator(7)[..7], expected);
    }
}
