//! The keys of an issuer at a URL (`jwks_uri` in its OpenID configuration), fetched over HTTP/1.1.
//!
//! Knows how to fetch them; [`current_keys`](super::current_keys) decides when.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderValue, USER_AGENT};
use axum::http::uri::Scheme;
use axum::http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::keys::{KeyError, KeySet};

/// The maximum size of a key set in bytes.
const MAX_LEN: usize = 256 * 1024;

/// The time limit for connecting, the answer and its body together.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How long keys stay fresh if the answer doesn't say.
const FRESH_FOR: Duration = Duration::from_secs(15 * 60);

/// The bounds of what the answer may say.
const FRESH_AT_LEAST: Duration = Duration::from_secs(60);
const FRESH_AT_MOST: Duration = Duration::from_secs(60 * 60);

/// The keys that were fetched from a URL, and the means to fetch newer ones.
#[derive(Debug)]
pub struct KeyUrl {
    pub(super) source: Source,
    pub(super) first: Fetched,
}

/// A URL of keys, and a client for it.
#[derive(Debug)]
pub(super) struct Source {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    url: Uri,
}

/// Keys, and how long they stay fresh.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    pub(super) fresh_for: Duration,
}

impl KeyUrl {
    /// Fetches the JSON Web Key Set at a URL: `https://`, or `http://` and a loopback address.
    ///
    /// An answer takes at most 5 seconds and 256 kB. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// [`KeyError::Url`], [`Certificates`](KeyError::Certificates), [`Status`](KeyError::Status),
    /// [`TooLarge`](KeyError::TooLarge), [`TimedOut`](KeyError::TimedOut), [`Transport`](KeyError::Transport), and
    /// those of [`KeySet::from_jwks`].
    pub async fn fetch(url: &str) -> Result<Self, KeyError> {
        let source = Source::new(url)?;
        let first = source.fetch().await?;
        Ok(Self { source, first })
    }
}

impl Source {
    fn new(url: &str) -> Result<Self, KeyError> {
        let url: Uri = url.parse().map_err(|_| KeyError::Url)?;
        let host = url.host().filter(|_| url.authority().is_some_and(|authority| !authority.as_str().contains('@')));
        let secure = match (url.scheme(), host) {
            (Some(scheme), Some(_)) if *scheme == Scheme::HTTPS => true,
            (Some(scheme), Some(host)) if *scheme == Scheme::HTTP && is_loopback(host) => false,
            _ => return Err(KeyError::Url),
        };
        // The provider is named, since the process may have more than one.
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| KeyError::Certificates(io::Error::other(error)))?;
        let tls = match secure {
            true => tls.with_native_roots().map_err(KeyError::Certificates)?,
            false => tls.with_root_certificates(RootCertStore::empty()),
        };
        let tls = HttpsConnectorBuilder::new().with_tls_config(tls.with_no_client_auth());
        // No connection stays open until the next fetch, which is minutes later.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(tls.https_or_http().enable_http1().build());
        Ok(Self { client, url })
    }

    /// Fetches the keys.
    pub(super) async fn fetch(&self) -> Result<Fetched, KeyError> {
        let timed_out = |_| KeyError::TimedOut { seconds: TIME_LIMIT.as_secs() };
        tokio::time::timeout(TIME_LIMIT, self.fetch_in_any_time()).await.map_err(timed_out)?
    }

    async fn fetch_in_any_time(&self) -> Result<Fetched, KeyError> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.url.clone();
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/jwk-set+json, application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("qrmint-server/", env!("CARGO_PKG_VERSION"))));
        let answer = self.client.request(request).await.map_err(|error| KeyError::Transport(error.into()))?;
        if answer.status() != StatusCode::OK {
            return Err(KeyError::Status { status: answer.status().as_u16() });
        }
        let fresh_for = fresh_for(answer.headers());
        let body = Limited::new(answer.into_body(), MAX_LEN).collect().await.map_err(|error| match error
            .is::<LengthLimitError>(
        ) {
            true => KeyError::TooLarge { max: MAX_LEN },
            false => KeyError::Transport(error),
        })?;
        Ok(Fetched { keys: KeySet::from_jwks(&body.to_bytes())?, fresh_for })
    }

    /// Returns the URL without its query, for the log.
    pub(super) fn shown(&self) -> String {
        let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let authority = part(self.url.authority().map(|authority| authority.as_str()));
        format!("{}://{authority}{}", part(self.url.scheme_str()), self.url.path())
    }
}

/// Returns whether a host is this machine (RFC 6761, section 6.3 for the name).
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    address.map_or(host.eq_ignore_ascii_case("localhost"), |address: IpAddr| address.is_loopback())
}

/// Returns how long an answer with these headers stays fresh: `max-age` in `Cache-Control` (RFC 9111, section 5.2.2.1).
fn fresh_for(headers: &HeaderMap) -> Duration {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let max_age = values.flat_map(|value| value.split(',')).find_map(|directive| {
        let (name, seconds) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| seconds.trim().trim_matches('"').parse().ok())?
    });
    max_age.map_or(FRESH_FOR, Duration::from_secs).clamp(FRESH_AT_LEAST, FRESH_AT_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_are_taken_and_no_password() {
        for url in [
            "http://127.0.0.1:8080/keys",
            "http://127.8.8.8/keys",
            "http://[::1]:8080/keys",
            "http://localhost/realms/qr/protocol/openid-connect/certs?appid=1",
        ] {
            assert_eq!(Source::new(url).unwrap().shown(), url.split('?').next().unwrap());
        }
        for url in [
            "http://issuer.example/keys",
            "http://192.0.2.1/keys",
            "http://localhost.example/keys",
            "http://127.0.0.1.example/keys",
            "http://ada:secret@127.0.0.1/keys",
            "https://ada:secret@issuer.example/keys",
            "https://ada@issuer.example/keys",
            "file:///etc/passwd",
            "ftp://127.0.0.1/keys",
            "127.0.0.1:80",
            "/keys",
            "https://",
            "",
        ] {
            let error = Source::new(url).unwrap_err();
            assert!(matches!(error, KeyError::Url), "{url}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn keys_stay_fresh_as_long_as_the_issuer_says_from_a_minute_to_an_hour() {
        for (value, expected) in [
            ("max-age=600", 600),
            ("public, Max-Age = \"600\", must-revalidate", 600),
            ("max-age=0", 60),
            ("no-store", 15 * 60),
            ("max-age=86400", 60 * 60),
            ("max-age=99999999999999999999999", 15 * 60),
            ("max-age=-1, s-maxage=120", 15 * 60),
            ("max-age", 15 * 60),
        ] {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_str(value).unwrap())]);
            assert_eq!(fresh_for(&headers).as_secs(), expected, "{value}");
        }
        assert_eq!(fresh_for(&HeaderMap::new()), FRESH_FOR);
    }
}
