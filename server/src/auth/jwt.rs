//! Signed tokens (RFC 7519) with the claims that Microsoft Entra puts in them.
//!
//! Each key has a fixed list of algorithms, and a token must use one of them, so `none` and shared secrets are never
//! accepted. Lifetimes are compared with the service's clock.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Header, Validation};
use serde::Deserialize;

use super::{Caller, Permissions, TokenUser, Unauthenticated};

/// The accepted difference from the issuer's clock, in seconds.
const LEEWAY: f64 = 60.0;

/// The minimum length of an RSA modulus in bytes (2048 bits), which RFC 7518, section 3.3 requires.
const SHORTEST_RSA_MODULUS: usize = 256;

/// The maximum number of keys. Each may have to be tried, and no issuer has as many.
const MAX_KEYS: usize = 64;

const RSA: &[Algorithm] =
    &[Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

/// Checks the tokens of one issuer for one audience with public keys.
#[derive(Debug)]
pub struct JwtAuthorizer {
    keys: Vec<Key>,
    issuer: String,
    audience: String,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// Why a key file can't be used.
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
    /// The file is not a JSON Web Key Set (RFC 7517).
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
    /// The file holds a private key, which a service that only checks signatures must not have.
    #[error("a private key: give the public one, this service only checks signatures")]
    Private,
    /// The file is not a public key in PEM.
    #[error("not a public key in PEM for RSA, ECDSA with P-256 or P-384, or Ed25519")]
    Pem,
    /// An RSA key has fewer than 2048 bits.
    #[error("an RSA key of fewer than 2048 bits")]
    Short,
}

/// The claims that identify the caller. Issuer and audience have been checked.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
    nbf: Option<f64>,
    oid: Option<String>,
    upn: Option<String>,
    preferred_username: Option<String>,
    /// Scopes of a signed-in user's token.
    scp: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    /// `app` in an application's token, if the issuer sets it.
    idtyp: Option<String>,
}

impl JwtAuthorizer {
    /// Creates an authorizer for tokens of this issuer and audience with the keys of a file, a JSON Web Key Set.
    ///
    /// # Errors
    ///
    /// Any [`KeyError`] except [`Private`](KeyError::Private) and [`Pem`](KeyError::Pem).
    pub fn with_jwks(issuer: &str, audience: &str, path: &Path) -> Result<Self, KeyError> {
        Ok(Self::new(issuer, audience, key_set(&read(path)?)?))
    }

    /// Creates an authorizer for tokens of this issuer and audience with the public key of a PEM file.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`], [`Private`](KeyError::Private), [`Pem`](KeyError::Pem), [`Short`](KeyError::Short).
    pub fn with_public_key(issuer: &str, audience: &str, path: &Path) -> Result<Self, KeyError> {
        Ok(Self::new(issuer, audience, vec![public_key(&read(path)?)?]))
    }

    fn new(issuer: &str, audience: &str, keys: Vec<Key>) -> Self {
        Self { keys, issuer: issuer.into(), audience: audience.into() }
    }

    /// Returns the caller that `token` names, if it is valid at `now`.
    pub(super) fn check(&self, token: &str, now: Timestamp) -> Result<Caller, Unauthenticated> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        // `crit` lists extensions that must be understood (RFC 7515, section 4.1.11). None is supported.
        if header.crit.is_some() {
            return Err(Unauthenticated::Malformed);
        }
        let claims = self.signed_claims(token, &header)?;
        let now = now.as_millisecond() as f64 / 1_000.0;
        if claims.exp + LEEWAY <= now {
            return Err(Unauthenticated::Expired);
        }
        if claims.nbf.is_some_and(|start| start - LEEWAY > now) {
            return Err(Unauthenticated::NotYetValid);
        }
        claims.caller()
    }

    /// Returns the claims of a token that one of the keys signed. A token with a key id is checked with keys of that
    /// id, and keys without one.
    fn signed_claims(&self, token: &str, header: &Header) -> Result<Claims, Unauthenticated> {
        let named = |key: &&Key| header.kid.is_none() || key.id.is_none() || key.id == header.kid;
        let mut outcome = Err(Unauthenticated::Signature);
        for key in self.keys.iter().filter(|key| key.algorithms.contains(&header.alg)).filter(named) {
            let mut validation = Validation::new(header.alg);
            validation.set_required_spec_claims(&["exp", "iss", "aud"]);
            validation.set_issuer(&[&self.issuer]);
            validation.set_audience(&[&self.audience]);
            // `check` compares with the service's clock, not the system's.
            (validation.validate_exp, validation.validate_nbf) = (false, false);
            outcome = match jsonwebtoken::decode::<Claims>(token, &key.key, &validation) {
                Ok(token) => return Ok(token.claims),
                Err(error) => Err(match error.kind() {
                    ErrorKind::InvalidSignature => continue,
                    ErrorKind::InvalidAudience => Unauthenticated::Audience,
                    ErrorKind::InvalidIssuer => Unauthenticated::Issuer,
                    _ => Unauthenticated::Malformed,
                }),
            };
        }
        outcome
    }
}

impl Claims {
    fn caller(self) -> Result<Caller, Unauthenticated> {
        let application = self.idtyp.as_deref() == Some("app");
        match (&self.scp, application) {
            (Some(scopes), false) => {
                let permissions = Permissions::of_scopes(scopes);
                let id = self.oid.filter(|id| !id.is_empty()).ok_or(Unauthenticated::Malformed)?;
                let user = TokenUser { id, principal_name: self.upn.or(self.preferred_username) };
                Ok(Caller { user: Some(user), permissions })
            }
            // Only a token of an application has no scopes. The roles in a signed-in user's token are the user's and
            // are ignored.
            _ => Ok(Caller { user: None, permissions: Permissions::of_roles(self.roles.iter().map(String::as_str)) }),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    std::fs::read(path).map_err(|source| KeyError::Read { path: path.to_owned(), source })
}

/// Returns the keys of a set that can check signatures. Ignores others, which an issuer may publish as well.
fn key_set(json: &[u8]) -> Result<Vec<Key>, KeyError> {
    let set: JwkSet = serde_json::from_slice(json).map_err(KeyError::Set)?;
    let keys: Vec<Key> = set.keys.iter().map(set_key).filter_map(Result::transpose).collect::<Result<_, _>>()?;
    match keys.len() {
        0 => Err(KeyError::None),
        1..=MAX_KEYS => Ok(keys),
        found => Err(KeyError::TooMany { found }),
    }
}

fn set_key(jwk: &Jwk) -> Result<Option<Key>, KeyError> {
    let algorithms: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA,
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => &[],
    };
    let pinned = jwk.common.key_algorithm;
    let algorithms: Vec<_> =
        algorithms.iter().copied().filter(|&algorithm| pinned.is_none_or(|name| is_same(name, algorithm))).collect();
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    if algorithms.is_empty() || !signs {
        return Ok(None);
    }
    let Ok(key) = DecodingKey::from_jwk(jwk) else { return Ok(None) };
    refuse_short(&key)?;
    Ok(Some(Key { id: jwk.common.key_id.clone(), key, algorithms }))
}

/// Returns whether `name` is the name of `algorithm` in RFC 7518.
fn is_same(name: KeyAlgorithm, algorithm: Algorithm) -> bool {
    name.to_string().parse() == Ok(algorithm)
}

fn public_key(pem: &[u8]) -> Result<Key, KeyError> {
    if pem.windows(11).any(|word| word == b"PRIVATE KEY") {
        return Err(KeyError::Private);
    }
    let (key, algorithms) = if let Ok(key) = DecodingKey::from_rsa_pem(pem) {
        refuse_short(&key)?;
        (key, RSA.to_vec())
    } else if let Ok(key) = DecodingKey::from_ed_pem(pem) {
        (key, vec![Algorithm::EdDSA])
    } else {
        let key = DecodingKey::from_ec_pem(pem).map_err(|_| KeyError::Pem)?;
        // The length of an uncompressed point identifies the curve (SEC 1, section 2.3.3).
        let algorithm = match key.try_get_as_bytes().map_or(0, <[u8]>::len) {
            65 => Algorithm::ES256,
            97 => Algorithm::ES384,
            _ => return Err(KeyError::Pem),
        };
        (key, vec![algorithm])
    };
    Ok(Key { id: None, key, algorithms })
}

/// Refuses RSA keys that are too short. For PEM only the length of modulus and exponent together is known, so a key of
/// just under 2048 bits passes; one of 1024 bits does not.
fn refuse_short(key: &DecodingKey) -> Result<(), KeyError> {
    let length = match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } => n.len(),
        DecodingKeyKind::SecretOrDer(der) if key.family() == jsonwebtoken::AlgorithmFamily::Rsa => der.len(),
        DecodingKeyKind::SecretOrDer(_) => SHORTEST_RSA_MODULUS,
    };
    if length < SHORTEST_RSA_MODULUS { Err(KeyError::Short) } else { Ok(()) }
}
