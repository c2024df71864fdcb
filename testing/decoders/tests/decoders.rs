//! `rqrr` and `rxing` read every image back to the exact bytes, and damaged ones as far as the level guarantees.

#![allow(clippy::unwrap_used)]

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Symbol, Version};
use qrmint_checks::{ALPHANUMERIC, Random, Reading};
use qrmint_decoders::GrayImage;

const SCALE: u8 = 3;
const QUIET_ZONE: u8 = 4;

/// Draws a symbol as PNG.
fn png(symbol: &Symbol) -> Vec<u8> {
    Png::new(Scale::new(SCALE).unwrap(), QuietZone::new(QUIET_ZONE)).to_vec(symbol).unwrap()
}

fn gray(png: &[u8]) -> GrayImage {
    GrayImage::of(png, SCALE.into(), QUIET_ZONE.into())
}

fn encoder(version: Version, mask: Mask) -> Encoder {
    let mut options = Options::default();
    options.versions = version.into();
    options.mask = Some(mask);
    Encoder::with_options(options)
}

/// Returns content that fits `bits`, of one of eight kinds: text of one mode, mixed, random bytes, or one byte repeated.
fn content(kind: usize, bits: usize, random: &mut Random) -> Vec<u8> {
    let most = bits / 8 - 3;
    let len = random.below(most + 1);
    match kind % 8 {
        0 => random.bytes(most),
        1 => random.text(b"0123456789", 2 * most),
        2 => random.text(ALPHANUMERIC, most),
        3 => format!("https://example.com/badge/{}", random.bits()).into_bytes()[..len.min(40)].to_vec(),
        4 => vec![random.bits() as u8; len],
        5 => "Grüße, 漢字 und ☃ ".bytes().cycle().take(len).collect(),
        _ => random.content(most),
    }
}

/// Two thousand images: every version, level and mask, and for 720 of them a second content. If the environment variable
/// `QRMINT_IMAGES` names a folder, the images are written to it, beside their contents, for the programs that `scanners/run` calls.
#[test]
fn two_thousand_images_are_read_back_by_rqrr_and_rxing() {
    // With an unsuitable mask, data can look like a finder pattern, and `rqrr` takes the first pattern that it meets. It is then
    // given the modules alone. That happens with one of these images.
    let misled = std::sync::atomic::AtomicUsize::new(0);
    let folder = std::env::var_os("QRMINT_IMAGES").map(std::path::PathBuf::from);
    let symbols = (0..40 * 4 * 8).chain((0..40 * 4 * 8).step_by(16).flat_map(|start| start..start + 9));
    let images: Vec<usize> = symbols.collect();
    assert_eq!(images.len(), 2_000);
    let halves = images.split_at(images.len() / 2);
    std::thread::scope(|scope| {
        for (part, images) in [halves.0, halves.1].into_iter().enumerate() {
            let (folder, misled) = (folder.as_deref(), &misled);
            scope.spawn(move || {
                let mut random = Random::new(31 + part as u64);
                for (number, image) in images.iter().enumerate() {
                    let version = Version::new(1 + (image / 32) as u8).unwrap();
                    let (level, mask) = (ErrorCorrectionLevel::ALL[image / 8 % 4], Mask::ALL[image % 8]);
                    let content = content(number / 3 + image, version.data_bits(level), &mut random);
                    let mut encoder = encoder(version, mask);
                    let symbol = encoder.encode(&content, level).unwrap();
                    let image = png(symbol);
                    let (gray, said) = (gray(&image), format!("{symbol:?}, {} bytes", content.len()));
                    if gray.rqrr().as_ref() != Ok(&content) {
                        assert_eq!(gray.rqrr_by_modules().as_ref(), Ok(&content), "rqrr: {said}");
                        misled.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                    assert_eq!(gray.rxing().as_ref(), Ok(&content), "rxing: {said}");
                    if let Some(folder) = folder {
                        let name = format!("{part}-{number:04}-{version}-{level}-{}", symbol.mask().number());
                        std::fs::write(folder.join(&name).with_extension("png"), &image).unwrap();
                        std::fs::write(folder.join(&name).with_extension("bin"), &content).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(misled.into_inner(), 1);
}

/// Gives other values to `wrong` codewords of each block, chosen at random.
fn damage(gray: &mut GrayImage, reading: &Reading, wrong: usize, random: &mut Random) {
    for block in &reading.blocks {
        let mut codewords: Vec<usize> = (0..block.len()).collect();
        for i in 0..wrong {
            let other = i + random.below(codewords.len() - i);
            codewords.swap(i, other);
            let bits = 1 + random.below(255);
            for bit in (0..8).filter(|bit| bits >> bit & 1 == 1) {
                gray.invert(block[codewords[i]][bit]);
            }
        }
    }
}

/// In each block as many codewords are wrong as can be corrected (Table 9).
#[test]
fn the_damage_that_a_level_guarantees_to_correct_is_corrected() {
    let mut random = Random::new(47);
    let mut damaged = 0;
    for version in (1..=40).filter_map(Version::new) {
        for level in ErrorCorrectionLevel::ALL {
            let mut encoder = encoder(version, Mask::ALL[random.below(8)]);
            let content = content(random.below(8), version.data_bits(level), &mut random);
            let symbol = encoder.encode(&content, level).unwrap();
            let reading = Reading::of(symbol);
            let mut gray = gray(&png(symbol));
            damage(&mut gray, &reading, reading.correctable, &mut random);
            damaged += reading.correctable * reading.blocks.len();
            let said = format!("{symbol:?}, {} wrong in each block", reading.correctable);
            // `rqrr` 0.11 looks for alignment patterns of version 21 at 92 (Annex E: 94) and misreads codewords itself.
            if version.number() != 21 {
                assert_eq!(gray.rqrr().as_ref(), Ok(&content), "rqrr: {said}");
            }
            assert_eq!(gray.rxing().as_ref(), Ok(&content), "rxing: {said}");
        }
    }
    // The sum over all blocks of Table 9.
    assert_eq!(damaged, 49_209);
}

/// Shows that the damage reaches the decoders.
#[test]
fn twice_the_damage_that_a_level_guarantees_to_correct_is_not_corrected() {
    let mut random = Random::new(53);
    for level in ErrorCorrectionLevel::ALL {
        let mut encoder = encoder(Version::new(10).unwrap(), Mask::ALL[2]);
        let content = random.bytes(50);
        let symbol: &Symbol = encoder.encode(&content, level).unwrap();
        let reading = Reading::of(symbol);
        let mut gray = gray(&png(symbol));
        damage(&mut gray, &reading, 2 * reading.correctable, &mut random);
        assert_ne!(gray.rqrr().as_ref(), Ok(&content), "{level}");
        assert_ne!(gray.rxing().as_ref(), Ok(&content), "{level}");
    }
}
