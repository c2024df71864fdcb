//! Colours, sizes, titles and formats of pictures, as a user asks for them.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{base64, found, from_base64, names, run};

/// Returns what `encode` writes, which must take these lines on standard error and no more.
fn encoded(options: &[&str], told: &[&str]) -> Vec<u8> {
    run(&[&["encode", "hello"], options].concat(), b"").output_with(told)
}

/// Returns the SVG that `encode` writes.
fn svg(options: &[&str], told: &[&str]) -> String {
    String::from_utf8(encoded(&[&["-f", "svg"], options].concat(), told)).unwrap()
}

/// Returns the header of a PNG after its image data, so that all chunks are there.
fn header(image: &[u8]) -> png::Info<'static> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().unwrap();
    reader.finish().unwrap();
    reader.info().clone()
}

/// Returns the width of a PNG in pixels, and in pixels per metre if that is known.
fn size(image: &[u8]) -> (u32, Option<u32>) {
    let info = header(image);
    let per_metre = info.pixel_dims.map(|dimensions| {
        assert_eq!((dimensions.xppu, dimensions.unit), (dimensions.yppu, png::Unit::Meter));
        dimensions.xppu
    });
    (info.width, per_metre)
}

#[test]
fn size_on_paper_is_in_png_and_svg_and_told() {
    for (options, pixels, per_metre, length, told) in [
        (
            &["--module-size", "0.5mm"][..],
            174,
            11_811,
            "14.732mm",
            "6 dots per module (0.508mm), 174 dots a side (14.732mm) at 300 dpi",
        ),
        (
            &["--module-size", "0.5mm", "--dpi", "600"],
            348,
            23_622,
            "14.732mm",
            "12 dots per module (0.508mm), 348 dots a side (14.732mm) at 600 dpi",
        ),
        (
            &["--side", "50.8mm"],
            600,
            11_811,
            "50.8mm",
            "20 dots per module (1.693333mm), 600 dots a side (50.8mm) at 300 dpi",
        ),
        (
            &["--side", "2in", "--dpi", "203"],
            406,
            7_992,
            "50.8mm",
            "14 dots per module (1.751724mm), 406 dots a side (50.8mm) at 203 dpi",
        ),
        // With a resolution, pixels are dots on paper; so are those of the default scale.
        (
            &["--scale", "5", "--dpi", "300"],
            145,
            11_811,
            "12.276667mm",
            "5 dots per module (0.423333mm), 145 dots a side (12.276667mm) at 300 dpi",
        ),
        (
            &["--dpi", "300"],
            232,
            11_811,
            "19.642667mm",
            "8 dots per module (0.677333mm), 232 dots a side (19.642667mm) at 300 dpi",
        ),
        (
            &["--pixels", "400", "--dpi", "400"],
            400,
            15_748,
            "25.4mm",
            "13 dots per module (0.8255mm), 400 dots a side (25.4mm) at 400 dpi",
        ),
    ] {
        let image = encoded(options, &[told]);
        assert_eq!(size(&image), (pixels, Some(per_metre)), "{options:?}");
        assert_eq!(found(&image), [b"hello"; 2]);
        let svg = svg(options, &[told]);
        assert!(svg.contains(&format!("width=\"{length}\" height=\"{length}\"")), "{options:?}: {svg:.200}");
    }
}

#[test]
fn pixels_are_exact_and_have_no_size_on_paper_without_a_resolution() {
    for (options, pixels) in [(&[][..], 232), (&["--scale", "5"], 145), (&["--pixels", "400"], 400)] {
        assert_eq!(size(&encoded(options, &[])), (pixels, None), "{options:?}");
        assert!(svg(options, &[]).contains(&format!("width=\"{pixels}\" height=\"{pixels}\"")), "{options:?}");
    }
    assert_eq!(found(&encoded(&["--pixels", "401"], &[])), [b"hello"; 2]);
}

#[test]
fn sizes_exclude_each_other() {
    let sizes = [["--scale", "4"], ["--pixels", "400"], ["--module-size", "0.5mm"], ["--side", "2in"]];
    for (index, first) in sizes.iter().enumerate() {
        for second in &sizes[index + 1..] {
            for command in [&["encode", "hello"][..], &["batch"]] {
                let complaint = run(&[command, first, second].concat(), b"").complaint(2);
                assert!(complaint.contains(first[0]) && complaint.contains(second[0]), "{complaint}");
            }
        }
    }
}

#[test]
fn size_that_no_picture_has_is_refused_with_the_least_or_the_most_that_works() {
    let least = "at least 29 dots, 2.455333mm";
    for (options, code, expected) in [
        (&["--pixels", "28"][..], 1, "too small: 28 x 28 pixels, at least 29 x 29 pixels".into()),
        (&["--pixels", "0"], 1, "too small: 0 x 0 pixels, at least 29 x 29 pixels".into()),
        (&["--pixels", "0", "--dpi", "300"], 1, format!("too small: a side of 0 dots at 300 dpi, {least}")),
        (&["--side", "2mm"], 1, format!("too small: a side of 24 dots at 300 dpi, {least}")),
        (&["--side", "10000mm"], 1, "image too large: 118110 x 118110 pixels, at most 23160 x 23160".into()),
        (&["--module-size", "0mm"], 2, "expected a length from 0.001mm to 10000mm, such as 0.5mm or 2in".into()),
        (&["--side", "50"], 2, "expected a length from 0.001mm to 10000mm, such as 0.5mm or 2in".into()),
        (&["--side", "2in", "--dpi", "1000000000"], 2, "expected a number from 1 to 10000".into()),
        (&["--dpi", "0"], 2, "expected a number from 1 to 10000".into()),
        (&["--pixels", "4294967296"], 2, "expected a number from 1 to 4294967295".into()),
        (&["--pixels", "-1"], 2, "expected a number from 1 to 4294967295".into()),
        (&["--pixels", "4294967295", "--dpi", "1"], 2, "4294967295 pixels at 1 dpi are longer than 10000mm".into()),
    ] {
        let complaint = run(&[&["encode", "hello"], options].concat(), b"").complaint(code);
        assert!(complaint.contains(&expected), "{options:?}: {complaint}");
    }
    // The least works.
    let told = ["warning: modules of 1 x 1 dots at 300 dpi, 0.084667mm, better 4 x 4"];
    let size = "1 dot per module (0.084667mm), 29 dots a side (2.455333mm) at 300 dpi";
    assert_eq!(found(&encoded(&["--pixels", "29"], &[])), [b"hello"; 2]);
    encoded(&["--side", "2.46mm"], &[told[0], size]);
}

#[test]
fn colours_are_in_the_palette_of_a_png_and_in_an_svg() {
    let options = ["--dark", "#003366", "--light", "#FFEEcc"];
    let image = encoded(&options, &[]);
    let info = header(&image);
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Indexed, png::BitDepth::One));
    assert_eq!(info.palette.as_deref(), Some(&[0, 0x33, 0x66, 0xff, 0xee, 0xcc][..]));
    assert_eq!(info.trns, None);
    assert_eq!(found(&image), [b"hello"; 2]);
    let image = svg(&options, &[]);
    assert!(image.contains("#036") && image.contains("#fec"), "{image:.300}");
}

#[test]
fn transparent_light_modules_are_made_with_a_warning() {
    let warning = "warning: transparent: the contrast depends on what is below the picture";
    let image = encoded(&["--transparent"], &[warning]);
    let trns = header(&image).trns.unwrap();
    assert_eq!((trns[0], trns[1]), (255, 0));
    assert_eq!(found(&image), [b"hello"; 2]);
    assert!(!svg(&["--transparent"], &[warning]).contains("#fff"));
    encoded(&["--light", "#ffffff80"], &[warning]);
    let complaint = run(&["encode", "hello", "--transparent", "--light", "#ffffff"], b"").complaint(2);
    assert!(complaint.contains("cannot be used with"), "{complaint}");
}

#[test]
fn colours_that_would_not_scan_leave_no_file_and_keep_the_old_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("old.png"), "precious").unwrap();
    let orange = ["--dark", "#ff6600"];
    let inverted = ["--dark", "#ffffff", "--light", "#000000"];
    for (options, message) in [
        (&orange[..], "contrast 2.9:1, at least 3.0:1"),
        (&inverted, "inverted: dark modules are lighter than light ones"),
    ] {
        for name in ["old.png", "new.png", "new.svg", "new.pdf", "new.eps", "new.json"] {
            let complaint = run(&[&["encode", "hello", "-o", &path(name)], options].concat(), b"").complaint(1);
            assert_eq!(complaint, message, "{name}");
        }
        let told = format!("warning: {message}");
        encoded(&[options, &["--unsafe-colors"]].concat(), &[&told]);
        // ANSI colours scan no better.
        let text = ["encode", "hello", "-f", "text", "--color", "always"];
        assert_eq!(run(&[&text, options].concat(), b"").complaint(1), message);
    }
    assert_eq!(names(directory.path()), ["old.png"]);
    assert_eq!(fs::read(path("old.png")).unwrap(), b"precious");
    for wrong in ["red", "#036", "003366", "#0033661"] {
        let complaint = run(&["encode", "hello", "--dark", wrong], b"").complaint(2);
        assert!(complaint.contains("expected a colour such as #003366 or #00336680"), "{complaint}");
    }
}

#[test]
fn warnings_are_lines_on_standard_error_and_the_picture_is_made() {
    let told = [
        "warning: contrast 5.8:1, better 6.0:1",
        "warning: quiet zone of width 2, better 4 modules",
        "warning: modules of 2 x 2 dots at 300 dpi, 0.169333mm, better 4 x 4",
        "2 dots per module (0.169333mm), 50 dots a side (4.233333mm) at 300 dpi",
    ];
    let options = ["--dark", "#cc0000", "-q", "2", "--module-size", "0.15mm"];
    let image = encoded(&options, &told);
    assert_eq!(size(&image), (50, Some(11_811)));
    // What a program reads is on standard output, whole and alone.
    let details: Value = serde_json::from_slice(&encoded(&[&options[..], &["-f", "json"]].concat(), &told)).unwrap();
    assert_eq!(from_base64(&details["binaryValue"]), image);
}

#[test]
fn title_and_description_are_in_png_and_svg() {
    let options = ["--title", "Badge <4711>", "--description", "José's \"door\""];
    let image = encoded(&options, &[]);
    let texts: Vec<_> =
        header(&image).utf8_text.iter().map(|text| (text.keyword.clone(), text.get_text().unwrap())).collect();
    let expected = [("Title", "Badge <4711>"), ("Description", "José's \"door\"")];
    assert_eq!(texts, expected.map(|(keyword, text)| (keyword.to_owned(), text.to_owned())));
    assert_eq!(found(&image), [b"hello"; 2]);
    let image = svg(&options, &[]);
    assert!(image.contains("<title>Badge &lt;4711") && image.contains("role=\"img\""), "{image:.300}");
}

#[test]
fn extension_of_no_format_is_refused_unless_the_format_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    for (name, shown) in [("a.jpg", ".jpg"), ("a.GIF", ".gif"), ("a.png.bak", ".bak"), ("a.svgz", ".svgz")] {
        let complaint = run(&["encode", "hello", "-o", &path(name)], b"").complaint(2);
        let known = ".png, .svg, .pdf, .eps, .zpl, .txt, .json or --format (see --help)";
        assert_eq!(complaint, format!("cannot tell the format of a file {shown}: use {known}"));
    }
    assert!(names(directory.path()).is_empty());
    assert_eq!(encoded(&["-f", "png", "-o", &path("a.jpg")], &[]), b"");
    assert_eq!(fs::read(path("a.jpg")).unwrap(), encoded(&[], &[]));
    // A directory may be named as it likes.
    fs::create_dir(path("b.jpg")).unwrap();
    assert_eq!(encoded(&["-o", &path("b.jpg/a")], &[]), b"");
    assert_eq!(fs::read(path("b.jpg/a")).unwrap(), encoded(&[], &[]));
}

#[test]
fn option_that_a_format_does_not_express_is_refused() {
    let sizes = [["--scale", "4"], ["--pixels", "400"], ["--module-size", "1mm"], ["--side", "2in"], ["--dpi", "300"]];
    let texts = [["--title", "a"], ["--description", "a"]];
    let colors = [&["--dark", "#000080"][..], &["--light", "#ffffee"], &["--transparent"], &["--unsafe-colors"]];
    let terminal = [&["--color", "auto"][..], &["--color", "never"], &["--invert"]];
    let translucent = [["--dark", "#00000080"], ["--light", "#ffffff80"]];
    let refused = |format: &str, option: &[&str], hint: &str| {
        let complaint = run(&[&["encode", "hello", "-f", format], option].concat(), b"").complaint(2);
        let expected = format!("{} cannot be used with the format {format}{hint} (see --help)", option[0]);
        assert_eq!(complaint, expected, "{option:?}");
    };
    for option in sizes.iter().chain(&texts) {
        refused("text", option, "");
    }
    for option in colors {
        refused("text", option, " without ANSI colours: use --color always");
        refused("zpl", option, "");
    }
    for option in texts {
        refused("zpl", &option, "");
    }
    refused("eps", &texts[1], "");
    for option in translucent {
        refused("pdf", &option, ": its colours are opaque");
        refused("eps", &option, ": its colours are opaque");
        refused("zpl", &option, "");
    }
    for format in ["png", "svg", "pdf", "eps", "zpl", "json", "data-uri", "svg-data-uri"] {
        for option in terminal {
            refused(format, option, "");
        }
    }
    let complaint = run(&["encode", "hello", "-f", "text", "--invert", "--color", "always"], b"").complaint(2);
    assert_eq!(complaint, "--invert cannot be used with --color always (see --help)");
    // The value that is the default is as wrong where it means nothing.
    refused("text", &["--scale", "8"], "");
}

#[test]
fn vector_and_printer_formats_take_the_options_that_they_express() {
    let size = "6 dots per module (0.508mm), 174 dots a side (14.732mm) at 300 dpi";
    let sized = ["--module-size", "0.5mm"];
    let titled = ["--title", "Badge", "--dark", "#000080"];
    let transparent = "warning: transparent: the contrast depends on what is below the picture";
    for (format, start) in [("pdf", "%PDF-"), ("eps", "%!PS-Adobe-3.0 EPSF-3.0"), ("zpl", "^XA")] {
        let image = encoded(&[&["-f", format], &sized[..]].concat(), &[size]);
        assert!(image.starts_with(start.as_bytes()), "{}", String::from_utf8_lossy(&image[..60]));
        if format != "zpl" {
            encoded(&[&["-f", format], &titled[..]].concat(), &[]);
            encoded(&["-f", format, "--transparent"], &[transparent]);
        }
    }
    encoded(&["-f", "pdf", "--description", "Door"], &[]);
    let label = encoded(&["-f", "zpl", "--scale", "3"], &[]);
    assert_ne!(label, encoded(&["-f", "zpl"], &[]), "the scale is dots per module");
}

#[test]
fn data_uri_is_a_line_with_the_png_or_the_svg() {
    let png = encoded(&[], &[]);
    let expected = format!("data:image/png;base64,{}\n", base64(&png));
    assert_eq!(String::from_utf8(encoded(&["-f", "data-uri"], &[])).unwrap(), expected);

    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let uri = encoded(&["-f", "svg-data-uri"], &[]);
    assert!(uri.starts_with(b"data:image/svg+xml,") && uri.ends_with(b"\n"));
    for (format, name, expected) in
        [("data-uri", "a.svg", &uri), ("svg-data-uri", "a.png", &uri), ("data-uri", "a.png", &expected.into_bytes())]
    {
        assert_eq!(encoded(&["-f", format, "-o", &path(name)], &[]), b"");
        assert_eq!(fs::read(path(name)).unwrap(), *expected, "{format} to {name}");
    }
}

const LINE: &[u8] = b"{\"rawContent\":\"aGVsbG8=\"}\n";

/// Returns a line whose content has this number of bytes.
fn line(len: usize) -> Vec<u8> {
    format!("{{\"rawContent\":\"{}\"}}\n", base64(&vec![0x80; len])).into_bytes()
}

#[test]
fn batch_draws_every_line_in_the_style_and_warns_once() {
    let input = LINE.repeat(3);
    for (options, told) in [
        (&["--dark", "#003366", "--light", "#ffeecc", "--title", "Badge", "--description", "Door"][..], &[][..]),
        (
            &["--side", "30mm", "--dark", "#cc0000"],
            &[
                "warning: contrast 5.8:1, better 6.0:1",
                "largest symbol, version 1: 12 dots per module (1.016mm), 354 dots a side (29.972mm) at 300 dpi",
            ],
        ),
        (
            &["--transparent", "--quiet-zone", "2", "--pixels", "200"],
            &[
                "warning: transparent: the contrast depends on what is below the picture",
                "warning: largest symbol, version 1: quiet zone of width 2, better 4 modules",
            ],
        ),
        (
            &["--module-size", "0.2mm"],
            &[
                "warning: modules of 2 x 2 dots at 300 dpi, 0.169333mm, better 4 x 4",
                "largest symbol, version 1: 2 dots per module (0.169333mm), 58 dots a side (4.910667mm) at 300 dpi",
            ],
        ),
        (&["--unsafe-colors", "--dark", "#ff6600"], &["warning: contrast 2.9:1, at least 3.0:1"]),
        (&["-q", "1"], &["warning: quiet zone of width 1, better 4 modules"]),
    ] {
        for format in ["png", "svg"] {
            let format = ["--format", format];
            let answers = run(&[&["batch"], &format[..], options].concat(), &input);
            let alone = run(&[&["encode", "hello"], &format[..], options].concat(), b"");
            for answer in answers.lines() {
                assert_eq!(from_base64(&answer["binaryValue"]), alone.stdout, "{options:?} {format:?}");
            }
            answers.output_with(told);
        }
    }
    let options = ["batch", "--format", "pdf"];
    assert!(run(&options, b"").complaint(2).contains("possible values: png, svg"));
}

#[test]
fn batch_tells_warnings_and_size_of_its_largest_symbol() {
    let (short, long, longest) = (LINE, line(100), line(3_000));
    let input = [short, &long, short, &longest].concat();
    for threads in ["1", "3"] {
        for (options, told) in [
            (
                &["--side", "12mm"][..],
                &[
                    "warning: largest symbol, version 6: modules of 2 x 2 dots at 300 dpi, 0.169333mm, better 4 x 4",
                    "largest symbol, version 6: 2 dots per module (0.169333mm), 142 dots a side (12.022667mm) at 300 dpi",
                ][..],
            ),
            (
                &["--pixels", "125", "-q", "0"],
                &["warning: largest symbol, version 6: quiet zone of width 0, better 4 modules"],
            ),
            (&[], &[]),
        ] {
            let run = run(&[&["batch", "--threads", threads], options].concat(), &input);
            let told: String = told.iter().map(|line| format!("qrmint: {line}\n")).collect();
            assert_eq!(run.stderr, told + "qrmint: 1 of 4 lines failed\n", "{options:?}");
        }
    }
    assert_eq!(run(&["batch", "--side", "12mm"], b"").output(), b"", "no symbol, no size");
}

#[test]
fn batch_with_colours_that_would_not_scan_fails_before_the_first_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jsonl");
    for (options, message) in [
        (&["--dark", "#ff6600"][..], "contrast 2.9:1, at least 3.0:1"),
        (&["--dark", "#ffffff", "--light", "#000000"], "inverted: dark modules are lighter than light ones"),
        // All lines have the same version, so none can be drawn.
        (
            &["--min-version", "5", "--max-version", "5", "--pixels", "44"],
            "too small: 44 x 44 pixels, at least 45 x 45 pixels",
        ),
    ] {
        for output in [&["-o", path.to_str().unwrap()][..], &[]] {
            assert_eq!(run(&[&["batch"], options, output].concat(), LINE).complaint(1), message);
        }
    }
    assert!(names(directory.path()).is_empty());
}

#[test]
fn picture_too_small_or_too_large_for_its_version_fails_the_line() {
    let input = [LINE, &line(100), LINE].concat();
    for format in ["png", "svg"] {
        let run = run(&["batch", "--pixels", "40", "--format", format], &input);
        let answers = run.lines();
        let message = "too small: 40 x 40 pixels, at least 49 x 49 pixels";
        assert_eq!(answers[1], json!({"error": {"code": "imageTooSmall", "message": message, "line": 2}}));
        assert_eq!((&answers[0], answers[0]["version"].as_u64()), (&answers[2], Some(1)));
        assert_eq!((run.code, &run.stderr[..]), (1, "qrmint: 1 of 3 lines failed\n"));
    }
    let run = run(&["batch", "--pixels", "30000"], LINE);
    let message = "image too large: 30000 x 30000 pixels, at most 23160 x 23160";
    assert_eq!(run.lines(), [json!({"error": {"code": "imageTooLarge", "message": message, "line": 1}})]);
}
