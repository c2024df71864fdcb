//! Splits the input into batches of lines.
//!
//! Knows nothing of what is in a line or what answers it.

use std::io::{self, Read};
use std::mem;
use std::ops::Range;

use memchr::{memchr, memchr_iter};
use qrmint::Version;

/// The maximum length of a line in bytes, without its line feed. The base64 of 7,089 bytes, the longest content, takes
/// 9,452; the rest is for other properties.
pub(crate) const MAX_LINE_LEN: usize = 64 * 1024;
/// The maximum number of lines in a batch: large enough that passing a batch on takes little time beside answering it,
/// and small enough that a core's cache holds the answers.
pub(crate) const MAX_LINES: usize = 256;
/// The number of bytes requested in one read: a full batch of lines with 128 bytes each.
const READ: usize = 32 * 1024;
/// The largest capacity of a batch's answers, in bytes, that is kept for its next lines.
const KEPT: usize = 1024 * 1024;

/// Some lines and, later, their answers. Batches circulate between the threads, so their buffers are reused.
#[derive(Default)]
pub(crate) struct Batch {
    /// The number of the first line, counted from 1.
    pub(crate) first: u64,
    /// The lines, in order.
    pub(crate) lines: Vec<Line>,
    /// The bytes that were read. The lines are ranges of them.
    pub(crate) text: Vec<u8>,
    /// The number of bytes of the input that the lines take.
    pub(crate) bytes: u64,
    /// One answer for each line.
    pub(crate) answers: Vec<u8>,
    /// The number of answers that are errors.
    pub(crate) failed: u64,
    /// The version of the largest symbol in the answers.
    pub(crate) largest: Option<Version>,
}

pub(crate) enum Line {
    /// The position of the line in the text.
    Text(Range<usize>),
    /// The line was longer than [`MAX_LINE_LEN`] and is skipped.
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
        self.largest = None;
    }
}

/// Splits an input into batches of lines.
pub(crate) struct Lines<R> {
    input: R,
    /// Bytes after the last line of the batch, already read.
    ahead: Vec<u8>,
    /// The maximum number of lines in a batch.
    limit: usize,
    next: u64,
}

impl<R: Read> Lines<R> {
    /// Creates an iterator over batches of at most `limit` lines, and at most [`MAX_LINES`].
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input, ahead: Vec::new(), limit: limit.clamp(1, MAX_LINES), next: 1 }
    }

    /// Fills the batch with the next lines. Returns whether more may follow. Waits until there is one line, and takes
    /// others only if they have arrived already, so that a client that waits for each answer gets it. The last line
    /// needs no line feed.
    ///
    /// On an error the batch has no lines, and an incomplete line that was read is lost.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> io::Result<bool> {
        batch.clear(self.next);
        let Batch { lines, text, bytes, .. } = batch;
        mem::swap(text, &mut self.ahead);
        let (mut is_more, mut is_too_long) = (true, false);
        let mut searched = 0;
        while is_more && memchr(b'\n', &text[searched..]).is_none() {
            if text.len() > MAX_LINE_LEN {
                *bytes += text.len() as u64;
                text.clear();
                is_too_long = true;
            }
            searched = text.len();
            // Directly into the batch: copying from a shared buffer would keep the other workers waiting.
            text.resize(searched + READ, 0);
            let read = read(&mut self.input, &mut text[searched..])?;
            text.truncate(searched + read);
            is_more = read > 0;
        }
        let mut done = 0;
        for end in memchr_iter(b'\n', text).take(self.limit) {
            is_too_long |= end - done > MAX_LINE_LEN;
            lines.push(if mem::take(&mut is_too_long) { Line::TooLong } else { Line::Text(done..end) });
            done = end + 1;
        }
        if !is_more && (is_too_long || !text.is_empty()) {
            lines.push(if is_too_long { Line::TooLong } else { Line::Text(0..text.len()) });
            done = text.len();
        }
        self.ahead.extend_from_slice(&text[done..]);
        *bytes += done as u64;
        self.next += lines.len() as u64;
        Ok(is_more)
    }
}

/// Reads the bytes that are available, at least one except at the end of the input.
fn read(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use qrmint_checks::Random;

    use super::*;

    /// Returns random numbers of bytes, and sometimes the error `Interrupted`.
    struct Input<'a>(&'a [u8], Random);

    impl Read for Input<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Self(left, random) = self;
            if random.below(8) == 0 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let most = 1 + random.below(2 * READ);
            left.take(most as u64).read(buffer)
        }
    }

    #[test]
    fn batches_have_all_lines_in_order_however_long_they_are_and_whatever_is_read_at_once() {
        let mut random = Random::new(81);
        for round in 0..200 {
            let mut text = Vec::new();
            for _ in 0..random.below(1_000) {
                let len = match random.below(100) {
                    0 => MAX_LINE_LEN - 1 + random.below(3),
                    1 => random.below(3 * MAX_LINE_LEN),
                    2..50 => random.below(300),
                    _ => random.below(3),
                };
                text.resize(text.len() + len, b'x');
                text.push(b'\n');
            }
            text.truncate(text.len().saturating_sub(random.below(2)));
            let line = |line: &[u8]| (line.len() <= MAX_LINE_LEN).then(|| line.to_vec());
            let wanted: Vec<_> =
                text.split_inclusive(|byte| *byte == b'\n').map(|all| line(all.trim_ascii_end())).collect();

            let limit = if round % 2 == 0 { MAX_LINES } else { 1 + random.below(MAX_LINES) };
            let mut lines = Lines::new(Input(&text, Random::new(round)), limit);
            let (mut batch, mut all, mut bytes) = (Batch::default(), Vec::new(), 0);
            let mut is_more = true;
            while is_more {
                is_more = lines.fill(&mut batch).unwrap();
                assert_eq!(batch.first, all.len() as u64 + 1);
                assert!(batch.lines.len() <= limit && !(is_more && batch.lines.is_empty()));
                assert!(batch.text.len() <= MAX_LINE_LEN + READ);
                all.extend(batch.lines.iter().map(|line| match line {
                    Line::Text(range) => Some(batch.text[range.clone()].to_vec()),
                    Line::TooLong => None,
                }));
                bytes += batch.bytes;
            }
            assert!(all == wanted, "round {round}");
            assert_eq!(bytes, text.len() as u64);
        }
    }

    #[test]
    fn a_line_as_long_as_may_be_is_taken_with_its_end_and_without() {
        for (len, end) in [(MAX_LINE_LEN, ""), (MAX_LINE_LEN, "\n"), (MAX_LINE_LEN + 1, ""), (MAX_LINE_LEN + 1, "\n")] {
            let text = "x".repeat(len) + end;
            let mut batch = Batch::default();
            Lines::new(text.as_bytes(), MAX_LINES).fill(&mut batch).unwrap();
            let is_taken = matches!(&batch.lines[..], [Line::Text(range)] if *range == (0..len));
            assert_eq!(is_taken, len == MAX_LINE_LEN, "{len} bytes and {end:?}");
        }
    }
}
