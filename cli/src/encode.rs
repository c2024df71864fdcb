//! The command `encode`: one content in, one image out.
//!
//! Knows nothing of how a file is written.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use console::Term;
use qrmint::render::{Eps, Pdf, Png, Style, Svg, Text, Zpl};
use qrmint::{Encoder, QrCodeImageDetails, Symbol};

use crate::args::{EncodeArguments, Format, TextArguments};
use crate::error::{Endpoint, Error, tell_about};
use crate::output::{self, Output};

pub(crate) fn run(arguments: EncodeArguments) -> Result<(), Error> {
    let mut encoder = arguments.symbol.encoder()?;
    let path = arguments.output.as_deref().filter(|path| !output::is_standard_output(path));
    let on_terminal = path.is_none() && io::stdout().is_terminal();
    let format = arguments.format(path, on_terminal)?;
    let style = arguments.style.style()?;

    let (content, endpoint) = content(arguments.content.map(OsString::into_encoded_bytes), arguments.input)?;
    let (symbol, bytes) = match encoder.encode(&content, arguments.symbol.level) {
        Ok(made) => made,
        Err(source) => return Err(Error::Content { endpoint, source }),
    };
    let image = draw(symbol, &bytes, format, style.clone(), &arguments.text, on_terminal)?;
    let mut output = Output::open(path)?;
    output.write(&image)?;
    output.finish()?;
    tell_about(&style, symbol.version(), "", &[]);
    Ok(())
}

/// Returns the content, byte for byte, and its source.
fn content(argument: Option<Vec<u8>>, input: Option<PathBuf>) -> Result<(Vec<u8>, Endpoint), Error> {
    let (content, endpoint) = match (argument, input) {
        (Some(argument), _) => (Ok(argument), Endpoint::Argument),
        (None, Some(path)) if path != Path::new("-") => (File::open(&path).and_then(read), Endpoint::File(path)),
        (None, None) if io::stdin().is_terminal() => {
            return Err(Error::Usage("no content: give it as an argument, with --input or on standard input".into()));
        }
        (None, _) => (read(io::stdin().lock()), Endpoint::StandardInput),
    };
    match content {
        Ok(content) if content.len() > Encoder::MAX_BYTES => Err(Error::ContentTooLong(endpoint)),
        Ok(content) => Ok((content, endpoint)),
        Err(source) => Err(Error::Read { endpoint, source }),
    }
}

/// Reads all of the input, or one byte more than the longest content.
fn read(input: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    input.take(Encoder::MAX_BYTES as u64 + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// Returns the picture as the bytes to write.
fn draw(
    symbol: &Symbol,
    content: &[u8],
    format: Format,
    style: Style,
    text: &TextArguments,
    on_terminal: bool,
) -> Result<Vec<u8>, Error> {
    Ok(match format {
        Format::Png => Png::with_style(style).to_vec(symbol)?,
        Format::Svg => Svg::with_style(style).to_string(symbol)?.into(),
        Format::Pdf => Pdf::with_style(style).to_string(symbol)?.into(),
        Format::Eps => Eps::with_style(style).to_string(symbol)?.into(),
        Format::Zpl => Zpl::with_style(style).to_string(symbol)?.into(),
        Format::Text => {
            let text = Text::with_style(style).with_ansi(text.ansi(on_terminal)).with_inverted(text.invert);
            if on_terminal {
                check_width(text.columns(symbol.version()))?;
            }
            text.to_string(symbol)?.into()
        }
        Format::Json => {
            let mut json = Vec::new();
            QrCodeImageDetails::new(symbol, content, &Png::with_style(style))?.write_json(&mut json);
            json.push(b'\n');
            json
        }
        Format::DataUri => (Png::with_style(style).to_data_uri(symbol)? + "\n").into(),
        Format::SvgDataUri => (Svg::with_style(style).to_data_uri(symbol)? + "\n").into(),
    })
}

/// Returns an error if standard output is a terminal that would break lines of this many columns.
fn check_width(needed: usize) -> Result<(), Error> {
    match Term::stdout().size_checked() {
        Some((_, columns)) if usize::from(columns) < needed => Err(Error::TerminalTooNarrow { columns, needed }),
        _ => Ok(()),
    }
}
