//! Microsoft Graph's types and rules: `qrCodeImageDetails` and the sign-in credential `qrCode`.
//!
//! Knows `encode` and `render`; nothing of HTTP or stores.

#[cfg(feature = "credential")]
pub mod credential;
mod image_details;
#[cfg(feature = "serde")]
mod odata;

pub use image_details::{ImageWriter, QrCodeImageDetails, encode};
#[cfg(feature = "serde")]
pub use odata::decode_base64;
