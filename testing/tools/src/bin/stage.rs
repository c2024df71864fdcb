//! Repeats one step of an encode, to count its instructions:
//!
//! ```sh
//! cargo build --release -p qrmint-tools --bin stage
//! valgrind --tool=callgrind target/release/stage Mask 2953 200
//! ```
//!
//! The arguments are a step (`Segment`, `Codewords`, `ReedSolomon`, `Interleaving`, `Placement`, `Mask`, or `Png` with a scale as in
//! `Png8`), the bytes of content, the repetitions, and optionally `baseline` to use no instructions beyond the target's. The
//! difference between the counts of two runs with different repetitions belongs to the step alone.

use std::env;
use std::error::Error;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::stages::{Stage, Stages};
use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [step, bytes, repetitions, rest @ ..] = &arguments[..] else {
        return Err("usage: stage STEP BYTES REPETITIONS [baseline]".into());
    };
    let (bytes, repetitions): (usize, u32) = (bytes.parse()?, repetitions.parse()?);
    let instructions = match rest {
        [] => InstructionSet::available().last().unwrap_or(InstructionSet::Baseline),
        _ => InstructionSet::Baseline,
    };
    // Bytes that look random, the same in every run.
    let content: Vec<u8> = (0..bytes as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 19) as u8).collect();
    let mut encoder = Encoder::new().with_instructions(instructions);
    if let Some(scale) = step.strip_prefix("Png") {
        let scale = Scale::new(scale.parse()?).ok_or("the scale is not 1 to 255")?;
        let png = Png::new(scale, QuietZone::default()).with_instructions(instructions);
        let symbol = encoder.encode(&content, ErrorCorrectionLevel::L)?;
        let mut image = Vec::new();
        for _ in 0..repetitions {
            image.clear();
            png.write(symbol, &mut image)?;
        }
        println!("{} bytes", image.len());
    } else {
        let stage = Stage::ALL.into_iter().find(|stage| format!("{stage:?}") == *step).ok_or("no such step")?;
        let mut stages = Stages::new(encoder, &content, ErrorCorrectionLevel::L)?;
        for _ in 0..repetitions {
            stages.run(stage);
        }
    }
    Ok(())
}
