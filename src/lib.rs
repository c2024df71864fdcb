//! Raw content and an error-correction level go in; a QR code's version, its PNG and the raw content come out, as Microsoft
//! Graph's `qrCodeImageDetails` has them: offline, exact to the bit, in microseconds.
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
//! [`Encoder`] and [`Png`](render::Png) keep their buffers. Once they are warm, nothing is allocated:
//!
//! ```
//! # #[cfg(feature = "png")] {
//! use qrmint::render::Png;
//! use qrmint::{Encoder, ErrorCorrectionLevel};
//!
//! let (mut encoder, mut png, mut image) = (Encoder::new(), Png::default(), Vec::new());
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
//! # What is promised
//!
//! - **The bytes you gave.** Any byte string that fits comes back byte for byte from a decoder that returns bytes. Nothing is
//!   re-encoded, trimmed or guessed at; an ECI is announced only if [asked for](Options::eci).
//! - **The symbol that the standard and `qrcodegen` say.** For the same segments, level, version and mask choice it is
//!   `qrcodegen` 1.8's, module for module, on every machine. The version is the smallest that the shortest segmentation
//!   reaches.
//! - **No surprise.** Any input gives a symbol or an [`EncodeError`] with the numbers; a level is raised only if
//!   [asked for](Options::boost); content of any length is refused at once if it cannot fit.
//!
//! # Features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `png` | [`encode`], [`QrCodeImageDetails`], [`render::Png`]; needs `std` | yes |
//! | `simd` | AVX2 and AVX-512 where the processor has them, and base64 with `serde` likewise; needs `std` | yes |
//! | `serde` | [`QrCodeImageDetails`] as Graph's JSON, both ways; needs `png` | no |
//! | `credential` | [`credential`]: Graph's `qrCode`, created, updated and verified by pure rules; needs `serde` | no |
//! | `qrcodegen` | a [`Symbol`] from a `qrcodegen::QrCode`, to draw it with the writers of this crate | no |
//!
//! `std` is what `png` and `simd` have in common. Without any of them the crate is `no_std` and needs `alloc`: encoding,
//! [`render::Svg`] and [`render::Text`]. Without `simd` it is `forbid(unsafe_code)`.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(not(feature = "simd"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![cfg_attr(not(all(feature = "png", feature = "credential")), allow(rustdoc::broken_intra_doc_links))]

extern crate alloc;

#[cfg(feature = "png")]
mod deflate;
mod encode;
mod error;
#[cfg(feature = "png")]
mod graph;
pub mod render;
mod simd;
mod symbol;
mod version;

#[cfg(feature = "bench-internals")]
pub use encode::stages;
pub use encode::{Eci, Encoder, Mode, Options, Segment, Segmentation};
pub use error::EncodeError;
#[cfg(feature = "credential")]
pub use graph::credential;
/// For the command line; no part of the public interface.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use graph::decode_base64;
#[cfg(feature = "png")]
pub use graph::{QrCodeImageDetails, encode};
pub use simd::InstructionSet;
pub use symbol::Symbol;
pub use version::{ErrorCorrectionLevel, Mask, ParseLevelError, Version, VersionRange};
