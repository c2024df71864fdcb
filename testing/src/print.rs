//! Pictures for paper against the symbols that they show: PDF, EPS and ZPL, read back by small readers that know what
//! the writers use and nothing else.

use qrmint::Symbol;
use qrmint::render::{Color, Eps, Pdf, RenderError, Style, VerdictLevel, Zpl};

use crate::image::MAX_CHECKED_SIDE;

/// Draws the symbol in every format for paper, unless the style is refused, and compares files with the symbol and the
/// style.
pub fn check_prints(symbol: &Symbol, style: &Style) {
    check_pdf(symbol, &Pdf::with_style(style.clone()));
    check_eps(symbol, &Eps::with_style(style.clone()));
    // Of a larger picture, every dot takes seconds.
    if style.placement(symbol.version()).is_ok_and(|placement| placement.side <= MAX_CHECKED_SIDE) {
        check_zpl(symbol, &Zpl::with_style(style.clone()), (0, 0));
    }
}

/// Returns the file, the same in all ways out. Returns `None` from the function if it is refused, for a reason that the
/// style has.
macro_rules! written {
    ($writer:expr, $symbol:expr, $style:expr) => {{
        let file = match $writer.to_string($symbol) {
            Ok(file) => file,
            Err(error) => {
                assert!($writer.display($symbol).is_err());
                match error {
                    RenderError::TooLarge { side, max_side } => assert!(side > max_side),
                    RenderError::Refused(finding) => {
                        assert!($style.verdict($symbol.version()).findings.contains(&finding));
                        assert_eq!(finding.level(), VerdictLevel::Refuse);
                    }
                    other => panic!("unexpected error: {other}"),
                }
                return None;
            }
        };
        let mut bytes = Vec::new();
        $writer.write($symbol, &mut bytes).expect("a vector takes all");
        assert_eq!(bytes, file.as_bytes());
        assert_eq!($writer.display($symbol).expect("not refused").to_string(), file);
        assert!(file.is_ascii());
        file
    }};
}

/// Writes the symbol as PDF and checks objects, size, colours and every module; or checks that it is refused with
/// reason. Returns the file if there is one.
pub fn check_pdf(symbol: &Symbol, writer: &Pdf) -> Option<String> {
    let file = written!(writer, symbol, writer.style());
    let objects = pdf_objects(&file);
    let content = between(objects[4], "<</Length 5 0 R>>\nstream\n", "\nendstream");
    assert_eq!(objects[5], content.len().to_string());
    let (width, height) = between(objects[3], "/MediaBox[0 0 ", "]").split_once(' ').expect("two numbers");
    assert_eq!(width, height);
    check_content(content, number(width), symbol, writer.style());
    Some(file)
}

/// Returns the objects of a PDF file by number, without `obj` and `endobj`; the first is empty. Panics unless the
/// cross-reference table points at each of them, and there is nothing else in the file.
pub fn pdf_objects(file: &str) -> Vec<&str> {
    let (body, start) = between(file, "%PDF-1.4\n", "\n%%EOF\n").rsplit_once("\nstartxref\n").expect("an offset");
    let start: usize = start.parse().expect("an offset");
    assert_eq!(file.find("xref\n"), Some(start));
    let (count, rest) = file[start..].strip_prefix("xref\n0 ").and_then(|rest| rest.split_once('\n')).expect("a count");
    let count: usize = count.parse().expect("a count");
    let (entries, trailer) = rest.split_at(20 * count);
    assert_eq!(entries[..20], *"0000000000 65535 f \n");
    let info = if count == 7 { "/Info 6 0 R" } else { "" };
    assert!(trailer.starts_with(&format!("trailer\n<</Size {count}/Root 1 0 R{info}>>\nstartxref\n")));
    assert!(body.ends_with(">>"));

    let mut objects = vec![""];
    let mut end = "%PDF-1.4\n".len();
    for number in 1..count {
        let entry = entries[20 * number..][..20].strip_suffix(" 00000 n \n").expect("an entry in use");
        assert_eq!(entry.parse(), Ok(end), "objects follow each other");
        let (object, _) = file[end..].split_once("\nendobj\n").expect("the end of an object");
        end += object.len() + "\nendobj\n".len();
        objects.push(object.strip_prefix(&format!("{number} 0 obj\n")).expect("the number of the object"));
    }
    assert_eq!(end, start);
    objects
}

/// Writes the symbol as EPS and checks comments, size, colours and every module; or checks that it is refused with
/// reason. Returns the file if there is one.
pub fn check_eps(symbol: &Symbol, writer: &Eps) -> Option<String> {
    let file = written!(writer, symbol, writer.style());
    let (comments, rest) = file.split_once("%%EndComments\n").expect("comments");
    assert!(comments.starts_with("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 "));
    assert!(comments.ends_with("\n%%LanguageLevel: 2\n"));
    let side = |name| {
        let (width, height) = between(comments, name, "\n").split_once(' ').expect("two numbers");
        assert_eq!(width, height);
        number(width)
    };
    let exact = side("%%HiResBoundingBox: 0 0 ");
    assert_eq!(side("%%BoundingBox: 0 0 "), exact.ceil());
    assert!(file.lines().all(|line| line.len() <= 255));
    // What the procedures do, only a PostScript interpreter can tell.
    let content = between(rest, "/f{fill}bind def\n", "\nend\ngrestore\nshowpage\n%%EOF\n");
    assert!(rest.starts_with("gsave\n5 dict begin\n/k{setcmykcolor}bind def\n"));
    // The light square ends a little before the bounding box, like a page of PDF.
    let placement = writer.style().placement(symbol.version()).expect("not refused");
    let dot = 72.0 / f64::from(placement.dpi.unwrap_or_default().number());
    assert!((exact - f64::from(placement.side) * dot).abs() < 1e-8 * exact);
    let page = ((f64::from(placement.side) - 1.0 / 4_000.0) * dot * 1e9).round() / 1e9;
    check_content(content, page, symbol, writer.style());
    Some(file)
}

/// Checks the content of a page of `side` points: colours, and a path that fills the dark modules, each once and in
/// whole dots.
fn check_content(content: &str, side: f64, symbol: &Symbol, style: &Style) {
    let placement = style.placement(symbol.version()).expect("not refused");
    let dpi = f64::from(placement.dpi.unwrap_or_default().number());
    let dots = |points: f64| points * dpi / 72.0;
    // An edge is that of a dot or inside of the dot, never outside, but for the last digit of a number.
    let from_edge = |points: f64, inwards: f64| {
        let (place, edge) = (dots(points), dots(points).round());
        assert!((-1e-6..=0.005).contains(&((place - edge) * inwards)), "{points} points are {place} dots");
        edge as i64
    };
    let all = i64::from(placement.side);
    assert_eq!(from_edge(side, -1.0), all);
    assert_eq!(dots(side).ceil() as i64, all);

    // Of the matrix: the scales in x and y, and the origin. Of a fill: its colour and rectangles from the top left
    // corner, in dots.
    let (mut matrix, mut color, mut path, mut fills) = ([1.0, 1.0, 0.0, 0.0], None, Vec::new(), Vec::new());
    for line in content.lines() {
        let (numbers, operator) = line.rsplit_once(' ').unwrap_or(("", line));
        let numbers: Vec<f64> = numbers.split_terminator(' ').map(number).collect();
        match (operator, &numbers[..]) {
            ("k", [0.0, 0.0, 0.0, 1.0]) => color = Some(Color::BLACK),
            ("k", [0.0, 0.0, 0.0, 0.0]) => color = Some(Color::WHITE),
            ("rg", &[red, green, blue]) => {
                let [red, green, blue] = [red, green, blue].map(|channel| (channel * 255.0).round() as u8);
                color = Some(Color::rgb(red, green, blue));
                assert!(!matches!(color, Some(Color::BLACK | Color::WHITE)), "black and white are inks");
            }
            ("cm", &[a, 0.0, 0.0, d, e, f]) => matrix = [a, d, e, f],
            ("re", &[x, y, width, height]) => {
                let [a, d, e, f] = matrix;
                let (start, end) = (side - d * y - f, side - d * (y + height) - f);
                let (left, right) = (from_edge(a * x + e, 1.0), from_edge(a * (x + width) + e, -1.0));
                path.push([left, from_edge(start.min(end), 1.0), right, from_edge(start.max(end), -1.0)]);
            }
            ("f", []) => fills.push((color, std::mem::take(&mut path))),
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(path.len(), 0, "all is filled");

    let light = style.light.map(|light| light.over(Color::WHITE));
    let (dark_color, rectangles) = fills.pop().expect("a symbol");
    assert_eq!(dark_color, Some(style.dark.over(light.unwrap_or(Color::WHITE))));
    let page = vec![[0, 0, all, all]];
    assert_eq!(fills, light.map(|light| (Some(light), page)).into_iter().collect::<Vec<_>>());

    let [module, left, top] = [placement.module, placement.left, placement.top].map(i64::from);
    let size = symbol.size();
    let mut dark = vec![false; size * size];
    let place = |dot: i64, margin: i64| {
        assert_eq!((dot - margin) % module, 0, "on the edge of a module");
        usize::try_from((dot - margin) / module).expect("inside of the symbol")
    };
    for [x0, y0, x1, y1] in rectangles {
        for y in place(y0, top)..place(y1, top) {
            for module in &mut dark[y * size..][place(x0, left)..place(x1, left)] {
                assert!(!std::mem::replace(module, true), "drawn twice");
            }
        }
    }
    assert!(dark.into_iter().eq(symbol.modules()));
}

/// Writes the symbol as ZPL and checks every dot; or checks that it is refused with reason. Returns the file if there
/// is one.
pub fn check_zpl(symbol: &Symbol, writer: &Zpl, origin: (u32, u32)) -> Option<String> {
    // Colours are never refused.
    let file = written!(writer, symbol, writer.style().clone().with_unsafe_colors(true));
    let placement = writer.style().placement(symbol.version()).expect("not refused");
    let mut rows = 0;
    for field in zpl_fields(file.strip_prefix("^XA\n").and_then(|file| file.strip_suffix("^XZ\n")).unwrap_or(&file)) {
        assert_eq!((field.x, field.y), (origin.0, origin.1 + rows));
        assert!(field.x + placement.side <= 32_000 && field.y <= 32_000);
        assert!(field.bytes.len() <= 99_999);
        for row in field.bytes.chunks_exact(field.row_len) {
            assert_eq!(row.len(), placement.side.div_ceil(8) as usize);
            let module = |dot: u32, margin: u32| match dot.checked_sub(margin) {
                Some(dot) => (dot / placement.module) as usize,
                None => usize::MAX,
            };
            for x in 0..8 * row.len() as u32 {
                let dark = symbol.is_dark(module(x, placement.left), module(rows, placement.top));
                assert_eq!(row[x as usize / 8] >> (7 - x % 8) & 1 == 1, dark, "column {x}, row {rows} of dots");
            }
            rows += 1;
        }
    }
    assert_eq!(rows, placement.side);
    Some(file)
}

/// A graphic field of ZPL.
struct Field {
    x: u32,
    y: u32,
    row_len: usize,
    /// Dots, 1 is black.
    bytes: Vec<u8>,
}

/// Returns the fields of a label, without `^XA` and `^XZ`. Panics unless it has graphic fields alone.
fn zpl_fields(label: &str) -> Vec<Field> {
    let read = |field: &str| {
        let (origin, graphic) = field.strip_prefix("^FO")?.split_once("^GFA,")?;
        let (x, y) = origin.split_once(',')?;
        let [len, total, row_len, data] = graphic.splitn(4, ',').collect::<Vec<_>>().try_into().ok()?;
        let row_len = row_len.parse().ok()?;
        let bytes = zpl_bytes(data, row_len);
        assert_eq!((len.parse(), total.parse()), (Ok(bytes.len()), Ok(bytes.len())));
        Some(Field { x: x.parse().ok()?, y: y.parse().ok()?, row_len, bytes })
    };
    label.split_terminator("^FS\n").map(|field| read(field).expect("a graphic field")).collect()
}

/// Returns the bytes of graphic data. Panics unless rows are whole, and at the beginning of the data is a digit: a
/// comma would look like a parameter, and a colon like the start of another encoding.
fn zpl_bytes(data: &str, row_len: usize) -> Vec<u8> {
    assert!(data.starts_with(|first: char| first.is_ascii_hexdigit()));
    let (mut bytes, mut high) = (Vec::new(), None);
    for character in data.chars() {
        let at_row = bytes.len() % row_len == 0 && high.is_none();
        match (character, high) {
            (',', None) if !at_row => bytes.resize(bytes.len().next_multiple_of(row_len), 0),
            (':', None) if at_row => bytes.extend_from_within(bytes.len() - row_len..),
            ('\n', None) if at_row => {}
            ('0'..='9' | 'A'..='F', _) => {
                let digit = character.to_digit(16).expect("a digit") as u8;
                high = match high {
                    Some(high) => {
                        bytes.push(high << 4 | digit);
                        None
                    }
                    None => Some(digit),
                };
            }
            other => panic!("unexpected {other:?}"),
        }
    }
    assert!(high.is_none() && bytes.len() % row_len == 0);
    bytes
}

/// Returns the text between `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end}")).0
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}
