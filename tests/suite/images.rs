//! Images show their symbols, pixel by pixel.

use std::io;

use qrmint::render::{Color, Png, QuietZone, Scale, Style, Svg, Text};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Segmentation, Symbol, Version};
use qrmint_checks::{Random, check_png, check_svg, check_text};

/// A symbol of that version full of random bytes.
fn symbol(version: u8, random: &mut Random) -> Symbol {
    let version = Version::new(version).expect("1 to 40");
    let content = random.bytes(version.data_bits(ErrorCorrectionLevel::M) / 8 - 3);
    let mut options = Options::default();
    options.versions = version.into();
    options.mask = Mask::new(random.below(8) as u8);
    Encoder::with_options(options).encode(&content, ErrorCorrectionLevel::M).expect("it fits").clone()
}

#[test]
fn every_scale_up_to_32_and_quiet_zone_up_to_8_decodes_to_the_symbol() {
    let mut random = Random::new(11);
    for scale in 1..=32 {
        for quiet_zone in 0..=8 {
            // One, two and three words a row; the quiet zones bring every length of tail.
            for version in [1 + random.below(11), 12 + random.below(16), 28 + random.below(13)] {
                let symbol = symbol(version as u8, &mut random);
                check_png(&symbol, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone)).unwrap();
            }
        }
    }
}

#[test]
fn every_version_decodes_to_the_symbol() {
    let mut random = Random::new(12);
    for version in 1..=40 {
        let symbol = symbol(version, &mut random);
        for (scale, quiet_zone) in [(1, 4), (1, 0), (3, 1), (4, 4), (8, 4), (10, 2)] {
            check_png(&symbol, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone)).unwrap();
        }
    }
}

#[test]
fn the_widest_scales_and_quiet_zones_decode_or_are_refused() {
    let mut random = Random::new(13);
    for (version, scale, quiet_zone) in [
        (1, 255, 0),
        (1, 254, 4),
        (1, 255, 34),
        (2, 128, 77),
        (40, 33, 255),
        (40, 1, 255),
        (5, 7, 254),
        (7, 45, 233),
        (1, 120, 86),
    ] {
        let symbol = symbol(version, &mut random);
        check_png(&symbol, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone)).expect("small enough");
    }
    for (version, scale, quiet_zone) in [(1, 255, 35), (40, 126, 4), (40, 255, 255), (1, 44, 255)] {
        let symbol = symbol(version, &mut random);
        assert_eq!(check_png(&symbol, Scale::new(scale).unwrap(), QuietZone::new(quiet_zone)), None);
    }
}

#[test]
fn all_light_and_all_dark_data_decode_to_the_symbol() {
    let mut encoder = Encoder::new();
    for byte in [0x00, 0xff] {
        for mask in Mask::ALL {
            encoder.options_mut().mask = Some(mask);
            let symbol = encoder.encode([byte; 500], ErrorCorrectionLevel::L).unwrap();
            for scale in [1, 2, 3, 5, 6, 7, 8, 12, 16, 17, 24, 32, 40, 64, 100] {
                check_png(symbol, Scale::new(scale).unwrap(), QuietZone::default()).unwrap();
            }
        }
    }
}

#[test]
fn svg_and_text_show_the_symbol() {
    let mut random = Random::new(14);
    for version in 1..=40 {
        let symbol = symbol(version, &mut random);
        for quiet_zone in [0, 1, 4, 255] {
            check_svg(&symbol, QuietZone::new(quiet_zone));
            check_text(&symbol, QuietZone::new(quiet_zone), version % 2 == 0, version % 3 == 0);
        }
    }
}

#[test]
fn svg_files_are_smaller_than_those_of_segno() {
    // segno puts a codeword of zeros before the pad codewords, so its symbols differ from ours unless content fills them, and its files
    // may be some hundred bytes longer or shorter for that. With the same modules, ours have 18 bytes more.
    // Bytes of segno 1.6.6: `segno.make(content, version=version, error="m", boost_error=False, mode="byte", mask=2)`, saved with
    // `light="#fff", scale=1, xmldecl=False`.
    for (version, len, segno) in
        [(1, 14, 913), (3, 40, 1_459), (10, 200, 5_069), (20, 600, 14_759), (40, 2_300, 46_980)]
    {
        let options = Options::default().with_versions(Version::new(version).unwrap()).with_mask(Mask::ALL[2]);
        let mut encoder = Encoder::with_options(options.with_segmentation(Segmentation::Bytes));
        let symbol = encoder.encode(&"qrmint ".repeat(400)[..len], ErrorCorrectionLevel::M).unwrap();
        let svg = Svg::new(Scale::new(1).unwrap(), QuietZone::default()).to_string(symbol).unwrap();
        assert!(svg.len() <= segno + 120, "version {version}: {} bytes, {segno} of segno", svg.len());
        println!("version {version}: {} bytes, {segno} of segno", svg.len());
    }
}

#[test]
fn symbols_of_qrcodegen_can_be_drawn() {
    let code = qrcodegen::QrCode::encode_text("drawn by qrmint", qrcodegen::QrCodeEcc::Quartile).unwrap();
    let symbol = Symbol::from(&code);
    assert_eq!(symbol.version().number(), code.version().value());
    assert_eq!(symbol.mask().number(), code.mask().value());
    for y in 0..symbol.size() {
        for x in 0..symbol.size() {
            assert_eq!(symbol.is_dark(x, y), code.get_module(x as i32, y as i32));
        }
    }
    check_png(&symbol, Scale::default(), QuietZone::default()).unwrap();
    check_svg(&symbol, QuietZone::default());
}

#[test]
fn outside_the_symbol_all_is_light() {
    let symbol = symbol(12, &mut Random::new(15));
    for far in [65, 66, 127, 128, 1_000, usize::MAX] {
        assert!(!symbol.is_dark(far, 0) && !symbol.is_dark(0, far) && !symbol.is_dark(far, far));
        assert_eq!(symbol.row(far).count(), 0);
    }
    let row: Vec<u64> = symbol.row(0).collect();
    assert_eq!((row.len(), row[1]), (2, 1));
}

/// Accepts the given number of bytes and then fails.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Checks that an image of `len` bytes fails with the error of its output whenever that has room for less, even if a
/// `BufWriter` tells it only when it is flushed.
fn check_errors(len: usize, write: impl Fn(&mut dyn io::Write) -> io::Result<()>) {
    for room in 0..len {
        let buffered = write(&mut io::BufWriter::with_capacity(2 * len, Full(room)));
        for result in [write(&mut Full(room)), buffered] {
            assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull, "{room} of {len} bytes");
        }
    }
    assert!(write(&mut Full(len)).is_ok());
}

#[test]
fn a_failing_output_is_an_error_wherever_it_fails() {
    let symbol = symbol(3, &mut Random::new(16));
    let (png, svg, text) = (Png::default(), Svg::default(), Text::default().with_ansi(true));
    check_errors(png.to_vec(&symbol).unwrap().len(), |out| png.write(&symbol, out).map_err(io::Error::from));
    check_errors(svg.to_string(&symbol).unwrap().len(), |out| svg.write(&symbol, out).map_err(io::Error::from));
    check_errors(text.to_string(&symbol).unwrap().len(), |out| text.write(&symbol, out).map_err(io::Error::from));
}

#[test]
fn svg_and_text_reach_an_output_in_few_writes() {
    /// Counts the writes.
    struct Counts(usize);

    impl io::Write for Counts {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let symbol = symbol(40, &mut Random::new(18));
    let (svg, text) = (Svg::default(), Text::default());
    let mut writes = Counts(0);
    svg.write(&symbol, &mut writes).unwrap();
    assert!(writes.0 <= 1 + svg.to_string(&symbol).unwrap().len() / 4_096);
    writes = Counts(0);
    text.write(&symbol, &mut writes).unwrap();
    assert!(writes.0 <= 1 + text.to_string(&symbol).unwrap().len() / 4_096);
}

#[test]
fn the_image_is_the_same_from_every_writer() {
    let mut random = Random::new(17);
    let kept = Png::default();
    for _ in 0..50 {
        let symbol = symbol(1 + random.below(40) as u8, &mut random);
        let image = kept.to_vec(&symbol).unwrap();
        assert_eq!((symbol.to_png(), symbol.to_svg()), (image.clone(), Svg::default().to_string(&symbol).unwrap()));
        assert_eq!(Png::new(Scale::default(), QuietZone::default()).to_vec(&symbol).unwrap(), image);
        let clone = kept.clone();
        assert_eq!(std::thread::spawn(move || clone.to_vec(&symbol).unwrap()).join().unwrap(), image);
    }
}

#[test]
fn threads_that_share_a_writer_get_the_images_of_writers_of_their_own() {
    let mut random = Random::new(19);
    let symbols: Vec<Symbol> = (0..40).map(|_| symbol(1 + random.below(40) as u8, &mut random)).collect();
    let new = || Png::new(Scale::new(5).unwrap(), QuietZone::new(3));
    let images: Vec<Vec<u8>> = symbols.iter().map(|symbol| new().to_vec(symbol).unwrap()).collect();
    let shared = &new();
    let start = &std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (symbols, images) = (&symbols, &images);
            scope.spawn(move || {
                start.wait();
                for i in (thread..).step_by(7).take(400).map(|i| i % symbols.len()) {
                    assert_eq!(shared.to_vec(&symbols[i]).unwrap(), images[i]);
                }
            });
        }
    });
}

#[test]
fn an_svg_has_a_role_only_if_it_has_a_name() {
    let symbol = symbol(1, &mut Random::new(20));
    let svg = |title| Svg::with_style(Style::default().with_title(title)).to_string(&symbol).unwrap();
    assert_eq!(svg(""), symbol.to_svg());
    assert!(svg("a").contains(r#" role="img"><title>a</title>"#));
}

#[test]
fn the_colour_of_the_page_replaces_one_that_would_be_refused() {
    let symbol = symbol(1, &mut Random::new(21));
    let svg = Svg::with_style(Style::default().with_dark(Color::WHITE));
    assert!(svg.to_string(&symbol).is_err());
    assert!(svg.with_current_color(true).to_string(&symbol).unwrap().contains(r#"stroke="currentColor""#));
}
