//! The input as batches of lines.
//!
//! Knows nothing of what is in a line, nor of who answers it.

use std::io::{self, Read};
use std::mem;
use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// Bytes that a line may have, its line feed not counted. The base64 of the 7,089 bytes that fit the largest symbol
/// takes 9,452; the rest is room for other properties.
pub(crate) const MAX_LINE_LEN: usize = 64 * 1024;
/// Lines in a batch, at most: enough that passing it on costs little beside answering it, few enough that
/// a core's cache holds their answers.
pub(crate) const MAX_LINES: usize = 256;
/// Bytes that are read at once: a batch, unless its lines are short.
const READ: usize = 32 * 1024;
/// Bytes that a batch's answers may keep allocated for its next lines.
const KEPT: usize = 1024 * 1024;

/// Some lines and, later, their answers. It goes round between the threads, so its buffers are used again and again.
#[derive(Default)]
pub(crate) struct Batch {
    /// The number of the first line, counted from 1.
    pub(crate) first: u64,
    /// The lines, in order.
    pub(crate) lines: Vec<Line>,
    /// What was read: the lines are ranges of it.
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
    }
}

/// Cuts an input into batches of lines.
pub(crate) struct Lines<R> {
    input: R,
    /// What is read of the lines to come.
    ahead: Vec<u8>,
    /// Lines in a batch, at most.
    limit: usize,
    next: u64,
}

impl<R: Read> Lines<R> {
    /// Batches of `limit` lines at most, itself at most [`MAX_LINES`].
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input, ahead: Vec::new(), limit: limit.clamp(1, MAX_LINES), next: 1 }
    }

    /// Fills the batch with the next lines and says whether there may be more. Waits for one line, if need be, but
    /// takes further ones only if they are there already: whoever sends line after line is not kept waiting. A last
    /// line needs no end.
    ///
    /// On an error the batch has no lines, and what was read of the next one is lost.
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
            // Straight into the text: while a buffer for all workers is filled, the others wait.
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

/// As many bytes as there are, at least one unless the input has come to its end.
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

    /// Gives as many bytes at once as it likes, and is interrupted.
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
