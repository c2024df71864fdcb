//! The command `encode`: one content in, one image out.
//!
//! Knows nothing of how a file is written.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use qrmint::render::{Png, Style, Svg, Text};
use qrmint::{Encoder, QrCodeImageDetails, Symbol};

use crate::args::{EncodeArguments, Format, ImageArguments};
use crate::error::{Endpoint, Error};
use crate::output::{self, Output};

pub(crate) fn run(arguments: EncodeArguments) -> Result<(), Error> {
    let mut encoder = arguments.symbol.encoder()?;
    let path = arguments.output.as_deref().filter(|path| !output::is_standard_output(path));
    let on_terminal = path.is_none() && io::stdout().is_terminal();
    let format = arguments.format.unwrap_or_else(|| default_format(path, on_terminal));
    if format == Format::Png && on_terminal {
        return Err(Error::Usage("a terminal cannot show a png: name a file with -o".into()));
    }

    let (content, endpoint) = content(arguments.content.map(OsString::into_encoded_bytes), arguments.input)?;
    let image = match encoder.encode(&content, arguments.symbol.level) {
        Ok((symbol, bytes)) => draw(symbol, &bytes, format, &arguments.image, on_terminal)?,
        Err(source) => return Err(Error::Content { endpoint, source }),
    };
    let mut output = Output::open(path)?;
    output.write(&image)?;
    output.finish()
}

/// Returns the format to write if the command line names none.
fn default_format(path: Option<&Path>, on_terminal: bool) -> Format {
    let extension = path.and_then(Path::extension).unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("svg") => Format::Svg,
        Some("txt") => Format::Text,
        Some("json") => Format::Json,
        _ if on_terminal => Format::Text,
        _ => Format::Png,
    }
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

fn draw(
    symbol: &Symbol,
    content: &[u8],
    format: Format,
    image: &ImageArguments,
    on_terminal: bool,
) -> Result<Vec<u8>, Error> {
    let &ImageArguments { scale, quiet_zone } = image;
    let png = Png::new(scale, quiet_zone);
    match format {
        Format::Png => Ok(png.to_vec(symbol)?),
        Format::Svg => Ok(Svg::new(scale, quiet_zone).to_string(symbol)?.into_bytes()),
        Format::Text => Ok(Text::with_style(Style::default().with_quiet_zone(quiet_zone))
            .with_ansi(on_terminal)
            .with_inverted(true)
            .to_string(symbol)?
            .into_bytes()),
        Format::Json => {
            let details = QrCodeImageDetails::new(symbol, content, &png)?;
            let mut json = Vec::new();
            details.write_json(&mut json);
            json.push(b'\n');
            Ok(json)
        }
    }
}
