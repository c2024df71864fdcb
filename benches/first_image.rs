//! The first image of a process, beside `fast_qr` with `png`: `cargo bench --bench first_image`.
//!
//! A command line, a cold function in the cloud and the first request of a service all pay for tables, page faults and the
//! detection of the processor's features. So every measurement is a child process of its own: it takes the time from raw content
//! to the bytes of a PNG, once, and ends. The two contenders take turns; a figure is the median of the ratios of pairs.
//!
//! `fast_qr` gets a writer as its user would write it with care: one row of pixels made per row of modules, then
//! `png` with `Compression::Fast`.

mod fast_png;

use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel};
use qrmint_checks::{Random, png_modules};

const LENGTHS: [usize; 5] = [30, 125, 271, 858, 2_953];
const SCALES: [u8; 8] = [1, 3, 4, 5, 8, 10, 13, 16];
const QUIET_ZONE: u8 = 4;
/// Pairs of child processes a figure.
const PAIRS: usize = 41;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [child, who, length, scale] = &arguments[..]
        && child == "--child"
    {
        return run_child(who, length.parse().expect("a length"), scale.parse().expect("a scale"));
    }
    // `cargo test --benches` only asks whether it runs.
    let pairs = if arguments.iter().any(|argument| argument == "--test") { 1 } else { PAIRS };
    println!("Times faster than fast_qr + png (Fast), first image of a process, medians of {pairs} pairs");
    println!("(microseconds: ours, theirs)\n");
    print!("{:>8}", "bytes");
    SCALES.iter().for_each(|scale| print!("{:>20}", format!("scale {scale}")));
    println!();
    let mut slower = 0;
    for length in LENGTHS {
        print!("{length:>8}");
        for scale in SCALES {
            check(length, scale);
            let [ratio, ours, theirs] = compare(length, scale, pairs);
            print!("{:>20}", format!("{ratio:.2}x ({ours:.0}, {theirs:.0})"));
            slower += usize::from(ratio < 1.0);
        }
        println!();
    }
    println!("\nslower in {slower} of {} places", LENGTHS.len() * SCALES.len());
    if pairs > 1 && slower > 0 {
        std::process::exit(1);
    }
}

/// Returns the medians of pairs: theirs over ours, ours and theirs in microseconds.
fn compare(length: usize, scale: u8, pairs: usize) -> [f64; 3] {
    let mut samples = [const { Vec::new() }; 3];
    for pair in 0..pairs {
        // Who goes first changes, since the second finds what the first has left in the caches.
        let order = if pair % 2 == 0 { ["qrmint", "fast_qr"] } else { ["fast_qr", "qrmint"] };
        let times = order.map(|who| measure(who, length, scale));
        let [ours, theirs] = if pair % 2 == 0 { times } else { [times[1], times[0]] };
        for (samples, sample) in samples.iter_mut().zip([theirs / ours, ours, theirs]) {
            samples.push(sample);
        }
    }
    samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    })
}

/// Returns the microseconds that a child process took.
fn measure(who: &str, length: usize, scale: u8) -> f64 {
    let program = env::current_exe().expect("a running program has a path");
    let mut command = Command::new(program);
    let output =
        command.args(["--child", who, &length.to_string(), &scale.to_string()]).output().expect("it runs again");
    assert!(output.status.success(), "{who} failed: {output:?}");
    let printed = String::from_utf8(output.stdout).expect("a number");
    printed.trim().parse().expect("a number")
}

fn run_child(who: &str, length: usize, scale: u8) {
    let content = content(length);
    // The clock's own first use is not what is measured.
    black_box(Instant::now());
    let start = Instant::now();
    let image = match who {
        "qrmint" => qrmint(black_box(&content), scale),
        _ => fast_qr(black_box(&content), scale),
    };
    let elapsed = start.elapsed();
    black_box(&image);
    println!("{}", elapsed.as_secs_f64() * 1e6);
}

fn content(length: usize) -> Vec<u8> {
    Random::new(length as u64).bytes(length)
}

fn qrmint(content: &[u8], scale: u8) -> Vec<u8> {
    let (mut encoder, mut image) = (Encoder::new(), Vec::new());
    let symbol = encoder.encode(content, ErrorCorrectionLevel::L).expect("it fits");
    let png = Png::new(Scale::new(scale).expect("not zero"), QuietZone::new(QUIET_ZONE));
    png.write(symbol, &mut image).expect("it is small enough");
    image
}

fn fast_qr(content: &[u8], scale: u8) -> Vec<u8> {
    let code = fast_qr_code(content);
    let (scale, quiet_zone) = (usize::from(scale), usize::from(QUIET_ZONE));
    let side = scale * (code.size + 2 * quiet_zone);
    let stride = side.div_ceil(8);
    let mut pixels = vec![0xFF; stride * side];
    for y in 0..code.size {
        let start = (y + quiet_zone) * scale * stride;
        let (line, others) = pixels[start..start + scale * stride].split_at_mut(stride);
        for (x, module) in code[y].iter().take(code.size).enumerate() {
            if module.value() {
                for pixel in (x + quiet_zone) * scale..(x + quiet_zone + 1) * scale {
                    line[pixel / 8] &= !(0x80 >> (pixel % 8));
                }
            }
        }
        others.chunks_exact_mut(stride).for_each(|other| other.copy_from_slice(line));
    }
    let mut image = Vec::new();
    fast_png::write(&pixels, side, &mut image);
    image
}

fn fast_qr_code(content: &[u8]) -> fast_qr::QRCode {
    match fast_qr::QRBuilder::new(content).ecl(fast_qr::ECL::L).build() {
        Ok(code) => code,
        Err(_) => panic!("it fits"),
    }
}

/// Panics unless both images show their symbols.
fn check(length: usize, scale: u8) {
    let content = content(length);
    let (modules, size) = png_modules(&qrmint(&content, scale), scale.into(), QUIET_ZONE.into());
    let symbol = Encoder::new().encode(&content, ErrorCorrectionLevel::L).expect("it fits").clone();
    let shown = modules.iter().enumerate().all(|(i, &dark)| dark == symbol.is_dark(i % size, i / size));
    assert!(shown && size == symbol.size());
    let (modules, size) = png_modules(&fast_qr(&content, scale), scale.into(), QUIET_ZONE.into());
    let code = fast_qr_code(&content);
    let shown = modules.iter().enumerate().all(|(i, &dark)| dark == code[i / size][i % size].value());
    assert!(shown && size == code.size);
}
