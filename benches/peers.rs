//! qrmint beside its peers, as ratios: `cargo bench --bench peers`.
//!
//! Every contender's output is verified before it is timed: decoded by `rqrr` to the content that went in. Then all
//! take turns, a few contents each, so that whatever else the machine does hits all alike; what counts is the ratio of
//! the medians. The last lines are the table; `target/peers.json` has the rows.

mod fast_png;
mod peer;
mod workloads;

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use peer::{qrcodegen, qrcodegen_png};
use qrmint::render::Png;
use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Symbol};
use workloads::{Workload, workloads};

type Run = Box<dyn FnMut(&[u8])>;

/// A contender: encodes a content to a symbol, an image or JSON.
struct Contender {
    name: &'static str,
    to: &'static str,
    run: Run,
    /// Nanoseconds per content, one sample for each turn.
    samples: Vec<f64>,
}

/// How long the turns of one workload take together.
const BUDGET: Duration = Duration::from_millis(2_500);
/// How long a turn takes at least: long beside the clock's resolution.
const TURN: Duration = Duration::from_micros(300);
/// The number of untimed contents at the start of a turn.
const WARM_UP: usize = 10;
/// Turns of each contender at least.
const TURNS: usize = 11;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let only_once = std::env::args().any(|argument| argument == "--test");
    let mut rows = Vec::new();
    for workload in workloads() {
        verify(&workload);
        let mut contenders = contenders(&workload);
        measure(&workload, &mut contenders, only_once);
        compare(&workload, &mut contenders, &mut rows);
    }
    let json = serde_json::to_string_pretty(&rows).expect("rows are JSON");
    // Cargo may build elsewhere; the chart reads it here.
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    let path = format!("{target}/peers.json");
    if let Err(error) = fs::create_dir_all(target).and_then(|()| fs::write(&path, json + "\n")) {
        eprintln!("{path}: {error}");
    }
    table(&rows);
}

fn contenders(workload: &Workload) -> Vec<Contender> {
    let level = workload.level;
    let mut contenders = Vec::new();
    let mut add = |name, to, run: Run| contenders.push(Contender { name, to, run, samples: Vec::new() });

    for set in InstructionSet::available() {
        // The widest set is what an encoder takes by itself.
        let is_widest = InstructionSet::available().last() == Some(set);
        let name = match set {
            _ if is_widest => "qrmint",
            InstructionSet::Baseline => "qrmint, baseline",
            _ => "qrmint, AVX2",
        };
        let mut encoder = Encoder::new().with_instructions(set);
        add(
            name,
            "matrix",
            Box::new(move |content: &[u8]| {
                black_box(encoder.encode(black_box(content), level).expect("it fits"));
            }),
        );
        let (mut encoder, png, mut image) =
            (Encoder::new().with_instructions(set), Png::default().with_instructions(set), Vec::new());
        add(
            name,
            "png",
            Box::new(move |content| {
                image.clear();
                let symbol = encoder.encode(black_box(content), level).expect("it fits");
                png.write(symbol, &mut image).expect("it is small enough");
                black_box(&image);
            }),
        );
    }
    let (mut encoder, png, mut json) = (Encoder::new(), Png::default(), Vec::new());
    let mut details = qrmint::encode(b"", level).expect("it fits");
    add(
        "qrmint",
        "json",
        Box::new(move |content| {
            json.clear();
            let symbol = encoder.encode(black_box(content), level).expect("it fits");
            details.renew(symbol, content, &png).expect("it is small enough");
            details.write_json(&mut json);
            black_box(&json);
        }),
    );

    add(
        "fast_qr",
        "matrix",
        Box::new(move |content| {
            black_box(fast_qr(black_box(content), level));
        }),
    );
    add(
        "qrcodegen",
        "matrix",
        Box::new(move |content| {
            black_box(qrcodegen(black_box(content), level));
        }),
    );
    add(
        "qrcode",
        "matrix",
        Box::new(move |content| {
            black_box(qrcode(black_box(content), level));
        }),
    );
    let mut image = Vec::new();
    add(
        "qrcodegen + png",
        "png",
        Box::new(move |content| {
            qrcodegen_png(&qrcodegen(black_box(content), level), &mut image);
            black_box(&image);
        }),
    );
    contenders
}

/// Peers encode raw content at a level, with their own choice of mode, version and mask.
fn fast_qr(content: &[u8], level: ErrorCorrectionLevel) -> fast_qr::QRCode {
    let level = match level {
        ErrorCorrectionLevel::L => fast_qr::ECL::L,
        ErrorCorrectionLevel::M => fast_qr::ECL::M,
        ErrorCorrectionLevel::Q => fast_qr::ECL::Q,
        ErrorCorrectionLevel::H => fast_qr::ECL::H,
    };
    match fast_qr::QRBuilder::new(content).ecl(level).build() {
        Ok(code) => code,
        Err(_) => panic!("it fits"),
    }
}

fn qrcode(content: &[u8], level: ErrorCorrectionLevel) -> qrcode::QrCode {
    let level = match level {
        ErrorCorrectionLevel::L => qrcode::EcLevel::L,
        ErrorCorrectionLevel::M => qrcode::EcLevel::M,
        ErrorCorrectionLevel::Q => qrcode::EcLevel::Q,
        ErrorCorrectionLevel::H => qrcode::EcLevel::H,
    };
    qrcode::QrCode::with_error_correction_level(content, level).expect("it fits")
}

/// Every contender's symbol is decoded to the content, and the images show the symbols.
fn verify(workload: &Workload) {
    let mut encoder = Encoder::new();
    for content in &workload.contents {
        let theirs = qrcodegen(content, workload.level);
        let ours = encoder.encode(content, workload.level).expect("it fits").clone();
        decode(ours.size(), content, "qrmint", |x, y| ours.is_dark(x, y));
        decode(theirs.size() as usize, content, "qrcodegen", |x, y| theirs.get_module(x as i32, y as i32));
        let code = fast_qr(content, workload.level);
        decode(code.size, content, "fast_qr", |x, y| code[y][x].value());
        let code = qrcode(content, workload.level);
        decode(code.width(), content, "qrcode", |x, y| code[(x, y)] == qrcode::Color::Dark);
        let mut image = Vec::new();
        qrcodegen_png(&theirs, &mut image);
        for (image, symbol) in [(image, Symbol::from(&theirs)), (Png::default().to_vec(&ours).expect("small"), ours)] {
            let (modules, size) = qrmint_checks::png_modules(&image, 8, 4);
            let shown = modules.iter().enumerate().all(|(i, &dark)| dark == symbol.is_dark(i % size, i / size));
            assert!(shown && size == symbol.size(), "{}: an image that does not show its symbol", workload.name);
        }
    }
}

/// Panics unless `rqrr` reads the content from these modules.
fn decode(size: usize, content: &[u8], name: &str, dark: impl Fn(usize, usize) -> bool) {
    const SCALE: usize = 3;
    const QUIET: usize = 4;
    let side = SCALE * (size + 2 * QUIET);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        let module = |pixel: usize| (pixel / SCALE).wrapping_sub(QUIET);
        let inside = module(x) < size && module(y) < size;
        if inside && dark(module(x), module(y)) { 0 } else { 255 }
    });
    let mut bytes = Vec::new();
    let decoded = image.detect_grids().first().is_some_and(|grid| grid.decode_to(&mut bytes).is_ok());
    assert!(decoded && bytes == content, "{name} does not carry the content");
}

/// Lets all take turns until the time is up.
fn measure(workload: &Workload, contenders: &mut [Contender], only_once: bool) {
    // How many contents make a turn long enough; the first go warms up as well.
    let lens: Vec<usize> = contenders
        .iter_mut()
        .map(|contender| {
            let start = Instant::now();
            workload.contents.iter().for_each(|content| (contender.run)(content));
            let each = start.elapsed().as_secs_f64() / workload.contents.len() as f64;
            ((TURN.as_secs_f64() / each) as usize).max(5).next_multiple_of(5)
        })
        .collect();
    let start = Instant::now();
    for turn in 0.. {
        for (contender, len) in contenders.iter_mut().zip(&lens) {
            let mut contents = workload.contents.iter().cycle().skip(turn * 5 % workload.contents.len());
            // The others have had the caches and the branch predictor: a few go first untimed.
            contents.by_ref().take(WARM_UP).for_each(|content| (contender.run)(content));
            let contents = contents.take(*len);
            let start = Instant::now();
            contents.for_each(|content| (contender.run)(content));
            contender.samples.push(start.elapsed().as_secs_f64() * 1e9 / *len as f64);
        }
        if only_once || (start.elapsed() > BUDGET && turn >= TURNS) {
            return;
        }
    }
}

/// One comparison.
#[derive(serde::Serialize)]
struct Row {
    workload: &'static str,
    from: &'static str,
    to: &'static str,
    qrmint: &'static str,
    against: &'static str,
    /// How many times faster.
    ratio: f64,
    /// Medians of nanoseconds per content.
    qrmint_ns: f64,
    against_ns: f64,
}

fn compare(workload: &Workload, contenders: &mut [Contender], rows: &mut Vec<Row>) {
    let mut medians = Vec::new();
    for contender in contenders {
        contender.samples.sort_by(f64::total_cmp);
        medians.push((contender.name, contender.to, contender.samples[contender.samples.len() / 2]));
    }
    for &(ours, to, qrmint_ns) in medians.iter().filter(|(name, ..)| name.starts_with("qrmint")) {
        // JSON is compared with the PNG that it contains.
        let is_peer = |name: &str, theirs: &str| {
            if to == "json" { name == ours && theirs == "png" } else { !name.starts_with("qrmint") && theirs == to }
        };
        for &(against, _, against_ns) in medians.iter().filter(|(name, to, _)| is_peer(name, to)) {
            let ratio = against_ns / qrmint_ns;
            let from = "raw content";
            rows.push(Row { workload: workload.name, from, to, qrmint: ours, against, ratio, qrmint_ns, against_ns });
        }
    }
}

fn table(rows: &[Row]) {
    println!(
        "{:<18}{:<10}{:<8}{:<18}{:>8}{:>12}{:>12}",
        "", "workload", "to", "against", "ratio", "ours, ns", "theirs, ns"
    );
    for row in rows {
        let Row { qrmint, workload, to, against, ratio, qrmint_ns, against_ns, .. } = row;
        println!("{qrmint:<18}{workload:<10}{to:<8}{against:<18}{ratio:>7.1}x{qrmint_ns:>12.0}{against_ns:>12.0}");
    }
}
