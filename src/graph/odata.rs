//! What the JSON of all of Graph's types has in common: objects with an `@odata.type`, and bytes as base64.
//!
//! Knows JSON; nothing of the properties of any type.

use std::fmt;
use std::marker::PhantomData;

use base64::display::Base64Display;
use base64::engine::Engine as _;
use base64::{DecodeError, engine};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Returns the engine for the standard base64 alphabet with padding that uses the widest instructions of the processor.
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn base64_engine() -> &'static engine::Simd {
    static ENGINE: std::sync::LazyLock<engine::Simd> =
        std::sync::LazyLock::new(|| engine::Simd::standard(engine::general_purpose::PAD));
    &ENGINE
}

/// Returns the portable engine for the standard base64 alphabet with padding.
#[cfg(not(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn base64_engine() -> &'static engine::GeneralPurpose {
    &engine::general_purpose::STANDARD
}

/// Appends `bytes` as base64 to `out`.
pub(crate) fn encode_base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = base64_engine().encode_slice(bytes, &mut out[start..]);
    debug_assert_eq!(written.ok(), Some(out.len() - start), "four characters for every three bytes");
}

/// Appends the bytes that `text`, which is base64, stands for to `out`. On an error the contents of `out` are
/// unspecified.
pub fn decode_base64(text: &str, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    base64_engine().decode_vec(text, out)
}

/// Bytes that are serialized as base64.
pub(crate) struct Base64<'a>(pub(crate) &'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, base64_engine()))
    }
}

/// Returns whether `name` is the name of the type `wanted`. The `#` of `wanted` is optional in `name`.
pub(crate) fn is_type(name: &str, wanted: &str) -> bool {
    name.strip_prefix('#').unwrap_or(name) == wanted.strip_prefix('#').unwrap_or(wanted)
}

/// The properties of one of Graph's types, as they are read from JSON.
pub(crate) trait Properties<'de>: Deserialize<'de> {
    /// The name of the type, with its `#`.
    const TYPE: &'static str;

    /// Returns `@odata.type`, if it was there.
    fn odata_type(&self) -> Option<&str>;
}

/// Reads an object and checks its `@odata.type`. Refuses an array, which a derived `Deserialize` would read as well.
pub(crate) fn read_object<'de, P: Properties<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<P, D::Error> {
    let properties: P = deserializer.deserialize_map(Object(PhantomData))?;
    match properties.odata_type() {
        Some(name) if !is_type(name, P::TYPE) => {
            Err(D::Error::custom(format_args!("@odata.type: `{name}` is not `{}`", P::TYPE)))
        }
        _ => Ok(properties),
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object))
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use qrmint_checks::Random;

    use super::*;

    #[test]
    fn base64_and_its_errors_are_those_of_the_portable_engine() {
        let mut random = Random::new(8);
        for len in (0..200).chain([1_000, 5_000]) {
            for _ in 0..20 {
                let mut out = b"before".to_vec();
                encode_base64(&random.bytes(len), &mut out);
                let mut text = String::from_utf8(out.split_off(6)).unwrap();
                assert_eq!(out, b"before");
                // Valid, truncated, or with a wrong character.
                match random.below(3) {
                    1 => text.truncate(random.below(text.len() + 1)),
                    2 if !text.is_empty() => {
                        let index = random.below(text.len());
                        text.replace_range(index..=index, ["=", "*", "A", "_"][random.below(4)]);
                    }
                    _ => {}
                }
                let mut bytes = Vec::new();
                let decoded = decode_base64(&text, &mut bytes).map(|()| bytes);
                assert_eq!(decoded, STANDARD.decode(&text), "{text}");
                if let Ok(bytes) = decoded {
                    assert_eq!(STANDARD.encode(bytes), text);
                }
            }
        }
    }
}
