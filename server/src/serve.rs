//! Connections: taking them, limiting them, letting them end.
//!
//! HTTP/1.1 over TCP. TLS is the work of a proxy in front.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::limits::Limits;
use crate::named_answers::NamedAnswers;

/// The most bytes that a request's line and headers may have together; a token of many groups takes some kilobytes.
const HEADER_LIMIT: usize = 32 * 1024;

/// A pause when no connection can be taken, as without a free file descriptor: the next attempt would fail as well.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `router` on the connections that come to `listener`, until `stop` is done; then takes no more, lets the requests
/// in flight end within the limits' `shutdown_time`, and returns whether all did.
///
/// A request that is no HTTP, or whose line and headers are too large, is answered with 400 or 431 and an empty body by the
/// HTTP library, with ids; one whose line and headers do not come in time ends with its connection.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) -> bool {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.connection_time)
        .max_header_size(HEADER_LIMIT)
        .max_buf_size(HEADER_LIMIT);
    let places = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let place = tokio::select! {
            () = &mut stop => break,
            place = places.clone().acquire_owned() => place,
        };
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener) => accepted,
        };
        let Ok(stream) = stream else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.connection_time));
        let service = TowerToHyperService::new(router.clone());
        let connection =
            connections.watch(http.serve_connection(TokioIo::new(NamedAnswers::new(Box::pin(stream))), service));
        tokio::spawn(async move {
            let _place = place;
            // Whatever a connection ends with, there is nobody left to tell.
            _ = connection.await;
        });
    }
    drop(listener);
    tokio::time::timeout(limits.shutdown_time, connections.shutdown()).await.is_ok()
}

async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let (stream, _) = listener.accept().await?;
    // Answers are written whole; waiting for more to send with them would only delay them.
    stream.set_nodelay(true)?;
    Ok(stream)
}
