//! Turns raw content and an error-correction level into a QR code: its version, its PNG and the raw content, as in
//! Microsoft Graph's `qrCodeImageDetails`. Works offline, exactly to the bit, in microseconds.
//!
//! ```
//! use qrmint::ErrorCorrectionLevel;
//!
//! # #[cfg(feature = "png")] {
//! let details = qrmint::encode(b"https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
//! assert_eq!(details.version.number(), 3);
//! assert_eq!(details.binary_value[1..4], *b"PNG");
//! # }
//! # Ok::<(), qrmint::EncodeError>(())
//! ```
//!
//! # Many codes
//!
//! [`Encoder`] and [`Png`](render::Png) reuse their buffers. Once these are large enough, nothing is allocated:
//!
//! ```
//! # #[cfg(feature = "png")] {
//! use qrmint::render::Png;
//! use qrmint::{Encoder, ErrorCorrectionLevel};
//!
//! let (mut encoder, png, mut image) = (Encoder::new(), Png::default(), Vec::new());
//! for badge in 0..100 {
//!     let content = format!("https://example.com/badge/{badge}");
//!     let symbol = encoder.encode(content.as_bytes(), ErrorCorrectionLevel::M)?;
//!     image.clear();
//!     png.write(symbol, &mut image)?;
//!     // Here the image is printed or sent.
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Promises
//!
//! - **Your bytes.** A decoder that returns bytes returns exactly the bytes that were encoded. Nothing is re-encoded,
//!   trimmed or guessed; an ECI is announced only on [request](Options::eci).
//! - **The symbol of the standard and of `qrcodegen`.** For the same segments, level, version and mask choice the
//!   symbol is that of `qrcodegen` 1.8, module for module, on every machine. The version is the smallest that holds the
//!   shortest segmentation.
//! - **No surprises.** Any input gives a symbol or an [`EncodeError`] with numbers; a level is raised only on
//!   [request](Options::boost); content that cannot fit is refused at once, whatever its length.
//!
//! # Features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `png` | [`encode`], [`QrCodeImageDetails`], [`render::Png`]; needs `std` | yes |
//! | `simd` | AVX2 and AVX-512 on processors that have them, also for base64 with `serde`; needs `std` | yes |
//! | `serde` | reads and writes [`QrCodeImageDetails`] as Graph's JSON; needs `png` | no |
//! | `credential` | [`credential`]: rules that create, update and verify Graph's `qrCode`; needs `serde` | no |
//! | `qrcodegen` | converts a `qrcodegen::QrCode` to a [`Symbol`], to draw it with the writers of this crate | no |
//! | `bench-internals` | for benches and tests: `stages`, `Encoder::penalty_scores`; may change at any time | no |
//!
//! `std` is implied by `png` and `simd`. Without these three the crate is `no_std` with `alloc` and has the encoder,
//! [`render::Svg`] and [`render::Text`]. Without `simd` it is `forbid(unsafe_code)`.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(not(feature = "simd"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![cfg_attr(not(all(feature = "png", feature = "credential")), allow(rustdoc::broken_intra_doc_links))]

extern crate alloc;

#[cfg(feature = "png")]
mod deflate;
mod encode;
#[cfg(feature = "png")]
mod graph;
mod number;
#[cfg(feature = "read")]
mod read;
pub mod render;
mod simd;
mod symbol;
mod version;

#[cfg(feature = "bench-internals")]
pub use encode::stages;
pub use encode::{Eci, EncodeError, Encoder, Measure, Mode, Options, Segment, Segmentation, TextEncoding};
#[cfg(feature = "credential")]
pub use graph::credential;
/// For the command line; no part of the public interface.
#[cfg(all(feature = "png", feature = "serde"))]
#[doc(hidden)]
pub use graph::decode_base64;
#[cfg(feature = "png")]
pub use graph::{QrCodeImageDetails, encode};
pub use number::OutOfRange;
#[cfg(feature = "read")]
pub use read::{FunctionPattern, ReadError};
pub use simd::InstructionSet;
pub use symbol::{Run, Symbol};
pub use version::{EmptyVersionRange, ErrorCorrectionLevel, Mask, ParseLevelError, Version, VersionRange};
