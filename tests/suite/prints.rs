//! Prints show their symbols: PDF, EPS and ZPL.

use qrmint::render::{Color, Dpi, Eps, Finding, Length, Pdf, QuietZone, RenderError, Scale, Size, Style, Zpl};
use qrmint::{Encoder, ErrorCorrectionLevel, Options, Symbol, Version};
use qrmint_checks::{Random, check_eps, check_pdf, check_zpl, pdf_objects};

fn hello() -> Symbol {
    Symbol::encode("hello", ErrorCorrectionLevel::M).unwrap()
}

/// A symbol of that version full of random bytes.
fn symbol(version: u8, random: &mut Random) -> Symbol {
    let version = Version::new(version).expect("1 to 40");
    let content = random.bytes(version.data_bits(ErrorCorrectionLevel::L) / 8 - 3);
    let mut encoder = Encoder::with_options(Options::default().with_versions(version));
    encoder.encode(&content, ErrorCorrectionLevel::L).expect("it fits").clone()
}

fn mm(mm: f64) -> Length {
    Length::from_mm(mm).unwrap()
}

fn dpi(number: u16) -> Dpi {
    Dpi::new(number).unwrap()
}

#[test]
fn prints_of_every_version_show_the_symbol_at_every_kind_of_size() {
    let mut random = Random::new(31);
    for version in 1..=40 {
        let symbol = symbol(version, &mut random);
        let sizes = [
            Size::default(),
            Size::Scale(Scale::new(1).unwrap()),
            Size::Pixels(737),
            Size::Module(mm(0.33), dpi(300)),
            Size::Side(mm(30.0), dpi(203)),
            Size::Side(mm(50.8), dpi(300)),
            Size::Side(mm(25.0), dpi(600)),
        ];
        for (size, quiet_zone) in sizes.into_iter().zip([4, 0, 1, 4, 4, 2, 7]) {
            let style = Style::default().with_size(size).with_quiet_zone(QuietZone::new(quiet_zone));
            check_pdf(&symbol, &Pdf::with_style(style.clone())).unwrap();
            check_eps(&symbol, &Eps::with_style(style.clone())).unwrap();
            check_zpl(&symbol, &Zpl::with_style(style), (0, 0)).unwrap();
        }
    }
}

#[test]
fn the_files_of_a_small_symbol_are_known_byte_for_byte() {
    let symbol = hello();
    assert_eq!(Pdf::default().to_string(&symbol).unwrap(), include_str!("samples/hello.pdf"));
    assert_eq!(Eps::default().to_string(&symbol).unwrap(), include_str!("samples/hello.eps"));
    let narrow = Style::default().with_size(Size::Scale(Scale::new(3).unwrap()));
    assert_eq!(Zpl::with_style(narrow).to_string(&symbol).unwrap(), include_str!("samples/hello.zpl"));
}

#[test]
fn colours_are_drawn_as_they_look_on_white_paper() {
    let symbol = hello();
    let half = Color::rgba(0, 0, 0, 0x80);
    for (dark, light, expected) in [
        (Color::BLACK, Some(Color::WHITE), "0 0 0 0 k\n0 0 55.67994 55.67994 re\nf\n0 0 0 1 k\n"),
        (Color::BLACK, None, "0 0 0 1 k\n"),
        // Black that is seen as black is black ink, whatever lies below.
        (Color::BLACK, Some(Color::rgba(0, 0, 0, 0)), "0 0 0 0 k\n0 0 55.67994 55.67994 re\nf\n0 0 0 1 k\n"),
        (Color::rgb(0, 0x33, 0x66), Some(Color::WHITE), "0 0 0 0 k\n0 0 55.67994 55.67994 re\nf\n0 0.2 0.4 rg\n"),
        (Color::BLACK, Some(Color::rgb(255, 0xff, 0x99)), "1 1 0.6 rg\n0 0 55.67994 55.67994 re\nf\n0 0 0 1 k\n"),
        (half, None, "0.498039 0.498039 0.498039 rg\n"),
    ] {
        let style = Style::default().with_dark(dark).with_light(light);
        let pdf = check_pdf(&symbol, &Pdf::with_style(style.clone())).unwrap();
        assert!(pdf.contains(&format!("stream\n{expected}1.92 0 0 -1.92 7.68096 47.99898 cm\n0 0 6.999 .999 re\n")));
        let eps = check_eps(&symbol, &Eps::with_style(style.clone())).unwrap();
        assert!(eps.contains(&format!(
            "/f{{fill}}bind def\n{expected}1.92 0 0 -1.92 7.68096 47.99898 cm\n0 0 6.999 .999 re\n"
        )));
        assert_eq!(Zpl::with_style(style).to_string(&symbol).unwrap(), Zpl::default().to_string(&symbol).unwrap());
    }
}

#[test]
fn a_symbol_is_one_path_that_is_filled_once() {
    let symbol = symbol(40, &mut Random::new(32));
    let writer = Pdf::with_style(Style::default().with_light(None));
    let file = check_pdf(&symbol, &writer).unwrap();
    assert_eq!(file.lines().filter(|line| *line == "f").count(), 1);
    assert_eq!(file.lines().filter(|line| line.ends_with(" re")).count(), symbol.runs().count());
}

/// Titles with all that needs care.
const TITLES: [&str; 8] = [
    "Badge 4711",
    "a (b) \\ c)",
    "",
    "Müller & Söhne",
    "日本 👍",
    "two\nlines\r\nor three",
    "\0",
    "%%EOF\n\x7f\t<>[]{}/",
];

/// Returns the text that a PDF text string stands for.
fn pdf_text(string: &str) -> String {
    if let Some(digits) = string.strip_prefix("<FEFF").and_then(|string| string.strip_suffix('>')) {
        let units: Vec<u16> = digits
            .as_bytes()
            .chunks_exact(4)
            .map(|unit| u16::from_str_radix(str::from_utf8(unit).unwrap(), 16).unwrap())
            .collect();
        return String::from_utf16(&units).unwrap();
    }
    String::from_utf8(unescaped(string)).unwrap()
}

/// Returns the bytes of a literal string in parentheses, of PDF or PostScript, with escapes of one character or three
/// octal digits.
fn unescaped(string: &str) -> Vec<u8> {
    let inside = string.strip_prefix('(').and_then(|string| string.strip_suffix(')')).expect("parentheses");
    let (mut bytes, mut rest) = (Vec::new(), inside.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'\\', [escaped @ (b'(' | b')' | b'\\'), after @ ..]) => {
                bytes.push(*escaped);
                after
            }
            (b'\\', digits) => {
                bytes.push(u8::from_str_radix(str::from_utf8(&digits[..3]).unwrap(), 8).unwrap());
                &digits[3..]
            }
            _ => {
                assert!(!matches!(byte, b'(' | b')' | b'\n' | b'\r' | 0), "{string}");
                bytes.push(byte);
                after
            }
        };
    }
    bytes
}

#[test]
fn pdf_titles_and_descriptions_are_kept_in_every_script() {
    for title in TITLES {
        for description in [None, Some("Scan (me)"), Some("Größe")] {
            let mut style = Style::default().with_title(title);
            style.description = description.map(str::to_owned);
            let file = check_pdf(&hello(), &Pdf::with_style(style)).unwrap();
            let info = pdf_objects(&file)[6].strip_prefix("<</Title").unwrap().strip_suffix(">>").unwrap();
            let (shown, subject) =
                info.split_once("/Subject").map_or((info, None), |(title, subject)| (title, Some(subject)));
            assert_eq!(pdf_text(shown), title);
            assert_eq!(subject.map(pdf_text).as_deref(), description);
        }
    }
    assert_eq!(pdf_objects(&Pdf::default().to_string(&hello()).unwrap()).len(), 6, "no information");
}

#[test]
fn eps_titles_are_one_line_of_ascii() {
    let title_of = |title: &str| {
        let file = check_eps(&hello(), &Eps::with_style(Style::default().with_title(title))).unwrap();
        let line = file.lines().find_map(|line| line.strip_prefix("%%Title: ")).unwrap().to_owned();
        assert_eq!(file.replace(&format!("%%Title: {line}\n"), ""), Eps::default().to_string(&hello()).unwrap());
        String::from_utf8(unescaped(&line)).unwrap()
    };
    for title in TITLES {
        assert_eq!(title_of(title), title);
    }
    // A line has 255 characters, 244 of them for the title. No escape is cut.
    for (character, count) in [('x', 244), ('\\', 122), ('ü', 30), ('€', 20), ('👍', 15)] {
        let all: String = std::iter::repeat_n(character, 300).collect();
        assert_eq!(title_of(&all), all.chars().take(count).collect::<String>());
        let shifted = title_of(&format!("x{all}"));
        assert!(all.starts_with(&shifted[1..]) && shifted.chars().count() >= count);
    }
}

#[test]
fn a_file_has_a_date_only_if_it_is_given() {
    let symbol = hello();
    let (pdf, eps) = (Pdf::default(), Eps::default());
    assert!(!pdf.to_string(&symbol).unwrap().contains("Date"));
    assert!(!eps.to_string(&symbol).unwrap().contains("Date"));
    for (seconds, compact, readable) in [
        (0, "19700101000000", "1970-01-01T00:00:00"),
        (1_709_210_096, "20240229123456", "2024-02-29T12:34:56"),
        (u64::MAX, "99991231235959", "9999-12-31T23:59:59"),
    ] {
        let file = check_pdf(&symbol, &pdf.clone().with_creation_date(seconds)).unwrap();
        assert_eq!(pdf_objects(&file)[6], format!("<</CreationDate(D:{compact}Z)>>"));
        let file = check_eps(&symbol, &eps.clone().with_creation_date(seconds)).unwrap();
        assert!(file.contains(&format!("\n%%CreationDate: {readable}Z\n")));
    }
}

#[test]
fn pages_larger_than_acrobat_opens_are_refused() {
    let symbol = hello();
    let side = |side, dpi| Style::default().with_size(Size::Side(Length::of_dots(side, dpi), dpi));
    for number in [1, 72, 203, 300, 10_000] {
        let dpi = dpi(number);
        // 200 inches are 5,080 mm.
        let max_side = 200 * u32::from(number);
        let file = check_pdf(&symbol, &Pdf::with_style(side(max_side, dpi))).unwrap();
        assert!(file.contains("/MediaBox[0 0 14399.9"));
        let error = Pdf::with_style(side(max_side + 1, dpi)).to_string(&symbol).unwrap_err();
        assert!(
            matches!(error, RenderError::TooLarge { side, max_side: max } if (side, max) == (max_side + 1, max_side)),
            "{error}"
        );
    }
    let pixels = |side| Style::default().with_size(Size::Pixels(side));
    assert!(Pdf::with_style(pixels(60_000)).to_string(&symbol).is_ok());
    assert!(Pdf::with_style(pixels(60_001)).to_string(&symbol).is_err());
    assert!(Eps::with_style(pixels(60_001)).to_string(&symbol).is_ok());
}

#[test]
fn large_labels_are_several_fields_and_none_reaches_beyond_the_last_coordinate() {
    let symbol = hello();
    let pixels = |side| Zpl::with_style(Style::default().with_size(Size::Pixels(side)));
    // 800 rows of 100 bytes are one field, 1,200 of 150 are two.
    assert_eq!(check_zpl(&symbol, &pixels(800), (0, 0)).unwrap().matches("^GFA").count(), 1);
    let label = check_zpl(&symbol, &pixels(1_200).with_origin(40, 60), (40, 60)).unwrap();
    assert_eq!(label.matches("^GFA").count(), 2);
    assert!(label.contains("\n^FO40,726^GFA,80100,80100,150,"), "666 rows of 150 bytes are 99,900 in the first field");
    // A row of modules may take more than a field.
    check_zpl(&symbol, &pixels(6_000), (0, 0)).unwrap();

    for (x, y, max_side) in [(0, 0, 32_000), (100, 0, 31_900), (0, 31_000, 1_000), (32_000, 5, 0), (u16::MAX, 0, 0)] {
        let error = pixels(max_side.max(28) + 1).with_origin(x, y).to_string(&symbol).unwrap_err();
        let expected = (max_side.max(28) + 1, max_side);
        assert!(matches!(error, RenderError::TooLarge { side, max_side } if (side, max_side) == expected), "{error}");
        if max_side > 0 {
            assert!(pixels(max_side).with_origin(x, y).display(&symbol).is_ok());
        }
    }
}

#[test]
fn fields_can_be_part_of_a_label_of_ones_own() {
    let whole = Zpl::default().with_origin(3, 4).to_string(&hello()).unwrap();
    let fields = check_zpl(&hello(), &Zpl::default().with_origin(3, 4).with_label(false), (3, 4)).unwrap();
    assert_eq!(whole, format!("^XA\n{fields}^XZ\n"));
    assert!(fields.starts_with("^FO3,4^GFA,") && fields.ends_with("^FS\n"));
}

#[test]
fn prints_that_would_not_scan_are_refused_before_a_byte_is_written() {
    let symbol = hello();
    let mut out = Vec::new();
    let orange = Style::default().with_dark(Color::rgb(0xff, 0x66, 0));
    for result in [
        Pdf::with_style(orange.clone()).write(&symbol, &mut out),
        Eps::with_style(orange.clone()).write(&symbol, &mut out),
    ] {
        assert!(matches!(result, Err(RenderError::Refused(Finding::Contrast { .. }))));
    }
    assert!(Zpl::with_style(orange.clone()).to_string(&symbol).is_ok(), "printers of labels have one ink");
    assert!(Pdf::with_style(orange.with_unsafe_colors(true)).to_string(&symbol).is_ok());

    let small = Style::default().with_size(Size::Side(mm(2.0), dpi(300)));
    for result in [
        Pdf::with_style(small.clone()).write(&symbol, &mut out),
        Eps::with_style(small.clone()).write(&symbol, &mut out),
        Zpl::with_style(small).write(&symbol, &mut out),
    ] {
        assert!(matches!(result, Err(RenderError::Refused(Finding::TooSmall { .. }))));
    }
    assert!(out.is_empty());
}
