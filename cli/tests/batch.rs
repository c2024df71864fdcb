//! `qrmint batch`, as a user runs it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use qrmint::{Encoder, ErrorCorrectionLevel as Level, QrCodeImageDetails};
use qrmint_checks::Random;
use serde_json::{Value, json};
use support::{base64, by_qrcodegen, by_rqrr, by_rxing, finish, from_base64, modules, names, qrmint, run, start};

/// A line for content at a level.
fn line(content: &[u8], level: Level) -> String {
    let (content, level) = (base64(content), level.letter());
    format!("{{\"rawContent\": \"{content}\", \"errorCorrectionLevel\":\"{level}\"}}\n")
}

/// 2,000 lines of arbitrary content, most of it short as in practice, at all levels and in all versions.
fn lines_of_all_kinds() -> Vec<(Vec<u8>, Level)> {
    let mut random = Random::new(1);
    let mut encoder = Encoder::new();
    (0..2_000)
        .map(|number| {
            let level = Level::ALL[number % 4];
            let length = if number % 5 == 0 { random.below(3_500) } else { random.below(250) };
            let mut content = random.content(length);
            while encoder.encode(&content, level).is_err() {
                content.truncate(content.len() * 9 / 10);
            }
            (content, level)
        })
        .collect()
}

#[test]
fn two_thousand_lines_come_out_in_order_as_qrcodegen_draws_them_and_both_readers_read_them() {
    let contents = lines_of_all_kinds();
    let input: String = contents.iter().map(|(content, level)| line(content, *level)).collect();
    let answers = |options: &[&str]| {
        let told = ["warning: quiet zone of width 1, better 4 modules"];
        run(&[&["batch"], options].concat(), input.as_bytes()).output_with(&told)
    };
    let output = answers(&["--threads", "16", "--scale", "2", "--quiet-zone", "1"]);
    // Thread count and pace change nothing.
    assert_eq!(answers(&["--threads", "1", "--scale=2", "-q", "1"]), output);

    let answers: Vec<&[u8]> = output.split_inclusive(|&byte| byte == b'\n').collect();
    assert_eq!(answers.len(), contents.len());
    let check = |(content, level): &(Vec<u8>, Level), answer: &[u8]| {
        let details: Value = serde_json::from_slice(answer).unwrap();
        assert_eq!(from_base64(&details["rawContent"]), *content);
        assert_eq!(details["errorCorrectionLevel"], level.letter());
        // To the byte it is the engine's own JSON.
        let parsed: QrCodeImageDetails = serde_json::from_slice(answer).unwrap();
        assert_eq!(serde_json::to_vec(&parsed).unwrap(), answer.trim_ascii_end());
        let modules = modules(&from_base64(&details["binaryValue"]), 2, 1);
        let (version, expected) = by_qrcodegen(content, *level);
        assert_eq!(details["version"], version);
        assert_eq!(modules, expected);
        assert_eq!(by_rqrr(&modules).as_ref(), Ok(content), "version {version}, level {level}");
        assert_eq!(by_rxing(&modules).unwrap(), *content, "version {version}, level {level}");
        version
    };
    let versions: Vec<u8> = thread::scope(|scope| {
        let parts = contents.chunks(500).zip(answers.chunks(500));
        let workers: Vec<_> = parts
            .map(|(contents, answers)| {
                scope.spawn(move || {
                    contents.iter().zip(answers).map(|(content, answer)| check(content, answer)).collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!((1..=40).all(|version| versions.contains(&version)), "all versions are among them");
}

#[test]
fn an_answer_is_what_the_engine_says_in_this_order_of_properties() {
    let output = run(&["batch"], b"{\"rawContent\":\"SGVsbG9Xb3JsZCE=\",\"errorCorrectionLevel\":\"l\"}\n").output();
    let details = qrmint::encode(b"HelloWorld!", Level::L).unwrap();
    assert_eq!(output, [serde_json::to_vec(&details).unwrap(), b"\n".to_vec()].concat());
    let start =
        br#"{"version":1,"errorCorrectionLevel":"l","rawContent":"SGVsbG9Xb3JsZCE=","binaryValue":"iVBORw0KGgo"#;
    assert!(output.starts_with(start));
}

#[test]
fn line_means_the_same_however_it_is_written() {
    let expected = run(&["batch"], b"{\"rawContent\":\"aGk=\",\"errorCorrectionLevel\":\"m\"}\n").output();
    for input in [
        &b"{\"rawContent\":\"aGk=\"}\n"[..],
        b"{\"rawContent\":\"aGk=\"}",
        b"{\"rawContent\":\"aGk=\"}\r\n",
        b"  { \"rawContent\" : \"aGk=\" }\t\r\n",
        b"{\"rawContent\":\"\\u0061Gk\\u003d\",\"errorCorrectionLevel\":\"M\"}\n",
        b"{\"errorCorrectionLevel\":null,\"more\":{\"rawContent\":[1,{}]},\"rawContent\":\"aGk=\",\"a\":1,\"a\":2}\n",
    ] {
        assert_eq!(run(&["batch"], input).output(), expected, "{}", String::from_utf8_lossy(input));
    }
    assert_eq!(run(&["batch", "-"], b"{\"rawContent\":\"aGk=\"}\n").output(), expected);
    assert_eq!(run(&["batch"], b"").output(), b"");
}

#[test]
fn options_hold_for_every_line_that_does_not_say_otherwise() {
    let input = line(b"BADGE 0123456789", Level::L) + "{\"rawContent\":\"aGk=\"}\n";
    let answers = |arguments: &[&str]| run(&[&["batch"], arguments].concat(), input.as_bytes()).lines();
    let levels = |answers: &[Value]| [0, 1].map(|i| answers[i]["errorCorrectionLevel"].as_str().unwrap().to_owned());
    assert_eq!(levels(&answers(&[])), ["l", "m"]);
    assert_eq!(levels(&answers(&["--level", "q"])), ["l", "q"]);
    assert_eq!(levels(&answers(&["--boost"])), ["q", "h"]);
    assert_eq!(answers(&["--min-version", "7", "--max-version", "9"])[1]["version"], 7);
    let encoded = run(&["encode", "hi", "-f", "json", "--mask", "3", "--eci", "26", "--scale", "3", "-q", "0"], b"");
    assert_eq!(answers(&["--mask", "3", "--eci", "26", "--scale", "3", "-q", "0"])[1..], encoded.lines());
    let encoded = run(&["encode", "BADGE 0123456789", "-f", "json", "-l", "l", "--segmentation", "bytes"], b"");
    assert_eq!(answers(&["--segmentation", "bytes"])[..1], encoded.lines());
}

#[test]
fn a_line_that_fails_is_answered_in_its_place_and_the_rest_goes_on() {
    let too_long = base64(&[0x80; 2_332]);
    let good = "{\"rawContent\":\"aGk=\"}";
    let cases = [
        (String::new(), "invalidJson", "the line is blank"),
        (" \t\r".into(), "invalidJson", "the line is blank"),
        ("{".into(), "invalidJson", "not JSON, at column 1"),
        ("hello".into(), "invalidJson", "not JSON, at column 1"),
        (format!("{good} {good}"), "invalidJson", "not JSON, at column 23"),
        ("{\"rawContent\":\"\\ud800\"}".into(), "invalidJson", "not JSON, at column 22"),
        ("[\"aGk=\"]".into(), "unexpectedValue", "the line is JSON, but not an object"),
        ("\"aGk=\"".into(), "unexpectedValue", "the line is JSON, but not an object"),
        (
            "{\"rawContent\":7}".into(),
            "unexpectedValue",
            "rawContent and errorCorrectionLevel must be strings and be there once, at column 15",
        ),
        (
            "{\"rawContent\":\"aGk=\",\"rawContent\":\"aGk=\"}".into(),
            "unexpectedValue",
            "rawContent and errorCorrectionLevel must be strings and be there once, at column 33",
        ),
        ("{}".into(), "missingRawContent", "the object has no rawContent"),
        ("{\"rawContent\":null}".into(), "missingRawContent", "the object has no rawContent"),
        (
            "{\"rawContent\":\"aG-_\"}".into(),
            "invalidBase64",
            "rawContent is not standard base64 with padding, at its character 3",
        ),
        (
            "{\"rawContent\":\"aGk\"}".into(),
            "invalidBase64",
            "rawContent is not standard base64 with padding, at its character 3",
        ),
        (
            "{\"rawContent\":\"aGk=\",\"errorCorrectionLevel\":\"x\"}".into(),
            "unknownLevel",
            "unknown error-correction level, expected L, M, Q or H",
        ),
        (
            format!("{{\"rawContent\":\"{too_long}\"}}"),
            "contentTooLong",
            "content too long: 2,332 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L",
        ),
        (
            format!("{{\"rawContent\":\"{}\"}}", base64(&[b'7'; 30_000])),
            "contentTooLong",
            "content too long: 30,000 bytes need at least 100,018 bits; version 40 holds 18,672 at level M, \
             23,648 at L",
        ),
        (format!("{good}{}", " ".repeat(65_536)), "lineTooLong", "the line is longer than 65536 bytes"),
    ];
    let input: String = cases.iter().map(|(line, ..)| format!("{line}\n{good}\n")).collect();
    for threads in ["1", "7"] {
        let run = run(&["batch", "--threads", threads], input.as_bytes());
        let answers = run.lines();
        assert_eq!(answers.len(), 2 * cases.len());
        for (number, (answer, (line, code, message))) in (1..).step_by(2).zip(answers.iter().step_by(2).zip(&cases)) {
            assert_eq!(*answer, json!({"error": {"code": code, "message": message, "line": number}}), "{line:.80}");
        }
        assert!(answers.iter().skip(1).step_by(2).all(|answer| answer["rawContent"] == "aGk="));
        assert_eq!((run.code, &run.stderr[..]), (1, "qrmint: 18 of 36 lines failed\n"));
    }
}

#[test]
fn text_of_every_line_is_announced_and_what_is_no_text_fails_its_line() {
    let input: String =
        ["Größe".as_bytes(), b"hello", "10 €".as_bytes(), b"ab\xff"].map(|content| line(content, Level::M)).concat();
    let answers = |text: &str| run(&["batch", "--verify", text], input.as_bytes());
    let by_encode = |text: &str, content: &str| run(&["encode", "-f", "json", text, content], b"").lines().remove(0);
    let failed = |line: u64, message: &str| json!({"error": {"code": "invalidText", "message": message, "line": line}});
    let not_utf8 = failed(4, "the content is not UTF-8, at its byte 3");
    let not_latin1 = failed(3, "the content has a character that is not in ISO 8859-1, at its byte 4");
    for text in ["--text", "--text=utf8"] {
        let made = ["Größe", "hello", "10 €"].map(|content| by_encode(text, content));
        assert_eq!(answers(text).lines(), [&made[..], std::slice::from_ref(&not_utf8)].concat(), "{text}");
    }
    let made = ["Größe", "hello"].map(|content| by_encode("--text=latin1", content));
    let latin1 = answers("--text=latin1");
    assert_eq!(latin1.lines(), [&made[..], &[not_latin1, not_utf8]].concat());
    assert_eq!(latin1.stderr, "qrmint: 2 of 4 lines failed\n");
}

#[test]
fn verified_lines_are_the_same_lines() {
    let input: String = lines_of_all_kinds()[..200].iter().map(|(content, level)| line(content, *level)).collect();
    let output = run(&["batch"], input.as_bytes()).output();
    assert_eq!(run(&["batch", "--verify"], input.as_bytes()).output(), output);
}

#[test]
fn image_too_large_fails_the_line() {
    let run = run(&["batch", "--scale", "255", "--quiet-zone", "255"], line(b"hi", Level::L).as_bytes());
    let message = "image too large: 135405 x 135405 pixels, at most 23160 x 23160";
    assert_eq!(run.lines(), [json!({"error": {"code": "imageTooLarge", "message": message, "line": 1}})]);
    assert_eq!(run.code, 1);
}

#[test]
fn no_message_tells_any_of_the_content() {
    let secret = "Tr0ub4dor";
    let input: String = [
        format!("{{\"rawContent\":\"{secret}*\"}}"),
        format!("{{\"rawContent\":{{\"{secret}\":1}}}}"),
        format!("\"{secret}\""),
        secret.into(),
        format!("{{\"rawContent\":\"aGk=\",\"errorCorrectionLevel\":\"{secret}\"}}"),
        format!("{{\"{secret}\":1,\"rawContent\":[\"{secret}\"]}}"),
        format!("{{\"rawContent\":\"{secret}"),
    ]
    .join("\n");
    let run = run(&["batch"], input.as_bytes());
    assert_eq!(run.stderr, "qrmint: 7 of 7 lines failed\n");
    let output = String::from_utf8(run.stdout).unwrap();
    assert!(!output.contains("Tr0") && !output.contains("dor"), "{output}");
}

/// The longest line that is accepted is as long as promised, without its line feed; a longer one is skipped.
#[test]
fn limit_of_a_line_is_exact() {
    let padded = |length: usize| "{\"rawContent\":\"aGk=\"}".to_owned() + &" ".repeat(length - 21);
    let input = [padded(65_536), padded(65_537), padded(65_536), padded(65_537)].join("\n");
    let codes: Vec<Value> =
        run(&["batch"], input.as_bytes()).lines().iter().map(|a| a["error"]["code"].clone()).collect();
    assert_eq!(codes, [Value::Null, "lineTooLong".into(), Value::Null, "lineTooLong".into()]);
}

#[test]
fn line_of_ten_megabytes_is_skipped_where_it_stands() {
    let good = "{\"rawContent\":\"aGk=\"}\n";
    let input = [good, &"x".repeat(10_000_000), "\n", good].concat();
    let run = run(&["batch"], input.as_bytes());
    let answers = run.lines();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[1]["error"]["code"], "lineTooLong");
    assert_eq!(answers[1]["error"]["line"], 2);
    assert_eq!(answers[0], answers[2]);
    assert_eq!((run.code, &run.stderr[..]), (1, "qrmint: 1 of 3 lines failed\n"));
}

#[test]
fn whoever_sends_a_line_and_waits_is_answered() {
    let mut child = start(qrmint(&["batch", "--threads", "4"]));
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut answers = BufReader::new(stdout).lines();
    let mut ask = |text: &str| stdin.write_all(text.as_bytes()).unwrap();
    let mut answer = || serde_json::from_str::<Value>(&answers.next().unwrap().unwrap()).unwrap()["rawContent"].clone();
    for content in ["a", "b", "c"] {
        ask(&line(content.as_bytes(), Level::L));
        // If the program waited for more lines, this would wait forever.
        assert_eq!(answer(), base64(content.as_bytes()));
    }
    // An incomplete line after a complete one does not delay its answer either.
    let (d, e) = (line(b"d", Level::L), line(b"e", Level::L));
    ask(&(d + &e[..20]));
    assert_eq!(answer(), base64(b"d"));
    ask(&e[20..]);
    assert_eq!(answer(), base64(b"e"));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn batch_ends_when_nobody_reads_its_output() {
    // The input stays open: it is the closed output that ends the program.
    let mut child = start(qrmint(&["batch"]));
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let begin = Instant::now();
    let writer = thread::spawn(move || {
        stdin.write_all(line(b"hi", Level::L).as_bytes()).unwrap();
        stdin
    });
    let _open = writer.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(begin.elapsed() < Duration::from_secs(10));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.starts_with("qrmint: cannot write standard output: ") && stderr.lines().count() == 1, "{stderr}");

    // The same in the middle of an input without end.
    let mut child = start(qrmint(&["batch"]));
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || while stdin.write_all(line(b"hi", Level::L).as_bytes()).is_ok() {});
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    answers.read_line(&mut String::new()).unwrap();
    drop(answers);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    writer.join().unwrap();
}

#[test]
fn output_file_is_complete_or_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let input = line(b"hi", Level::L) + "{}\n" + &line(b"ho", Level::L);
    fs::write(path("in.jsonl"), &input).unwrap();
    let to_pipe = run(&["batch"], input.as_bytes());

    // Lines that fail are answered, so the file is complete.
    let complaint = run(&["batch", &path("in.jsonl"), "-o", &path("out.jsonl")], b"").complaint(1);
    assert_eq!(complaint, "1 of 3 lines failed");
    assert_eq!(fs::read(path("out.jsonl")).unwrap(), to_pipe.stdout);

    // A file may be its own output.
    fs::copy(path("in.jsonl"), path("both.jsonl")).unwrap();
    run(&["batch", &path("both.jsonl"), "-o", &path("both.jsonl")], b"").complaint(1);
    assert_eq!(fs::read(path("both.jsonl")).unwrap(), to_pipe.stdout);

    // If the input cannot be read to its end, the old file remains.
    for output in ["out.jsonl", "new.jsonl"] {
        let complaint = run(&["batch", directory.path().to_str().unwrap(), "-o", &path(output)], b"").complaint(1);
        assert!(complaint.starts_with(&format!("cannot read {}: ", directory.path().display())), "{complaint}");
    }
    let complaint = run(&["batch", &path("missing"), "-o", &path("new.jsonl")], b"").complaint(1);
    assert!(complaint.starts_with(&format!("cannot read {}: ", path("missing"))), "{complaint}");
    let complaint = run(&["batch", &path("in.jsonl"), "-o", &path("missing/out.jsonl")], b"").complaint(1);
    assert!(complaint.starts_with(&format!("cannot write {}: ", path("missing/out.jsonl"))), "{complaint}");
    assert_eq!(fs::read(path("out.jsonl")).unwrap(), to_pipe.stdout);
    assert_eq!(names(directory.path()), ["both.jsonl", "in.jsonl", "out.jsonl"]);
}

/// On Linux even a process that is killed leaves no file, if the file system supports unnamed files.
#[cfg(target_os = "linux")]
#[test]
fn killed_batch_leaves_the_old_file_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jsonl");
    fs::write(&path, "precious").unwrap();
    let mut child = start(qrmint(&["batch", "-o", path.to_str().unwrap()]));
    let mut stdin = child.stdin.take().unwrap();
    // More than the pipe holds: when it is written, the batch is at work.
    stdin.write_all(line(b"hi", Level::L).repeat(5_000).as_bytes()).unwrap();
    let while_it_runs = names(directory.path());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    if while_it_runs == ["out.jsonl"] {
        assert_eq!(names(directory.path()), ["out.jsonl"]);
    } else {
        qrmint_checks::say(format_args!(
            "skipped: the file system of {} has no files without a name",
            directory.path().display()
        ));
    }
}

/// Returns the peak memory of the program while it answers `lines` lines.
#[cfg(target_os = "linux")]
fn most_memory_in_kib(lines: usize) -> usize {
    let mut child = start(qrmint(&["batch", "--threads", "2", "--scale", "1"]));
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let status = format!("/proc/{}/status", child.id());
    let text = line(b"0123456789", Level::L);
    thread::scope(|scope| {
        scope.spawn(|| {
            let thousand = text.repeat(1_000);
            for _ in 0..lines / 1_000 {
                stdin.write_all(thousand.as_bytes()).unwrap();
            }
            // Left open, so that the program is still running.
            stdin.flush().unwrap();
        });
        let mut answer = Vec::new();
        for _ in 0..lines {
            answer.clear();
            answers.read_until(b'\n', &mut answer).unwrap();
        }
    });
    let status = fs::read_to_string(status).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    most.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_number_of_lines() {
    let (few, many) = (most_memory_in_kib(2_000), most_memory_in_kib(200_000));
    eprintln!("VmHWM: {few} KiB for 2,000 lines, {many} KiB for 200,000");
    assert!(many < few + 2_048, "{few} KiB for 2,000 lines, {many} KiB for 200,000");
}

/// Memory does not grow with the length of a line either.
#[cfg(target_os = "linux")]
#[test]
fn line_without_end_takes_no_memory() {
    let mut child = start(qrmint(&["batch", "--threads", "2"]));
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..100 {
        stdin.write_all(&[b'x'; 1_000_000]).unwrap();
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: usize = most.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < 16_384, "{kib} KiB for a line of 100 MB");
    child.stdin = Some(stdin);
    assert_eq!(finish(child, b"\n").lines()[0]["error"]["code"], "lineTooLong");
}
