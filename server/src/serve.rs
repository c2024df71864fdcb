//! Accepts and limits connections, and shuts down gracefully.
//!
//! HTTP/1.1 over TCP. A proxy in front adds TLS.

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

/// The maximum size of a request's line and headers in bytes. A token with many groups takes several kilobytes.
const MAX_HEADER_LEN: usize = 32 * 1024;

/// The pause after a connection could not be accepted, such as for lack of a file descriptor: another attempt would
/// fail at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `router` on the connections to `listener` until `stop` completes. Then accepts no more, waits for the
/// requests in progress for the `shutdown_time` of `limits`, and returns whether all of them ended.
///
/// The HTTP library answers a request that is not HTTP, or whose line and headers are too large, with 400, 414 or 431,
/// ids and an empty body. A connection whose line and headers do not arrive in time is closed.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) -> bool {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.connection_time)
        .max_header_size(MAX_HEADER_LEN)
        .max_buf_size(MAX_HEADER_LEN);
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
            // If a connection ends with an error, its client can no longer be told.
            _ = connection.await;
        });
    }
    drop(listener);
    tokio::time::timeout(limits.shutdown_time, connections.shutdown()).await.is_ok()
}

async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let (stream, _) = listener.accept().await?;
    // Answers are written whole, so waiting for more data would only delay them.
    stream.set_nodelay(true)?;
    Ok(stream)
}
