//! Which contrast three readers need, by the formula that `Style` refuses and warns by.
//!
//! The pictures are clean: no paper, no light, no camera. The limits of `Finding` leave room for these. `rxing` compares with the mean
//! of blocks of 8 pixels, so it needs more where modules have that size.

#![allow(clippy::unwrap_used)]

use qrmint::render::{Color, Finding, Png, QuietZone, Scale, Size, Style, VerdictLevel};
use qrmint::{ErrorCorrectionLevel, Symbol, Version};
use qrmint_checks::Random;
use qrmint_decoders::GrayImage;

type Reader = fn(&GrayImage) -> Result<Vec<u8>, String>;

const READERS: [(&str, Reader); 3] =
    [("rqrr", GrayImage::rqrr), ("rxing", GrayImage::rxing), ("quircs", GrayImage::quircs)];

const CONTENT: &[u8] = b"https://example.com/badge/4711";

/// The gray that readers make of a colour (ITU-R BT.601).
fn luma(color: Color) -> u8 {
    let [red, green, blue, _] = color.to_rgba().map(u32::from);
    ((299 * red + 587 * green + 114 * blue + 500) / 1_000) as u8
}

fn black_on_white() -> GrayImage {
    let symbol = Symbol::encode(CONTENT, ErrorCorrectionLevel::M).unwrap();
    GrayImage::of(&Png::new(Scale::default(), QuietZone::default()).to_vec(&symbol).unwrap(), 8, 4)
}

fn reads(reader: Reader, image: &GrayImage, dark: Color, light: Color) -> bool {
    reader(&image.with_shades(luma(dark), luma(light))).is_ok_and(|bytes| bytes == CONTENT)
}

#[test]
fn every_reader_reads_every_pair_of_colours_without_a_warning() {
    let (image, mut random) = (black_on_white(), Random::new(61));
    let mut color = || Color::rgb(random.bits() as u8, random.bits() as u8, random.bits() as u8);
    let mut pairs = 0;
    while pairs < 300 {
        let (dark, light) = (color(), color());
        let style = Style::default().with_dark(dark).with_light(Some(light));
        // Close to the limit: the most difficult ones.
        if style.verdict(Version::MIN).level() == VerdictLevel::Ok
            && dark.contrast(light) < Finding::GOOD_CONTRAST + 1.0
        {
            pairs += 1;
            for (name, reader) in READERS {
                assert!(reads(reader, &image, dark, light), "{name} reads no {dark} on {light}");
            }
        }
    }
}

#[test]
fn readers_stop_where_this_table_says() {
    let image = black_on_white();
    let grays = || (0..=255).map(|gray| Color::rgb(gray, gray, gray));
    // The least contrast that each reads: gray on white, and black on gray.
    let stops = READERS.map(|(name, reader)| {
        let on_white = grays().filter(|gray| reads(reader, &image, *gray, Color::WHITE));
        let on_white = on_white.map(|gray| gray.contrast(Color::WHITE)).fold(21.0, f64::min);
        let black_on = grays().filter(|gray| reads(reader, &image, Color::BLACK, *gray));
        let black_on = black_on.map(|gray| gray.contrast(Color::BLACK)).fold(21.0, f64::min);
        println!("{name}: gray on white from {on_white:.2}:1, black on gray from {black_on:.2}:1");
        (name, format!("{on_white:.2}"), format!("{black_on:.2}"))
    });
    let stops = stops.each_ref().map(|(name, on_white, black_on)| (*name, &**on_white, &**black_on));
    assert_eq!(stops, [("rqrr", "1.43", "1.03"), ("rxing", "4.06", "1.01"), ("quircs", "1.02", "1.01")]);
}

#[test]
fn inverted_pictures_are_read_by_none_of_them() {
    let image = black_on_white();
    let read = READERS.map(|(_, reader)| reads(reader, &image, Color::WHITE, Color::BLACK));
    assert_eq!(read, [false; 3]);
}

#[test]
fn pictures_with_odd_quiet_zones_are_read_by_every_reader() {
    let symbol = Symbol::encode(CONTENT, ErrorCorrectionLevel::M).unwrap();
    for side in (111..140).chain([400, 1_000]) {
        let style = Style::default().with_size(Size::Pixels(side));
        let module = style.placement(symbol.version()).unwrap().module as usize;
        let image = GrayImage::of(&Png::with_style(style).to_vec(&symbol).unwrap(), module, 4);
        for (name, reader) in READERS {
            assert_eq!(reader(&image).as_deref(), Ok(CONTENT), "{name} at {side} pixels");
        }
    }
}
