//! Images against the symbols that they show.

use std::io::Read;

use qrmint::Symbol;
use qrmint::render::{Png, QuietZone, RenderError, Scale, Style, Svg, Text};

/// Pixels a side of the largest images that fuzzing draws. Larger ones take seconds each and show nothing new.
pub(crate) const MAX_CHECKED_SIDE: u32 = 2_000;

/// Writes the symbol as PNG, decodes it with the `png` crate and compares every pixel; or checks that it is refused if it is too
/// large. Returns the image if there is one.
pub fn check_png(symbol: &Symbol, scale: Scale, quiet_zone: QuietZone) -> Option<Vec<u8>> {
    let writer = Png::new(scale, quiet_zone);
    let side = (symbol.size() as u32 + 2 * u32::from(quiet_zone.modules())) * u32::from(scale.pixels());
    assert_eq!(writer.side(symbol.version()), side);
    let image = match writer.to_vec(symbol) {
        Ok(image) => image,
        Err(RenderError::TooLarge { side: refused, max_side }) => {
            assert_eq!(refused, side);
            assert!(side > max_side);
            return None;
        }
        Err(other) => panic!("unexpected error: {other}"),
    };
    assert!(side <= Png::MAX_SIDE);
    // A writer that is used again writes the same bytes.
    let mut again = vec![0xAA];
    assert!(writer.write(symbol, &mut again).is_ok());
    assert_eq!(again[1..], image);

    let Pixels { bytes: pixels, stride, palette, .. } = Pixels::of(&image, side);
    assert_eq!(palette, None);
    assert_eq!(inflated(&image).len(), (1 + stride) * side as usize);
    let (scale, quiet) = (usize::from(scale.pixels()), usize::from(quiet_zone.modules()));
    let side = side as usize;
    for (y, rows) in pixels.chunks_exact(stride * scale).enumerate() {
        // Of a row of modules the first row of pixels is compared with the symbol, the others with the first.
        let (first, others) = rows.split_at(stride);
        assert!(
            others.chunks_exact(stride).all(|other| same_pixels(first, other, side)),
            "the scan lines of row {y} of modules differ"
        );
        let mut x = 0;
        for module in 0..side / scale {
            let dark = symbol.is_dark(module.wrapping_sub(quiet), y.wrapping_sub(quiet));
            for _ in 0..scale {
                assert_eq!(first[x / 8] >> (7 - x % 8) & 1 == 0, dark, "column {module}, row {y} of modules");
                x += 1;
            }
        }
    }
    assert_eq!(pixels.len(), stride * side);
    Some(image)
}

/// Returns whether two scan lines agree in all pixels. The bits after the last pixel do not matter.
fn same_pixels(a: &[u8], b: &[u8], side: usize) -> bool {
    let whole = side / 8;
    let rest = |line: &[u8]| line.get(whole).map_or(0, |byte| u16::from(*byte) >> (8 - side % 8));
    a[..whole] == b[..whole] && rest(a) == rest(b)
}

/// Returns the filtered scan lines of a PNG. Panics if the stream breaks a rule of RFC 1950 or 1951: checksum, window, codes.
fn inflated(image: &[u8]) -> Vec<u8> {
    let mut chunks = &image[8..];
    loop {
        let (length, rest) = chunks.split_first_chunk().expect("a length");
        let (kind, rest) = rest.split_at(4);
        let (data, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        if kind == b"IDAT" {
            let mut lines = Vec::new();
            let mut decoder = flate2::read::ZlibDecoder::new(data);
            decoder.read_to_end(&mut lines).expect("a zlib stream");
            assert_eq!(decoder.total_in(), data.len() as u64, "bytes after the end of the stream");
            return lines;
        }
        chunks = &rest[4..];
    }
}

/// A PNG with one bit a pixel, as it is stored.
pub(crate) struct Pixels {
    bytes: Vec<u8>,
    /// Bytes of a scan line.
    stride: usize,
    /// Pixels of a scan line.
    side: usize,
    /// The colours of dark and light pixels; `None` if the image is grayscale.
    pub(crate) palette: Option<[[u8; 4]; 2]>,
    /// Pixels per metre.
    pub(crate) per_metre: Option<u32>,
    /// Keywords and texts.
    pub(crate) texts: Vec<(String, String)>,
}

impl Pixels {
    /// Decodes an image. Panics unless the decoder accepts it, and unless it is `side` pixels wide and high with one bit a pixel.
    pub(crate) fn of(image: &[u8], side: u32) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(image));
        decoder.set_transformations(png::Transformations::IDENTITY);
        decoder.ignore_checksums(false);
        let mut reader = decoder.read_info().expect("a header");
        let info = reader.info();
        assert_eq!((info.width, info.height, info.bit_depth), (side, side, png::BitDepth::One));
        let palette = info.palette.as_ref().map(|palette| {
            let alpha = |i: usize| info.trns.as_ref().map_or(255, |alpha| alpha[i]);
            [0, 1].map(|i| [palette[3 * i], palette[3 * i + 1], palette[3 * i + 2], alpha(i)])
        });
        let color_type = if palette.is_some() { png::ColorType::Indexed } else { png::ColorType::Grayscale };
        assert_eq!(info.color_type, color_type);
        let per_metre = info.pixel_dims.map(|dims| {
            assert_eq!((dims.xppu, dims.unit), (dims.yppu, png::Unit::Meter));
            dims.xppu
        });
        let texts = info.utf8_text.iter().map(|text| (text.keyword.clone(), text.get_text().expect("UTF-8"))).collect();
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let frame = reader.next_frame(&mut bytes).expect("pixels");
        reader.finish().expect("an end");
        bytes.truncate(frame.buffer_size());
        Self { bytes, stride: frame.line_size, side: side as usize, palette, per_metre, texts }
    }

    /// Returns whether scan line `y` has the pixels of the one above it.
    pub(crate) fn is_repeated(&self, y: usize) -> bool {
        let line = |y: usize| &self.bytes[y * self.stride..][..self.stride];
        same_pixels(line(y - 1), line(y), self.side)
    }

    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.bytes[y * self.stride + x / 8] >> (7 - x % 8) & 1 == 0
    }
}

/// Returns the modules of a PNG with one bit a pixel, row by row, dark is true; and how many a row has.
pub fn png_modules(image: &[u8], scale: usize, quiet_zone: usize) -> (Vec<bool>, usize) {
    let side = u32::from_be_bytes([image[16], image[17], image[18], image[19]]);
    let pixels = Pixels::of(image, side);
    let size = side as usize / scale - 2 * quiet_zone;
    let place = |module: usize| (module + quiet_zone) * scale;
    ((0..size * size).map(|i| pixels.is_dark(place(i % size), place(i / size))).collect(), size)
}

/// Reads the path of an SVG back and compares it with the symbol.
pub fn check_svg(symbol: &Symbol, quiet_zone: QuietZone) {
    let writer = Svg::new(Scale::default(), quiet_zone);
    let image = writer.to_string(symbol).expect("never refused");
    let mut written = Vec::new();
    writer.write(symbol, &mut written).expect("a vector takes all");
    assert_eq!(
        (written, writer.display(symbol).expect("never refused").to_string()),
        (image.clone().into_bytes(), image.clone())
    );

    let (dark, size) = svg_modules(&image, quiet_zone.modules().into());
    assert_eq!(size, symbol.size());
    assert!(dark.into_iter().eq(symbol.modules()));
}

/// Returns the modules of an SVG row by row, dark is true; and how many a row has. Panics unless it is a light square and one dark
/// path, whose pen draws from left to right and from top to bottom.
pub fn svg_modules(image: &str, quiet_zone: usize) -> (Vec<bool>, usize) {
    let between = |start: &str, end: &str| image.split_once(start)?.1.split_once(end).map(|(inside, _)| inside);
    let side: usize = between(" viewBox=\"0 0 ", " ").and_then(|side| side.parse().ok()).expect("a side");
    let size = side - 2 * quiet_zone;
    let light = format!(r##"<path fill="#fff" d="M0,0h{side}v{side}H0z"/>"##);
    let head = format!("{side} {side}\" shape-rendering=\"crispEdges\">{light}<path stroke=");
    assert!(image.contains(&head));
    assert_eq!(image.matches("<path").count(), 2);

    let start = format!("<path stroke=\"#000\" d=\"M{quiet_zone},{quiet_zone}.5");
    let path = between(&start, "\"/></svg>\n").expect("a path from the first module on");
    (svg_strokes(path, size), size)
}

/// Returns the modules that strokes draw, row by row from the first module on. Panics unless the pen draws from left to right and from
/// top to bottom.
pub(crate) fn svg_strokes(mut path: &str, size: usize) -> Vec<bool> {
    let mut dark = vec![false; size * size];
    let (mut x, mut y) = (0, 0);
    let at = |start: usize, step: isize| start.checked_add_signed(step).expect("inside of the image");
    while !path.is_empty() {
        let (command, rest) = path.split_at(1);
        let end = rest.find(['m', 'h']).unwrap_or(rest.len());
        let numbers: Vec<isize> = rest[..end].split(',').map(|number| number.parse().expect("a number")).collect();
        match (command, &numbers[..]) {
            ("m", &[dx, dy]) => (x, y) = (at(x, dx), at(y, dy)),
            ("h", &[len]) => {
                let run = &mut dark[y * size + x..][..len as usize];
                assert!(run.iter().all(|dark| !dark) && x + run.len() <= size, "drawn twice or beyond the edge");
                run.fill(true);
                x += len as usize;
            }
            other => panic!("unexpected {other:?}"),
        }
        path = &rest[end..];
    }
    dark
}

/// Reads half blocks back and compares them with the symbol.
pub fn check_text(symbol: &Symbol, quiet_zone: QuietZone, ansi: bool, inverted: bool) {
    let style = Style::default().with_quiet_zone(quiet_zone);
    let writer = Text::with_style(style).with_ansi(ansi).with_inverted(inverted);
    let image = writer.to_string(symbol).expect("never refused");
    let mut written = Vec::new();
    writer.write(symbol, &mut written).expect("a vector takes all");
    let displayed = writer.display(symbol).expect("never refused").to_string();
    assert_eq!((written, displayed), (image.clone().into_bytes(), image.clone()));

    let quiet = usize::from(quiet_zone.modules());
    let side = writer.columns(symbol.version());
    assert_eq!((side, image.lines().count()), (symbol.size() + 2 * quiet, side.div_ceil(2)));
    for (line, text) in image.lines().enumerate() {
        let blocks = if ansi {
            text.strip_prefix("\x1b[38;5;16;48;5;231m").and_then(|text| text.strip_suffix("\x1b[0m")).expect("colours")
        } else {
            text
        };
        assert_eq!(blocks.chars().count(), side);
        for (x, block) in blocks.chars().enumerate() {
            let is_block = |y: usize| {
                let dark = symbol.is_dark(x.wrapping_sub(quiet), y.wrapping_sub(quiet));
                if ansi || inverted { dark } else { !dark }
            };
            let halves = match block {
                ' ' => (false, false),
                '▀' => (true, false),
                '▄' => (false, true),
                '█' => (true, true),
                other => panic!("not a block: {other}"),
            };
            assert_eq!(halves, (is_block(2 * line), is_block(2 * line + 1)));
        }
    }
}
