//! Public keys that check the signatures of tokens.
//!
//! Each key has a fixed list of algorithms, and a token must use one of them, so `none` and shared secrets are never
//! accepted. For a token there is one key or none, however many there are.

use std::error::Error;
use std::path::{Path, PathBuf};

use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

/// The lengths of an RSA modulus in bits: the minimum of RFC 7518, section 3.3, and the maximum of the `rsa` crate.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The maximum number of keys. No issuer has as many.
const MAX_KEYS: usize = 64;

/// The length of an Ed25519 public key in bytes (RFC 8032, section 5.1.5).
const ED25519_LEN: usize = 32;

/// The members of a JSON Web Key that hold a private key (RFC 7518, sections 6.2.2 and 6.3.2; RFC 8037; RFC 9964).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"];

/// Public keys, one of which checks the signature of a token.
///
/// A token that names its key (`kid`) is checked with the key of that id, else with the key without an id. A token that
/// names none is checked with the key without an id, or with the only key of the set.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// Why keys can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not a JSON Web Key Set (RFC 7517).
    #[error("not a JSON Web Key Set: {0}")]
    Set(serde_json::Error),
    /// The set has no key for RSA, ECDSA (P-256, P-384) or Ed25519 signatures.
    #[error("no public key for RSA, ECDSA with P-256 or P-384, or Ed25519 in it")]
    None,
    /// The set has too many keys.
    #[error("it has {found} keys, more than {MAX_KEYS}")]
    TooMany {
        /// The number of keys in the set.
        found: usize,
    },
    /// Two keys of the set have no id and are for the same algorithm, so nothing tells which of them signed a token.
    #[error("more than one key without an id (kid) for {algorithm}")]
    SameAlgorithm {
        /// The name of the algorithm (RFC 7518, section 3.1).
        algorithm: String,
    },
    /// There is a private key, which a service that only checks signatures must not have.
    #[error("a private key: give the public one, this service only checks signatures")]
    Private,
    /// It is not a public key in PEM.
    #[error("not a public key in PEM for RSA, ECDSA with P-256 or P-384, or Ed25519")]
    Pem,
    /// The PEM file has more than one key. Give a JSON Web Key Set, where keys have ids.
    #[error("{found} keys in PEM, expected one; a JSON Web Key Set can have more")]
    ManyInPem {
        /// The number of keys in the file.
        found: usize,
    },
    /// All RSA keys have fewer than 2048 bits, and there is no other key.
    #[error("an RSA key of fewer than 2048 bits")]
    Short,
    /// The URL of the keys is not taken.
    #[error("expected https://..., or http:// and a loopback address, without user name and password")]
    Url,
    /// The certificates of the system, which check that of the server, can't be used.
    #[error("the system's root certificates cannot be used: {0}")]
    Certificates(std::io::Error),
    /// The server's answer has another status than 200. Redirects are not followed.
    #[error("the server of the keys answered with status {status}, not 200")]
    Status {
        /// The status.
        status: u16,
    },
    /// The server's answer is too large.
    #[error("the server of the keys answered with more than {max} bytes")]
    TooLarge {
        /// The maximum in bytes.
        max: usize,
    },
    /// The server did not answer in time.
    #[error("the server of the keys did not answer within {seconds} s")]
    TimedOut {
        /// The time limit in seconds.
        seconds: u64,
    },
    /// The server can't be reached, or its answer ended early.
    #[error("the keys cannot be fetched: {}", causes(&**.0))]
    Transport(Box<dyn Error + Send + Sync>),
}

/// Returns the messages of an error and its sources.
fn causes(error: &(dyn Error + 'static)) -> String {
    let messages = std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string);
    messages.collect::<Vec<_>>().join(": ")
}

/// A public key of a set or a file, before its use is known.
enum Found {
    Usable(Key),
    /// An RSA key of fewer than 2048 bits.
    Short,
    /// A key for something else.
    Other,
}

impl KeySet {
    /// Reads a JSON Web Key Set. Ignores keys that can't check signatures, which an issuer may publish as well, and RSA
    /// keys that are too short, unless there is no other.
    ///
    /// # Errors
    ///
    /// [`KeyError::Set`], [`None`](KeyError::None), [`TooMany`](KeyError::TooMany),
    /// [`SameAlgorithm`](KeyError::SameAlgorithm), [`Private`](KeyError::Private), [`Short`](KeyError::Short).
    pub fn from_jwks(json: &[u8]) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(KeyError::Set)?;
        if set.keys.iter().any(is_private) {
            return Err(KeyError::Private);
        }
        let (mut keys, mut short) = (Vec::new(), false);
        for member in set.keys {
            match Jwk::deserialize(member).map_or(Found::Other, |jwk| found(&jwk)) {
                Found::Usable(key) => keys.push(key),
                Found::Short => short = true,
                Found::Other => {}
            }
        }
        match keys.len() {
            0 if short => Err(KeyError::Short),
            0 => Err(KeyError::None),
            1..=MAX_KEYS => Self::distinct(keys),
            found => Err(KeyError::TooMany { found }),
        }
    }

    /// Reads one public key, or a certificate with one, in PEM.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`], [`Pem`](KeyError::Pem), [`ManyInPem`](KeyError::ManyInPem), [`Short`](KeyError::Short).
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let occurrences = |word: &[u8]| pem.windows(word.len()).filter(|part| *part == word).count();
        if occurrences(b"PRIVATE KEY") > 0 {
            return Err(KeyError::Private);
        }
        let begun = occurrences(b"-----BEGIN ");
        if begun > 1 {
            return Err(KeyError::ManyInPem { found: begun });
        }
        let key = DecodingKey::from_rsa_pem(pem)
            .or_else(|_| DecodingKey::from_ed_pem(pem))
            .or_else(|_| DecodingKey::from_ec_pem(pem))
            .map_err(|_| KeyError::Pem)?;
        match found(&Jwk::from_decoding_key(&key, None).map_err(|_| KeyError::Pem)?) {
            Found::Usable(key) => Ok(Self { keys: vec![key] }),
            Found::Short => Err(KeyError::Short),
            Found::Other => Err(KeyError::Pem),
        }
    }

    /// Reads a file with a JSON Web Key Set.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`], and those of [`from_jwks`](Self::from_jwks).
    pub fn read_jwks(path: &Path) -> Result<Self, KeyError> {
        Self::from_jwks(&read(path)?)
    }

    /// Reads a file with one public key in PEM.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`], and those of [`from_pem`](Self::from_pem).
    pub fn read_pem(path: &Path) -> Result<Self, KeyError> {
        Self::from_pem(&read(path)?)
    }

    /// Returns a set of these keys. Refuses two keys without an id for one algorithm.
    fn distinct(keys: Vec<Key>) -> Result<Self, KeyError> {
        let mut seen = Vec::new();
        for &algorithm in keys.iter().filter(|key| key.id.is_none()).flat_map(|key| &key.algorithms) {
            if seen.contains(&algorithm) {
                return Err(KeyError::SameAlgorithm { algorithm: format!("{algorithm:?}") });
            }
            seen.push(algorithm);
        }
        Ok(Self { keys })
    }

    /// Returns whether a key has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// Returns the key for a token with this key id and algorithm.
    pub(super) fn key(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let fits = |key: &&Key| key.algorithms.contains(&algorithm);
        let of_id = |id| self.keys.iter().filter(fits).find(|key| key.id.as_deref() == id);
        let only = || self.keys.first().filter(|_| self.keys.len() == 1).filter(fits);
        match id {
            Some(_) => of_id(id).or_else(|| of_id(None)),
            None => of_id(None).or_else(only),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    std::fs::read(path).map_err(|source| KeyError::Read { path: path.to_owned(), source })
}

/// Returns whether a JSON Web Key of a kind with public keys is a private one.
fn is_private(jwk: &Value) -> bool {
    jwk.get("kty").is_some_and(|kind| kind != "oct") && PRIVATE_MEMBERS.iter().any(|name| jwk.get(name).is_some())
}

/// Returns the key of `jwk`, if it can check signatures.
fn found(jwk: &Jwk) -> Found {
    let (common, Ok(key)) = (&jwk.common, DecodingKey::from_jwk(jwk)) else { return Found::Other };
    let algorithms: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
        AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P384 => &[Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => return Found::Other,
    };
    let is_named = |algorithm: &&Algorithm| {
        common.key_algorithm.is_none_or(|name| Algorithm::try_from(name).ok() == Some(**algorithm))
    };
    let algorithms: Vec<_> = algorithms.iter().filter(is_named).copied().collect();
    let for_signatures = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let Some(&algorithm) = algorithms.first().filter(|_| for_signatures) else { return Found::Other };
    match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } if bits(n) < *RSA_BITS.start() => Found::Short,
        DecodingKeyKind::RsaModulusExponent { n, .. } if bits(n) > *RSA_BITS.end() => Found::Other,
        // `jsonwebtoken` panics at a shorter one.
        DecodingKeyKind::SecretOrDer(bytes) if algorithm == Algorithm::EdDSA && bytes.len() != ED25519_LEN => {
            Found::Other
        }
        _ if !is_valid(&key, algorithm) => Found::Other,
        _ => Found::Usable(Key { id: common.key_id.clone(), key, algorithms }),
    }
}

/// Returns whether the key is one: for ECDSA and Ed25519, a point on the curve.
fn is_valid(key: &DecodingKey, algorithm: Algorithm) -> bool {
    CryptoProvider::try_get_default().is_some_and(|provider| (provider.verifier_factory)(&algorithm, key).is_ok())
}

/// Returns the length of a number in bits.
fn bits(bytes: &[u8]) -> usize {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].first().map_or(0, |first| 8 * (bytes.len() - zeros) - first.leading_zeros() as usize)
}
