//! Answers lines.
//!
//! Knows nothing of where lines come from, of threads or of order.

use std::borrow::Cow;
use std::fmt;

use base64::DecodeError;
use qrmint::render::{Png, Style, Svg};
use qrmint::{ErrorCorrectionLevel, ImageWriter, QrCodeImageDetails, Version};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use super::lines::{Batch, Line, MAX_LINE_LEN};
use crate::args::ImageFormat;
use crate::content::ContentEncoder;
use crate::error::LineError;

/// Answers lines. Keeps its buffers from line to line.
pub(crate) struct Answerer {
    encoder: ContentEncoder,
    format: ImageFormat,
    png: Png,
    svg: Svg,
    /// The level of lines without one.
    level: ErrorCorrectionLevel,
    raw_content: Vec<u8>,
    /// The details of the last line, whose memory is used again.
    details: Option<QrCodeImageDetails>,
}

impl Answerer {
    pub(crate) fn new(
        encoder: ContentEncoder,
        level: ErrorCorrectionLevel,
        format: ImageFormat,
        style: &Style,
    ) -> Self {
        let (png, svg) = (Png::with_style(style.clone()), Svg::with_style(style.clone()));
        Self { encoder, format, png, svg, level, raw_content: Vec::new(), details: None }
    }

    /// Answers all lines of the batch.
    pub(crate) fn answer(&mut self, batch: &mut Batch) {
        let out = &mut batch.answers;
        for (number, line) in (batch.first..).zip(&batch.lines) {
            let made = match line {
                Line::Text(range) => self.make(&batch.text[range.clone()], out),
                Line::TooLong => Err(LineError::LineTooLong { limit: MAX_LINE_LEN }),
            };
            match made {
                Ok(version) => batch.largest = batch.largest.max(Some(version)),
                Err(error) => {
                    batch.failed += 1;
                    write_error(&error, number, out);
                }
            }
            out.push(b'\n');
        }
    }

    /// Appends the image details of a line and returns the version of the symbol. Appends nothing on an error.
    fn make(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<Version, LineError> {
        // UTF-8 is checked once here instead of for every string in the line.
        let line = str::from_utf8(line).map_err(|error| LineError::InvalidJson { column: error.valid_up_to() + 1 })?;
        let request: Request<'_> = serde_json::from_str(line).map_err(|error| {
            // The error's own text may quote the content.
            let column = error.column();
            match (line.trim_ascii_start().as_bytes().first(), error.classify()) {
                (None, _) => LineError::Blank,
                (Some(b'{'), Category::Data) => LineError::UnexpectedValue { column },
                (Some(_), Category::Data) => LineError::NotAnObject,
                _ => LineError::InvalidJson { column },
            }
        })?;
        let raw_content = request.raw_content.ok_or(LineError::MissingRawContent)?;
        let level = request.level.map_or(Ok(self.level), |level| level.parse())?;

        self.raw_content.clear();
        qrmint::decode_base64(&raw_content, &mut self.raw_content).map_err(|error| LineError::InvalidBase64 {
            character: match error {
                DecodeError::InvalidByte(offset, _) | DecodeError::InvalidLastSymbol { offset, .. } => offset + 1,
                _ => raw_content.len(),
            },
        })?;
        let (symbol, bytes) = self.encoder.encode(&self.raw_content, level)?;
        let image = match self.format {
            ImageFormat::Png => ImageWriter::from(&self.png),
            ImageFormat::Svg => ImageWriter::from(&self.svg),
        };
        match &mut self.details {
            Some(details) => details.renew(symbol, &bytes, image)?,
            None => self.details = Some(QrCodeImageDetails::new(symbol, &bytes, image)?),
        }
        if let Some(details) = &self.details {
            details.write_json(out);
        }
        Ok(symbol.version())
    }
}

/// Appends the error of a line as JSON.
fn write_error(error: &LineError, line: u64, out: &mut Vec<u8>) {
    let failure = Failure { error: Details { code: error.code(), message: error.to_string(), line } };
    // Cannot fail: writing to a vector does not, and all keys are strings.
    let _ = serde_json::to_writer(out, &failure);
}

#[derive(serde::Serialize)]
struct Failure {
    error: Details,
}

#[derive(serde::Serialize)]
struct Details {
    code: &'static str,
    message: String,
    line: u64,
}

/// The properties of a line, not yet decoded.
struct Request<'a> {
    raw_content: Option<Cow<'a, str>>,
    level: Option<Cow<'a, str>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Request<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Properties)
    }
}

/// Accepts an object and nothing else. The implementation that serde derives would accept an array as well.
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
            // `null` means the same as a missing property.
            *property = object.next_value::<Option<Text<'_>>>()?.map(|Text(value)| value);
        }
        Ok(request)
    }
}

/// A string, borrowed from the line unless it has escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
