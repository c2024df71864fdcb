//! One step of an encode over and over, to count its instructions: `cargo build --release --example stage`, then
//! `valgrind --tool=callgrind target/release/examples/stage Mask 2953 200`. The difference between two numbers of turns is the
//! step's alone.
//!
//! Arguments: a step (`Segment`, `Codewords`, `ReedSolomon`, `Interleaving`, `Placement`, `Mask`, `Png` with a scale behind it
//! as in `Png8`), bytes of content, turns, and `baseline` to use no instructions beyond the target's.

use std::env;
use std::error::Error;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::stages::{Stage, Stages};
use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [step, bytes, turns, rest @ ..] = &arguments[..] else { return Err("a step, bytes and turns, please".into()) };
    let (bytes, turns): (usize, u32) = (bytes.parse()?, turns.parse()?);
    let instructions = match rest {
        [] => InstructionSet::available().last().unwrap_or(InstructionSet::Baseline),
        _ => InstructionSet::Baseline,
    };
    // Bytes that look random, the same ones always.
    let content: Vec<u8> = (0..bytes as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 19) as u8).collect();
    let mut encoder = Encoder::new().with_instructions(instructions);
    if let Some(scale) = step.strip_prefix("Png") {
        let scale = Scale::new(scale.parse()?).ok_or("a scale of 1 to 255, please")?;
        let mut png = Png::new(scale, QuietZone::default()).with_instructions(instructions);
        let symbol = encoder.encode(&content, ErrorCorrectionLevel::L)?;
        let mut image = Vec::new();
        for _ in 0..turns {
            image.clear();
            png.write(symbol, &mut image)?;
        }
        println!("{} bytes", image.len());
    } else {
        let stage = Stage::ALL.into_iter().find(|stage| format!("{stage:?}") == *step).ok_or("no such step")?;
        let mut stages = Stages::new(encoder, &content, ErrorCorrectionLevel::L)?;
        for _ in 0..turns {
            stages.run(stage);
        }
    }
    Ok(())
}
