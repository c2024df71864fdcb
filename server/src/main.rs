//! `qrmint-server`: the service as a program.
//!
//! Creates the parts of a service from the command line, starts the service and stops it. Exit codes: 0 stopped by a
//! signal, 1 failed, 2 the command line is wrong.

mod args;
mod error;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use qrmint_server::store::{Location, MemoryStore, PostgresStore, SqlOptions, SqliteStore, Store};
use qrmint_server::{Authorizer, Clock, JwtAuthorizer, KeySet, RunToken, Service, Trust, User, Users};
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use args::Arguments;
use error::Error;

/// The user of a run token if neither `--me` nor `--users` names one.
const SOMEBODY: &str = "00000000-0000-0000-0000-000000000001,me@localhost";

fn main() -> ExitCode {
    // Wrong arguments end the program here, with exit code 2.
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the message cannot be shown anywhere.
            _ = writeln!(std::io::stderr(), "qrmint-server: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Error> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    let of_the_service = Targets::new().with_target("qrmint_server", arguments.log());
    tracing_subscriber::registry().with(lines).with(of_the_service).init();

    let (policy, limits) = (arguments.policy()?, arguments.limits());
    let users = arguments.users.as_deref().map_or(Ok(Users::any()), Users::read)?;
    let (authorizer, token) = authorizer(&arguments, &users)?;
    let address = arguments.listen;
    if token.is_some() && !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    let service = service(&arguments.store, authorizer).await?;
    let service = service.with_users(users).with_policy(policy).with_limits(limits);
    // Last, so that little time passes before the first request.
    let service = service.with_clock(arguments.now.map_or(Clock::system(), |now| Clock::starting_at(now.timestamp())));

    let stop = stop()?;
    let listener = TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })?;
    greet(&listener, token.as_deref())?;
    if qrmint_server::serve(listener, service.router(), limits, stop).await { Ok(()) } else { Err(Error::Stopped) }
}

/// Returns a future that completes on an interrupt or SIGTERM.
#[cfg(unix)]
fn stop() -> Result<impl Future<Output = ()>, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on an interrupt.
#[cfg(not(unix))]
fn stop() -> Result<impl Future<Output = ()>, Error> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}

/// Creates the authorizer that the command line asks for. Returns its token as well if it is a run token.
fn authorizer(arguments: &Arguments, users: &Users) -> Result<(Authorizer, Option<String>), Error> {
    let jwt = match (&arguments.issuer, &arguments.audience, &arguments.jwks, &arguments.public_key) {
        (Some(issuer), Some(audience), Some(set), _) => {
            JwtAuthorizer::new(trust(issuer, audience), KeySet::read_jwks(set)?)
        }
        (Some(issuer), Some(audience), None, Some(key)) => {
            JwtAuthorizer::new(trust(issuer, audience), KeySet::read_pem(key)?)
        }
        _ => {
            let run = RunToken::new(me(arguments.me.as_deref(), users)?)?;
            let token = run.secret().to_owned();
            return Ok((run.into(), Some(token)));
        }
    };
    Ok((jwt.into(), None))
}

fn trust(issuer: &str, audience: &str) -> Trust {
    Trust { issuers: vec![issuer.into()], audiences: vec![audience.into()], ..Trust::default() }
}

/// Returns the user of the run token on `/me`.
fn me(named: Option<&str>, users: &Users) -> Result<User, Error> {
    let found = match (named, users.first()) {
        (Some(name), Some(_)) => users.named(name),
        (Some(pair), None) => args::id_and_principal_name(pair),
        (None, Some(first)) => Some(first.clone()),
        (None, None) => args::id_and_principal_name(SOMEBODY),
    };
    found.ok_or_else(|| Error::Usage("--me: no user of --users, or no id and user principal name".into()))
}

/// Creates a service with the store at `url`. The URL may contain a password, so no message shows it.
async fn service(url: &str, authorizer: Authorizer) -> Result<Service, Error> {
    let options = SqlOptions::default();
    let store: Arc<dyn Store> = match Location::parse(url).map_err(|error| Error::Usage(format!("--store: {error}")))? {
        Location::Memory => Arc::new(MemoryStore::default()),
        Location::Sqlite(path) => Arc::new(SqliteStore::open(&path, &options).await?),
        Location::Postgres(url) => Arc::new(PostgresStore::connect(&url, &options).await?),
    };
    Ok(Service::new(store, authorizer))
}

/// Prints the address of the service and, with a run token, the token and an example of its use. Shows the token on
/// standard error only if that is a terminal, since it may be a log otherwise.
fn greet(listener: &TcpListener, token: Option<&str>) -> Result<(), Error> {
    let address = listener.local_addr()?;
    let mut told = std::io::stderr();
    writeln!(told, "qrmint-server: listening on http://{address}")?;
    if let Some(token) = token {
        let shown = if told.is_terminal() { token } else { "$TOKEN" };
        writeln!(
            told,
            "\nThe line on standard output is the token of this run, which may do everything:\n\n\
            curl -X PATCH http://{address}/beta/me/authentication/qrCodePinMethod/standardQRCode \
            -H \"Authorization: Bearer {shown}\" -H 'Content-Type: application/json' -d '{{}}'\n"
        )?;
        let mut out = std::io::stdout();
        writeln!(out, "{token}")?;
        out.flush()?;
    }
    Ok(())
}
