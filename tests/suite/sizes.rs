//! How large images are, beside zlib at its highest level and the `png` crate's best. The tables: `cargo test --release -p
//! qrmint --test suite sizes:: -- --nocapture`.

use std::io::Write;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Symbol, Version};
use qrmint_checks::Random;

const VERSIONS: [u8; 9] = [1, 2, 3, 5, 7, 10, 20, 30, 40];
const SCALES: [u8; 29] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 21, 24, 27, 29, 31, 32, 33, 37, 40, 56, 64];
/// Symbols of each version: what one happens to hold does not decide.
const SYMBOLS: usize = 4;

/// Bytes of all images together. Another number is another choice of the writer: look at the table before it is put here.
const TOTAL: usize = 5_277_217;

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
    let mut png = Png::new(Scale::new(scale).expect("not zero"), QuietZone::default());
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

/// What an image may take beside zlib's: `DESIGN.md` says where and why it is more than was wanted.
fn most(scale: u8, version: u8) -> f64 {
    match (scale, version) {
        // Few bytes that a search of all of the image finds once more.
        (1, 1) => 1.03,
        (1, 2..10) => 1.02,
        (1, _) => 1.005,
        (2, _) => 1.0,
        (3, _) => 1.08,
        (4, _) => 0.88,
        (8, _) => 0.98,
        (16, 1) => 1.03,
        (16, _) => 1.01,
        (24.., _) if scale.is_multiple_of(8) => 1.05,
        // Odd scales cut bytes anew in every module of eight: in the smallest symbols little of that stood before.
        (21, 1) => 1.16,
        // There zlib finds more that begins with any byte.
        (29, 7 | 20) | (33, 7) | (37, 10) => 1.16,
        // 6: as much as was wanted, for rows that are put without looking back.
        (6, _) => 1.15,
        _ if scale.is_multiple_of(2) || scale == 5 => 1.14,
        _ => 1.15,
    }
}

#[test]
fn images_are_about_as_small_as_zlib_makes_them_and_no_larger_than_the_png_crate_does() {
    let mut random = Random::new(61);
    let all: Vec<Vec<Symbol>> = VERSIONS.iter().map(|&version| symbols(version, &mut random)).collect();
    let mut total = 0;
    println!("bytes an image: ours (share of zlib's, of the png crate's)");
    for scale in SCALES {
        print!("scale {scale:2}:");
        for (version, symbols) in VERSIONS.into_iter().zip(&all) {
            let Sizes { ours, zlib, png } = sizes(symbols, scale);
            total += ours;
            let [to_zlib, to_png] = [zlib, png].map(|theirs| ours as f64 / theirs as f64);
            print!("  v{version} {} ({to_zlib:.3}, {to_png:.3})", ours / SYMBOLS);
            let at = format!("scale {scale}, version {version}: {ours} bytes, zlib {zlib}, png {png}");
            assert!(to_zlib <= most(scale, version), "{at}");
            // Where scan lines that repeat a row are most of the file, other filters do as well.
            let most = match (scale, version) {
                (56, 5..=10) => 1.01,
                (64, ..7) => 1.015,
                _ => 1.0,
            };
            assert!(to_png <= most, "{at}");
        }
        println!();
    }
    assert_eq!(total, TOTAL);
}
