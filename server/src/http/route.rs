//! The routes: what there is under which path, and which methods it has.
//!
//! Segments are compared without regard to case, which axum's router cannot do.

use std::borrow::Cow;

use axum::http::Method;
use percent_encoding::percent_decode_str;
use qrmint::credential::Kind;

use super::error::ApiError;

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// The caller's code.
    MyCode(Kind),
    /// The code of a user.
    UsersCode(Kind),
    /// The verification of scanned codes.
    Verify,
    /// The codes of all users.
    Codes,
    /// A code by its id.
    OneCode,
    /// All codes of a user.
    UsersCodes,
    /// The deletion of codes that have expired.
    Purge,
    /// The audit trail.
    Audit,
    /// Does the service run?
    Health,
    /// Does the store read and write?
    Ready,
    /// The metrics.
    Metrics,
    /// The OpenAPI description.
    Description,
}

/// A method, and the statuses that it answers with if all is well.
type Allowed = (&'static str, &'static [u16]);

const READ: [Allowed; 2] = [("GET", &[200]), ("HEAD", &[200])];
const CODE: &[Allowed] = &[READ[0], READ[1], ("PATCH", &[200, 201]), ("DELETE", &[204])];

impl Resource {
    pub(crate) const ALL: [Self; 14] = [
        Self::MyCode(Kind::Standard),
        Self::MyCode(Kind::Temporary),
        Self::UsersCode(Kind::Standard),
        Self::UsersCode(Kind::Temporary),
        Self::Verify,
        Self::Codes,
        Self::OneCode,
        Self::UsersCodes,
        Self::Purge,
        Self::Audit,
        Self::Health,
        Self::Ready,
        Self::Metrics,
        Self::Description,
    ];

    /// Returns the path, for logs and metrics too. A segment in braces stands for any text. The paths of Graph come
    /// after an [`ApiVersion`].
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::MyCode(Kind::Standard) => "/me/authentication/qrCodePinMethod/standardQRCode",
            Self::MyCode(Kind::Temporary) => "/me/authentication/qrCodePinMethod/temporaryQRCode",
            Self::UsersCode(Kind::Standard) => "/users/{id}/authentication/qrCodePinMethod/standardQRCode",
            Self::UsersCode(Kind::Temporary) => "/users/{id}/authentication/qrCodePinMethod/temporaryQRCode",
            Self::Verify => "/qrmint/verify",
            Self::Codes => "/qrmint/codes",
            Self::OneCode => "/qrmint/codes/{id}",
            Self::UsersCodes => "/qrmint/users/{id}/codes",
            Self::Purge => "/qrmint/purge",
            Self::Audit => "/qrmint/audit",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Metrics => "/metrics",
            Self::Description => "/openapi.json",
        }
    }

    /// Returns the methods with the statuses of success.
    pub(crate) fn methods(self) -> &'static [Allowed] {
        match self {
            Self::MyCode(_) | Self::UsersCode(_) => CODE,
            Self::Verify | Self::Purge => &[("POST", &[200])],
            Self::OneCode | Self::UsersCodes => &[("DELETE", &[204])],
            Self::Codes | Self::Audit | Self::Health | Self::Ready | Self::Metrics | Self::Description => &READ,
        }
    }

    /// Returns whether the path is one of Graph's, after an [`ApiVersion`].
    fn is_of_graph(self) -> bool {
        matches!(self, Self::MyCode(_) | Self::UsersCode(_))
    }

    /// Returns whether it is about the service itself: such requests need no token and name no user.
    pub(crate) fn is_monitor(self) -> bool {
        matches!(self, Self::Health | Self::Ready | Self::Metrics | Self::Description)
    }

    /// Checks that it has this method.
    pub(crate) fn check_method(self, method: &Method) -> Result<(), ApiError> {
        let names: Vec<&str> = self.methods().iter().map(|(name, _)| *name).collect();
        if names.contains(&method.as_str()) { Ok(()) } else { Err(ApiError::Method { allowed: names.join(", ") }) }
    }
}

/// The version of Graph's API in the path. Bodies are the same in all versions; `Location` has that of the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ApiVersion {
    #[default]
    Beta,
    V1,
}

impl ApiVersion {
    const ALL: [Self; 2] = [Self::Beta, Self::V1];

    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

/// A path that has been understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) resource: Resource,
    pub(crate) version: ApiVersion,
    /// The segment in braces, decoded; empty if there is none.
    pub(crate) id: String,
}

/// Returns what a path names.
pub(crate) fn target(path: &str) -> Result<Target, ApiError> {
    let path = path.strip_prefix('/').ok_or(ApiError::NoRoute)?;
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let segment = percent_decode_str(segment).decode_utf8().map_err(|_| ApiError::Encoding)?;
        match odata_key(&segment) {
            Some((name, key)) => segments.extend([Cow::Owned(name), Cow::Owned(key)]),
            None => segments.push(segment),
        }
    }
    let version = ApiVersion::ALL.into_iter().find(|version| is(version.segment(), &segments[0]));
    Resource::ALL
        .into_iter()
        .find_map(|resource| {
            let segments = if resource.is_of_graph() { version.and(segments.get(1..))? } else { &segments[..] };
            let id = matched(resource.path(), segments)?;
            Some(Target { resource, version: version.unwrap_or_default(), id })
        })
        .ok_or(ApiError::NoRoute)
}

/// Splits a segment with an OData key, such as `users('floki')`, into name and key.
fn odata_key(segment: &str) -> Option<(String, String)> {
    let (name, key) = segment.strip_suffix("')")?.split_once("('")?;
    Some((name.to_owned(), key.replace("''", "'")))
}

fn is(name: &str, segment: &str) -> bool {
    name.eq_ignore_ascii_case(segment)
}

/// Returns what stands for the segment in braces if the segments are those of `path`.
fn matched(path: &str, segments: &[Cow<'_, str>]) -> Option<String> {
    let mut id = String::new();
    let mut names = path[1..].split('/');
    for segment in segments {
        match names.next()? {
            name if name.starts_with('{') && !segment.is_empty() => id = segment.clone().into_owned(),
            name if is(name, segment) => {}
            _ => return None,
        }
    }
    names.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// Returns the paths of every route with its resource.
    fn paths() -> BTreeMap<String, Resource> {
        let paths = Resource::ALL.into_iter().flat_map(|resource| {
            let path = resource.path();
            let paths = match resource.is_of_graph() {
                true => ApiVersion::ALL.map(|version| format!("/{}{path}", version.segment())).to_vec(),
                false => vec![path.to_owned()],
            };
            paths.into_iter().map(move |path| (path, resource))
        });
        paths.collect()
    }

    #[test]
    fn the_description_has_every_route_with_its_methods_and_no_other() {
        let description: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
        let mut described = BTreeMap::new();
        for (path, operations) in description["paths"].as_object().unwrap() {
            // A path without `{kind}` is taken twice.
            for kind in ["standardQRCode", "temporaryQRCode"] {
                described.insert(path.replace("{kind}", kind), operations);
            }
        }
        let paths = paths();
        assert!(described.keys().eq(paths.keys()), "{:?} are described, the routes are {paths:?}", described.keys());
        for (path, resource) in paths {
            assert_eq!(target(&path.replace("{id}", "floki")).unwrap().resource, resource, "{path}");
            for method in ["get", "put", "post", "delete", "options", "patch", "trace"] {
                let allowed = resource.check_method(&method.to_uppercase().parse().unwrap()).is_ok();
                assert_eq!(allowed, described[&path].get(method).is_some(), "{method} {path}");
            }
        }
    }

    #[test]
    fn paths_are_known_whatever_their_case_and_their_spelling() {
        for path in [
            "/beta/users/Floki%40contoso.com/authentication/qrCodePinMethod/standardQRCode",
            "/BETA/Users/Floki@contoso.com/Authentication/qrcodepinmethod/standardQrCode",
            "/beta/users/Floki@contoso.com/authentication/qrCodePinMethod/standardQRCode/",
            "/beta/users('Floki@contoso.com')/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users(%27Floki%40contoso.com%27)/authentication/qrCodePinMethod/standardQRCode",
            "/%62eta/users/Floki@contoso.com/%61uthentication/qrCodePinMethod/standardQRCode",
        ] {
            let (resource, version) = (Resource::UsersCode(Kind::Standard), ApiVersion::Beta);
            assert_eq!(target(path).unwrap(), Target { resource, version, id: "Floki@contoso.com".into() }, "{path}");
        }
        let found = target("/V1.0/ME/authentication/qrCodePinMethod/temporaryQRCODE").unwrap();
        assert_eq!((found.resource, found.version), (Resource::MyCode(Kind::Temporary), ApiVersion::V1));
        assert_eq!(target("/beta/%6de/authentication/qrCodePinMethod/standardQRCode").unwrap().id, "");
        assert_eq!(target("/HealthZ/").unwrap().resource, Resource::Health);
        assert_eq!(target("/QrMint/Verify").unwrap().resource, Resource::Verify);
        assert_eq!(target("/qrmint/codes/44F2").unwrap().id, "44F2");
    }

    #[test]
    fn other_paths_are_not_found() {
        for path in [
            "/",
            "",
            "*",
            "/beta",
            "/v2.0/me/authentication/qrCodePinMethod/standardQRCode",
            "/me/authentication/qrCodePinMethod/standardQRCode",
            "/beta/me/authentication/qrCodePinMethod",
            "/beta/me/x/authentication/qrCodePinMethod/standardQRCode",
            "/beta/me('x')/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users//authentication/qrCodePinMethod/standardQRCode",
            "/beta/users('')/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users/a/b/authentication/qrCodePinMethod/standardQRCode",
            "/beta/me/authentication/qrCodePinMethod/pin",
            "//healthz",
            "/healthz//",
            "/beta/healthz",
            "/qrmint",
            "/beta/authentication/qrCodePinMethod/standardQRCode",
        ] {
            assert!(matches!(target(path), Err(ApiError::NoRoute)), "{path}");
        }
    }

    #[test]
    fn other_methods_are_told_which_are_allowed() {
        for (resource, refused, expected) in [
            (Resource::MyCode(Kind::Standard), vec!["POST", "PUT", "OPTIONS"], "GET, HEAD, PATCH, DELETE"),
            (Resource::Verify, vec!["GET", "PATCH", "HEAD"], "POST"),
            (Resource::Ready, vec!["POST", "DELETE"], "GET, HEAD"),
        ] {
            for method in refused {
                let found = resource.check_method(&method.parse().unwrap());
                assert!(matches!(found, Err(ApiError::Method { allowed }) if allowed == expected), "{method}");
            }
        }
    }

    #[test]
    fn an_id_is_decoded_once_and_must_be_utf8() {
        let id = |id: &str| {
            target(&format!("/beta/users/{id}/authentication/qrCodePinMethod/standardQRCode")).map(|found| found.id)
        };
        assert_eq!(id("%2540").unwrap(), "%40");
        assert_eq!(id("a%2Fb").unwrap(), "a/b");
        assert_eq!(id("%C3%A5sa").unwrap(), "åsa");
        assert_eq!(id("100%").unwrap(), "100%");
        assert!(matches!(id("%FF"), Err(ApiError::Encoding)));
    }
}
