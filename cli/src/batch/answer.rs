//! A line in, its answer out.
//!
//! Knows nothing of where lines come from, of threads or of order.

use std::borrow::Cow;
use std::fmt::{self, Write};

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine as _};
use qrmint::render::Png;
use qrmint::{Encoder, ErrorCorrectionLevel, Options, Symbol};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use super::lines::{Batch, LONGEST_LINE, Line};
use crate::error::LineError;

/// Answers lines, in buffers that it keeps.
pub(crate) struct Answerer {
    encoder: Encoder,
    png: Png,
    /// The level of lines that name none.
    level: ErrorCorrectionLevel,
    raw_content: Vec<u8>,
    image: Vec<u8>,
}

impl Answerer {
    pub(crate) fn new(options: Options, level: ErrorCorrectionLevel, png: Png) -> Self {
        Self { encoder: Encoder::with_options(options), png, level, raw_content: Vec::new(), image: Vec::new() }
    }

    /// Answers all lines of the batch.
    pub(crate) fn answer(&mut self, batch: &mut Batch) {
        let out = &mut batch.answers;
        for (number, line) in (batch.first..).zip(&batch.lines) {
            let made = match line {
                Line::Text(range) => self.make(&batch.text[range.clone()], out),
                Line::TooLong => Err(LineError::LineTooLong { limit: LONGEST_LINE }),
            };
            if let Err(error) = made {
                batch.failed += 1;
                write_error(&error, number, out);
            }
            out.push('\n');
        }
    }

    /// Appends the details that the line asks for. On an error nothing is appended.
    fn make(&mut self, line: &[u8], out: &mut String) -> Result<(), LineError> {
        let request: Request<'_> = serde_json::from_slice(line).map_err(|error| {
            // The error's own text may quote the content.
            let column = error.column();
            match (line.trim_ascii_start().first(), error.classify()) {
                (None, _) => LineError::Blank,
                (Some(b'{'), Category::Data) => LineError::UnexpectedValue { column },
                (Some(_), Category::Data) => LineError::NotAnObject,
                _ => LineError::InvalidJson { column },
            }
        })?;
        let raw_content = request.raw_content.ok_or(LineError::MissingRawContent)?;
        let level = request.level.map_or(Ok(self.level), |level| level.parse())?;

        self.raw_content.clear();
        STANDARD.decode_vec(&*raw_content, &mut self.raw_content).map_err(|error| LineError::InvalidBase64 {
            character: match error {
                DecodeError::InvalidByte(offset, _) | DecodeError::InvalidLastSymbol { offset, .. } => offset + 1,
                _ => raw_content.len(),
            },
        })?;
        let symbol = self.encoder.encode(&self.raw_content, level)?;
        self.image.clear();
        self.png.write(symbol, &mut self.image)?;
        write_details(symbol, &raw_content, &self.image, out);
        Ok(())
    }
}

/// Appends what `serde_json` makes of the engine's `QrCodeImageDetails`, in a sixth less time for the whole line: base64 needs
/// no escapes, and `serde_json` would look at every character for one. `raw_content` is the base64 that was decoded: as
/// strictly as it is read, no other stands for the same bytes.
fn write_details(symbol: &Symbol, raw_content: &str, image: &[u8], out: &mut String) {
    let (version, level) = (symbol.version(), symbol.level());
    // Writing into a string does not fail.
    let _ = write!(out, r#"{{"version":{version},"errorCorrectionLevel":"{level}","rawContent":"{raw_content}","#);
    out.push_str(r#""binaryValue":""#);
    STANDARD.encode_string(image, out);
    out.push_str("\"}");
}

/// Appends the object that stands in the place of a line that failed. Messages have nothing that JSON would escape.
fn write_error(error: &LineError, line: u64, out: &mut String) {
    let code = error.code();
    // Writing into a string does not fail.
    let _ = write!(out, r#"{{"error":{{"code":"{code}","message":"{error}","line":{line}}}}}"#);
}

/// What a line asks for: what it says of it, not yet understood.
struct Request<'a> {
    raw_content: Option<Cow<'a, str>>,
    level: Option<Cow<'a, str>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Request<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Properties)
    }
}

/// Takes an object and nothing else; what serde derives would take an array as well.
struct Properties;

impl<'de> Visitor<'de> for Properties {
    type Value = Request<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Request<'de>, A::Error> {
        let mut request = Request { raw_content: None, level: None };
        while let Some(Text(name)) = object.next_key()? {
            let property = match &*name {
                "rawContent" => &mut request.raw_content,
                "errorCorrectionLevel" => &mut request.level,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if property.is_some() {
                return Err(A::Error::custom("there twice"));
            }
            // `null` is as good as not there.
            *property = object.next_value::<Option<Text<'_>>>()?.map(|Text(value)| value);
        }
        Ok(request)
    }
}

/// A string, borrowed from the line unless it has escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
