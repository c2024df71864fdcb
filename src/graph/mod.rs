//! Microsoft Graph's shapes and rules: `qrCodeImageDetails`, and the sign-in credential `qrCode`.
//!
//! Knows how to encode and draw; nothing of HTTP or stores.

#[cfg(feature = "credential")]
pub mod credential;
mod image_details;
#[cfg(feature = "serde")]
mod odata;

pub use image_details::{QrCodeImageDetails, encode};
