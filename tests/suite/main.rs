//! The engine from outside: symbols, images, Graph's JSON, the credential layer, and the fuzz corpora.

#![allow(clippy::unwrap_used)]

mod corpora;
mod credential;
mod encoders;
mod image_details;
mod images;
mod interface;
mod prints;
mod properties;
mod sizes;
mod standard;
mod symbols;
mod text;
mod variants;
