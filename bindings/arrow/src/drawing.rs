//! Rows to images.
//!
//! Knows nothing of arrays but how they keep nulls, and nothing of where contents come from.

use std::fmt;
use std::ops::Range;

use arrow_buffer::NullBufferBuilder;
use qrmint::render::RenderError;
use qrmint::{Encoder, ErrorCorrectionLevel, Symbol};

use crate::crew::{Crew, Output, pieces};
use crate::error::{Error, RowError};
use crate::options::{OnError, Options};
use crate::row::Row;

/// Encoders and writers, one of each for every thread, to draw the images of many rows.
///
/// They are kept from call to call; no thread is. The images do not depend on the number of threads.
pub struct Drawing<W> {
    crew: Crew<Worker<W>, Images>,
    on_error: OnError,
}

#[derive(Clone)]
struct Worker<W> {
    encoder: Encoder,
    level: ErrorCorrectionLevel,
    write: W,
}

impl<W> Drawing<W>
where
    W: FnMut(&Symbol, &mut Vec<u8>) -> Result<(), RenderError> + Clone + Send,
{
    /// Creates a drawing with level, symbol, error handling and threads of `options`. `write` appends the image of a
    /// symbol to a buffer; each thread has a clone of it. [`Options::style`] is for `write` to know.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint_arrow::Options;
    /// use qrmint_arrow::rows::Drawing;
    /// let options = Options::default();
    /// let png = Png::with_style(options.style.clone());
    /// let drawing = Drawing::new(&options, move |symbol, out| png.write(symbol, out));
    /// ```
    pub fn new(options: &Options, write: W) -> Self {
        let worker = Worker { encoder: Encoder::with_options(options.symbol), level: options.level, write };
        Self { crew: Crew::new(options.threads, worker), on_error: options.on_error }
    }

    /// Returns how many rows [`draw`](Self::draw) draws in a round: a thousand for each thread that has a CPU. To draw
    /// round by round takes no longer than to draw all rows in one call.
    ///
    /// ```
    /// use std::num::NonZero;
    /// use qrmint_arrow::Options;
    /// use qrmint_arrow::rows::Drawing;
    /// let drawing = Drawing::new(&Options::default().with_threads(NonZero::new(1)), |_, _| Ok(()));
    /// assert_eq!(drawing.round(), 1_024);
    /// ```
    pub fn round(&self) -> usize {
        self.crew.round()
    }

    /// Splits `0..rows` in rounds for [`draw`](Self::draw).
    ///
    /// ```
    /// use std::num::NonZero;
    /// use qrmint_arrow::Options;
    /// use qrmint_arrow::rows::Drawing;
    /// let drawing = Drawing::new(&Options::default().with_threads(NonZero::new(1)), |_, _| Ok(()));
    /// assert_eq!(drawing.rounds(1_500).collect::<Vec<_>>(), [0..1_024, 1_024..1_500]);
    /// ```
    pub fn rounds(&self, rows: usize) -> impl Iterator<Item = Range<usize>> + use<W> {
        pieces(0..rows, self.crew.round())
    }

    /// Draws the given rows and appends their images to `images`. `row` returns the content of a row, or `None` if it is
    /// null.
    ///
    /// Threads are started only if there are more than 64 rows, and have ended when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] for the first row that cannot be drawn, unless [`Options::on_error`] is [`OnError::Null`] and other
    /// content could be drawn. `images` then has the images of the rows before it.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint_arrow::Options;
    /// use qrmint_arrow::rows::{Drawing, Images, Row};
    /// let contents = [Some("first"), None, Some("third")];
    /// let svg = Svg::default();
    /// let mut drawing = Drawing::new(&Options::default(), move |symbol, out| svg.write(symbol, out));
    /// let mut images = Images::default();
    /// drawing.draw(0..3, |row| contents[row].map(Row::Text), &mut images)?;
    /// assert_eq!((images.len(), images.get(1)), (3, None));
    /// # Ok::<(), qrmint_arrow::Error>(())
    /// ```
    pub fn draw<'a>(
        &mut self,
        rows: Range<usize>,
        row: impl Fn(usize) -> Option<Row<'a>> + Sync,
        images: &mut Images,
    ) -> Result<(), Error> {
        let on_error = self.on_error;
        self.crew.run(rows, images, |worker, rows, images| {
            for index in rows {
                let drawn = row(index).map(|row| worker.draw(row, &mut images.bytes)).transpose();
                match (drawn, on_error) {
                    (Ok(drawn), _) => images.end(drawn.is_some()),
                    (Err(error), OnError::Null) if error.depends_on_content() => images.end(false),
                    (Err(source), _) => return Err(Error::Row { row: index, source }),
                }
            }
            Ok(())
        })
    }
}

impl<W> Worker<W>
where
    W: FnMut(&Symbol, &mut Vec<u8>) -> Result<(), RenderError>,
{
    /// Appends the image of a row to `out`, or nothing after an error.
    fn draw(&mut self, row: Row<'_>, out: &mut Vec<u8>) -> Result<(), RowError> {
        let symbol = row.encode(&mut self.encoder, self.level)?;
        let start = out.len();
        (self.write)(symbol, out).map_err(|error| {
            out.truncate(start);
            error.into()
        })
    }
}

impl<W> fmt::Debug for Drawing<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawing").field("on_error", &self.on_error).finish_non_exhaustive()
    }
}

/// The images of rows, one after another in one buffer. The image of a row can be null.
///
/// ```
/// use qrmint_arrow::Options;
/// use qrmint_arrow::rows::{Drawing, Images, Row};
/// let mut images = Images::default();
/// assert!(images.is_empty());
///
/// let mut drawing = Drawing::new(&Options::default(), |symbol, out| {
///     out.extend(symbol.version().to_string().bytes());
///     Ok(())
/// });
/// drawing.draw(0..2, |row| (row == 0).then_some(Row::Text("hello")), &mut images)?;
/// assert_eq!((images.len(), images.get(0), images.get(1), images.get(2)), (2, Some(&b"1"[..]), None, None));
/// assert!(images.iter().eq([Some(&b"1"[..]), None]));
/// # Ok::<(), qrmint_arrow::Error>(())
/// ```
pub struct Images {
    pub(crate) bytes: Vec<u8>,
    /// 0, and the end of each image in `bytes`.
    pub(crate) offsets: Vec<i64>,
    pub(crate) nulls: NullBufferBuilder,
}

impl Images {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.nulls.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the image of a row. Returns `None` if it is null or there is no such row.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        let is_valid = row < self.len() && self.nulls.is_valid(row);
        // A Vec is never longer than i64::MAX.
        is_valid.then(|| &self.bytes[self.offsets[row] as usize..self.offsets[row + 1] as usize])
    }

    /// Returns the images of all rows; `None` where one is null.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&[u8]>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Ends the row whose image was appended to the bytes.
    fn end(&mut self, is_valid: bool) {
        self.offsets.push(self.bytes.len() as i64);
        self.nulls.append(is_valid);
    }
}

impl Default for Images {
    /// Returns no images.
    fn default() -> Self {
        Self { bytes: Vec::new(), offsets: vec![0], nulls: NullBufferBuilder::new(0) }
    }
}

impl fmt::Debug for Images {
    /// Shows the numbers of rows and bytes only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Images").field("rows", &self.len()).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Output for Images {
    fn append(&mut self, part: &mut Self) {
        let start = self.bytes.len() as i64;
        self.bytes.append(&mut part.bytes);
        self.offsets.extend(part.offsets.drain(1..).map(|end| start + end));
        let rows = part.len();
        match part.nulls.finish() {
            Some(nulls) => self.nulls.append_buffer(&nulls),
            None => self.nulls.append_n_non_nulls(rows),
        }
    }
}
