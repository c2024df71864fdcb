//! The secret of a code and its digest. `Debug` shows neither.
//!
//! Knows bytes; nothing of users or dates.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::graph::odata::{Base64, decode_base64};

/// The random bytes for one new code.
///
/// The caller gets them from the operating system's generator. They cannot be cloned, so no two codes share them.
/// `Debug` does not show them.
///
/// ```
/// use qrmint::credential::Randomness;
/// let mut bytes = [0; Randomness::LEN];
/// getrandom::fill(&mut bytes)?;
/// let randomness = Randomness::new(bytes);
/// assert_eq!(format!("{randomness:?}"), "Randomness(..)");
/// # Ok::<(), getrandom::Error>(())
/// ```
pub struct Randomness {
    id: [u8; 16],
    secret: Secret,
}

impl Randomness {
    /// The number of bytes: 16 for the id of the code, 32 for its secret.
    ///
    /// ```
    /// assert_eq!(qrmint::credential::Randomness::LEN, 48);
    /// ```
    pub const LEN: usize = 48;

    /// Creates the randomness from `bytes`. They must be uniformly random, secret and never used before.
    ///
    /// ```
    /// use qrmint::credential::Randomness;
    /// let mut bytes = [0; Randomness::LEN];
    /// getrandom::fill(&mut bytes)?;
    /// let randomness = Randomness::new(bytes);
    /// # Ok::<(), getrandom::Error>(())
    /// ```
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        let (mut id, mut secret) = ([0; 16], [0; Secret::LEN]);
        let (first, last) = bytes.split_at(16);
        id.copy_from_slice(first);
        secret.copy_from_slice(last);
        Self { id, secret: Secret(secret) }
    }

    /// Returns a random id (UUID version 4) and a secret.
    pub(crate) fn into_id_and_secret(self) -> (Uuid, Secret) {
        (uuid::Builder::from_random_bytes(self.id).into_uuid(), self.secret)
    }
}

impl fmt::Debug for Randomness {
    /// Shows none of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness(..)")
    }
}

/// The secret of a code, which only its content shows. It has no `Debug`.
pub(crate) struct Secret([u8; Self::LEN]);

impl Secret {
    /// Number of bytes.
    pub(crate) const LEN: usize = 32;

    /// Creates a secret from its bytes.
    pub(crate) const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub(crate) const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Returns the digest, which is stored in place of the secret.
    pub(crate) fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0).into())
    }
}

/// The SHA-256 digest of a code's secret.
///
/// Stores keep it in place of the secret, which is 32 random bytes and cannot be guessed from the digest. `==` takes
/// constant time. `Debug` does not show the digest.
///
/// ```
/// use qrmint::credential::SecretDigest;
/// let digest = SecretDigest::from_bytes([7; 32]);
/// assert_eq!(SecretDigest::from_bytes(*digest.as_bytes()), digest);
/// assert_eq!(format!("{digest:?}"), "SecretDigest(..)");
/// ```
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Creates a digest from the bytes that a store has kept.
    ///
    /// ```
    /// use qrmint::credential::SecretDigest;
    /// let (one, other) = (SecretDigest::from_bytes([7; 32]), SecretDigest::from_bytes([8; 32]));
    /// assert!(one != other);
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes for a store to keep.
    ///
    /// ```
    /// use qrmint::credential::SecretDigest;
    /// assert_eq!(SecretDigest::from_bytes([7; 32]).as_bytes(), &[7; 32]);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Writes the digest as base64.
impl Serialize for SecretDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Base64(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SecretDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (text, mut bytes) = (String::deserialize(deserializer)?, Vec::new());
        decode_base64(&text, &mut bytes).map_err(D::Error::custom)?;
        let digest = <[u8; 32]>::try_from(bytes).map_err(|bytes| D::Error::invalid_length(bytes.len(), &"32 bytes"))?;
        Ok(Self(digest))
    }
}

impl PartialEq for SecretDigest {
    /// Compares in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretDigest {}

impl fmt::Debug for SecretDigest {
    /// Shows none of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(..)")
    }
}
