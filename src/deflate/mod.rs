//! DEFLATE (RFC 1951) in its zlib wrapper (RFC 1950), for a writer that knows its data.
//!
//! Knows bytes and bits; nothing of pixels or symbols.
//!
//! A zlib stream is a header of two bytes, DEFLATE blocks, and the [Adler-32](adler32) of the uncompressed bytes (RFC 1950,
//! 2.2). A block here is always the last one and has dynamic Huffman codes (`BTYPE` 10, RFC 1951, 3.2.7):
//!
//! 1. Its bytes are a sequence of [tokens](Token): literals, and matches that copy `length` bytes from `distance` bytes back.
//! 2. Literals, lengths and the end of the block share one Huffman code, distances have another; a length or distance is a
//!    symbol for its range and extra bits for the place in it (3.2.5).
//! 3. A [Huffman code](huffman) is known from its code lengths alone (3.2.2). The [block header](BlockCode::header) holds the
//!    code lengths of both, run-length coded by a third code.
//!
//! Bits fill bytes from the lowest up (3.1.1): see [`BitWriter`]. There is no search for matches and no choice among many
//! codes: callers bring tokens and how often each occurs.

pub(crate) mod adler32;
mod bits;
mod block;
mod huffman;
mod token;

pub(crate) use bits::{BitWriter, Bits};
pub(crate) use block::{BlockCode, Frequencies};
#[cfg(test)]
pub(crate) use token::tests::expand;
pub(crate) use token::{MAX_LENGTH, MIN_LENGTH, Token, push_run};

/// The zlib header: DEFLATE with a window of 32 kB, no dictionary, compression level 3 of 3; a multiple of 31
/// as a big-endian number (RFC 1950, 2.2).
pub(crate) const ZLIB_HEADER: [u8; 2] = [0x78, 0xDA];
