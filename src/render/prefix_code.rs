//! Prefix codes from how often symbols occur (RFC 1951, 3.2.1 and 3.2.2).

use super::deflate::Bits;

/// The longest code of a symbol.
pub(super) const LONGEST_CODE: u8 = 15;

/// The lengths of an optimal prefix code for symbols that occur so often, none longer than `longest`; 0 for symbols
/// that never occur. At least two must.
pub(super) fn code_lengths<const N: usize>(counts: &[u32; N], longest: u8) -> [u8; N] {
    let mut counts = *counts;
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|&length| length <= longest) {
            return lengths;
        }
        // Halving brings the counts closer together and so shortens the longest codes.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = count.div_ceil(2);
        }
    }
}

/// Huffman's construction: joins the two rarest until one is left.
fn huffman<const N: usize>(counts: &[u32; N]) -> [u8; N] {
    let mut leaves: Vec<usize> = (0..N).filter(|&symbol| counts[symbol] > 0).collect();
    leaves.sort_by_key(|&symbol| counts[symbol]);
    // Leaves from the rarest on, then what they are joined to, which comes in ascending order too: two queues.
    let mut weights: Vec<u64> = leaves.iter().map(|&symbol| counts[symbol].into()).collect();
    let mut parents = vec![0; (2 * leaves.len()).saturating_sub(1)];
    let (mut leaf, mut joined) = (0, leaves.len());
    for parent in leaves.len()..parents.len() {
        let mut rarest = || {
            let is_leaf = leaf < leaves.len() && (joined >= weights.len() || weights[leaf] <= weights[joined]);
            let queue = if is_leaf { &mut leaf } else { &mut joined };
            *queue += 1;
            *queue - 1
        };
        let pair = [rarest(), rarest()];
        weights.push(pair.map(|node| weights[node]).iter().sum());
        for node in pair {
            parents[node] = parent;
        }
    }
    let mut depths = vec![0; parents.len()];
    for node in (0..parents.len().saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    let mut lengths = [0; N];
    for (symbol, depth) in leaves.into_iter().zip(depths) {
        lengths[symbol] = depth;
    }
    lengths
}

/// The canonical prefix code with these lengths (3.2.2).
pub(super) fn codes<const N: usize>(lengths: &[u8; N]) -> [Bits; N] {
    let mut counts = [0; LONGEST_CODE as usize + 1];
    for &length in lengths.iter().filter(|&&length| length > 0) {
        counts[usize::from(length)] += 1;
    }
    // By length, the next code.
    let mut next = counts;
    let mut first = 0_u32;
    for (next, count) in next.iter_mut().zip(counts) {
        first <<= 1;
        *next = first;
        first += count;
    }
    lengths.map(|length| {
        let next = &mut next[usize::from(length)];
        let code = u32::reverse_bits(*next).checked_shr(32 - u32::from(length)).unwrap_or(0);
        *next += 1;
        Bits { value: code.into(), count: length.into() }
    })
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    /// Numbers below another that look random, the same ones always.
    fn random() -> impl FnMut(u32) -> u32 {
        let mut random = Random::new(33);
        move |below| random.below(below as usize) as u32
    }

    /// What an optimal code costs, as the textbook has it: the sum of all joined weights.
    fn optimal_cost(counts: &[u32]) -> u64 {
        let mut weights: Vec<u64> = counts.iter().filter(|count| **count > 0).map(|count| u64::from(*count)).collect();
        let mut cost = 0;
        while weights.len() > 1 {
            weights.sort_by(|a, b| b.cmp(a));
            let joined = weights.pop().unwrap() + weights.pop().unwrap();
            cost += joined;
            weights.push(joined);
        }
        cost
    }

    #[test]
    fn code_lengths_are_optimal_and_fill_the_code() {
        let mut random = random();
        for round in 0..500_u32 {
            let largest = 1 << (1 + round % 20);
            let counts: [u32; 40] = core::array::from_fn(|_| random(largest) * random(2));
            if counts.iter().filter(|count| **count > 0).count() < 2 {
                continue;
            }
            let lengths = code_lengths(&counts, 39);
            let cost: u64 =
                counts.iter().zip(lengths).map(|(&count, length)| u64::from(count) * u64::from(length)).sum();
            assert_eq!(cost, optimal_cost(&counts));
            for longest in [6, 7, 9, 15, 39] {
                let lengths = code_lengths(&counts, longest);
                assert!(lengths.iter().zip(&counts).all(|(length, count)| (*length > 0) == (*count > 0)));
                assert!(lengths.iter().all(|length| *length <= longest));
                let filled: u64 = lengths.iter().filter(|length| **length > 0).map(|length| 1 << (39 - length)).sum();
                assert_eq!(filled, 1 << 39, "Kraft's sum");
            }
        }
    }

    #[test]
    fn codes_are_those_of_the_format_s_example() {
        // RFC 1951, 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4), the first bit of a code first.
        let codes = codes(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let printed = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
        for (code, printed) in codes.iter().zip(printed) {
            let bits: String = (0..code.count).map(|i| if code.value >> i & 1 == 1 { '1' } else { '0' }).collect();
            assert_eq!(bits, printed);
        }
    }
}
