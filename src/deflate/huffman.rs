//! Huffman codes of limited length (RFC 1951, 3.2.1 and 3.2.2).

use super::bits::Bits;

/// The longest code of a literal, length or distance (3.2.7).
pub(super) const MAX_CODE_LENGTH: u8 = 15;

/// Returns the code lengths of a prefix code for symbols that occur this often, none longer than `max`: an optimal code, or
/// where that has longer codes one for flattened frequencies. A symbol that never occurs gets length 0. At least two symbols must
/// occur.
pub(super) fn code_lengths<const N: usize>(frequencies: &[u32; N], max: u8) -> [u8; N] {
    let mut frequencies = *frequencies;
    loop {
        let lengths = huffman(&frequencies);
        if lengths.iter().all(|&length| length <= max) {
            return lengths;
        }
        // Halving brings the frequencies closer together, which shortens the longest codes.
        for frequency in frequencies.iter_mut().filter(|frequency| **frequency > 0) {
            *frequency = frequency.div_ceil(2);
        }
    }
}

/// Huffman's construction: joins the two rarest nodes until one is left.
fn huffman<const N: usize>(frequencies: &[u32; N]) -> [u8; N] {
    // The leaves from the rarest up: frequency and, below it, symbol.
    let mut leaves = [0_u64; N];
    let mut count = 0;
    for (symbol, &frequency) in frequencies.iter().enumerate().filter(|(_, frequency)| **frequency > 0) {
        leaves[count] = u64::from(frequency) << 32 | symbol as u64;
        count += 1;
    }
    let leaves = &mut leaves[..count];
    leaves.sort_unstable();

    // Joined nodes come in ascending order too, so the two rarest nodes are at the heads of two queues.
    let (mut joined, mut leaf_parents, mut joined_parents) = ([0_u64; N], [0_u16; N], [0_u16; N]);
    let (mut next_leaf, mut next_joined) = (0, 0);
    for parent in 0..count.saturating_sub(1) {
        for _ in 0..2 {
            let leaf = leaves.get(next_leaf).map(|leaf| leaf >> 32);
            let node = joined[..parent].get(next_joined).copied();
            match (leaf, node) {
                (Some(leaf), node) if node.is_none_or(|node| leaf <= node) => {
                    joined[parent] += leaf;
                    leaf_parents[next_leaf] = parent as u16;
                    next_leaf += 1;
                }
                (_, node) => {
                    joined[parent] += node.unwrap_or_default();
                    joined_parents[next_joined] = parent as u16;
                    next_joined += 1;
                }
            }
        }
    }

    // A node is one deeper than its parent; the last joined node is the root.
    let mut depths = [0_u8; N];
    for node in (0..count.saturating_sub(2)).rev() {
        depths[node] = depths[usize::from(joined_parents[node])] + 1;
    }
    let mut lengths = [0; N];
    for (leaf, parent) in leaves.iter().zip(leaf_parents) {
        lengths[*leaf as u32 as usize] = depths[usize::from(parent)] + 1;
    }
    lengths
}

/// A Huffman code: of each symbol, the code length and the code, whose first bit is the lowest.
pub(super) struct Code<const N: usize> {
    pub(super) lengths: [u8; N],
    codes: [u16; N],
}

impl<const N: usize> Code<N> {
    /// Returns the bits of a symbol.
    #[inline]
    pub(super) fn bits(&self, symbol: usize) -> Bits {
        Bits::new(self.codes[symbol].into(), self.lengths[symbol].into())
    }
}

/// Returns the canonical code with these code lengths (3.2.2).
pub(super) fn canonical<const N: usize>(lengths: [u8; N]) -> Code<N> {
    let mut counts = [0; MAX_CODE_LENGTH as usize + 1];
    for &length in lengths.iter().filter(|&&length| length > 0) {
        counts[usize::from(length)] += 1;
    }
    // By length, the next code.
    let mut next = [0; MAX_CODE_LENGTH as usize + 1];
    let mut first = 0_u16;
    for (next, count) in next.iter_mut().zip(counts) {
        first <<= 1;
        *next = first;
        first += count;
    }
    let codes = lengths.map(|length| {
        if length == 0 {
            return 0;
        }
        let next = &mut next[usize::from(length)];
        let code = next.reverse_bits() >> (16 - length);
        *next += 1;
        code
    });
    Code { lengths, codes }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    /// Returns the cost of an optimal code by the textbook: the sum of all joined frequencies.
    fn optimal_cost(frequencies: &[u32]) -> u64 {
        let mut nodes: Vec<u64> =
            frequencies.iter().copied().filter(|&frequency| frequency > 0).map(u64::from).collect();
        let mut cost = 0;
        while nodes.len() > 1 {
            nodes.sort_by(|a, b| b.cmp(a));
            let joined = nodes.pop().unwrap() + nodes.pop().unwrap();
            cost += joined;
            nodes.push(joined);
        }
        cost
    }

    #[test]
    fn code_lengths_are_optimal_and_fill_the_code() {
        let mut random = Random::new(33);
        for round in 0..500_usize {
            let largest = 1 << (1 + round % 20);
            let frequencies: [u32; 40] = core::array::from_fn(|_| (random.below(largest) * random.below(2)) as u32);
            if frequencies.iter().filter(|frequency| **frequency > 0).count() < 2 {
                continue;
            }
            let lengths = code_lengths(&frequencies, 39);
            let cost: u64 =
                frequencies.iter().zip(lengths).map(|(&count, length)| u64::from(count) * u64::from(length)).sum();
            assert_eq!(cost, optimal_cost(&frequencies));
            for max in [6, 7, 9, 15, 39] {
                let lengths = code_lengths(&frequencies, max);
                assert!(lengths.iter().zip(&frequencies).all(|(length, count)| (*length > 0) == (*count > 0)));
                assert!(lengths.iter().all(|length| *length <= max));
                let filled: u64 = lengths.iter().filter(|length| **length > 0).map(|length| 1 << (39 - length)).sum();
                assert_eq!(filled, 1 << 39, "Kraft's sum");
            }
        }
    }

    #[test]
    fn codes_are_those_of_the_standards_example() {
        // RFC 1951, 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4), the first bit of a code first.
        let code = canonical([3, 3, 3, 3, 3, 2, 4, 4]);
        let printed = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
        for (symbol, printed) in printed.into_iter().enumerate() {
            let code = code.bits(symbol);
            let bits: String = (0..code.count()).map(|i| if code.value() >> i & 1 == 1 { '1' } else { '0' }).collect();
            assert_eq!(bits, printed);
        }
    }
}
