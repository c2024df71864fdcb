//! Data URIs (RFC 2397): a whole image as an address, for `src` attributes, style sheets and JSON.
//!
//! Knows bytes and text; nothing of formats.

use alloc::string::String;

/// Returns the data URI of `bytes` in base64 (RFC 4648, section 4).
pub(super) fn base64(media_type: &str, bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const MARK: &str = ";base64,";
    let len = "data:".len() + media_type.len() + MARK.len() + bytes.len().div_ceil(3) * 4;
    let mut uri = String::with_capacity(len);
    uri.extend(["data:", media_type, MARK]);
    for group in bytes.chunks(3) {
        let byte = |i: usize| group.get(i).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        // A group of n bytes is n + 1 characters.
        for i in 0..4 {
            let character = ALPHABET[(bits >> (18 - 6 * i)) as usize % 64];
            uri.push(if i <= group.len() { char::from(character) } else { '=' });
        }
    }
    uri
}

/// Returns the data URI of `text` in UTF-8: percent-encoded where that is not longer than base64.
pub(super) fn text(media_type: &str, text: &str) -> String {
    let len = text.bytes().map(|byte| if is_allowed(byte) { 1 } else { 3 }).sum::<usize>() + ",".len();
    if len > ";base64,".len() + text.len().div_ceil(3) * 4 {
        return base64(media_type, text.as_bytes());
    }
    let mut uri = String::with_capacity("data:".len() + media_type.len() + len);
    uri.extend(["data:", media_type, ","]);
    for byte in text.bytes() {
        if is_allowed(byte) {
            uri.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            uri.extend(['%', char::from(DIGITS[usize::from(byte / 16)]), char::from(DIGITS[usize::from(byte % 16)])]);
        }
    }
    uri
}

/// Returns whether the byte needs no percent-encoding: the characters of a path and a query (RFC 3986, 3.3 and 3.4) except those
/// with a meaning in HTML attributes (quotes, `&`) or in style sheets (quotes, parentheses).
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$*+,;=:@/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use ::base64::engine::{Engine as _, general_purpose::STANDARD};
    use qrmint_checks::Random;

    use super::*;

    #[test]
    fn base64_is_that_of_the_package() {
        let mut random = Random::new(77);
        for len in (0..100).chain([1_000]) {
            let bytes = random.bytes(len);
            assert_eq!(base64("a/b", &bytes), format!("data:a/b;base64,{}", STANDARD.encode(&bytes)));
        }
    }

    #[test]
    fn the_shorter_way_is_taken() {
        assert_eq!(text("image/svg+xml", "<svg a=\"1\"/>"), "data:image/svg+xml,%3Csvg%20a=%221%22/%3E");
        assert_eq!(
            text("image/svg+xml", "<svg>m1,2h3m1,2h3</svg>"),
            "data:image/svg+xml,%3Csvg%3Em1,2h3m1,2h3%3C/svg%3E"
        );
        assert_eq!(
            text("text/plain", "'(&lt;)'aaaaaaaaaaaaaaaaa"),
            "data:text/plain,%27%28%26lt;%29%27aaaaaaaaaaaaaaaaa"
        );
        assert_eq!(text("text/plain", "ééé"), "data:text/plain;base64,w6nDqcOp");
        assert_eq!(base64("image/png", b"\x89PNG"), "data:image/png;base64,iVBORw==");
        for (len, prefix) in [(0, "data:a/b,"), (5, "data:a/b,"), (500, "data:a/b;base64,")] {
            assert!(text("a/b", &"<".repeat(len)).starts_with(prefix), "{len}");
        }
    }
}
