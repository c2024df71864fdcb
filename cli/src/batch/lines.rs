//! The input as batches of lines.
//!
//! Knows nothing of what is in a line, nor of who answers it.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use memchr::memchr_iter;

/// Bytes that a line may have, its line feed not counted. The base64 of the 7,089 bytes that fit the largest symbol takes
/// 9,452; the rest is room for other properties.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// Lines in a batch, at most: enough that passing it on costs little beside answering it, few enough that
/// a core's cache holds their answers.
pub(crate) const MOST_LINES: usize = 128;
/// Bytes that are read ahead. What is left of them behind the last whole batch makes one that is not full.
const AHEAD: usize = 64 * 1024;
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
    /// takes further ones only if they are there already: whoever sends line after line is not kept waiting. A last line needs
    /// no end.
    ///
    /// On an error the batch has the lines before it.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> io::Result<bool> {
        batch.clear(self.next);
        let Batch { lines, text, bytes, .. } = batch;
        let mut is_more = true;
        while is_more && lines.is_empty() {
            let ahead = match self.input.fill_buf() {
                Ok(ahead) => ahead,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            is_more = !ahead.is_empty();
            // The text may have the beginning of a line. There are whole lines, or there is more of that one.
            let (mut start, begun) = (0, text.len());
            for end in memchr_iter(b'\n', ahead).take(self.limit).map(|end| begun + end) {
                lines.push(if end - start > LONGEST_LINE { Line::TooLong } else { Line::Text(start..end) });
                start = end + 1;
            }
            let taken = if lines.is_empty() { ahead.len() } else { start - begun };
            text.extend_from_slice(&ahead[..taken]);
            self.input.consume(taken);
            *bytes += taken as u64;
            if lines.is_empty() && text.len() > LONGEST_LINE {
                *bytes += self.input.skip_until(b'\n')? as u64;
                lines.push(Line::TooLong);
            }
        }
        if lines.is_empty() && !text.is_empty() {
            lines.push(Line::Text(0..text.len()));
        }
        self.next += batch.lines.len() as u64;
        Ok(is_more)
    }
}
