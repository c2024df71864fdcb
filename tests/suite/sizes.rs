//! How large PNG files are, beside zlib at its highest level (the package `zlib-rs`) and the `png` crate's best. The table:
//! `cargo test -p qrmint --test suite sizes:: -- --nocapture`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;
use std::thread;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Symbol, Version};
use qrmint_checks::Random;

const VERSIONS: [u8; 7] = [1, 2, 5, 10, 20, 30, 40];
const SCALES: [u8; 23] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 32, 33, 40, 48, 64];
/// Symbols of each version: the content of one does not decide.
const SYMBOLS: usize = 4;

/// Bytes of the images of some symbols at one scale.
struct Sizes {
    ours: usize,
    /// The same scan lines, unfiltered, through zlib's level 9, in the same container.
    zlib: usize,
    /// The same image by the `png` crate at `Compression::High`.
    png: usize,
}

fn symbols(version: u8, random: &mut Random) -> Vec<Symbol> {
    let version = Version::new(version).expect("1 to 40");
    let mut encoder = Encoder::new();
    encoder.options_mut().versions = version.into();
    let mut symbol = || {
        let content = random.bytes(version.data_bits(ErrorCorrectionLevel::L) / 8 - 3);
        encoder.encode(&content, ErrorCorrectionLevel::L).expect("it fits").clone()
    };
    (0..SYMBOLS).map(|_| symbol()).collect()
}

fn sizes(symbols: &[Symbol], scale: u8) -> Sizes {
    let png = Png::new(Scale::new(scale).expect("not zero"), QuietZone::default());
    let mut sizes = Sizes { ours: 0, zlib: 0, png: 0 };
    for symbol in symbols {
        let side = png.side(symbol.version()) as usize;
        let module = |pixel: usize| (pixel / usize::from(scale)).wrapping_sub(4);
        let light = |x: usize, y: usize| x >= side || !symbol.is_dark(module(x), module(y));
        let byte = |i: usize, y: usize| (0..8).fold(0, |bits, bit| bits << 1 | u8::from(light(8 * i + bit, y)));
        // One row of modules after the other: its pixels are worked out once.
        let lines: Vec<Vec<u8>> =
            (0..side).step_by(scale.into()).map(|y| (0..side.div_ceil(8)).map(|i| byte(i, y)).collect()).collect();
        let lines = || lines.iter().flat_map(|line| std::iter::repeat_n(line, scale.into()));

        let image = png.to_vec(symbol).expect("small enough");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        lines().for_each(|line| zlib.write_all(&[&[0], &line[..]].concat()).expect("a vector takes all"));
        // Signature, header, end and the framing of the data are 57 bytes.
        sizes.zlib += 57 + zlib.finish().expect("a vector takes all").len();
        sizes.ours += image.len();

        let mut theirs = Vec::new();
        let mut encoder = png::Encoder::new(&mut theirs, side as u32, side as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("a vector takes all");
        writer.write_image_data(&lines().flatten().copied().collect::<Vec<u8>>()).expect("a vector takes all");
        writer.finish().expect("a vector takes all");
        sizes.png += theirs.len();
    }
    sizes
}

/// Returns the most that a file may take, as a multiple of zlib's and of the `png` crate's.
fn bounds(scale: u8, version: u8) -> (f64, f64) {
    match (scale, version) {
        (1, _) | (2 | 3 | 4 | 8, 1) => (1.15, 1.1),
        (2 | 3 | 4 | 8, _) => (1.1, 1.1),
        (..=15, _) => (f64::INFINITY, 1.1),
        (16, _) => (f64::INFINITY, 1.2),
        (17.., _) => (f64::INFINITY, 1.5),
    }
}

/// Returns one line of the table and the places of it that are out of bounds.
fn line(scale: u8, all: &[Vec<Symbol>]) -> (String, Vec<String>) {
    let (mut line, mut faults) = (format!("scale {scale:2}:"), Vec::new());
    for (version, symbols) in VERSIONS.into_iter().zip(all) {
        let Sizes { ours, zlib, png } = sizes(symbols, scale);
        let [to_zlib, to_png] = [zlib, png].map(|theirs| ours as f64 / theirs as f64);
        write!(line, "  v{version} {} ({to_zlib:.2}, {to_png:.2})", ours / SYMBOLS).expect("a string takes all");
        let (max_to_zlib, max_to_png) = bounds(scale, version);
        if to_zlib > max_to_zlib || to_png > max_to_png {
            faults.push(format!("scale {scale}, version {version}: {to_zlib:.3} of zlib's, {to_png:.3} of png's"));
        }
    }
    (line, faults)
}

#[test]
fn files_are_no_larger_than_stated_beside_zlib_and_the_png_crate() {
    let mut random = Random::new(61);
    let all: Vec<Vec<Symbol>> = VERSIONS.iter().map(|&version| symbols(version, &mut random)).collect();
    // The largest scales take the longest, so they go first.
    let (left, done) = (Mutex::new(SCALES.to_vec()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(scale) = left.lock().expect("no test fails here").pop() else { return };
                    let result = line(scale, &all);
                    done.lock().expect("no test fails here").push((scale, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no test fails here");
    done.sort_by_key(|(scale, _)| *scale);
    println!("bytes a file: ours (of zlib's, of the png crate's)");
    done.iter().for_each(|(_, (line, _))| println!("{line}"));
    let faults: Vec<_> = done.into_iter().flat_map(|(_, (_, faults))| faults).collect();
    assert_eq!(faults, Vec::<String>::new());
}
