//! Content to version and level: the smallest version allowed that holds the segments.
//!
//! Knows segments, their bits and what a version holds; nothing of codewords.

use alloc::vec::Vec;

use super::Encoder;
use super::bit_stream::Eci;
use super::capacity::{highest_level, smallest_version};
use super::error::EncodeError;
use super::options::Options;
use super::segment::{self, Band, MAX_BYTES, Mode, Segment, Segmentation};
use crate::version::{ErrorCorrectionLevel, Version};

/// The version, level and bits that content needs as a symbol.
///
/// [`Encoder::measure`] and [`Encoder::measure_text`] return it.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let measure = Encoder::new().measure("hello", ErrorCorrectionLevel::M)?;
/// assert_eq!(measure.version.number(), 1);
/// assert_eq!(measure.bits_used, 4 + 8 + 5 * 8, "mode, number of bytes, 5 bytes");
/// assert_eq!(measure.bits_available, 128);
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Measure {
    /// The smallest version allowed that fits.
    pub version: Version,
    /// The error-correction level. It is higher than the one asked for only if [`Options::boost`] raised it.
    pub level: ErrorCorrectionLevel,
    /// The number of bits that the segments take with their headers, plus the ECI header if there is one.
    pub bits_used: u64,
    /// The number of bits that the version has for them at this level: [`Version::data_bits`].
    pub bits_available: u64,
    /// The segments, in the order of the content.
    pub segments: Vec<Segment>,
}

/// What is to be encoded.
#[derive(Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) bytes: &'a [u8],
    /// The interpretation to announce.
    pub(super) eci: Option<Eci>,
    /// The segments, if the caller gives them.
    pub(super) segments: Option<&'a [Segment]>,
}

/// The version and level that hold content, and the number of bits that it takes there.
pub(super) struct Fit {
    pub(super) version: Version,
    pub(super) level: ErrorCorrectionLevel,
    pub(super) bits: u64,
}

impl Encoder {
    /// Finds the smallest version allowed that holds the content, and the level. Leaves the symbol made last as it is.
    pub(super) fn fit(&mut self, content: Content<'_>, level: ErrorCorrectionLevel) -> Result<Fit, EncodeError> {
        let Options { versions, segmentation, boost, .. } = self.options;
        let Content { bytes, eci, segments: given } = content;
        let eci_bits = u64::from(eci.map_or(0, Eci::header_bits));
        let too_long = |bits_of_segments: u64, mode| EncodeError::TooLong {
            bytes: bytes.len(),
            bits_needed: eci_bits + bits_of_segments,
            bits_available: versions.max().data_bits(level) as u64,
            version: versions.max(),
            level,
            mode,
            eci,
        };
        let whole = [Segment::new(Mode::Byte, 0..bytes.len())];
        // `None` if the shortest segmentation has to be found.
        let fixed = given.or((segmentation == Segmentation::Bytes).then_some(&whole));
        if bytes.len() > MAX_BYTES && (given.is_some() || fixed.is_none()) {
            return Err(too_long(segment::min_bits(bytes.len(), Band::of(versions.max())), None));
        }
        match (given, fixed) {
            (Some(given), _) => check_cover(bytes, given)?,
            (None, None) => self.segmenter.read(bytes, self.instructions),
            (None, Some(_)) => {}
        }
        let mut min = versions.min();
        loop {
            let band = Band::of(min);
            let max = band.max().min(versions.max());
            let bits = fixed.map_or_else(|| self.segmenter.bits(band), |segments| segment::total_bits(segments, band));
            if eci_bits + bits <= max.data_bits(level) as u64 {
                let bits = eci_bits + bits;
                let version = smallest_version(min, max, bits, level);
                let level = if boost { highest_level(version, bits, level) } else { level };
                return Ok(Fit { version, level, bits });
            }
            if max == versions.max() {
                let mode = match fixed {
                    None => self.segmenter.only_mode(band),
                    Some([only]) => Some(only.mode),
                    Some(_) => None,
                };
                return Err(too_long(bits, mode));
            }
            min = max.up(1);
        }
    }

    /// Writes the segments of the content that [`fit`](Self::fit) has seen last, for a symbol of `version`.
    pub(super) fn split(&mut self, content: Content<'_>, version: Version, segments: &mut Vec<Segment>) {
        segments.clear();
        match (content.segments, self.options.segmentation) {
            (Some(given), _) => segments.extend_from_slice(given),
            (None, Segmentation::Optimal) => self.segmenter.segments(Band::of(version), segments),
            (None, Segmentation::Bytes) => segments.push(Segment::new(Mode::Byte, 0..content.bytes.len())),
        }
    }
}

/// Checks that the segments cover the content from its first byte to its last without gap or overlap, and that each
/// mode has a code for its bytes.
fn check_cover(content: &[u8], segments: &[Segment]) -> Result<(), EncodeError> {
    let bytes = content.len();
    let mut covered = 0;
    for (i, &Segment { mode, start, end }) in segments.iter().enumerate() {
        if start != covered {
            return Err(EncodeError::SegmentStart { segment: i, start, expected: covered });
        }
        let part = content.get(start..end).ok_or(EncodeError::SegmentEnd { segment: i, end, bytes })?;
        if let Some(foreign) = part.iter().position(|&byte| !mode.has(byte)) {
            return Err(EncodeError::SegmentMode { segment: i, mode, offset: start + foreign });
        }
        covered = end;
    }
    if covered != bytes {
        return Err(EncodeError::SegmentEnd { segment: segments.len().saturating_sub(1), end: covered, bytes });
    }
    Ok(())
}
