//! The input as batches of lines.
//!
//! Knows nothing of what is in a line, nor of who answers it.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

/// Bytes that a line may have, its line feed not counted. The base64 of the 7,089 bytes that fit the largest symbol takes
/// 9,452; the rest is room for other properties.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// Lines in a batch, at most: enough that passing it on costs little beside answering it, few enough that
/// a core's cache holds their answers.
pub(crate) const MOST_LINES: usize = 128;
/// Bytes beyond which a batch takes no further line, so it holds fewer than twice as many.
const BYTES: usize = 128 * 1024;
/// Bytes that are read ahead. What is left of them behind the last whole batch makes one that is not full.
const AHEAD: usize = 2 * BYTES;
/// Bytes that a batch's answers may keep allocated for its next lines.
const KEPT: usize = 1024 * 1024;

/// Some lines and, later, their answers. It goes round between the threads, so its buffers are used again and again.
#[derive(Default)]
pub(crate) struct Batch {
    /// The number of the first line, counted from 1.
    pub(crate) first: u64,
    /// The lines, in order.
    pub(crate) lines: Vec<Line>,
    /// The text of the lines, one behind the other.
    pub(crate) text: Vec<u8>,
    /// Bytes of the input that the lines took.
    pub(crate) bytes: u64,
    /// One line for each of the lines.
    pub(crate) answers: Vec<u8>,
    /// How many of them tell of a failure.
    pub(crate) failed: u64,
}

pub(crate) enum Line {
    /// Where in the text the line is.
    Text(Range<usize>),
    /// The line was longer than [`LONGEST_LINE`] and is skipped.
    TooLong,
}

impl Batch {
    fn clear(&mut self, first: u64) {
        self.first = first;
        self.lines.clear();
        self.text.clear();
        self.bytes = 0;
        self.answers.clear();
        self.answers.shrink_to(KEPT);
        self.failed = 0;
    }
}

/// Cuts an input into batches of lines.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    /// Lines in a batch, at most.
    limit: usize,
    next: u64,
}

impl<R: Read> Lines<R> {
    /// Batches of `limit` lines at most, itself at most [`MOST_LINES`].
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input: BufReader::with_capacity(AHEAD, input), limit: limit.clamp(1, MOST_LINES), next: 1 }
    }

    /// Fills the batch with the next lines and says whether there may be more. Waits for one line, if need be, but
    /// takes further ones only if they are there already: whoever sends line after line is not kept waiting.
    ///
    /// On an error the batch has the lines before it.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> io::Result<bool> {
        batch.clear(self.next);
        loop {
            if !self.read_line(batch)? {
                return Ok(false);
            }
            self.next += 1;
            let full = batch.lines.len() >= self.limit || batch.text.len() >= BYTES;
            if full || !self.input.buffer().contains(&b'\n') {
                return Ok(true);
            }
        }
    }

    /// Appends the next line, if there is one, and says whether there may be more. A last line needs no end.
    fn read_line(&mut self, batch: &mut Batch) -> io::Result<bool> {
        let start = batch.text.len();
        // The line's end is the one byte more.
        let mut piece = self.input.by_ref().take(LONGEST_LINE as u64 + 1);
        let mut bytes = match piece.read_until(b'\n', &mut batch.text) {
            Ok(0) => return Ok(false),
            Ok(bytes) => bytes,
            Err(error) => {
                batch.text.truncate(start);
                return Err(error);
            }
        };
        let ended = batch.text.pop_if(|last| *last == b'\n').is_some();
        let too_long = batch.text.len() - start > LONGEST_LINE;
        if too_long {
            batch.text.truncate(start);
            bytes += self.input.skip_until(b'\n')?;
            batch.lines.push(Line::TooLong);
        } else {
            batch.lines.push(Line::Text(start..batch.text.len()));
        }
        batch.bytes += bytes as u64;
        // Only the input's end ends a line that is short without its own. A terminal would be asked for its end again.
        Ok(ended || too_long)
    }
}
