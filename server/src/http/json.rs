//! Reads JSON bodies. Accepts a comma after the last property or element.
//!
//! Request examples of Graph's documentation have such commas. `jsonc-parser` finds the commas, and `serde_json` reads
//! the text without them, so nothing else is accepted that is not JSON.

use std::borrow::Cow;

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// Parses `body`.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let text = str::from_utf8(body).map_err(|_| ApiError::Json)?;
    serde_json::from_slice(&without_trailing_commas(text)).map_err(|_| ApiError::Json)
}

/// Parses `body`, an object with this one property, and names it if the body is JSON but its value cannot be used.
pub(crate) fn read_checked<T: DeserializeOwned>(body: &[u8], target: &'static str) -> Result<T, ApiError> {
    let text = str::from_utf8(body).map_err(|_| ApiError::Json)?;
    serde_json::from_slice(&without_trailing_commas(text)).map_err(|error| {
        if error.is_data() { ApiError::Property { target, reason: error.to_string() } } else { ApiError::Json }
    })
}

/// Replaces trailing commas by spaces. Text that is not JSON may change in other ways, but does not become JSON.
fn without_trailing_commas(text: &str) -> Cow<'_, [u8]> {
    let mut scanner = Scanner::new(text, &ScannerOptions::default());
    let mut commas = Vec::new();
    // The position of the last token if that was a comma after a value.
    let mut last = None;
    let mut opened = true;
    while let Ok(Some(token)) = scanner.scan() {
        if let (Some(comma), Token::CloseBrace | Token::CloseBracket) = (last, &token) {
            commas.push(comma);
        }
        // After an opening bracket or another comma there is no value that a comma could follow.
        last = (token == Token::Comma && !opened).then(|| scanner.token_start());
        opened = matches!(token, Token::OpenBrace | Token::OpenBracket | Token::Comma | Token::Colon);
    }
    let mut bytes = Cow::from(text.as_bytes());
    for comma in commas {
        bytes.to_mut()[comma] = b' ';
    }
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(text: &str) -> Option<Value> {
        read(text.as_bytes()).ok()
    }

    #[test]
    fn one_trailing_comma_is_taken_in_objects_and_arrays() {
        assert_eq!(value("{\n  \"a\": 1,\n}"), Some(json!({"a": 1})));
        assert_eq!(value(r#"{"a": [1, {"b": ",}",} , ] , }"#), Some(json!({"a": [1, {"b": ",}"}]})));
        assert_eq!(value(r#"{"a": "\",]", }"#), Some(json!({"a": "\",]"})));
        assert_eq!(value(r#"{"é😀": ["日本",], }"#), Some(json!({"é😀": ["日本"]})));
    }

    #[test]
    fn json_is_taken_as_it_is() {
        for text in [r#"{"a": "\ud83d\ude00 /* , } */", "b": -1.5e3}"#, "[]", "null", " {} "] {
            assert_eq!(value(text), serde_json::from_str(text).ok());
            assert!(value(text).is_some());
        }
    }

    #[test]
    fn nothing_else_is_taken_that_is_not_json() {
        let texts = [
            "",
            " ",
            "{,}",
            "[,]",
            "{\"a\":1,,}",
            "[1,,]",
            "[,1]",
            "{\"a\":,}",
            ",",
            "{},",
            "{\"a\":1},",
            "{\"a\",}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":'b'}",
            "{\"a\":1} // c",
            "{/* c */}",
            "{\"a\":1}{}",
            "{\"a\":0x1}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":5.}",
            "{\"a\":01}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{\"a\":\"\\x41\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\u{a0}1}",
            "\u{feff}{}",
            "{\u{b}}",
            "{\"a\":tru}",
            "{\"a\":\"\\ud800\"}",
            "{",
            "[1",
            "{\"a\":1,",
            "[1,}",
            "{\"a\":1,]",
        ];
        for text in texts {
            assert_eq!(value(text), None, "{text:?}");
        }
        assert!(read::<Value>(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn no_depth_of_nesting_takes_more_than_its_bytes() {
        for bracket in ["[", "{\"a\":", "[1,[", "[,", "{,"] {
            assert_eq!(value(&bracket.repeat(16_384 / bracket.len())), None);
        }
        assert_eq!(value(&("[".repeat(8_192) + &",]".repeat(4_096))), None);
    }

    #[test]
    fn many_trailing_commas_are_taken() {
        let text = format!("[{}]", "[1,],".repeat(1_000));
        assert_eq!(value(&text).unwrap().as_array().unwrap().len(), 1_000);
    }
}
