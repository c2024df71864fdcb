//! `qrmint-server`: the service as a program.
//!
//! Creates the parts of a service from the command line, starts the service and stops it. Exit codes: 0 stopped by a
//! signal, 1 failed, 2 the command line is wrong.

mod args;
mod error;
mod log;
mod open_files;
mod reload;
mod signals;

use std::cell::OnceCell;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser as _;
use qrmint_server::store::{Location, MemoryStore, PostgresStore, SqliteStore, Store};
use qrmint_server::{
    Api, AuditFile, Authorizer, Clock, JwtAuthorizer, KeyUrl, Limits, RunToken, Service, Trail, User, Users,
};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use args::{Arguments, Audit, Command, Keys};
use error::Error;
use log::Log;
use reload::{Reloader, Watched};
use signals::Hangup;

/// The user of a run token if neither `--me` nor `--users` names one.
const SOMEBODY: &str = "00000000-0000-0000-0000-000000000001,me@localhost";

fn main() -> ExitCode {
    // Wrong arguments end the program here, with exit code 2.
    let arguments = Arguments::parse();
    let mut log = match Log::start(arguments.log(), arguments.log_format) {
        Ok(log) => log,
        Err(error) => {
            tell(&format!("the log: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let result = tokio::runtime::Runtime::new().map_err(Error::from).and_then(|runtime| {
        let result = runtime.block_on(run(&arguments, &log));
        // A disk that stalls must not keep the program from ending.
        runtime.shutdown_background();
        result
    });
    let code = match result {
        Ok(()) => 0,
        Err(error) => {
            _ = writeln!(log, "qrmint-server: {error}");
            error.exit_code()
        }
    };
    log.flush();
    ExitCode::from(code)
}

async fn run(arguments: &Arguments, log: &Log) -> Result<(), Error> {
    let location = arguments.location()?;
    if let Some(Command::Migrate) = arguments.command {
        return open(location, arguments).await.map(|_| tell("the tables are up to date"));
    }
    let (policy, mut limits) = (arguments.policy()?, arguments.limits());
    limits.connections = open_files::for_connections(limits.connections, arguments.other_files());
    check_exposure(arguments)?;
    let image = arguments.image()?;
    image.verdict().findings.iter().for_each(|finding| tell(&format!("warning: image of new codes: {finding}")));
    // From here on a SIGHUP does not end the program.
    let [users_hangup, keys_hangup, hangup] = [Hangup::new()?, Hangup::new()?, Hangup::new()?];
    // A file is watched from before it is read, so that no change is missed.
    let watched_users = arguments.users.clone().map(|path| Watched::new(path.clone(), path));
    let watched_keys = match arguments.keys() {
        Some(Keys::File(file)) => Some(Watched::new(file.clone(), file.path().to_owned())),
        Some(Keys::Url(_)) | None => None,
    };
    let users = arguments.users.as_deref().map_or(Ok(Users::any()), Users::read)?;
    let (authorizer, token) = authorizer(arguments, &users).await?;
    let authorizer = Arc::new(authorizer);
    let trail = trail(arguments.audit.as_ref())?;
    let store = open(location, arguments).await?;
    // The clock starts last, so that little time passes before the first request.
    let service = Service::new(store)
        .with_users(users)
        .with_policy(policy)
        .with_image(image)
        .with_trail(trail)
        .with_request_time(arguments.request_time)
        .with_strict_last_used(arguments.strict_last_used)
        .with_clock(arguments.now.map_or(Clock::system(), |now| Clock::starting_at(now.timestamp())));
    let service = Arc::new(service);
    let api =
        Api::new(service.clone(), authorizer.clone()).with_limits(limits).with_trusted_proxies(arguments.trust_proxy);

    let stop = CancellationToken::new();
    signals::watch(stop.clone())?;
    if let Some(address) = arguments.monitor {
        let (listener, address) = listen(address).await?;
        tell(&format!("monitor on http://{address}"));
        // Until the program ends, so that it can be watched while it stops.
        tokio::spawn(qrmint_server::serve(listener, api.monitor_router(), monitor_limits(), std::future::pending()));
    }
    let (listener, address) = listen(arguments.listen).await?;
    greet(address, token.as_deref())?;
    let reloader = Reloader::new(service.clone(), authorizer.clone());
    let watch_users = optional(watched_users.map(|file| reloader.watch_users(file, users_hangup)));
    let watch_keys = optional(watched_keys.map(|file| reloader.watch_keys(file, keys_hangup)));
    let served = async {
        let stopped = OnceCell::new();
        let stop = async {
            stop.cancelled().await;
            _ = stopped.set(Instant::now());
        };
        let done = qrmint_server::serve(listener, api.router(), limits, stop).await;
        let end = *stopped.get_or_init(Instant::now) + limits.shutdown_time;
        let drained = tokio::time::timeout_at(end, service.drained()).await;
        if done && drained.is_ok() { Ok(()) } else { Err(Error::Stopped) }
    };
    tokio::select! {
        result = served => result,
        // None of these ends.
        () = watch_users => Err(Error::Stopped),
        () = watch_keys => Err(Error::Stopped),
        () = reloader.watch_others(log, hangup) => Err(Error::Stopped),
        () = keep_keys_fresh(&authorizer) => Err(Error::Stopped),
    }
}

/// Does some work, or waits for ever if there is none.
async fn optional(work: Option<impl Future<Output = ()>>) {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

/// Refuses what is only for trying things out where others can reach it, and keys without a word about users.
fn check_exposure(arguments: &Arguments) -> Result<(), Error> {
    let (address, has_keys) = (arguments.listen, arguments.keys().is_some());
    match (has_keys, arguments.users.is_some(), arguments.any_user) {
        (_, true, true) => return Err(Error::Usage("--any-user cannot be used with --users".into())),
        (true, false, false) => return Err(Error::NoUsers),
        _ => {}
    }
    match (address.ip().is_loopback(), has_keys, arguments.now) {
        (false, false, _) => Err(Error::NotLoopback(address)),
        (false, true, Some(_)) => Err(Error::ClockNotLoopback(address)),
        (true, true, Some(now)) => {
            tell(&format!("the clock starts at {now}: tokens that have expired may be taken, and good ones refused"));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Creates the authorizer that the command line asks for. Returns its token as well if it is a run token.
async fn authorizer(arguments: &Arguments, users: &Users) -> Result<(Authorizer, Option<String>), Error> {
    let authorizer = match arguments.keys() {
        Some(Keys::Url(url)) => {
            JwtAuthorizer::with_key_url(arguments.trust(), KeyUrl::fetch(&url).await.map_err(Error::KeyUrl)?)
        }
        Some(Keys::File(file)) => {
            let keys = file.read().map_err(|source| Error::KeyFile { path: file.path().to_owned(), source })?;
            JwtAuthorizer::new(arguments.trust(), keys)
        }
        None => {
            let run = RunToken::new(me(arguments.me.as_deref(), users)?)?;
            let token = run.secret().to_owned();
            return Ok((run.into(), Some(token)));
        }
    };
    Ok((authorizer.into(), None))
}

async fn keep_keys_fresh(authorizer: &Authorizer) {
    authorizer.keep_keys_fresh().await;
    std::future::pending().await
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

fn trail(audit: Option<&Audit>) -> Result<Trail, Error> {
    match audit {
        None => Ok(Trail::Off),
        Some(Audit::Store) => Ok(Trail::Store),
        Some(Audit::File(path)) => match AuditFile::open(path) {
            Ok(file) => Ok(Trail::File(file)),
            Err(source) => Err(Error::Audit { path: path.clone(), source }),
        },
    }
}

/// Opens the store, and tells which one it is. Its URL may contain a password, so no message shows it.
async fn open(location: Location, arguments: &Arguments) -> Result<Arc<dyn Store>, Error> {
    let options = arguments.sql_options();
    let (store, notes): (Arc<dyn Store>, Vec<String>) = match location {
        Location::Memory => (Arc::new(MemoryStore::default()), vec!["memory, until the program ends".into()]),
        Location::Sqlite(path) => {
            let store = SqliteStore::open(&path, &options).await?;
            let notes = store.notes().to_vec();
            (Arc::new(store), notes)
        }
        Location::Postgres(url) => {
            let store = PostgresStore::connect(&url, &options).await?;
            let notes = store.notes().to_vec();
            (Arc::new(store), notes)
        }
    };
    notes.iter().for_each(|note| tell(&format!("store: {note}")));
    Ok(store)
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let listener = TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Limits of the listener for monitoring, which has few clients.
fn monitor_limits() -> Limits {
    let mut limits = Limits::default();
    (limits.connections, limits.connection_time) = (64, Duration::from_secs(5));
    limits
}

/// Writes a line to standard error. If that is closed, the line cannot be shown anywhere.
fn tell(line: &str) {
    _ = writeln!(std::io::stderr(), "qrmint-server: {line}");
}

/// Prints the address of the service and, with a run token, the token and an example of its use. Shows the token on
/// standard error only if that is a terminal, since it may be a log otherwise.
fn greet(address: SocketAddr, token: Option<&str>) -> Result<(), Error> {
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
