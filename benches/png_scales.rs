//! The PNG step beside the matrix, by version and scale: `cargo bench --bench png_scales`.
//!
//! The time from a symbol to its PNG, as a share of the time from raw content to the symbol. Both take turns in one process,
//! with many contents; a figure is the ratio of the medians. The step includes the container and its CRCs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Symbol, Version};
use qrmint_checks::Random;

const VERSIONS: [u8; 8] = [1, 2, 5, 7, 10, 20, 30, 40];
const SCALES: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/// Contents of a version; one over and over would teach it to the branch predictor.
const CONTENTS: usize = 40;
const TURNS: usize = 41;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let turns = if std::env::args().any(|argument| argument == "--test") { 1 } else { TURNS };
    for set in InstructionSet::available() {
        println!("\n{set:?}: PNG step as a share of the matrix");
        print!("{:>12}{:>12}", "version", "matrix, ns");
        SCALES.iter().for_each(|scale| print!("{scale:>6}"));
        println!();
        for version in VERSIONS {
            row(version, set, turns);
        }
    }
}

fn row(version: u8, set: InstructionSet, turns: usize) {
    let version = Version::new(version).expect("1 to 40");
    let mut random = Random::new(version.number().into());
    let contents: Vec<Vec<u8>> =
        (0..CONTENTS).map(|_| random.bytes(version.data_bits(ErrorCorrectionLevel::L) / 8 - 3)).collect();
    let mut encoder = Encoder::new().with_instructions(set);
    let mut encode = |content: &[u8]| encoder.encode(content, ErrorCorrectionLevel::L).expect("it fits").clone();
    let symbols: Vec<Symbol> = contents.iter().map(|content| encode(content)).collect();
    let mut encoder = Encoder::new().with_instructions(set);
    let mut image = Vec::new();
    let writers = SCALES.map(|scale| {
        let scale = Scale::new(scale).expect("not zero");
        Png::new(scale, QuietZone::default()).with_instructions(set)
    });

    let mut matrix = Vec::new();
    let mut steps = [const { Vec::new() }; SCALES.len()];
    for _ in 0..turns {
        for (png, samples) in writers.iter().zip(&mut steps) {
            matrix.push(time(&contents, |content| {
                black_box(encoder.encode(black_box(content), ErrorCorrectionLevel::L).expect("it fits"));
            }));
            samples.push(time(&symbols, |symbol| {
                image.clear();
                png.write(black_box(symbol), &mut image).expect("it is small enough");
            }));
        }
    }
    let matrix = median(matrix);
    print!("{:>12}{:>12.0}", version.number(), matrix.as_secs_f64() * 1e9 / CONTENTS as f64);
    for samples in steps {
        print!("{:>6.2}", median(samples).as_secs_f64() / matrix.as_secs_f64());
    }
    println!();
}

/// Returns the time of one pass over all inputs. The first few go before that, untimed: other work had the caches.
fn time<T>(inputs: &[T], mut step: impl FnMut(&T)) -> Duration {
    inputs.iter().take(5).for_each(&mut step);
    let start = Instant::now();
    inputs.iter().for_each(&mut step);
    start.elapsed()
}

fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort();
    samples[samples.len() / 2]
}
