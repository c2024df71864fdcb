//! The raw content of a code: `ms-qrpin:v1|<user principal name>|<qrCode id>|<secret>`.
//!
//! Knows how to write and to read it; nothing of records.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::secret::{Secret, SecretDigest};
use super::verify_error::VerifyError;

const PREFIX: &str = "ms-qrpin:v1|";

/// Returns whether a code can name this user: the user principal name is not blank and has no `|`, no control character
/// and no invisible character.
///
/// Invisible characters are soft hyphens, zero-width characters, controls of the text direction, line and paragraph
/// separators, fillers, variation selectors and tags. They would make different names look alike on printed badges.
///
/// ```
/// use qrmint::credential::can_name;
/// assert!(can_name("ada@contoso.com"));
/// assert!(can_name("зоя@contoso.com"));
/// assert!(!can_name("ada|grace@contoso.com"));
/// assert!(!can_name("ada\u{200b}@contoso.com"));
/// assert!(!can_name(""));
/// ```
pub fn can_name(user_principal_name: &str) -> bool {
    let is_refused = |char: char| char == '|' || char.is_control() || is_invisible(char);
    !user_principal_name.trim().is_empty() && !user_principal_name.contains(is_refused)
}

/// Returns whether a character shows nothing, or breaks the line: those of Unicode's property
/// `Default_Ignorable_Code_Point`, interlinear annotations, and the separators of lines and paragraphs.
const fn is_invisible(char: char) -> bool {
    matches!(
        char,
        // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels, Mongolian separators.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        // Zero width space, non-joiner and joiner, direction marks; line and paragraph separators, embeddings, overrides.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        // Word joiner, invisible operators, isolates, deprecated controls; Braille and Hangul fillers, variation selectors.
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        // Interlinear annotations; shorthand and musical format controls; tags and more variation selectors.
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns the raw content of a code, for a user whom content [can name](can_name).
pub(crate) fn raw_content(user_principal_name: &str, id: Uuid, secret: &Secret) -> String {
    debug_assert!(can_name(user_principal_name));
    format!("{PREFIX}{user_principal_name}|{id}|{}", URL_SAFE_NO_PAD.encode(secret.as_bytes()))
}

/// The content of a scanned code, not yet verified: the user principal name, the id and a digest of the secret.
///
/// The raw content is `ms-qrpin:v1|<user principal name>|<id>|<secret>`. The secret itself is not kept, and `Debug`
/// does not show the digest.
///
/// ```
/// use qrmint::credential::{ScannedContent, VerifyError};
/// let content = b"ms-qrpin:v1|ada@contoso.com|44f2f040-ea9d-4283-9e7b-b63ddae391a9|\
///     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// let scanned = ScannedContent::parse(content)?;
/// assert_eq!(scanned.user_principal_name(), "ada@contoso.com");
/// assert_eq!(scanned.id().to_string(), "44f2f040-ea9d-4283-9e7b-b63ddae391a9");
/// assert_eq!(ScannedContent::parse(b"https://example.com/").unwrap_err(), VerifyError::Malformed);
/// # Ok::<(), VerifyError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ScannedContent<'a> {
    user_principal_name: &'a str,
    id: Uuid,
    secret_digest: SecretDigest,
}

impl<'a> ScannedContent<'a> {
    /// Parses the raw content of a code. Accepts what [`Upsert`](super::Upsert) creates, and the id in either case.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] for anything else.
    ///
    /// ```
    /// use qrmint::credential::{ScannedContent, VerifyError};
    /// let content = b"ms-qrpin:v1|ada@contoso.com|44f2f040-ea9d-4283-9e7b-b63ddae391a9|\
    ///     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    /// assert!(ScannedContent::parse(content).is_ok());
    /// let error = ScannedContent::parse(b"ms-qrpin:v1|ada@contoso.com").unwrap_err();
    /// assert_eq!(error, VerifyError::Malformed);
    /// ```
    pub fn parse(raw_content: &'a [u8]) -> Result<Self, VerifyError> {
        Self::read(raw_content).ok_or(VerifyError::Malformed)
    }

    fn read(raw_content: &'a [u8]) -> Option<Self> {
        let mut parts = str::from_utf8(raw_content).ok()?.strip_prefix(PREFIX)?.split('|');
        let [user_principal_name, id, secret] = [parts.next()?, parts.next()?, parts.next()?];
        if parts.next().is_some() || !can_name(user_principal_name) || id.len() != Hyphenated::LENGTH {
            return None;
        }
        let id = Uuid::try_parse(id).ok()?;
        // The engine refuses unused bits that are not zero, so each secret has exactly one text.
        let mut bytes = [0; Secret::LEN];
        let len = URL_SAFE_NO_PAD.decode_slice(secret, &mut bytes).ok()?;
        let secret_digest = (len == Secret::LEN).then(|| Secret::from_bytes(bytes).digest())?;
        Some(Self { user_principal_name, id, secret_digest })
    }

    /// Returns the user principal name that the code names.
    ///
    /// ```
    /// # use qrmint::credential::ScannedContent;
    /// # let content = b"ms-qrpin:v1|ada@contoso.com|44f2f040-ea9d-4283-9e7b-b63ddae391a9|\
    /// #     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    /// assert_eq!(ScannedContent::parse(content)?.user_principal_name(), "ada@contoso.com");
    /// # Ok::<(), qrmint::credential::VerifyError>(())
    /// ```
    pub const fn user_principal_name(&self) -> &'a str {
        self.user_principal_name
    }

    /// Returns the id of the code.
    ///
    /// ```
    /// # use qrmint::credential::ScannedContent;
    /// # let content = b"ms-qrpin:v1|ada@contoso.com|44f2f040-ea9d-4283-9e7b-b63ddae391a9|\
    /// #     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    /// assert_eq!(ScannedContent::parse(content)?.id().get_version_num(), 4);
    /// # Ok::<(), qrmint::credential::VerifyError>(())
    /// ```
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Returns the digest of the secret.
    pub(crate) const fn secret_digest(&self) -> SecretDigest {
        self.secret_digest
    }
}

impl fmt::Debug for ScannedContent<'_> {
    /// Shows the user principal name and the id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScannedContent")
            .field("user_principal_name", &self.user_principal_name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
