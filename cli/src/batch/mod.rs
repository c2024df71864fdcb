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

use qrmint::render::Png;

use self::answer::Answerer;
use self::lines::{Batch, Lines, MAX_LINES};
use self::progress::Progress;
use crate::args::{BatchArguments, ImageArguments};
use crate::error::{Endpoint, Error};
use crate::output::Output;

pub(crate) fn run(arguments: BatchArguments) -> Result<(), Error> {
    let encoder = arguments.symbol.encoder()?;
    let input = Input::open(arguments.input.as_deref())?;
    let output = Output::open(arguments.output.as_deref())?;

    let ImageArguments { scale, quiet_zone } = arguments.image;
    let png = Png::new(scale, quiet_zone);
    let limit = lines_in_a_batch(png.side(encoder.max_version()));
    let threads = arguments.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let answerers = (0..threads).map(|_| Answerer::new(encoder.clone(), arguments.symbol.level, png.clone()));

    // A progress bar among lines on the same terminal would make both unreadable.
    let shown = io::stderr().is_terminal() && !output.is_terminal() && !input.is_terminal;
    let answers = Answers { output, progress: Progress::new(shown, input.bytes), lines: 0, failed: 0 };
    let lines = Lines::new(input.reader, limit);
    let answers = pipeline::run(lines, input.endpoint, answerers.collect(), answers, Answers::write)?;
    drop(answers.progress);
    answers.output.finish()?;
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
}

impl Answers {
    fn write(&mut self, batch: &Batch) -> Result<(), Error> {
        self.output.write(&batch.answers)?;
        self.lines += batch.lines.len() as u64;
        self.failed += batch.failed;
        self.progress.advance(self.lines, batch.bytes);
        Ok(())
    }
}

/// Returns a number of lines whose answers take at most about 4 MiB, if the largest image is `side` pixels wide.
fn lines_in_a_batch(side: u32) -> usize {
    /// The number of bytes for the answers of a batch.
    const ANSWERS: u64 = 4 * 1024 * 1024;
    /// The size of the scan lines divided by that of the file in base64: at least this at all scales that need the
    /// limit. The least is that of version 40 at scale 13.
    const SHRINKING: u64 = 24;
    let side = u64::from(side.min(Png::MAX_SIDE));
    let answer = (side * side / 8 / SHRINKING).max(1);
    usize::try_from(ANSWERS / answer).map_or(MAX_LINES, |lines| lines.min(MAX_LINES))
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
    use super::*;

    #[test]
    fn batches_are_whole_at_usual_scales_and_short_where_images_are_huge() {
        assert_eq!(lines_in_a_batch(1), MAX_LINES);
        // Version 40 at 8 and at 125 pixels per module.
        assert_eq!(lines_in_a_batch(1_480), MAX_LINES);
        assert_eq!(lines_in_a_batch(23_125), 1);
        assert_eq!(lines_in_a_batch(u32::MAX), 1);
    }
}
