//! The programs `zint` and `qrencode` (libqrencode), which share nothing with `qrcodegen`, make the same modules at a given
//! version, level and mask. If a program is not installed, the test says so and compares nothing with it.
//!
//! The masks that they choose are not compared: they score by other readings of 7.8.3 and differ from `qrcodegen` on a third to half
//! of all content. `zint` takes our mask as an option; `qrencode` has no such option, so we take the mask that it chose.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Mode, Symbol, Version};
use qrmint_checks::{Random, say};

/// Returns what a program prints, or `None` if it is not installed.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Returns the rows of modules that `zint` makes, dark is true.
fn zint(file: &Path, symbol: &Symbol) -> Option<Vec<Vec<bool>>> {
    let (version, level) = (symbol.version(), 1 + symbol.level() as usize);
    let (version, level, mask) = (format!("--vers={version}"), format!("--secure={level}"), symbol.mask().number());
    let mask = format!("--mask={mask}");
    let file = file.to_str().unwrap();
    let text = printed("zint", &["--barcode=QRCODE", "--binary", &version, &level, &mask, "-i", file, "--dump"])?;
    // A row is hexadecimal digits in pairs, filled up with zeros.
    let row = |line: &str| {
        let digits = line.chars().filter(|char| *char != ' ').map(|digit| digit.to_digit(16).unwrap());
        let modules = digits.flat_map(|digit| [8, 4, 2, 1].map(|bit| digit & bit != 0));
        modules.take(symbol.size()).collect()
    };
    Some(text.lines().map(row).collect())
}

/// Returns the rows of modules that `qrencode` makes.
fn qrencode(file: &Path, symbol: &Symbol, bytes: bool) -> Option<Vec<Vec<bool>>> {
    let (version, level) = (symbol.version().to_string(), symbol.level().to_string());
    let mut arguments = vec!["-t", "ASCII", "-m", "0", "--strict-version", "-v", &version, "-l", &level];
    arguments.extend(bytes.then_some("-8"));
    arguments.extend(["-r", file.to_str().unwrap()]);
    let text = printed("qrencode", &arguments)?;
    // Two characters a module.
    Some(text.lines().map(|line| line.chars().step_by(2).map(|char| char == '#').collect()).collect())
}

fn rows(symbol: &Symbol) -> Vec<Vec<bool>> {
    let size = symbol.size();
    (0..size).map(|y| (0..size).map(|x| symbol.is_dark(x, y)).collect()).collect()
}

/// Returns the mask in the format information: bits 12 to 10, the last of them beside the timing pattern (7.9).
fn mask(rows: &[Vec<bool>]) -> Mask {
    let bits = [2, 3, 4].iter().fold(0, |bits, x| bits << 1 | u8::from(rows[8][*x]));
    Mask::new(bits ^ 0b101).unwrap()
}

#[test]
fn zint_and_qrencode_make_the_same_modules() {
    let folder = std::env::temp_dir().join(format!("qrmint-encoders-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("content");
    let mut random = Random::new(61);
    let mut encoder = Encoder::new();
    let mut compared = [0; 2];
    for round in 0..300 {
        let version = Version::new(1 + (round % 40) as u8).unwrap();
        let level = ErrorCorrectionLevel::ALL[random.below(4)];
        let mode = [Mode::Numeric, Mode::Alphanumeric, Mode::Byte][round % 3];
        // Content of one mode, so that only one segmentation is the shortest.
        let len = random.below(version.data_bits(level) / 8 - 3) + 1;
        let content = random.content_of(mode, if mode == Mode::Numeric { 2 * len } else { len });
        std::fs::write(&file, &content).unwrap();
        encoder.options_mut().versions = version.into();
        encoder.options_mut().mask = Some(Mask::ALL[random.below(8)]);
        let symbol = encoder.encode(&content, level).unwrap().clone();
        if let Some(theirs) = zint(&file, &symbol) {
            assert!(theirs == rows(&symbol), "zint, {symbol:?}: {}", content.escape_ascii());
            compared[0] += 1;
        }
        if let Some(theirs) = qrencode(&file, &symbol, mode == Mode::Byte) {
            encoder.options_mut().mask = Some(mask(&theirs));
            let symbol = encoder.encode(&content, level).unwrap();
            assert!(theirs == rows(symbol), "qrencode, {symbol:?}: {}", content.escape_ascii());
            compared[1] += 1;
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    for (program, compared) in ["zint", "qrencode"].iter().zip(compared) {
        if compared == 0 {
            say(format_args!("{program} is not installed: nothing compared"));
        } else {
            assert_eq!(compared, 300, "{program}");
        }
    }
}
