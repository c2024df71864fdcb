//! Parses method and path of a request.
//!
//! Segments are compared without regard to case, which axum's router cannot do.

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use qrmint::credential::Kind;

use super::error::ApiError;

/// A request that has a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Read or change a code.
    Code { action: Action, owner: Owner, kind: Kind, version: ApiVersion },
    /// Verify a scanned code.
    Verify,
    /// Does the service run?
    Health,
    /// Does the store answer?
    Ready,
    /// The metrics.
    Metrics,
    /// The OpenAPI description.
    Description,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Upsert,
    Delete,
}

/// The owner of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The caller.
    Me,
    /// The user with this id or user principal name.
    Named(String),
}

/// The version of Graph's API in the path. Bodies are the same in all versions; `Location` has that of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiVersion {
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

/// A path without its parameters, for logs and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Template {
    MyCode(Kind),
    UsersCode(Kind),
    Verify,
    Health,
    Ready,
    Metrics,
    Description,
    Unknown,
}

impl Template {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::MyCode(Kind::Standard) => "/me/authentication/qrCodePinMethod/standardQRCode",
            Self::MyCode(Kind::Temporary) => "/me/authentication/qrCodePinMethod/temporaryQRCode",
            Self::UsersCode(Kind::Standard) => "/users/{id}/authentication/qrCodePinMethod/standardQRCode",
            Self::UsersCode(Kind::Temporary) => "/users/{id}/authentication/qrCodePinMethod/temporaryQRCode",
            Self::Verify => "/qrmint/verify",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Metrics => "/metrics",
            Self::Description => "/openapi.json",
            Self::Unknown => "unknown",
        }
    }
}

/// Returns the template of the path of `uri`, and the request that `method` makes there.
pub(crate) fn route(method: &Method, uri: &Uri) -> (Template, Result<Request, ApiError>) {
    let segments: Vec<&str> = uri.path().strip_prefix('/').unwrap_or_default().split('/').collect();
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    match segments[..] {
        [health] if is(health, "healthz") => (Template::Health, read_only(method, Request::Health)),
        [ready] if is(ready, "readyz") => (Template::Ready, read_only(method, Request::Ready)),
        [metrics] if is(metrics, "metrics") => (Template::Metrics, read_only(method, Request::Metrics)),
        [description] if is(description, "openapi.json") => {
            (Template::Description, read_only(method, Request::Description))
        }
        [service, verify] if is(service, "qrmint") && is(verify, "verify") => {
            let request =
                if method == Method::POST { Ok(Request::Verify) } else { Err(ApiError::Method { allowed: "POST" }) };
            (Template::Verify, request)
        }
        [version, ref owner @ .., authentication, qr_code_pin_method, kind]
            if is(authentication, "authentication") && is(qr_code_pin_method, "qrCodePinMethod") =>
        {
            let version = ApiVersion::ALL.into_iter().find(|known| is(version, known.segment()));
            let (Some(version), Some(kind)) = (version, Kind::from_name(kind)) else { return unknown() };
            match owner {
                [me] if is(me, "me") => (Template::MyCode(kind), code(method, Ok(Owner::Me), kind, version)),
                [users, id] if is(users, "users") && !id.is_empty() => {
                    (Template::UsersCode(kind), code(method, named(id), kind, version))
                }
                _ => unknown(),
            }
        }
        _ => unknown(),
    }
}

fn unknown() -> (Template, Result<Request, ApiError>) {
    (Template::Unknown, Err(ApiError::NoRoute))
}

fn read_only(method: &Method, request: Request) -> Result<Request, ApiError> {
    if method == Method::GET || method == Method::HEAD {
        Ok(request)
    } else {
        Err(ApiError::Method { allowed: "GET, HEAD" })
    }
}

fn code(method: &Method, owner: Result<Owner, ApiError>, kind: Kind, version: ApiVersion) -> Result<Request, ApiError> {
    let action = match *method {
        Method::GET | Method::HEAD => Action::Read,
        Method::PATCH => Action::Upsert,
        Method::DELETE => Action::Delete,
        _ => return Err(ApiError::Method { allowed: "GET, HEAD, PATCH, DELETE" }),
    };
    Ok(Request::Code { action, owner: owner?, kind, version })
}

fn named(id: &str) -> Result<Owner, ApiError> {
    let id = percent_decode_str(id).decode_utf8().map_err(|_| ApiError::Encoding)?;
    Ok(Owner::Named(id.into_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::iter;

    use serde_json::Value;

    use super::*;

    /// Returns the template of every route. A new one does not compile without an arm here.
    fn templates() -> impl Iterator<Item = Template> {
        let after = |template: &Template| match template {
            Template::MyCode(Kind::Standard) => Some(Template::MyCode(Kind::Temporary)),
            Template::MyCode(Kind::Temporary) => Some(Template::UsersCode(Kind::Standard)),
            Template::UsersCode(Kind::Standard) => Some(Template::UsersCode(Kind::Temporary)),
            Template::UsersCode(Kind::Temporary) => Some(Template::Verify),
            Template::Verify => Some(Template::Health),
            Template::Health => Some(Template::Ready),
            Template::Ready => Some(Template::Metrics),
            Template::Metrics => Some(Template::Description),
            Template::Description | Template::Unknown => None,
        };
        iter::successors(Some(Template::MyCode(Kind::Standard)), after)
    }

    /// Returns the paths of every route with its template.
    fn paths() -> BTreeMap<String, Template> {
        let paths = templates().flat_map(|template| {
            let path = template.as_str();
            let versions: Vec<String> = match template {
                Template::MyCode(_) | Template::UsersCode(_) => {
                    ApiVersion::ALL.map(|version| format!("/{}{path}", version.segment())).to_vec()
                }
                _ => vec![path.to_owned()],
            };
            versions.into_iter().map(move |path| (path, template))
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
        for (path, template) in paths {
            for method in ["get", "put", "post", "delete", "options", "patch", "trace"] {
                let (found, request) = routed(&method.to_uppercase().parse().unwrap(), &path.replace("{id}", "floki"));
                assert_eq!(found, template, "{path}");
                assert_eq!(request.is_ok(), described[&path].get(method).is_some(), "{method} {path}");
            }
        }
    }

    fn routed(method: &Method, path: &str) -> (Template, Result<Request, ApiError>) {
        route(method, &path.parse().unwrap())
    }

    #[test]
    fn paths_are_known_whatever_their_case() {
        for path in [
            "/beta/users/Floki%40contoso.com/authentication/qrCodePinMethod/standardQRCode",
            "/BETA/Users/Floki@contoso.com/Authentication/qrcodepinmethod/standardQrCode?$select=id",
        ] {
            let (template, request) = routed(&Method::PATCH, path);
            assert_eq!(template, Template::UsersCode(Kind::Standard));
            let owner = Owner::Named("Floki@contoso.com".into());
            let (action, kind, version) = (Action::Upsert, Kind::Standard, ApiVersion::Beta);
            assert_eq!(request.unwrap(), Request::Code { action, owner, kind, version });
        }
        let (template, request) = routed(&Method::DELETE, "/V1.0/ME/authentication/qrCodePinMethod/temporaryQRCODE");
        assert_eq!(template, Template::MyCode(Kind::Temporary));
        let (action, kind, version) = (Action::Delete, Kind::Temporary, ApiVersion::V1);
        assert_eq!(request.unwrap(), Request::Code { action, owner: Owner::Me, kind, version });
        assert_eq!(routed(&Method::GET, "/HealthZ").1.unwrap(), Request::Health);
        assert_eq!(routed(&Method::POST, "/QrMint/Verify").1.unwrap(), Request::Verify);
    }

    #[test]
    fn other_paths_are_not_found() {
        for path in [
            "/",
            "/beta",
            "/v2.0/me/authentication/qrCodePinMethod/standardQRCode",
            "/me/authentication/qrCodePinMethod/standardQRCode",
            "/beta/me/authentication/qrCodePinMethod",
            "/beta/me/authentication/qrCodePinMethod/standardQRCode/",
            "/beta/me/x/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users/authentication/qrCodePinMethod/standardQRCode",
            "/beta/users//authentication/qrCodePinMethod/standardQRCode",
            "/beta/users/a/b/authentication/qrCodePinMethod/standardQRCode",
            "/beta/me/authentication/qrCodePinMethod/pin",
            "//healthz",
            "/healthz/",
            "/qrmint",
            "/beta/authentication/qrCodePinMethod/standardQRCode",
        ] {
            assert!(matches!(routed(&Method::GET, path), (Template::Unknown, Err(ApiError::NoRoute))), "{path}");
        }
    }

    #[test]
    fn other_methods_are_told_which_are_allowed() {
        for (path, refused, expected) in [
            (
                "/beta/me/authentication/qrCodePinMethod/standardQRCode",
                vec!["POST", "PUT", "OPTIONS"],
                "GET, HEAD, PATCH, DELETE",
            ),
            ("/qrmint/verify", vec!["GET", "PATCH", "HEAD"], "POST"),
            ("/readyz", vec!["POST", "DELETE"], "GET, HEAD"),
        ] {
            for method in refused {
                let (_, request) = routed(&method.parse().unwrap(), path);
                assert!(matches!(request, Err(ApiError::Method { allowed }) if allowed == expected), "{method} {path}");
            }
        }
    }

    #[test]
    fn an_id_is_decoded_once_and_must_be_utf8() {
        let owner = |id: &str| {
            let path = format!("/beta/users/{id}/authentication/qrCodePinMethod/standardQRCode");
            match routed(&Method::GET, &path).1 {
                Ok(Request::Code { owner: Owner::Named(name), .. }) => Ok(name),
                other => Err(other),
            }
        };
        assert_eq!(owner("%2540").unwrap(), "%40");
        assert_eq!(owner("a%2Fb").unwrap(), "a/b");
        assert_eq!(owner("%C3%A5sa").unwrap(), "åsa");
        assert_eq!(owner("100%").unwrap(), "100%");
        assert!(matches!(owner("%FF"), Err(Err(ApiError::Encoding))));
    }
}
