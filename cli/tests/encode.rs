//! `qrmint encode`, as a user runs it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::process::Stdio;

use support::{finish, found, modules, names, qrmint, run, start};

#[test]
fn png_is_the_default_and_both_readers_find_the_content() {
    let image = run(&["encode", "https://example.com/badge/4711"], b"").output();
    assert_eq!(found(&image), [b"https://example.com/badge/4711"; 2]);
    assert_eq!(image, run(&["encode", "https://example.com/badge/4711", "-f", "png", "-o", "-"], b"").output());
}

#[test]
fn png_has_the_scale_and_the_quiet_zone_that_were_asked_for() {
    let eight = modules(&run(&["encode", "hello"], b"").output(), 8, 4);
    for (scale, quiet_zone) in [(1, 0), (3, 2), (7, 11), (255, 1), (5, 255)] {
        let (s, q) = (scale.to_string(), quiet_zone.to_string());
        let narrow = format!("warning: quiet zone of width {q}, better 4 modules");
        let told = if quiet_zone < 4 { &[&*narrow][..] } else { &[] };
        let image = run(&["encode", "hello", "--scale", &s, "--quiet-zone", &q], b"").output_with(told);
        assert_eq!(modules(&image, scale, quiet_zone), eight);
    }
}

#[test]
fn svg_text_and_json_show_the_modules_of_the_png() {
    let expected = modules(&run(&["encode", "hello"], b"").output(), 8, 4);

    let svg = String::from_utf8(run(&["encode", "hello", "--format", "svg"], b"").output()).unwrap();
    let (dark, side) = qrmint_checks::svg_modules(&svg, 4);
    assert_eq!(dark.chunks(side).collect::<Vec<_>>(), expected);

    for (options, dark_is_block) in [(&[][..], false), (&["--color", "always"], true), (&["--invert"], true)] {
        let text = run(&[&["encode", "hello", "--format", "text"], options].concat(), b"").output();
        let text = String::from_utf8(text).unwrap();
        // No colours where no terminal is, unless asked for.
        assert_eq!(text.contains('\x1b'), options.contains(&"always"));
        let text = text.replace("\x1b[38;5;16;48;5;231m", "").replace("\x1b[0m", "");
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        assert!(lines.len() == 15 && lines.iter().all(|line| line.len() == 29), "the quiet zone is there");
        for (x, y) in (0..29_usize * 29).map(|number| (number % 29, number / 29)) {
            let row = y.checked_sub(4).and_then(|y| expected.get(y));
            let dark = row.and_then(|row| row.get(x.checked_sub(4)?)).is_some_and(|&dark| dark);
            let half = if y % 2 == 0 { ['█', '▀'] } else { ['█', '▄'] };
            assert_eq!(half.contains(&lines[y / 2][x]), dark == dark_is_block, "{x}, {y}, {options:?}");
        }
    }

    let json = run(&["encode", "hello", "--format", "json", "--level", "q"], b"");
    let [details] = &json.lines()[..] else { panic!("one line") };
    assert_eq!(details["version"], 1);
    assert_eq!(details["errorCorrectionLevel"], "q");
    assert_eq!(support::from_base64(&details["rawContent"]), b"hello");
    assert_eq!(found(&support::from_base64(&details["binaryValue"])), [b"hello"; 2]);
    // The line is the engine's own JSON.
    let expected = qrmint::encode(b"hello", qrmint::ErrorCorrectionLevel::Q).unwrap();
    assert_eq!(json.stdout, [serde_json::to_vec(&expected).unwrap(), b"\n".to_vec()].concat());
}

#[test]
fn extension_of_the_output_chooses_the_format_and_the_option_overrules_it() {
    let directory = tempfile::tempdir().unwrap();
    for (name, format) in [
        ("a.png", "png"),
        ("a.svg", "svg"),
        ("a.SVG", "svg"),
        ("a.txt", "text"),
        ("a.json", "json"),
        ("a.pdf", "pdf"),
        ("a.eps", "eps"),
        ("a.zpl", "zpl"),
        ("a", "png"),
        (".a", "png"),
        ("a.", "png"),
    ] {
        let path = directory.path().join(name);
        assert_eq!(run(&["encode", "hello", "-o", path.to_str().unwrap()], b"").output(), b"");
        assert_eq!(fs::read(&path).unwrap(), run(&["encode", "hello", "-f", format], b"").output(), "{name}");
    }
    let path = directory.path().join("b.svg");
    assert_eq!(run(&["encode", "hello", "-f", "json", "-o", path.to_str().unwrap()], b"").output(), b"");
    assert_eq!(fs::read(&path).unwrap(), run(&["encode", "hello", "-f", "json"], b"").output());
}

#[test]
fn content_is_taken_byte_for_byte() {
    let directory = tempfile::tempdir().unwrap();
    let all: Vec<u8> = (0..=255).collect();
    for content in [&all[..], b"", b"\n", b" spaces \r\n", b"\xef\xbb\xbf", b"no end", b"\0"] {
        let path = directory.path().join("content");
        fs::write(&path, content).unwrap();
        let from_file = run(&["encode", "--input", path.to_str().unwrap()], b"another").output();
        assert_eq!(support::by_rqrr(&modules(&from_file, 8, 4)).unwrap(), content);
        assert_eq!(support::by_rxing(&modules(&from_file, 8, 4)).unwrap(), content);
        assert_eq!(run(&["encode"], content).output(), from_file, "standard input when nothing else is named");
        assert_eq!(run(&["encode", "-i", "-"], content).output(), from_file, "standard input by name");
    }
}

#[cfg(unix)]
#[test]
fn argument_is_taken_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt;
    let content: Vec<u8> = (1..=255).collect();
    for content in [&content[..], b"", b" a\n"] {
        let mut command = qrmint(&["encode"]);
        command.arg(std::ffi::OsStr::from_bytes(content));
        let image = finish(start(command), b"another").output();
        assert_eq!(support::by_rqrr(&modules(&image, 8, 4)).unwrap(), content);
    }
    let dashed = run(&["encode", "--", "--level"], b"").output();
    assert_eq!(found(&dashed), [b"--level"; 2]);
    let mut command = qrmint(&["encode"]);
    command.arg(std::ffi::OsStr::from_bytes(b"-\xff\xfe="));
    assert_eq!(found(&finish(start(command), b"another").output()), [b"-\xff\xfe="; 2]);
}

#[test]
fn options_reach_the_engine() {
    let details = |arguments: &[&str]| {
        let all = [&["encode", "BADGE 0123456789", "-f", "json"], arguments].concat();
        run(&all, b"").lines().remove(0)
    };
    let plain = details(&[]);
    assert_eq!((&plain["version"], &plain["errorCorrectionLevel"]), (&1.into(), &"m".into()));
    assert_eq!(details(&["--level", "L", "--boost"])["errorCorrectionLevel"], "q");
    assert_eq!(details(&["--min-version", "7"])["version"], 7);
    assert_eq!(details(&["--max-version", "1"]), plain);
    assert_eq!(details(&["--segmentation", "bytes", "--level", "m"])["version"], 2);
    assert_eq!(details(&["--segmentation", "optimal"]), plain);
    let masked: Vec<_> = (0..8).map(|mask| details(&["--mask", &mask.to_string()])).collect();
    assert_eq!(masked.iter().filter(|&details| *details == plain).count(), 1);

    // ECI 26 announces UTF-8, which rxing respects.
    let image = run(&["encode", "Grüße", "--eci", "26"], b"").output();
    let read = rxing::qrcode::decoder::qrcode_decoder::decode_bool_array(&modules(&image, 8, 4)).unwrap();
    assert_eq!(read.getText(), "Grüße");
    assert_ne!(image, run(&["encode", "Grüße"], b"").output());
}

#[test]
fn text_is_announced_where_it_is_not_ascii_and_bytes_never_are() {
    let encoded = |arguments: &[&str]| run(&[&["encode"], arguments].concat(), b"").output();
    let text = "José Müller, 10 €";
    let announced = encoded(&["--text", text]);
    let read = rxing::qrcode::decoder::qrcode_decoder::decode_bool_array(&modules(&announced, 8, 4)).unwrap();
    assert_eq!(read.getText(), text);
    assert_eq!(encoded(&["--text=utf8-eci", text]), announced);
    assert_eq!(encoded(&["--eci", "26", text]), announced);
    assert_eq!(encoded(&["--text=utf8", text]), encoded(&[text]));
    for ascii in ["--text", "--text=utf8", "--text=latin1"] {
        assert_eq!(encoded(&[ascii, "hello"]), encoded(&["hello"]), "{ascii}");
    }

    // The bytes of the symbol are those of ISO 8859-1, and JSON says so.
    let latin1 = run(&["encode", "--text=latin1", "Größe", "-f", "json"], b"").lines().remove(0);
    let image = support::from_base64(&latin1["binaryValue"]);
    assert_eq!(found(&image), [b"Gr\xf6\xdfe"; 2]);
    assert_eq!(support::from_base64(&latin1["rawContent"]), b"Gr\xf6\xdfe");
}

#[test]
fn text_that_cannot_be_stored_is_refused_with_the_number_of_its_first_wrong_byte() {
    let complaint = run(&["encode", "--text"], b"ab\xffcd").complaint(1);
    assert_eq!(complaint, "standard input: the content is not UTF-8, at its byte 3");
    let complaint = run(&["encode", "--text=latin1", "10 €"], b"").complaint(1);
    assert_eq!(complaint, "argument: the content has a character that is not in ISO 8859-1, at its byte 4");
    run(&["encode", "--text=utf8", "10 €"], b"").output();
}

#[test]
fn verified_image_is_the_same_image() {
    let all: Vec<u8> = (0..=255).collect();
    for (options, content) in [
        (&[][..], &all[..]),
        (&[], b""),
        (&["--eci", "26", "-l", "h"], "José".as_bytes()),
        (&["--text", "-f", "svg"], "10 €".as_bytes()),
        (&["--text=latin1", "-f", "json"], "Größe".as_bytes()),
        (&["--segmentation", "bytes", "--min-version", "40", "-f", "text"], b"0123456789 ABC"),
    ] {
        let image = run(&[&["encode"], options].concat(), content).output();
        assert_eq!(run(&[&["encode", "--verify"], options].concat(), content).output(), image, "{options:?}");
    }
}

#[test]
fn content_too_long_is_told_with_the_length_that_fits() {
    let complaint = run(&["encode", "--level", "l"], &[0x80; 2_954]).complaint(1);
    assert_eq!(
        complaint,
        "standard input: content too long: 2,954 bytes in byte mode; version 40 holds 2,953 at level L"
    );
    let complaint = run(&["encode", "--max-version", "1", &"x".repeat(100)], b"").complaint(1);
    assert_eq!(complaint, "argument: content too long: 100 bytes in byte mode; version 1 holds 14 at level M, 17 at L");
    assert_eq!(run(&["encode", "--level", "l"], &[b'7'; 7_089]).output()[1..4], *b"PNG");
    for length in [7_090, 10_000_000] {
        let complaint = run(&["encode", "--level", "l"], &vec![b'7'; length]).complaint(1);
        assert_eq!(complaint, "standard input: content longer than 7,089 bytes, which no QR code holds");
    }
}

/// An input without end: the refusal cannot wait for it.
#[cfg(unix)]
#[test]
fn endless_content_is_refused() {
    let complaint = run(&["encode", "--input", "/dev/zero"], b"").complaint(1);
    assert_eq!(complaint, "/dev/zero: content longer than 7,089 bytes, which no QR code holds");
}

#[test]
fn bad_command_line_is_one_line_and_exit_code_2() {
    for (arguments, expected) in [
        (&["encode", "a", "--level", "x"][..], "unknown error-correction level, expected l, m, q or h"),
        (&["encode", "a", "--scale", "0"], "expected a number from 1 to 255"),
        (&["encode", "a", "--scale", "256"], "expected a number from 1 to 255"),
        (&["encode", "a", "--quiet-zone", "256"], "expected a number from 0 to 255"),
        (&["encode", "a", "--quiet-zone", "-1"], "expected a number from 0 to 255"),
        (&["encode", "a", "--min-version", "0"], "expected a number from 1 to 40"),
        (&["encode", "a", "--max-version", "41"], "expected a number from 1 to 40"),
        (&["encode", "a", "--min-version", "5", "--max-version", "4"], "--min-version is larger than --max-version"),
        (&["encode", "a", "--mask", "8"], "expected a number from 0 to 7"),
        (&["encode", "a", "--eci", "1000000"], "expected a number from 0 to 999999"),
        (&["encode", "a", "--text=kanji"], "possible values: utf8-eci, utf8, latin1"),
        (&["encode", "a", "--text", "--eci", "26"], "cannot be used with"),
        (&["encode", "a", "--segmentation", "kanji"], "possible values: optimal, bytes"),
        (&["encode", "a", "--format", "gif"], "possible values: png, svg, pdf, eps, zpl, text, json, data-uri, svg"),
        (&["encode", "a", "--input", "b"], "content as an argument cannot be used with --input"),
        (&["encode", "-abc", "--input", "b"], "content as an argument cannot be used with --input"),
        (&["encode", "a", "--levl", "m"], "a similar argument exists: '--level'"),
        (&["encode", "-5"], "unknown option; content that begins with a hyphen may need -- before it"),
        (&["encode", "a", "--level"], "a value is required"),
        (&["batch", "--threads", "0"], "expected a number from 1 to 1024"),
        (&["batch", "--threads", "1025"], "expected a number from 1 to 1024"),
        (&["batch", "--scale", "many\nlines"], "expected a number from 1 to 255"),
        (&["batch", "a", "b"], "batch reads one file at most"),
    ] {
        let complaint = run(arguments, b"").complaint(2);
        assert!(complaint.contains(expected), "{arguments:?}: {complaint}");
    }
}

#[test]
fn content_may_begin_with_a_hyphen() {
    for content in ["-hello", "-order-17", "-15", "-s4", "-Vh", "-éé", "-i="] {
        let expected = run(&["encode"], content.as_bytes()).output();
        for arguments in
            [&["encode", content][..], &["encode", "-s", "8", content, "-o", "-"], &["encode", "--", content]]
        {
            assert_eq!(run(arguments, b"another").output(), expected, "{arguments:?}");
        }
    }
    for content in ["-h", "--help", "-", "--", "---"] {
        let expected = run(&["encode"], content.as_bytes()).output();
        assert_eq!(run(&["encode", "--", content], b"another").output(), expected, "{content}");
    }
}

#[test]
fn value_that_looks_like_content_is_not_taken_for_a_value_or_content_for_the_value_before_it() {
    for arguments in [&["encode", "-s", "-15"][..], &["encode", "-s", "-15", "4"], &["encode", "-15", "--scale"]] {
        let complaint = run(arguments, b"").complaint(2);
        let expected =
            "a value is required for '--scale <N>' but none was supplied; an argument such as -15 is content";
        assert!(complaint.starts_with(expected), "{arguments:?}: {complaint}");
    }
    // With two hyphens and an equals sign any value is possible.
    let complaint = run(&["encode", "--input=-missing"], b"").complaint(1);
    assert!(complaint.starts_with("cannot read -missing: "), "{complaint}");
}

#[test]
fn two_contents_are_refused_and_neither_is_told() {
    for arguments in [
        &["encode", "Tr0ub4", "dor"][..],
        &["encode", "Tr0ub4", "-dor"],
        &["encode", "-Tr0ub4", "-dor"],
        &["encode", "-Tr0ub4", "dor"],
        &["encode", "-Tr0ub4", "--", "--dor"],
        &["encode", "--", "--troub", "--dor"],
        &["encode", "--", "-Tr0ub4", "-f", "dor"],
    ] {
        let complaint = run(arguments, b"").complaint(2);
        assert!(complaint.starts_with("unexpected argument: there is one content at most"), "{complaint}");
        assert!(!["Tr0", "troub", "dor"].iter().any(|part| complaint.contains(part)), "{complaint}");
    }
    for arguments in [["encode", "-----BEGIN dor"], ["encode", "--Tr0ub4dor"]] {
        let complaint = run(&arguments, b"").complaint(2);
        assert!(complaint.starts_with("unknown option") && !complaint.contains("dor"), "{complaint}");
    }
}

#[test]
fn unknown_option_is_not_explained_as_content() {
    assert_eq!(run(&["encode", "--nope"], b"").complaint(2), "unexpected argument '--nope' found (see --help)");
}

#[test]
fn content_without_a_command_is_told_the_command() {
    for (argument, shown) in
        [("hello", "hello"), ("-hello", "-hello"), ("paint", "paint"), ("a b", "\"a b\""), ("", "\"\"")]
    {
        let complaint = run(&[argument], b"").complaint(2);
        let expected = format!("unknown command: to make a QR code, use `qrmint encode {shown}` (see --help)");
        assert_eq!(complaint, expected);
    }
    run(&["hello", "-s", "4"], b"").complaint(2);
}

#[test]
fn a_command_line_without_content_is_not_told_about_content() {
    for (arguments, expected) in [
        (&["--"][..], "no command: use encode or batch (see --help)"),
        (&["-x"], "unknown option (see --help)"),
        (&["batch", "-x"], "unknown option: write -s 4 and not -s4; a file may need ./ before its name (see --help)"),
        (
            &["batch", "-hello"],
            "unknown option: write -s 4 and not -s4; a file may need ./ before its name (see --help)",
        ),
        (&["help", "nope"], "unrecognized subcommand 'nope' (see --help)"),
    ] {
        let run = run(arguments, b"");
        assert_eq!(run.stdout, b"", "{arguments:?}");
        assert_eq!(run.complaint(2), expected);
    }
}

#[test]
fn level_has_a_letter_and_a_word_in_any_case() {
    for names in [["l", "L", "low", "Low"], ["m", "M", "medium", "MEDIUM"], ["q", "Q", "quartile", "quartilE"]]
        .iter()
        .chain(&[["h", "H", "high", "High"]])
    {
        for name in names {
            let details = run(&["encode", "hello", "-f", "json", "--level", name], b"").lines().remove(0);
            assert_eq!(details["errorCorrectionLevel"], names[0], "{name}");
        }
    }
}

#[test]
fn help_and_version_are_no_errors() {
    assert_eq!(run(&["--version"], b"").output(), concat!("qrmint ", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
    let help = |arguments: &[&str]| String::from_utf8(run(arguments, b"").output()).unwrap();
    for arguments in [
        &[][..],
        &["-h"],
        &["--help"],
        &["help"],
        &["encode", "-h"],
        &["encode", "--help"],
        &["batch", "-h"],
        &["batch", "--help"],
    ] {
        let help = help(arguments);
        assert!(help.contains("Usage: qrmint") && help.contains("Examples:"), "{arguments:?}");
        let widest = help.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(widest.chars().count() <= 100, "{arguments:?}: {widest}");
    }
    assert_eq!(help(&[]), help(&["--help"]));
    assert_eq!(help(&["help", "encode"]), help(&["encode", "--help"]));
}

#[test]
fn unreadable_input_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let complaint = run(&["encode", "-i", missing.to_str().unwrap()], b"").complaint(1);
    assert!(complaint.starts_with(&format!("cannot read {}: ", missing.display())), "{complaint}");
    let complaint = run(&["encode", "-i", directory.path().to_str().unwrap()], b"").complaint(1);
    assert!(complaint.starts_with(&format!("cannot read {}: ", directory.path().display())), "{complaint}");
}

#[test]
fn unwritable_output_is_named_and_nothing_is_left() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "kept").unwrap();
    for name in ["missing/image.png", "file/image.png", "."] {
        let path = directory.path().join(name);
        let complaint = run(&["encode", "hello", "-o", path.to_str().unwrap()], b"").complaint(1);
        assert!(complaint.starts_with(&format!("cannot write {}: ", path.display())), "{complaint}");
        assert!(!complaint.contains(".qrmint-"), "a name that the user never gave: {complaint}");
    }
    assert_eq!(names(directory.path()), ["file"]);
}

#[test]
fn existing_file_is_kept_intact_on_failure_and_replaced_on_success() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.png");
    let output = path.to_str().unwrap();
    fs::write(&path, "precious").unwrap();
    run(&["encode", "-o", output], &[0; 7_000]).complaint(1);
    let complaint = run(&["encode", "hello", "--scale", "255", "--quiet-zone", "255", "-o", output], b"").complaint(1);
    assert_eq!(complaint, "image too large: 135405 x 135405 pixels, at most 23160 x 23160");
    assert_eq!(fs::read(&path).unwrap(), b"precious");

    assert_eq!(run(&["encode", "hello", "-o", output], b"").output(), b"");
    assert_eq!(found(&fs::read(&path).unwrap()), [b"hello"; 2]);
    assert_eq!(names(directory.path()), ["image.png"]);
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_users_expect() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let mode = |name: &str| fs::metadata(directory.path().join(name)).unwrap().permissions().mode() & 0o777;
    // A file that this process creates shows the permissions that the umask leaves.
    fs::write(directory.path().join("plain"), "").unwrap();
    let path = directory.path().join("image.png");
    assert_eq!(run(&["encode", "hello", "-o", path.to_str().unwrap()], b"").output(), b"");
    assert_eq!(mode("image.png"), mode("plain"));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(&["encode", "other", "-o", path.to_str().unwrap()], b"").output(), b"");
    assert_eq!(mode("image.png"), 0o640);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_devices_and_pipes_written_to_as_they_are() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("below")).unwrap();
    for target in ["below/old.png", "below/new.png"] {
        let link = directory.path().join("link");
        symlink(target, &link).unwrap();
        if target.contains("old") {
            fs::write(&link, "old").unwrap();
        }
        assert_eq!(run(&["encode", "hello", "-o", link.to_str().unwrap()], b"").output(), b"");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(found(&fs::read(directory.path().join(target)).unwrap()), [b"hello"; 2]);
        fs::remove_file(&link).unwrap();
    }

    let image = run(&["encode", "hello"], b"").output();
    assert_eq!(run(&["encode", "hello", "-o", "/dev/stdout"], b"").output(), image);
    assert_eq!(run(&["encode", "hello", "-o", "/dev/null"], b"").output(), b"");
    assert!(fs::symlink_metadata("/dev/null").unwrap().file_type().is_char_device());
    if cfg!(target_os = "linux") {
        for output in [&["-o", "/dev/full"][..], &["-f", "json", "-o", "/dev/full"]] {
            let complaint = run(&[&["encode", "hello"], output].concat(), b"").complaint(1);
            assert!(complaint.starts_with("cannot write /dev/full: No space left"), "{complaint}");
        }
        let mut command = qrmint(&["encode", "hello"]);
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = command.stdout(full).stderr(Stdio::piped()).stdin(Stdio::null()).output().unwrap();
        assert_eq!(run.status.code(), Some(1));
        assert!(run.stderr.starts_with(b"qrmint: cannot write standard output: No space left"));
    }
}

#[test]
fn closed_pipe_is_told_in_one_line() {
    let mut child = start(qrmint(&["encode"]));
    // The program writes after it has read all input, when the output is closed.
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("qrmint: cannot write standard output: ") && told.lines().count() == 1, "{told}");
    assert_eq!(output.status.code(), Some(1));
}
