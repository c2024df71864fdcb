//! Runs the program as a user does, and reads its output with code that it does not share.

// Each test file uses a part of this module.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrmint::{Encoder, ErrorCorrectionLevel as Level};

/// Returns the command with these arguments.
pub(crate) fn qrmint(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qrmint"));
    command.args(arguments);
    command
}

/// The result of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// Returns the output of a run that must succeed without a message.
    pub(crate) fn output(self) -> Vec<u8> {
        self.output_with(&[])
    }

    /// Returns the output of a run that must succeed with these lines on standard error.
    pub(crate) fn output_with(self, told: &[&str]) -> Vec<u8> {
        let expected: String = told.iter().map(|line| format!("qrmint: {line}\n")).collect();
        assert_eq!((self.code, self.stderr), (0, expected));
        self.stdout
    }

    /// Returns the output as lines of JSON.
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        assert!(self.stdout.is_empty() || self.stdout.ends_with(b"\n"));
        std::str::from_utf8(&self.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the message of a run that must fail with this code, without output and with one line on standard error.
    pub(crate) fn complaint(self, code: i32) -> String {
        assert_eq!(self.stderr.matches('\n').count(), 1, "{}", self.stderr);
        let message = self.stderr.strip_prefix("qrmint: ").unwrap().trim_end();
        assert_eq!((self.code, self.stdout.len()), (code, 0), "{message}");
        message.to_owned()
    }
}

/// Runs the program with these arguments and this standard input.
pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Run {
    finish(start(qrmint(arguments)), input)
}

/// Starts a command with pipes on all three sides.
pub(crate) fn start(mut command: Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Writes standard input to a running program and waits until it ends.
pub(crate) fn finish(mut child: Child, input: &[u8]) -> Run {
    let mut stdin = child.stdin.take().unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), String::new());
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    thread::scope(|scope| {
        // A program that refuses the input does not read all of it.
        scope.spawn(move || drop(stdin.write_all(input)));
        scope.spawn(|| err.read_to_string(&mut stderr).unwrap());
        out.read_to_end(&mut stdout).unwrap();
    });
    Run { code: child.wait().unwrap().code().unwrap(), stdout, stderr }
}

/// Returns the sorted names of the entries of a directory.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn from_base64(text: &serde_json::Value) -> Vec<u8> {
    STANDARD.decode(text.as_str().unwrap()).unwrap()
}

/// A symbol's modules, row by row, dark ones true.
pub(crate) type Modules = Vec<Vec<bool>>;

/// Returns the modules that a PNG shows, with the given scale and quiet zone. Checks every pixel.
pub(crate) fn modules(image: &[u8], scale: usize, quiet_zone: usize) -> Modules {
    let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().unwrap();
    assert_eq!(reader.info().color_type, png::ColorType::Grayscale);
    assert_eq!(reader.info().bit_depth, png::BitDepth::One);
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let side = info.width as usize;
    assert_eq!((info.height as usize, side % scale), (side, 0));
    let dark = |x: usize, y: usize| bytes[y * info.line_size + x / 8] << (x % 8) & 0x80 == 0;

    let size = side / scale - 2 * quiet_zone;
    let offset = scale * quiet_zone;
    let modules: Modules =
        (0..size).map(|y| (0..size).map(|x| dark(offset + x * scale, offset + y * scale)).collect()).collect();
    let inside = |pixel: usize| pixel >= offset && pixel < side - offset;
    for y in 0..side {
        for x in 0..side {
            let expected = inside(x) && inside(y) && modules[(y - offset) / scale][(x - offset) / scale];
            assert_eq!(dark(x, y), expected, "pixel {x}, {y}");
        }
    }
    modules
}

/// Returns qrcodegen's symbol of the same segments and level, with its own choice of version and mask.
pub(crate) fn by_qrcodegen(content: &[u8], level: Level) -> (u8, Modules) {
    let mut encoder = Encoder::new();
    encoder.encode(content, level).unwrap();
    let code = qrmint_checks::oracle(content, encoder.segments(), level, encoder.options()).unwrap();
    let modules = (0..code.size()).map(|y| (0..code.size()).map(|x| code.get_module(x, y)).collect()).collect();
    (code.version().value(), modules)
}

/// Returns the bytes that rqrr reads from modules.
pub(crate) fn by_rqrr(modules: &Modules) -> Result<Vec<u8>, rqrr::DeQRError> {
    let mut content = Vec::new();
    let grid = rqrr::Grid::new(rqrr::SimpleGrid::from_func(modules.len(), |x, y| modules[y][x]));
    grid.decode_to(&mut content).map(|_| content)
}

/// Returns the bytes that rxing reads from modules. It returns text in a charset that it guesses; given ISO 8859-1, it
/// returns one character for each byte.
pub(crate) fn by_rxing(modules: &Modules) -> Result<Vec<u8>, rxing::Exceptions> {
    let hints = rxing::DecodeHints { CharacterSet: Some("iso-8859-1".into()), ..Default::default() };
    let result = rxing::qrcode::decoder::qrcode_decoder::decode_bool_array_with_hints(modules, &hints)?;
    Ok(result.getText().chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect())
}

/// Returns the bytes that both readers find in an image on white paper, where they locate the symbol themselves.
pub(crate) fn found(image: &[u8]) -> [Vec<u8>; 2] {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(image));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    let (width, height) = (info.width, info.height);
    let pixels: Vec<u8> = samples.chunks(info.color_type.samples()).map(luma).collect();

    let mut content = Vec::new();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
        pixels[y * width as usize + x]
    });
    let grids = prepared.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode_to(&mut content).unwrap();

    let mut hints = rxing::DecodeHints { CharacterSet: Some("iso-8859-1".into()), ..Default::default() };
    let result = rxing::helpers::detect_in_luma_with_hints(pixels, width, height, None, &mut hints).unwrap();
    let read = result.getText().chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    [content, read]
}

/// Returns how light a pixel in grayscale, RGB or RGBA is on white paper.
fn luma(pixel: &[u8]) -> u8 {
    let (colors, alpha) = match *pixel {
        [gray] => ([gray; 3], 255),
        [red, green, blue] => ([red, green, blue], 255),
        [red, green, blue, alpha] => ([red, green, blue], alpha),
        _ => panic!("{} samples", pixel.len()),
    };
    let [red, green, blue] = colors.map(u32::from);
    let opaque = (299 * red + 587 * green + 114 * blue) / 1_000;
    ((opaque * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255) as u8
}
