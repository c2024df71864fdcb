//! Data URIs (RFC 2397): a whole image as an address, for `src` attributes, style sheets and JSON.
//!
//! Knows bytes and text; nothing of formats.

use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Returns the data URI of `bytes` in base64.
pub(super) fn base64(media_type: &str, bytes: &[u8]) -> String {
    const MARK: &str = ";base64,";
    let len = "data:".len() + media_type.len() + MARK.len() + bytes.len().div_ceil(3) * 4;
    let mut uri = String::with_capacity(len);
    uri.extend(["data:", media_type, MARK]);
    STANDARD.encode_string(bytes, &mut uri);
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

/// Returns whether the byte stands for itself: the characters of a path and a query (RFC 3986, 3.3 and 3.4) without those that mean
/// something around an address: quotes and `&` in HTML, quotes and parentheses in style sheets.
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$*+,;=:@/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

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
