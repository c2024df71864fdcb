//! A line in, its answer out.
//!
//! Knows nothing of where lines come from, of threads or of order.

use std::borrow::Cow;
use std::fmt;

use base64::DecodeError;
use qrmint::render::Png;
use qrmint::{Encoder, ErrorCorrectionLevel, Options, QrCodeImageDetails};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use super::lines::{Batch, Line, MAX_LINE_LEN};
use crate::error::LineError;

/// Answers lines, in buffers that it keeps.
pub(crate) struct Answerer {
    encoder: Encoder,
    png: Png,
    /// The level of lines that name none.
    level: ErrorCorrectionLevel,
    raw_content: Vec<u8>,
    /// Those of the last line, for the memory that they have.
    details: Option<QrCodeImageDetails>,
}

impl Answerer {
    pub(crate) fn new(options: Options, level: ErrorCorrectionLevel, png: Png) -> Self {
        Self { encoder: Encoder::with_options(options), png, level, raw_content: Vec::new(), details: None }
    }

    /// Answers all lines of the batch.
    pub(crate) fn answer(&mut self, batch: &mut Batch) {
        let out = &mut batch.answers;
        for (number, line) in (batch.first..).zip(&batch.lines) {
            let made = match line {
                Line::Text(range) => self.make(&batch.text[range.clone()], out),
                Line::TooLong => Err(LineError::LineTooLong { limit: MAX_LINE_LEN }),
            };
            if let Err(error) = made {
                batch.failed += 1;
                write_error(&error, number, out);
            }
            out.push(b'\n');
        }
    }

    /// Appends the details that the line asks for. On an error nothing is appended.
    fn make(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), LineError> {
        // Once for the line, not for every string in it.
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
        let symbol = self.encoder.encode(&self.raw_content, level)?;
        match &mut self.details {
            Some(details) => details.renew(symbol, &self.raw_content, &mut self.png)?,
            None => self.details = Some(QrCodeImageDetails::new(symbol, &self.raw_content, &mut self.png)?),
        }
        if let Some(details) = &self.details {
            details.write_json(out);
        }
        Ok(())
    }
}

/// Appends the object that stands in the place of a line that failed.
fn write_error(error: &LineError, line: u64, out: &mut Vec<u8>) {
    let failure = Failure { error: Details { code: error.code(), message: error.to_string(), line } };
    // Neither does writing into a vector fail, nor are there keys that JSON could not have.
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
