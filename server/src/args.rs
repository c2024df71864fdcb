//! The command line of the program. Each option can also be given in the environment.

use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use qrmint::ErrorCorrectionLevel;
use qrmint::credential::{DateTime, Policy, can_name};
use qrmint::render::{Png, QuietZone, Scale, Svg};
use qrmint_server::store::{Location, SqlOptions};
use qrmint_server::{ClaimRule, ClaimRuleError, ImageSettings, KeyError, KeySet, Limits, Trust, User};
use tracing::level_filters::LevelFilter;

use crate::error::Error;

/// Microsoft Graph's qrCode API, offline: creates, updates, reads, deletes and verifies sign-in codes.
///
/// Without --issuer, --audience and a key it makes a token for this run, which may do everything, prints it on standard
/// output, and listens on loopback only. TLS is the work of a proxy in front.
///
/// Each option can be given in the environment too, as QRMINT_ and its name: QRMINT_MAX_REQUESTS for --max-requests.
/// Several issuers or audiences are separated by commas there, several claims by line breaks.
#[derive(Parser)]
#[command(
    name = "qrmint-server",
    version,
    group(ArgGroup::new("keys").args(["jwks", "public_key", "jwks_url"])),
    next_line_help = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Address and port to listen on; port 0 takes a free one and prints it on standard error
    #[arg(long, env = "QRMINT_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Address and port of a second listener, for /healthz, /readyz, /metrics and /openapi.json only: it answers when
    /// all connections of the first one are taken
    #[arg(long, env = "QRMINT_MONITOR", value_name = "ADDR")]
    pub(crate) monitor: Option<SocketAddr>,

    /// Where codes are kept: sqlite://FILE, postgres://USER:PASSWORD@HOST/DATABASE, or memory: until the program ends
    #[arg(
        long,
        global = true,
        env = "QRMINT_STORE",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite://qrmint.db"
    )]
    store: String,

    /// Maximum number of connections to PostgreSQL, or that read a SQLite file
    #[arg(long, env = "QRMINT_POOL_SIZE", value_name = "N", default_value = "16")]
    pool_size: NonZero<u32>,

    /// Connect to PostgreSQL with TLS or not at all; which certificates are good is in the URL (sslmode, sslrootcert)
    #[arg(long, global = true, env = "QRMINT_REQUIRE_TLS", value_parser = FalseyValueParser::new())]
    require_tls: bool,

    /// Never change the tables; if they are too old, end with an error. See the command `migrate`
    #[arg(long, env = "QRMINT_NO_MIGRATE", value_parser = FalseyValueParser::new())]
    no_migrate: bool,

    /// The users: a file of JSON lines {"id": "...", "userPrincipalName": "..."}
    ///
    /// Nobody else can get a code or sign in with one. The file is read again when it changes and on SIGHUP.
    #[arg(long, env = "QRMINT_USERS", value_name = "FILE")]
    pub(crate) users: Option<PathBuf>,

    /// Take any name for a user; with keys, either this or --users is required
    #[arg(long, env = "QRMINT_ANY_USER", value_parser = FalseyValueParser::new())]
    pub(crate) any_user: bool,

    /// Issuer that tokens may have (iss); may be repeated
    ///
    /// Each key may sign for each issuer, so name only issuers that share their keys, such as Entra's for v1.0 and v2.0.
    #[arg(long, env = "QRMINT_ISSUER", value_name = "URL", value_delimiter = ',', requires_all = ["audience", "keys"])]
    issuer: Vec<String>,

    /// Audience that tokens may have (aud); may be repeated
    #[arg(long, env = "QRMINT_AUDIENCE", value_name = "URL", value_delimiter = ',', requires_all = ["issuer", "keys"])]
    audience: Vec<String>,

    /// Public keys that tokens are signed with: a file with a JSON Web Key Set, read again when it changes and on SIGHUP
    #[arg(long, env = "QRMINT_JWKS", value_name = "FILE", requires_all = ["issuer", "audience"])]
    jwks: Option<PathBuf>,

    /// Public key that tokens are signed with: a file in PEM, read again when it changes and on SIGHUP
    #[arg(long, env = "QRMINT_PUBLIC_KEY", value_name = "FILE", requires_all = ["issuer", "audience"])]
    public_key: Option<PathBuf>,

    /// Public keys that tokens are signed with: where the issuer publishes its JSON Web Key Set (jwks_uri)
    #[arg(long, env = "QRMINT_JWKS_URL", value_name = "URL", requires_all = ["issuer", "audience"])]
    jwks_url: Option<String>,

    /// A claim that makes a signed-in user an administrator, beside Entra's directory roles (wids); may be repeated
    #[arg(long, env = "QRMINT_ADMIN_CLAIM", value_name = "NAME=VALUE", requires = "keys")]
    admin_claim: Vec<Claims>,

    /// A claim that only applications have, for issuers whose tokens have no oid; may be repeated
    ///
    /// For a service account of Keycloak it is client_id=CLIENT, for an application of Okta sub=CLIENT. Not azp or cid:
    /// the tokens of users who sign in to the application have these too.
    #[arg(
        long,
        env = "QRMINT_APPLICATION_CLAIM",
        value_name = "NAME=VALUE",
        value_delimiter = '\n',
        requires = "keys"
    )]
    application_claim: Vec<Claims>,

    /// User of this run's token on /me: an id or a user principal name of --users, or ID,UPN without it
    /// [default: the first of --users, else 00000000-0000-0000-0000-000000000001,me@localhost]
    #[arg(long, env = "QRMINT_ME", value_name = "USER", conflicts_with = "keys")]
    pub(crate) me: Option<String>,

    /// Start the clock at this instant, such as 2025-03-04T21:27:46Z; for trying things out, on loopback only
    #[arg(long, env = "QRMINT_NOW", value_name = "INSTANT")]
    pub(crate) now: Option<DateTime>,

    /// Where the audit trail is kept: a file, which gets JSON lines, or `store`
    #[arg(long, env = "QRMINT_AUDIT", value_name = "FILE|store")]
    pub(crate) audit: Option<Audit>,

    /// Number of proxies in front that add the address they see to X-Forwarded-For, for the audit trail
    #[arg(long, env = "QRMINT_TRUST_PROXY", value_name = "N", default_value_t = 0)]
    pub(crate) trust_proxy: usize,

    /// Refuse a scanned code if its last use can't be stored; without it that is counted and the code is good
    #[arg(long, env = "QRMINT_STRICT_LAST_USED", value_parser = FalseyValueParser::new())]
    pub(crate) strict_last_used: bool,

    /// Lifetime in days of a standard code whose request has no expireDateTime
    #[arg(long, env = "QRMINT_STANDARD_DAYS", value_name = "DAYS", default_value_t = 365)]
    standard_days: u16,

    /// Lifetime in hours of a temporary code whose request has no expireDateTime
    #[arg(long, env = "QRMINT_TEMPORARY_HOURS", value_name = "HOURS", default_value_t = 3)]
    temporary_hours: u16,

    /// Format of the image of a new code
    #[arg(long, env = "QRMINT_IMAGE", value_enum, default_value_t = ImageFormat::Png)]
    image: ImageFormat,

    /// Width and height of a module in pixels, 1 to 255
    #[arg(long, env = "QRMINT_IMAGE_SCALE", value_name = "N", allow_negative_numbers = true, default_value_t)]
    image_scale: Scale,

    /// Error correction of the image: low, medium, quartile, high or l, m, q, h
    #[arg(long, env = "QRMINT_IMAGE_LEVEL", value_name = "LEVEL", default_value = "l", value_parser = level)]
    image_level: ErrorCorrectionLevel,

    /// Width of the light border around the image in modules, 0 to 255; readers may fail with less than 4
    #[arg(long, env = "QRMINT_IMAGE_QUIET_ZONE", value_name = "N", allow_negative_numbers = true, default_value_t)]
    image_quiet_zone: QuietZone,

    /// Maximum number of requests in progress; more are answered with 429
    #[arg(long, env = "QRMINT_MAX_REQUESTS", value_name = "N", default_value = "256")]
    max_requests: NonZero<u32>,

    /// Maximum number of requests in progress of one user or application; more are answered with 429
    /// [default: half of --max-requests]
    #[arg(long, env = "QRMINT_MAX_REQUESTS_PER_CALLER", value_name = "N")]
    max_requests_per_caller: Option<NonZero<u32>>,

    /// Maximum number of connections; more wait
    #[arg(long, env = "QRMINT_MAX_CONNECTIONS", value_name = "N", default_value = "1024")]
    max_connections: NonZero<u32>,

    /// Seconds that a body may take to arrive, and then the work on the request
    #[arg(long, env = "QRMINT_REQUEST_TIME", value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) request_time: Duration,

    /// Seconds that a connection may be idle, take for a request's headers, or leave an answer unread
    #[arg(long, env = "QRMINT_CONNECTION_TIME", value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    connection_time: Duration,

    /// What to write to standard error
    #[arg(long, env = "QRMINT_LOG", value_enum, default_value_t = Log::Requests)]
    log: Log,

    /// How to write it
    #[arg(long, env = "QRMINT_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// Create or update the tables of --store, and end
    ///
    /// The service then needs no more than SELECT, INSERT, UPDATE and DELETE on them.
    Migrate,
}

#[derive(Clone, Copy, ValueEnum)]
enum ImageFormat {
    Png,
    Svg,
}

#[derive(Clone, Copy, ValueEnum)]
enum Log {
    /// Only the start of the program and the reason for its end
    Off,
    /// Also internal errors
    Errors,
    /// Also a line for each request
    Requests,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// A JSON object a line
    Json,
}

/// Rules, one a line: a variable may hold several.
#[derive(Clone)]
struct Claims(Vec<ClaimRule>);

impl FromStr for Claims {
    type Err = ClaimRuleError;

    fn from_str(text: &str) -> Result<Self, ClaimRuleError> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            return Err(ClaimRuleError);
        }
        lines.into_iter().map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

fn rules(claims: &[Claims]) -> Vec<ClaimRule> {
    claims.iter().flat_map(|Claims(rules)| rules.clone()).collect()
}

/// Where the audit trail is kept.
#[derive(Clone)]
pub(crate) enum Audit {
    File(PathBuf),
    Store,
}

impl FromStr for Audit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "store" => Ok(Self::Store),
            "" | "-" => Err("expected a file or `store`; standard output is never used"),
            path => Ok(Self::File(path.into())),
        }
    }
}

/// Where the keys are that check tokens.
pub(crate) enum Keys {
    Url(String),
    File(KeyFile),
}

/// A file with keys.
#[derive(Clone)]
pub(crate) enum KeyFile {
    /// A JSON Web Key Set.
    Set(PathBuf),
    /// A public key in PEM.
    Pem(PathBuf),
}

impl KeyFile {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Set(path) | Self::Pem(path) => path,
        }
    }

    pub(crate) fn read(&self) -> Result<KeySet, KeyError> {
        match self {
            Self::Set(path) => KeySet::read_jwks(path),
            Self::Pem(path) => KeySet::read_pem(path),
        }
    }
}

impl Arguments {
    pub(crate) fn location(&self) -> Result<Location, Error> {
        Location::parse(&self.store).map_err(|error| Error::Usage(format!("--store: {error}")))
    }

    pub(crate) fn sql_options(&self) -> SqlOptions {
        let migrate = !self.no_migrate || self.command.is_some();
        SqlOptions { connections: self.pool_size.get(), migrate, require_tls: self.require_tls }
    }

    /// Returns where the keys are that check tokens.
    pub(crate) fn keys(&self) -> Option<Keys> {
        let url = self.jwks_url.clone().map(Keys::Url);
        let set = || self.jwks.clone().map(|path| Keys::File(KeyFile::Set(path)));
        let pem = || self.public_key.clone().map(|path| Keys::File(KeyFile::Pem(path)));
        url.or_else(set).or_else(pem)
    }

    /// Returns which tokens are trusted.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            issuers: self.issuer.clone(),
            audiences: self.audience.clone(),
            admin_claims: rules(&self.admin_claim),
            application_claims: rules(&self.application_claim),
        }
    }

    pub(crate) fn policy(&self) -> Result<Policy, Error> {
        Policy::new(self.standard_days, self.temporary_hours).map_err(|error| Error::Usage(error.to_string()))
    }

    /// Returns what images new codes have.
    pub(crate) fn image(&self) -> Result<ImageSettings, Error> {
        let (level, scale, quiet_zone) = (self.image_level, self.image_scale, self.image_quiet_zone);
        let image = match self.image {
            ImageFormat::Png => ImageSettings::png(level, Png::new(scale, quiet_zone)),
            ImageFormat::Svg => ImageSettings::svg(level, Svg::new(scale, quiet_zone)),
        };
        image.map_err(|error| {
            Error::Usage(format!("--image-scale and --image-quiet-zone: for the longest name, {error}"))
        })
    }

    /// Returns how many files and sockets are open beside the connections: those of the store, of the monitor, of the
    /// log, and some that are opened for a moment.
    pub(crate) fn other_files(&self) -> u64 {
        // SQLite has three files for each connection.
        u64::from(self.pool_size.get()) * 3 + 128
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.requests = self.max_requests.get() as usize;
        limits.requests_per_caller =
            self.max_requests_per_caller.map_or(limits.requests.div_ceil(2), |limit| limit.get() as usize);
        limits.connections = self.max_connections.get() as usize;
        limits.body_time = self.request_time;
        limits.connection_time = self.connection_time;
        // Time for a body, for the work, for a create whose outcome is awaited, and for sending the answer.
        limits.shutdown_time = self.request_time * 2 + qrmint_server::OUTCOME_TIME + Duration::from_secs(1);
        limits
    }

    pub(crate) fn log(&self) -> LevelFilter {
        match self.log {
            Log::Off => LevelFilter::OFF,
            Log::Errors => LevelFilter::WARN,
            Log::Requests => LevelFilter::INFO,
        }
    }
}

/// Parses a user from `ID,UPN`, or from one name that stands for both.
pub(crate) fn id_and_principal_name(text: &str) -> Option<User> {
    let (id, principal_name) = text.split_once(',').unwrap_or((text, text));
    User::new(id, principal_name).filter(|user| can_name(user.principal_name()))
}

/// Parses a level by its letter or its word in the standard, in any case.
fn level(text: &str) -> Result<ErrorCorrectionLevel, &'static str> {
    match &*text.to_ascii_lowercase() {
        "l" | "low" => Ok(ErrorCorrectionLevel::L),
        "m" | "medium" => Ok(ErrorCorrectionLevel::M),
        "q" | "quartile" => Ok(ErrorCorrectionLevel::Q),
        "h" | "high" => Ok(ErrorCorrectionLevel::H),
        _ => Err("expected l, m, q or h, or low, medium, quartile or high"),
    }
}

/// Parses a time limit of at most an hour.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected seconds, 0.001 to 3600".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn a_comma_is_part_of_a_claim() {
        let keys = ["--issuer=i,j", "--audience=a", "--jwks=f", "--admin-claim", "groups=CN=a,OU=b"];
        let arguments = Arguments::try_parse_from(["qrmint-server"].into_iter().chain(keys)).unwrap();
        let expected = "groups=CN=a,OU=b".parse().unwrap();
        assert_eq!((arguments.trust().admin_claims, arguments.issuer.len()), (vec![expected], 2));
        let Claims(rules) = "admin=true\r\nlevel=3\n".parse().unwrap();
        assert_eq!(rules, ["admin=true".parse().unwrap(), "level=3".parse().unwrap()]);
    }

    #[test]
    fn a_level_is_a_letter_or_a_word_in_any_case() {
        for (texts, expected) in [
            (["l", "low", "Low"], ErrorCorrectionLevel::L),
            (["m", "medium", "M"], ErrorCorrectionLevel::M),
            (["q", "quartile", "QUARTILE"], ErrorCorrectionLevel::Q),
            (["h", "high", "High"], ErrorCorrectionLevel::H),
        ] {
            for text in texts {
                let arguments = Arguments::try_parse_from(["qrmint-server", "--image-level", text]).unwrap();
                assert_eq!(arguments.image_level, expected, "{text}");
            }
        }
        assert!(Arguments::try_parse_from(["qrmint-server", "--image-level", ""]).is_err());
    }

    #[test]
    fn images_that_are_too_large_for_the_longest_name_are_refused_at_the_start() {
        let image = |options: &[&str]| {
            Arguments::try_parse_from(["qrmint-server"].iter().chain(options)).unwrap().image().map(drop)
        };
        for options in [
            &[][..],
            &["--image-scale=255"],
            &["--image=svg", "--image-scale=255", "--image-level=h"],
            &["--image-quiet-zone=0"],
        ] {
            assert!(image(options).is_ok(), "{options:?}");
        }
        let error = image(&["--image-scale=255", "--image-level=h"]).unwrap_err();
        assert_eq!(
            (error.exit_code(), error.to_string().as_str()),
            (
                2,
                "--image-scale and --image-quiet-zone: for the longest name, \
                 image too large: 26775 x 26775 pixels, at most 23160 x 23160"
            )
        );
    }

    #[test]
    fn every_option_has_its_variable() {
        let command = Arguments::command();
        let options = command.get_arguments().filter_map(|option| Some((option.get_long()?, option)));
        for (name, option) in options {
            let variable = format!("QRMINT_{}", name.to_uppercase().replace('-', "_"));
            assert_eq!(option.get_env().map(|found| found.to_string_lossy().into_owned()), Some(variable));
        }
    }
}
