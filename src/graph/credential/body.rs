//! Reads the body of a request: a JSON object whose properties are checked one by one.
//!
//! Knows JSON and the names of OData; nothing of the properties of any body.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The value of a property that is checked.
pub(super) enum Value {
    Null,
    Text(String),
    Other,
}

/// Why a property is refused whatever its value.
pub(super) enum NameError {
    /// The property is unknown.
    Unknown { name: String },
    /// The property comes twice.
    Duplicate { target: &'static str },
}

/// Reads an object and calls `set` with the name and the value of each property in `checked`. The case of ASCII letters
/// in names is ignored, and so are the values of properties in `ignored` and all other annotations.
///
/// Returns the first error of `set` or of a name. The object is read to its end even after such an error, because a
/// syntax error takes precedence.
pub(super) fn read_body<'de, D: Deserializer<'de>, E: From<NameError>>(
    deserializer: D,
    checked: &'static [&'static str],
    ignored: &'static [&'static str],
    set: impl FnMut(&'static str, Value) -> Result<(), E>,
) -> Result<Result<(), E>, D::Error> {
    deserializer.deserialize_map(Body { checked, ignored, set })
}

struct Body<F> {
    checked: &'static [&'static str],
    ignored: &'static [&'static str],
    set: F,
}

impl<'de, E: From<NameError>, F: FnMut(&'static str, Value) -> Result<(), E>> Visitor<'de> for Body<F> {
    type Value = Result<(), E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Result<(), E>, A::Error> {
        let mut seen = Vec::new();
        let mut first = Ok(());
        while let Some(name) = object.next_key::<String>()? {
            let mut known = self.checked.iter().chain(self.ignored).copied();
            let result = match known.find(|known| known.eq_ignore_ascii_case(&name)) {
                Some(target) if seen.contains(&target) => {
                    object.next_value::<IgnoredAny>()?;
                    Err(NameError::Duplicate { target }.into())
                }
                Some(target) => {
                    seen.push(target);
                    if self.checked.contains(&target) {
                        (self.set)(target, object.next_value()?)
                    } else {
                        object.next_value::<IgnoredAny>()?;
                        Ok(())
                    }
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                    // In OData, a name with an `@` is that of an annotation, of the object or of a property.
                    if name.contains('@') { Ok(()) } else { Err(NameError::Unknown { name }.into()) }
                }
            };
            first = first.and(result);
        }
        Ok(first)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        IgnoredAny::deserialize(MapAccessDeserializer::new(object))?;
        Ok(Value::Other)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}
