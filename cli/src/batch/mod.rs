//! The command `batch`: lines of JSON in, a line of JSON out for each, in the same order.
//!
//! Connects the parts: [`lines`] splits the input into batches, [`answer`] answers them, [`pipeline`] runs that on
//! several threads and writes the batches in order, [`progress`] shows how much is done.

mod answer;
mod lines;
mod pipeline;
mod progress;

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::num::NonZero;
use std::path::Path;
use std::thread;

use qrmint::render::{Finding, Png, RenderError, Style, VerdictLevel};
use qrmint::{Version, VersionRange};

use self::answer::Answerer;
use self::lines::{Batch, Lines, MAX_LINES};
use self::progress::Progress;
use crate::args::{BatchArguments, ImageFormat};
use crate::error::{Endpoint, Error, tell_about, warn};
use crate::output::Output;

pub(crate) fn run(arguments: BatchArguments) -> Result<(), Error> {
    let encoder = arguments.symbol.encoder()?;
    let style = arguments.style.style()?;
    let findings = check(&style, encoder.versions())?;
    warn("", &findings);
    let input = Input::open(arguments.input.as_deref())?;
    let output = Output::open(arguments.output.as_deref())?;

    let format = arguments.format;
    let limit = lines_in_a_batch(answer_len(&style, format, encoder.versions().max()));
    let threads = arguments.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let answerers = (0..threads).map(|_| Answerer::new(encoder.clone(), arguments.symbol.level, format, &style));

    // A progress bar among lines on the same terminal would make both unreadable.
    let shown = io::stderr().is_terminal() && !output.is_terminal() && !input.is_terminal;
    let answers = Answers { output, progress: Progress::new(shown, input.bytes), lines: 0, failed: 0, largest: None };
    let lines = Lines::new(input.reader, limit);
    let answers = pipeline::run(lines, input.endpoint, answerers.collect(), answers, Answers::write)?;
    drop(answers.progress);
    answers.output.finish()?;
    if let Some(version) = answers.largest {
        tell_about(&style, version, &format!("largest symbol, version {version}: "), &findings);
    }
    match answers {
        Answers { failed: 0, .. } => Ok(()),
        Answers { failed, lines, .. } => Err(Error::Lines { failed, lines }),
    }
}

/// The output, and counts of the answers written to it.
struct Answers {
    output: Output,
    progress: Progress,
    /// The number of answers.
    lines: u64,
    /// The number of answers that are errors.
    failed: u64,
    /// The version of the largest symbol.
    largest: Option<Version>,
}

impl Answers {
    fn write(&mut self, batch: &Batch) -> Result<(), Error> {
        self.output.write(&batch.answers)?;
        self.lines += batch.lines.len() as u64;
        self.failed += batch.failed;
        self.largest = self.largest.max(batch.largest);
        self.progress.advance(self.lines, batch.bytes);
        Ok(())
    }
}

/// Returns what is wrong with the picture of every line: its colours, and where all sizes agree, its size. Returns an
/// error if that is refused.
fn check(style: &Style, versions: VersionRange) -> Result<Vec<Finding>, Error> {
    let mut findings = style.verdict(versions.min()).findings;
    let of_largest = style.verdict(versions.max()).findings;
    findings.retain(|finding| of_largest.contains(finding));
    match findings.iter().find(|finding| finding.level() == VerdictLevel::Refuse) {
        Some(&refused) => Err(RenderError::from(refused).into()),
        None => Ok(findings),
    }
}

/// Returns the maximum length of the image of an answer, in bytes of base64. It may be less for images so small that no
/// batch of them is large.
fn answer_len(style: &Style, format: ImageFormat, max_version: Version) -> u64 {
    let image = match format {
        ImageFormat::Png => {
            /// The size of the scan lines divided by that of the file in base64: at least this at all sizes that need
            /// the limit, with the default quiet zone. The least is that of version 40 with 9 pixels per module.
            const SHRINKING: u64 = 17;
            let side = u64::from(Png::with_style(style.clone()).side(max_version).min(Png::MAX_SIDE));
            side * side / 8 / SHRINKING
        }
        // Two bytes in base64 for each module, nearly all of them strokes.
        ImageFormat::Svg => (max_version.size() as u64).pow(2) * 17 / 8,
    };
    /// The length of `&quot;` in base64.
    const ESCAPED: u64 = 8;
    let texts = [&style.title, &style.description].into_iter().flatten();
    image + texts.map(|text| ESCAPED * text.len() as u64).sum::<u64>()
}

/// Returns a number of lines whose answers take at most about 4 MiB, if each takes at most `answer_len` bytes.
fn lines_in_a_batch(answer_len: u64) -> usize {
    /// The number of bytes for the answers of a batch.
    const ANSWERS: u64 = 4 * 1024 * 1024;
    usize::try_from(ANSWERS / answer_len.max(1)).map_or(MAX_LINES, |lines| lines.clamp(1, MAX_LINES))
}

/// The source of the lines.
struct Input {
    reader: Box<dyn Read + Send>,
    endpoint: Endpoint,
    is_terminal: bool,
    /// The number of bytes, if known.
    bytes: Option<u64>,
}

impl Input {
    /// Opens the file of a path; without a path or with `-`, standard input.
    fn open(path: Option<&Path>) -> Result<Self, Error> {
        match path {
            Some(path) if path != Path::new("-") => {
                let endpoint = Endpoint::file(path);
                let opened = File::open(path).and_then(|file| {
                    let metadata = file.metadata()?;
                    Ok((file, metadata.is_file().then_some(metadata.len())))
                });
                match opened {
                    Ok((file, bytes)) => {
                        Ok(Self { is_terminal: file.is_terminal(), reader: Box::new(file), endpoint, bytes })
                    }
                    Err(source) => Err(Error::Read { endpoint, source }),
                }
            }
            _ => {
                let stdin = io::stdin();
                let is_terminal = stdin.is_terminal();
                Ok(Self { reader: Box::new(stdin), endpoint: Endpoint::StandardInput, is_terminal, bytes: None })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use qrmint::render::{QuietZone, Scale, Size, Svg};
    use qrmint::{ErrorCorrectionLevel, Options};
    use qrmint_checks::Random;

    use super::*;

    fn lines(style: &Style, format: ImageFormat) -> usize {
        lines_in_a_batch(answer_len(style, format, Version::MAX))
    }

    fn scaled(pixels: u8) -> Style {
        Style::default().with_size(Size::Scale(Scale::new(pixels).unwrap()))
    }

    #[test]
    fn batches_are_whole_at_usual_sizes_and_short_where_images_are_huge() {
        assert_eq!(lines(&Style::default(), ImageFormat::Png), MAX_LINES);
        assert_eq!(lines(&scaled(1).with_quiet_zone(QuietZone::new(0)), ImageFormat::Png), MAX_LINES);
        assert_eq!(lines(&scaled(125), ImageFormat::Png), 1);
        assert_eq!(lines(&Style::default().with_size(Size::Pixels(u32::MAX)), ImageFormat::Png), 1);
        // An SVG is as long at any size.
        assert_eq!(lines(&scaled(255), ImageFormat::Svg), 63);
        assert_eq!(lines(&Style::default().with_title("x".repeat(1 << 20)), ImageFormat::Svg), 1);
    }

    #[test]
    fn batches_of_the_largest_images_take_about_four_megabytes() {
        let options = Options::default().with_versions(VersionRange::new(Version::MAX, Version::MAX).unwrap());
        let mut encoder = qrmint::Encoder::with_options(options);
        let content = Random::new(5).bytes(2_953);
        let symbol = encoder.encode(&content, ErrorCorrectionLevel::L).unwrap();
        let most = |style: &Style, format, image: &[u8]| {
            let len = lines(style, format) * image.len().div_ceil(3) * 4;
            assert!(len <= 5 * 1024 * 1024, "{len} bytes of {style:?}");
        };
        let sizes = (1..=40).chain([125]).flat_map(|scale: u32| {
            let pixels = |more: u32| Size::Pixels((185 * scale + more).min(Png::MAX_SIDE));
            [Size::Scale(Scale::new(scale as u8).unwrap()), pixels(0), pixels(1), pixels(100), pixels(184)]
        });
        for size in sizes {
            let style = Style::default().with_size(size);
            most(&style, ImageFormat::Png, &Png::with_style(style.clone()).to_vec(symbol).unwrap());
        }
        let style = Style::default().with_title("\"".repeat(1_000)).with_description("&".repeat(1_000));
        most(&style, ImageFormat::Svg, Svg::with_style(style.clone()).to_string(symbol).unwrap().as_bytes());
    }
}
