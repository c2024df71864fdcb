//! Makes QR codes: bytes or text go in; a [`Symbol`], a PNG, an SVG, a PDF or text for a terminal comes out. Works
//! offline and needs no system library.
//!
//! ```
//! use qrmint::{ErrorCorrectionLevel, Symbol};
//!
//! # #[cfg(feature = "png")] {
//! let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
//! let png: Vec<u8> = symbol.to_png();
//! let svg: String = symbol.to_svg();
//! # assert!(png.starts_with(b"\x89PNG") && svg.starts_with("<svg"));
//! # }
//! # Ok::<(), qrmint::EncodeError>(())
//! ```
//!
//! Scale and quiet zone are those of a writer, such as [`Png`](render::Png), [`Svg`](render::Svg) or
//! [`Text`](render::Text).
//! Version, mask and the like are the [`Options`] of an [`Encoder`]:
//!
//! ```
//! use qrmint::render::{Png, QuietZone, Scale, Svg, Text};
//! use qrmint::{Encoder, ErrorCorrectionLevel, Options, Version};
//!
//! # #[cfg(feature = "png")] {
//! let mut encoder = Encoder::with_options(Options::default().with_versions(Version::try_from(4)?));
//! let symbol = encoder.encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
//! let png: Vec<u8> = Png::new(Scale::try_from(5)?, QuietZone::new(2)).to_vec(symbol)?;
//! let page = format!("<p>Scan me: {}</p>", Svg::default().display(symbol)?);
//! print!("{}", Text::default().with_ansi(true).display(symbol)?);
//! # assert!(png.starts_with(b"\x89PNG") && page.contains("<svg"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Colours, print and pages
//!
//! A [`Style`](render::Style) describes a picture for every writer: colours, a [size](render::Size) in pixels or on paper,
//! a title. Its [`verdict`](render::Style::verdict) tells how well the picture will scan; what would not scan is refused.
//!
//! ```
//! use qrmint::render::{Color, Dpi, Length, Pdf, Size, Style, Svg};
//! use qrmint::{ErrorCorrectionLevel, Symbol};
//!
//! let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
//! let size = Size::Side(Length::from_mm(30.0)?, Dpi::try_from(300)?);
//! let style = Style::default().with_dark(Color::rgb(0, 0x33, 0x66)).with_size(size).with_title("Badge 4711");
//! let page: String = Pdf::with_style(style.clone()).to_string(&symbol)?;
//! let address: String = Svg::with_style(style).to_data_uri(&symbol)?;
//! # assert!(page.starts_with("%PDF") && address.starts_with("data:image/svg+xml,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Text
//!
//! [`Symbol::encode`] takes bytes and stores them as they are. For text there is [`Symbol::encode_text`]: unless the
//! text is ASCII, it announces UTF-8. Without that readers guess, often wrong. [`TextEncoding`] has the other ways to
//! store text.
//!
//! ```
//! use qrmint::{ErrorCorrectionLevel, Symbol};
//!
//! let symbol = Symbol::encode_text("José Müller, 10 €", ErrorCorrectionLevel::M)?;
//! # #[cfg(feature = "read")]
//! assert_eq!(symbol.content().as_deref(), Ok("José Müller, 10 €".as_bytes()));
//! # Ok::<(), qrmint::EncodeError>(())
//! ```
//!
//! # A renderer of your own
//!
//! [`Symbol::modules`] has all modules, [`Symbol::runs`] the dark ones as rectangles, [`Symbol::is_dark`] a single one,
//! and [`Symbol::is_function`] tells patterns from data:
//!
//! ```
//! use qrmint::{ErrorCorrectionLevel, Run, Symbol};
//!
//! let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
//! for Run { x, y, len } in symbol.runs() {
//!     let color = if symbol.is_function(x, y) { "teal" } else { "black" };
//!     println!("a rectangle at {x}, {y}: {len} wide, 1 high, {color} at its left end");
//! }
//! # Ok::<(), qrmint::EncodeError>(())
//! ```
//!
//! # Many codes and threads
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
//!     let symbol = encoder.encode(format!("https://example.com/badge/{badge}"), ErrorCorrectionLevel::M)?;
//!     image.clear();
//!     png.write(symbol, &mut image)?;
//!     // Here the image is printed or sent.
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! All types are `Send` and `Sync`. Give each thread an encoder. Threads can share a [`Png`](render::Png); with a clone
//! for each, none of them ever has to allocate a buffer because another one is writing.
//!
//! # Performance
//!
//! With a warm encoder and writer, a URL and its PNG take 1.5 µs and the largest symbol and its PNG 25 µs; the first
//! image of a process takes 0.2 ms (2-core Xeon VM with AVX-512). A [`Png`](render::Png) costs nothing to create, at any
//! scale. Debug builds are many times slower: set `opt-level = 3` for this package in your profile if that matters.
//!
//! # Platforms
//!
//! AVX2 and AVX-512 are used on x86-64 where the processor has them, portable code everywhere else. Symbols and files
//! are the same everywhere. The crate compiles for WebAssembly, ARM and Windows, and without features for targets
//! without an operating system.
//!
//! # Promises
//!
//! - **Your bytes.** A decoder that returns bytes returns exactly the bytes that were encoded. Nothing is re-encoded,
//!   trimmed or guessed; an ECI is announced only for [text](Symbol::encode_text) or on [request](Options::eci).
//! - **The symbol of the standard and of `qrcodegen`.** For the same segments, level, version and mask choice the
//!   symbol is that of `qrcodegen` 1.8, module for module, on every machine. The version is the smallest that holds the
//!   shortest segmentation. [`Symbol::check`] reads any symbol back and names what is wrong.
//! - **No surprises.** Any input gives a symbol or an [`EncodeError`] with numbers; a level is raised only on
//!   [request](Options::boost); content that cannot fit is refused at once, whatever its length.
//! - **Stability.** Until 1.0 a breaking change raises the minor version. Symbols do not change; the bytes of a PNG
//!   change only with a note in the changelog.
//!
//! Not made: Micro QR, rMQR, kanji mode, structured append, GS1 or FNC1, logos.
//!
//! # Features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `png` | [`encode`], [`QrCodeImageDetails`], [`ImageWriter`], [`render::Png`], [`Symbol::to_png`]; needs `std` | yes |
//! | `read` | [`Symbol::content`], [`Symbol::check`]: a symbol read back from its modules | yes |
//! | `simd` | AVX2 and AVX-512 on processors that have them, also for base64 with `serde`; needs `std` | yes |
//! | `serde` | JSON of version, mask, level and [`Segment`]; with `png`, that of [`QrCodeImageDetails`] | no |
//! | `credential` | [`credential`]: create, update and verify Graph's `qrCode`; needs `png`, `read` and `serde` | no |
//! | `qrcodegen` | converts a `qrcodegen::QrCode` to a [`Symbol`], to draw it with the writers of this crate | no |
//! | `std` | every format can go to files and sockets; `png` and `simd` bring it | yes |
//! | `bench-internals` | for benches and tests: `stages`, `Encoder::penalty_scores`; may change at any time | no |
//!
//! Without features the crate is `no_std` with `alloc`, has no dependencies, and has the encoder and every
//! format but PNG. Without `simd` it is `forbid(unsafe_code)`.
//!
//! The folder `examples` of the package has whole programs: files, print, an HTTP handler, a renderer, many images on all
//! cores, text, segments, and a sign-in code of Microsoft Graph.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(not(feature = "simd"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![cfg_attr(
    not(all(feature = "png", feature = "credential")),
    allow(rustdoc::broken_intra_doc_links, rustdoc::private_intra_doc_links)
)]

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
pub use graph::{ImageWriter, QrCodeImageDetails, encode};
pub use number::OutOfRange;
#[cfg(feature = "read")]
pub use read::{FunctionPattern, ReadError};
pub use simd::InstructionSet;
pub use symbol::{Run, Symbol};
pub use version::{EmptyVersionRange, ErrorCorrectionLevel, Mask, ParseLevelError, Version, VersionRange};

/// The programs of the README, to be tested.
#[cfg(all(doctest, feature = "png", feature = "read"))]
#[doc = include_str!("../README.md")]
struct Readme;
