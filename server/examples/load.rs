//! 20,000 PATCHes over 8 connections: half of them create a code, half change its expiry. Prints latencies, and how much of the
//! service's time is the engine's: the rules, the secret, the symbol and its image.
//!
//! ```sh
//! cargo run --release -p qrmint-server --example load -- memory:
//! cargo run --release -p qrmint-server --example load -- sqlite://load.db
//! cargo run --release -p qrmint-server --example load -- postgres://user@host/database
//! ```
//!
//! Service and clients share the machine. Codes of an earlier run with the same store are met again, so give a new one.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use qrmint_server::store::{Location, MemoryStore, PostgresStore, SqlOptions, SqliteStore, Store};
use qrmint_server::{Api, Limits, RunToken, Service, User, serve};

const CONNECTIONS: usize = 8;
const PATCHES: usize = 20_000;

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "memory:".into());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let run = RunToken::new(User::new("load", "load@localhost").ok_or("no name")?)?;
    let token = run.secret().to_owned();
    let service = Arc::new(Service::new(runtime.block_on(store(&url))?));
    let router = Api::new(service, Arc::new(run.into())).router();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(serve(listener, router, Limits::default(), std::future::pending()));

    let began = Instant::now();
    let latencies = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                let token = &token;
                scope.spawn(move || client(address, token, number))
            })
            .collect();
        clients.into_iter().map(|client| client.join().map_err(|_| "a client panicked")?).collect::<Result<Vec<_>>>()
    })?;
    let took = began.elapsed();
    let (creates, updates): (Vec<_>, Vec<_>) = latencies.into_iter().unzip();
    println!(
        "{PATCHES} PATCHes over {CONNECTIONS} connections, no error: {:.0} a second",
        PATCHES as f64 / took.as_secs_f64()
    );
    println!("| milliseconds | median | 90 % | 99 % | 99.9 % | longest |\n|---|---|---|---|---|---|");
    row("create", creates.concat());
    row("update", updates.concat());
    let metrics = get(address, "/metrics")?;
    let value = |name: &str| -> Result<f64> {
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.ok_or("no such metric")?.parse()?)
    };
    let rules = value("qrmint_rules_seconds_sum")?;
    let route = "{route=\"/users/{id}/authentication/qrCodePinMethod/standardQRCode\"}";
    let requests = value(&format!("qrmint_request_seconds_sum{route}"))?;
    println!(
        "engine: {:.1} microseconds a PATCH, {:.1} % of the service's {:.0}",
        rules / PATCHES as f64 * 1e6,
        100.0 * rules / requests,
        requests / PATCHES as f64 * 1e6
    );
    Ok(())
}

async fn store(url: &str) -> Result<Arc<dyn Store>> {
    let options = SqlOptions::default();
    Ok(match Location::parse(url)? {
        Location::Memory => Arc::new(MemoryStore::default()),
        Location::Sqlite(path) => Arc::new(SqliteStore::open(&path, &options).await?),
        Location::Postgres(url) => Arc::new(PostgresStore::connect(&url, &options).await?),
    })
}

/// Creates and changes codes one after the other, and gives how long each took.
fn client(address: SocketAddr, token: &str, number: usize) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let mut stream = BufReader::new(TcpStream::connect(address)?);
    stream.get_ref().set_nodelay(true)?;
    let (mut creates, mut updates) = (Vec::new(), Vec::new());
    let expiry = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 90)).to_string();
    for user in 0..PATCHES / CONNECTIONS / 2 {
        for (latencies, status, body) in [
            (&mut creates, "201", "{}".to_owned()),
            (&mut updates, "200", format!("{{\"expireDateTime\":\"{expiry}\"}}")),
        ] {
            let request = format!(
                "PATCH /beta/users/user-{number}-{user}/authentication/qrCodePinMethod/standardQRCode HTTP/1.1\r\n\
                Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let began = Instant::now();
            stream.get_mut().write_all(request.as_bytes())?;
            let found = answer(&mut stream)?.0;
            latencies.push(began.elapsed());
            if found != status {
                return Err(format!("{found} for {body}").into());
            }
        }
    }
    Ok((creates, updates))
}

/// The status and the body of the next answer.
fn answer(stream: &mut BufReader<TcpStream>) -> Result<(String, Vec<u8>)> {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).ok_or("no answer")?.to_owned();
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, body))
}

fn get(address: SocketAddr, path: &str) -> Result<String> {
    let mut stream = BufReader::new(TcpStream::connect(address)?);
    stream.get_mut().write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())?;
    Ok(String::from_utf8(answer(&mut stream)?.1)?)
}

fn row(name: &str, mut latencies: Vec<Duration>) {
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let (median, longest) = (at(0.5), at(1.0));
    println!("| {name} | {median:.2} | {:.2} | {:.2} | {:.2} | {longest:.2} |", at(0.9), at(0.99), at(0.999));
}
