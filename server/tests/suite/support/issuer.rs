//! Issuers of tokens: keys of every kind, private and public, and claims.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use getrandom::SysRng;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use qrmint_server::{JwtAuthorizer, KeySet, Trust};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example/";
pub(crate) const AUDIENCE: &str = "https://graph.microsoft.com";

/// The id of the role Authentication Administrator.
pub(crate) const ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";

/// A key pair.
#[derive(Clone)]
pub(crate) struct Key {
    private: EncodingKey,
    /// The public key as a JSON Web Key without an id.
    pub(crate) public: Value,
    pub(crate) public_pem: String,
    pub(crate) private_pem: String,
    /// The algorithms of the key.
    pub(crate) algorithms: Vec<Algorithm>,
}

/// Returns the trust in one issuer for one audience.
pub(crate) fn trust() -> Trust {
    Trust { issuers: vec![ISSUER.into()], audiences: vec![AUDIENCE.into()], ..Trust::default() }
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub(crate) fn rsa(bits: usize) -> Self {
        let private = rsa::PrivateKey::new(&mut SysRng, bits).unwrap();
        let public = private.to_public_key();
        Self {
            private: EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes()),
            public: json!({
                "kty": "RSA",
                "n": base64(public.n().to_be_bytes()),
                "e": base64(public.e().to_be_bytes_trimmed_vartime()),
            }),
            public_pem: public.to_public_key_pem(LineEnding::LF).unwrap(),
            private_pem: private.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            algorithms: vec![
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
        }
    }

    pub(crate) fn p256() -> Self {
        let private = p256::SecretKey::try_generate_from_rng(&mut SysRng).unwrap();
        let point = private.public_key().to_sec1_point(false);
        Self {
            private: EncodingKey::from_ec_der(private.to_pkcs8_der().unwrap().as_bytes()),
            public: json!({"kty": "EC", "crv": "P-256", "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap())}),
            public_pem: private.public_key().to_public_key_pem(LineEnding::LF).unwrap(),
            private_pem: private.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            algorithms: vec![Algorithm::ES256],
        }
    }

    pub(crate) fn p384() -> Self {
        let private = p384::SecretKey::try_generate_from_rng(&mut SysRng).unwrap();
        let point = private.public_key().to_sec1_point(false);
        Self {
            private: EncodingKey::from_ec_der(private.to_pkcs8_der().unwrap().as_bytes()),
            public: json!({"kty": "EC", "crv": "P-384", "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap())}),
            public_pem: private.public_key().to_public_key_pem(LineEnding::LF).unwrap(),
            private_pem: private.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            algorithms: vec![Algorithm::ES384],
        }
    }

    pub(crate) fn ed25519() -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let private = ed25519_dalek::SigningKey::from_bytes(&seed);
        Self {
            private: EncodingKey::from_ed_der(private.to_pkcs8_der().unwrap().as_bytes()),
            public: json!({"kty": "OKP", "crv": "Ed25519", "x": base64(private.verifying_key().as_bytes())}),
            public_pem: private.verifying_key().to_public_key_pem(LineEnding::LF).unwrap(),
            private_pem: private.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            algorithms: vec![Algorithm::EdDSA],
        }
    }

    /// Returns an RSA key of 2048 bits that all tests share, since generating one takes long.
    pub(crate) fn shared_rsa() -> Self {
        static KEY: LazyLock<Key> = LazyLock::new(|| Key::rsa(2048));
        KEY.clone()
    }

    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.private).unwrap()
    }

    /// Returns the public key with this id, as a member of a key set.
    pub(crate) fn named(&self, id: &str) -> Value {
        let mut public = self.public.clone();
        public["kid"] = id.into();
        public
    }
}

/// Returns a JSON Web Key Set.
pub(crate) fn key_set(keys: impl IntoIterator<Item = Value>) -> String {
    json!({"keys": Vec::from_iter(keys)}).to_string()
}

/// An issuer with an Ed25519 key, the fastest to generate and to check.
pub(crate) struct Issuer {
    pub(crate) key: Key,
    file: tempfile::NamedTempFile,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let key = Key::ed25519();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), key_set([key.named("one")])).unwrap();
        Self { key, file }
    }

    /// The file with the key set.
    pub(crate) fn jwks(&self) -> &std::path::Path {
        self.file.path()
    }

    pub(crate) fn authorizer(&self) -> qrmint_server::Authorizer {
        JwtAuthorizer::new(trust(), KeySet::read_jwks(self.jwks()).unwrap()).into()
    }

    /// Returns claims that are valid from an hour before `now` to an hour after it.
    pub(crate) fn claims(now: &str, more: Value) -> Value {
        let now: jiff::Timestamp = now.parse().unwrap();
        let seconds = now.as_second();
        let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": seconds + 3600, "nbf": seconds - 3600});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    }

    pub(crate) fn header() -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some("one".into());
        header
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.key.sign(&Self::header(), claims)
    }

    /// Returns the token of a signed-in user.
    pub(crate) fn delegated(&self, oid: &str, scopes: &str) -> String {
        self.token(&Self::claims(super::NOW, json!({"oid": oid, "upn": "someone@contoso.com", "scp": scopes})))
    }

    /// Returns the token of a signed-in user with an administrator's role.
    pub(crate) fn administrator(&self, oid: &str, scopes: &str) -> String {
        self.token(&Self::claims(super::NOW, json!({"oid": oid, "scp": scopes, "wids": [ADMINISTRATOR]})))
    }

    /// Returns the token of an application.
    pub(crate) fn application(&self, roles: &[&str]) -> String {
        self.token(&Self::claims(super::NOW, json!({"oid": "application", "idtyp": "app", "roles": roles})))
    }
}
