//! QR codes of [Arrow](https://arrow.apache.org) arrays: an array of strings or binaries goes in, an array of PNG or SVG
//! images comes out.
//!
//! ```
//! use arrow_array::{ArrayRef, StringArray};
//! use qrmint_arrow::Options;
//!
//! let contents = StringArray::from(vec![Some("https://example.com/badge/1"), None, Some("https://example.com/badge/3")]);
//! let images: ArrayRef = qrmint_arrow::png(&contents, &Options::default())?;
//! assert_eq!((images.len(), images.null_count()), (3, 1));
//! # Ok::<(), qrmint_arrow::Error>(())
//! ```
//!
//! Level, symbol, colours and size, threads, and what becomes of a row that cannot be drawn are [`Options`]. [`info`]
//! tells what the symbols are like, and why a content has none. For a sequence of arrays that is to become one, or for
//! another format, [`Contents`] and the module [`rows`] have the parts that these functions are made of.
//!
//! A call uses all CPUs unless [`Options::threads`] limits it, and keeps no thread. An engine that calls it on threads of
//! its own, as DataFusion does, should set one.

mod contents;
mod crew;
mod drawing;
mod error;
mod images;
mod info;
mod options;
mod row;
pub mod rows;

pub use contents::Contents;
pub use error::{Error, RowError};
pub use images::{png, svg};
pub use info::info;
pub use options::{OnError, Options};

/// The programs of the README, to be tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
