//! Decoders that none of us wrote read every image back to the exact bytes, and damaged ones as far as the level promises.

#![allow(clippy::unwrap_used)]

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Symbol, Version};
use qrmint_checks::{ALPHANUMERIC, Random, Reading, png_modules};

const SCALE: usize = 3;
const QUIET_ZONE: usize = 4;

/// An image as a plane of luminance, one byte a pixel.
struct Plane {
    luma: Vec<u8>,
    side: usize,
}

impl Plane {
    fn of(image: &[u8]) -> Self {
        let (dark, side) = png_modules(image, 1, 0);
        Self { luma: dark.iter().map(|&dark| if dark { 0 } else { 255 }).collect(), side }
    }

    /// Makes dark of light and light of dark.
    fn invert(&mut self, (x, y): (usize, usize)) {
        for row in (QUIET_ZONE + y) * SCALE..(QUIET_ZONE + y + 1) * SCALE {
            for pixel in &mut self.luma[row * self.side..][(QUIET_ZONE + x) * SCALE..(QUIET_ZONE + x + 1) * SCALE] {
                *pixel = !*pixel;
            }
        }
    }

    /// The bytes that `rqrr` finds in the image.
    fn rqrr(&self) -> Result<Vec<u8>, String> {
        let pixel = |x, y| self.luma[y * self.side + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.side, self.side, pixel);
        let grids = image.detect_grids();
        let [grid] = &grids[..] else { return Err(format!("{} codes found", grids.len())) };
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// The bytes that `rqrr` finds in the modules, without a search for them.
    fn rqrr_by_modules(&self) -> Result<Vec<u8>, String> {
        let centre = |module: usize| (QUIET_ZONE + module) * SCALE + SCALE / 2;
        let size = self.side / SCALE - 2 * QUIET_ZONE;
        let grid = rqrr::SimpleGrid::from_func(size, |x, y| self.luma[centre(y) * self.side + centre(x)] == 0);
        let mut bytes = Vec::new();
        rqrr::Grid::new(grid).decode_to(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// The bytes that `rxing` finds. It makes text of bytes in a character set that it would guess; told that it is ISO 8859-1 it
    /// makes one character of each byte.
    fn rxing(&self) -> Result<Vec<u8>, String> {
        use rxing::common::HybridBinarizer;
        use rxing::qrcode::QRCodeReader;
        use rxing::{BinaryBitmap, Luma8LuminanceSource, Reader};
        let source = Luma8LuminanceSource::new(self.luma.clone(), self.side as u32, self.side as u32);
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source.map_err(|error| error.to_string())?));
        let hints = rxing::DecodeHints {
            CharacterSet: Some("iso-8859-1".to_owned()),
            // An image, not a photograph: at three pixels a module its search for the symbol fails on one in some hundred.
            PureBarcode: Some(true),
            ..Default::default()
        };
        let result = QRCodeReader.decode_with_hints(&mut bitmap, &hints).map_err(|error| error.to_string())?;
        let bytes =
            result.getText().chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("{c:?} is no byte")));
        bytes.collect()
    }
}

fn png() -> Png {
    Png::new(Scale::new(SCALE as u8).unwrap(), QuietZone::new(QUIET_ZONE as u8))
}

fn encoder(version: Version, mask: Mask) -> Encoder {
    let mut options = Options::default();
    options.versions = version.into();
    options.mask = Some(mask);
    Encoder::with_options(options)
}

/// Content of the kind of that number that fits: text of one mode, mixed, random bytes, one byte again and again, or none.
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

/// Two thousand images: every version, level and mask, and for 720 of them a second content. With `QRMINT_IMAGES` in the environment
/// they are left in that folder, beside their content, for decoders that are no library of ours: see `tests/scanners`.
#[test]
fn two_thousand_images_are_read_back_by_rqrr_and_rxing() {
    // With a mask that nobody would choose, data can look like a finder pattern; then `rqrr`, which takes the first that it
    // meets, gets the modules alone. Of these images that is one.
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
                let (mut random, mut png) = (Random::new(31 + part as u64), png());
                for (number, image) in images.iter().enumerate() {
                    let version = Version::new(1 + (image / 32) as u8).unwrap();
                    let (level, mask) = (ErrorCorrectionLevel::ALL[image / 8 % 4], Mask::ALL[image % 8]);
                    let content = content(number / 3 + image, version.data_bits(level), &mut random);
                    let mut encoder = encoder(version, mask);
                    let symbol = encoder.encode(&content, level).unwrap();
                    let image = png.to_vec(symbol).unwrap();
                    let (plane, said) = (Plane::of(&image), format!("{symbol:?}, {} bytes", content.len()));
                    if plane.rqrr().as_ref() != Ok(&content) {
                        assert_eq!(plane.rqrr_by_modules().as_ref(), Ok(&content), "rqrr: {said}");
                        misled.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                    assert_eq!(plane.rxing().as_ref(), Ok(&content), "rxing: {said}");
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

/// So many codewords of each block, chosen at random, get other values.
fn damage(plane: &mut Plane, reading: &Reading, wrong: usize, random: &mut Random) {
    for block in &reading.blocks {
        let mut codewords: Vec<usize> = (0..block.len()).collect();
        for i in 0..wrong {
            let other = i + random.below(codewords.len() - i);
            codewords.swap(i, other);
            let bits = 1 + random.below(255);
            for bit in (0..8).filter(|bit| bits >> bit & 1 == 1) {
                plane.invert(block[codewords[i]][bit]);
            }
        }
    }
}

/// As many codewords of each block are wrong as the level promises to put right (Table 9).
#[test]
fn as_much_damage_as_a_level_promises_to_bear_is_borne() {
    let mut random = Random::new(47);
    let mut damaged = 0;
    for version in (1..=40).filter_map(Version::new) {
        for level in ErrorCorrectionLevel::ALL {
            let mut encoder = encoder(version, Mask::ALL[random.below(8)]);
            let content = content(random.below(8), version.data_bits(level), &mut random);
            let symbol = encoder.encode(&content, level).unwrap();
            let reading = Reading::of(symbol);
            let mut plane = Plane::of(&png().to_vec(symbol).unwrap());
            damage(&mut plane, &reading, reading.correctable, &mut random);
            damaged += reading.correctable * reading.blocks.len();
            let said = format!("{symbol:?}, {} wrong in each block", reading.correctable);
            // `rqrr` 0.11 looks for alignment patterns of version 21 at 92 (Annex E: 94) and misreads codewords itself.
            if version.number() != 21 {
                assert_eq!(plane.rqrr().as_ref(), Ok(&content), "rqrr: {said}");
            }
            assert_eq!(plane.rxing().as_ref(), Ok(&content), "rxing: {said}");
        }
    }
    // What all blocks of Table 9 can put right together.
    assert_eq!(damaged, 49_209);
}

/// The damage reaches the decoders: twice as much is too much for them.
#[test]
fn more_damage_is_noticed() {
    let mut random = Random::new(53);
    for level in ErrorCorrectionLevel::ALL {
        let mut encoder = encoder(Version::new(10).unwrap(), Mask::ALL[2]);
        let content = random.bytes(50);
        let symbol: &Symbol = encoder.encode(&content, level).unwrap();
        let reading = Reading::of(symbol);
        let mut plane = Plane::of(&png().to_vec(symbol).unwrap());
        damage(&mut plane, &reading, 2 * reading.correctable, &mut random);
        assert_ne!(plane.rqrr().as_ref(), Ok(&content), "{level}");
        assert_ne!(plane.rxing().as_ref(), Ok(&content), "{level}");
    }
}
