//! Pictures of any style against the symbols that they show, and against what the style asks for.

use qrmint::Symbol;
use qrmint::render::{
    Color, Dpi, Finding, Length, Placement, Png, QuietZone, RenderError, Scale, Size, Style, Svg, Text, VerdictLevel,
};

use crate::image::{MAX_CHECKED_SIDE, Pixels, svg_strokes};
use crate::print::check_prints;

/// Reads a style from the first bytes of an input. Missing bytes count as zero. Returns the other bytes too.
pub fn split_style(input: &[u8]) -> (Style, &[u8]) {
    const LEN: usize = 16;
    let (head, rest) = input.split_at(input.len().min(LEN));
    let byte = |i: usize| head.get(i).copied().unwrap_or(0);
    let color =
        |i: usize, opaque: bool| Color::rgba(byte(i), byte(i + 1), byte(i + 2), if opaque { 255 } else { byte(i + 3) });
    let flags = byte(0);
    let number = u32::from(byte(9)) << 8 | u32::from(byte(10));
    let dpi = Dpi::new(1 + (u16::from(byte(11)) << 8 | u16::from(byte(12))) % 10_000).unwrap_or_default();
    let length = Length::from_mm(f64::from(number) / 100.0).ok();
    let size = match (byte(13) % 4, length) {
        (1, _) => Size::Pixels(number),
        (2, Some(length)) => Size::Module(length, dpi),
        (3, Some(length)) => Size::Side(length, dpi),
        _ => Size::Scale(Scale::new(byte(10)).unwrap_or_default()),
    };
    let style = Style::default().with_size(size).with_unsafe_colors(flags & 1 != 0);
    let style = if flags & 2 != 0 { style.with_dark(color(1, flags & 4 != 0)) } else { style };
    let style = match flags >> 3 & 3 {
        1 => style.with_light(Some(color(5, true))),
        2 => style.with_light(Some(color(5, false))),
        3 => style.with_light(None),
        _ => style,
    };
    let style = if flags & 32 != 0 { style.with_title(format!("<{}>", char::from(byte(14)))) } else { style };
    let style = if flags & 64 != 0 { style.with_description("a & b") } else { style };
    let style = if flags & 128 != 0 { style.with_quiet_zone(QuietZone::new(byte(15))) } else { style };
    (style, rest)
}

/// Draws the symbol in every format that has no check of its own and compares the pictures with the symbol and the style.
pub fn check_style(symbol: &Symbol, style: &Style) {
    let verdict = style.verdict(symbol.version());
    let placement = match style.placement(symbol.version()) {
        Ok(placement) => placement,
        Err(RenderError::Refused(Finding::TooSmall { side, min_side, dpi })) => {
            assert_eq!((verdict.module, verdict.level()), (0, VerdictLevel::Refuse));
            let quiet = u32::from(style.quiet_zone.modules());
            assert_eq!((min_side, dpi), (symbol.size() as u32 + 2 * quiet, style.size.dpi()));
            assert!(side < min_side);
            let least = match style.size {
                Size::Side(_, dpi) => Size::Side(Length::of_dots(min_side, dpi), dpi),
                _ => Size::Pixels(min_side),
            };
            check_style(symbol, &style.clone().with_size(least));
            return;
        }
        Err(other) => panic!("unexpected error: {other}"),
    };
    check_placement(symbol, style, &placement);
    assert_eq!((verdict.module, verdict.module_length), (placement.module, placement.module_length()));

    let png = Png::with_style(style.clone());
    assert_eq!(png.side(symbol.version()), placement.side);
    let svg = Svg::with_style(style.clone()).to_string(symbol);
    let refused = verdict.level() == VerdictLevel::Refuse;
    if refused || (placement.side > MAX_CHECKED_SIDE && placement.side <= Png::MAX_SIDE) {
        // Larger images take seconds each and show nothing new.
    } else if placement.side > Png::MAX_SIDE {
        assert!(matches!(png.to_vec(symbol), Err(RenderError::TooLarge { .. })));
    } else {
        check_png_of(symbol, style, &placement, &png.to_vec(symbol).expect("not refused"));
    }
    if refused {
        assert!(matches!(png.to_vec(symbol), Err(RenderError::Refused(_))));
        assert!(matches!(svg, Err(RenderError::Refused(_))));
    } else {
        check_svg_of(symbol, style, &placement, &svg.expect("not refused"));
    }
    let text = Text::with_style(style.clone()).with_ansi(true).to_string(symbol);
    let is_color = |finding: &&Finding| !matches!(finding, Finding::TooSmall { .. });
    let colors_refused =
        verdict.findings.iter().filter(is_color).any(|finding| finding.level() == VerdictLevel::Refuse);
    assert_eq!(text.is_err(), colors_refused);
    check_prints(symbol, style);
}

/// Checks the placement by the words of [`Size`].
fn check_placement(symbol: &Symbol, style: &Style, placement: &Placement) {
    let &Placement { module, left, top, side, dpi, .. } = placement;
    let quiet = u32::from(style.quiet_zone.modules());
    let modules = symbol.size() as u32 + 2 * quiet;
    // Halves are rounded either way: this product is not exact.
    let is_nearest = |dots: u32, length: Length, dpi: Dpi| {
        (length.mm() * f64::from(dpi.number()) / 25.4 - f64::from(dots)).abs() <= 0.5 + 1e-6
    };
    match style.size {
        Size::Scale(scale) => assert_eq!((module, side), (scale.pixels().into(), modules * module)),
        Size::Pixels(pixels) => assert_eq!((module, side), (pixels / modules, pixels)),
        Size::Module(length, dpi) => {
            assert!(module == 1 || is_nearest(module, length, dpi));
            assert_eq!(side, modules * module);
        }
        Size::Side(length, dpi) => {
            assert!(is_nearest(side, length, dpi));
            assert_eq!(module, side / modules);
        }
        other => panic!("unexpected {other:?}"),
    }
    assert_eq!(dpi, style.size.dpi());
    let [right, bottom] = [left, top].map(|before| side - before - symbol.size() as u32 * module);
    assert!([left, top, right, bottom].iter().all(|margin| *margin >= quiet * module));
    assert!(left.abs_diff(right) <= 8 && top.abs_diff(bottom) <= 1, "not halved to within 4 pixels: {placement:?}");
}

/// Compares every pixel of a PNG, and its colours, resolution and texts.
fn check_png_of(symbol: &Symbol, style: &Style, placement: &Placement, image: &[u8]) {
    let pixels = Pixels::of(image, placement.side);
    let light = style.light.unwrap_or(Color::rgba(255, 255, 255, 0));
    let expected = if (style.dark, style.light) == (Color::BLACK, Some(Color::WHITE)) {
        None
    } else {
        Some([style.dark.over(light), light].map(Color::to_rgba))
    };
    assert_eq!(pixels.palette, expected);
    let per_metre = placement.dpi.map(|dpi| (f64::from(dpi.number()) / 0.0254).round() as u32);
    assert_eq!(pixels.per_metre, per_metre);
    let texts = [("Title", &style.title), ("Description", &style.description)];
    let texts: Vec<_> = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?))).collect();
    assert_eq!(pixels.texts, texts);

    let module = |pixel: u32, margin: u32| {
        pixel.checked_sub(margin).map_or(usize::MAX, |pixel| (pixel / placement.module) as usize)
    };
    let mut row = None;
    for y in 0..placement.side {
        // Of a row of modules the first row of pixels is compared with the symbol, the others with the one above.
        let above = row.replace(module(y, placement.top));
        if above == row {
            assert!(pixels.is_repeated(y as usize), "scan line {y}: {style:?}");
            continue;
        }
        for x in 0..placement.side {
            let dark = symbol.is_dark(module(x, placement.left), module(y, placement.top));
            assert_eq!(pixels.is_dark(x as usize, y as usize), dark, "pixel {x}, {y}: {style:?}");
        }
    }
}

/// Reads an SVG back and compares modules, place, size and texts.
fn check_svg_of(symbol: &Symbol, style: &Style, placement: &Placement, image: &str) {
    let between = |start: &str, end: &str| image.split_once(start)?.1.split_once(end).map(|(inside, _)| inside);
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let width = between(" width=\"", "\"").expect("a width");
    let wanted = placement.side_length().map_or(f64::from(placement.side), Length::mm);
    assert_eq!(width.ends_with("mm"), placement.dpi.is_some());
    assert!((number(width.trim_end_matches("mm")) - wanted).abs() < 1e-5, "{width} for {wanted}");
    assert_eq!(between(" height=\"", "\""), Some(width));

    // Every unit of the view box is a module or a dot.
    let side = between(" viewBox=\"0 0 ", " ").map(number).expect("a view box");
    let dots = f64::from(placement.side) / side;
    let (scale, left, top) = match between("transform=\"matrix(", ")") {
        Some(matrix) => match matrix.split(',').map(number).collect::<Vec<_>>()[..] {
            [scale, 0.0, 0.0, again, left, top] if scale == again => (scale, left, top),
            _ => panic!("unexpected matrix {matrix}"),
        },
        None => (1.0, 0.0, 0.0),
    };
    let data = image.rsplit_once(" d=\"M").and_then(|(_, data)| data.strip_suffix("\"/></svg>\n")).expect("a path");
    let end = data.find(['m', 'h']).unwrap_or(data.len());
    let (x, y) = data[..end].split_once(',').map(|(x, y)| (number(x), number(y))).expect("a start");
    assert_eq!(dots * scale, f64::from(placement.module));
    assert_eq!(dots * (left + scale * x), f64::from(placement.left));
    assert_eq!(dots * (top + scale * (y - 0.5)), f64::from(placement.top));
    assert!(svg_strokes(&data[end..], symbol.size()).into_iter().eq(symbol.modules()));

    assert_eq!(image.contains(" role=\"img\""), style.title.is_some() || style.description.is_some());
    assert_eq!(image.contains("<title>&lt;"), style.title.is_some());
    assert_eq!(image.contains("<desc>a &amp; b</desc>"), style.description.is_some());
    assert_eq!(image.contains("<path fill="), style.light.is_some());
    assert!(!image.contains("style=") && !image.contains(" id="));
}
