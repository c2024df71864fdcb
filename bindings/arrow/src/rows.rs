//! Rows to images without an array: [`Drawing`] draws the rows that a closure returns, on all cores, into [`Images`].
//! [`Describing`] does the same for [`info`](crate::info).
//!
//! [`png`](crate::png) and [`svg`](crate::svg) are made of this. Use it for contents that are not in an array, for other
//! formats, or to do something between rounds, such as looking whether the call is still wanted.
//!
//! ```
//! use qrmint::render::Pdf;
//! use qrmint_arrow::Options;
//! use qrmint_arrow::rows::{Drawing, Images, Row};
//!
//! let contents: Vec<String> = (0..10_000).map(|badge| format!("https://example.com/badge/{badge}")).collect();
//! let options = Options::default();
//! let pdf = Pdf::with_style(options.style.clone());
//! let mut drawing = Drawing::new(&options, move |symbol, out| pdf.write(symbol, out));
//! let mut images = Images::default();
//! for rows in drawing.rounds(contents.len()) {
//!     drawing.draw(rows, |row| Some(Row::Text(&contents[row])), &mut images)?;
//!     println!("{} of {}", images.len(), contents.len());
//! }
//! assert!(images.iter().all(|image| image.is_some_and(|pdf| pdf.starts_with(b"%PDF"))));
//! # Ok::<(), qrmint_arrow::Error>(())
//! ```

pub use crate::drawing::{Drawing, Images};
pub use crate::info::{Describing, Descriptions};
pub use crate::row::Row;
