//! Accepts and limits connections, and shuts down gracefully.
//!
//! HTTP/1.1 over TCP. A proxy in front adds TLS.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::limits::Limits;

/// The maximum size of a request's line and headers in bytes. A token with many groups takes several kilobytes.
const MAX_HEADER_LEN: usize = 32 * 1024;

/// The pause after a connection could not be accepted, such as for lack of a file descriptor: another attempt would
/// fail at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The time that a request's line and headers have to be complete when the service stops. A connection on which no
/// request is in progress then is closed.
const HEAD_TIME: Duration = Duration::from_secs(1);

/// Serves `router` on the connections to `listener` until `stop` completes. Then accepts no more, waits for the
/// requests in progress for the `shutdown_time` of `limits`, and returns whether all of them ended.
///
/// Requests have the address of the client as axum's [`ConnectInfo`].
///
/// The HTTP library answers a request that is not HTTP, or whose line and headers are too large, with 400, 414 or 431
/// and an empty body. A connection whose line and headers do not arrive in time is closed.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) -> bool {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.connection_time)
        .max_header_size(MAX_HEADER_LEN)
        .max_buf_size(MAX_HEADER_LEN);
    let places = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let (connections, stopping) = (TaskTracker::new(), CancellationToken::new());
    let mut stop = pin!(stop);
    loop {
        let place = tokio::select! {
            () = &mut stop => break,
            place = places.clone().acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener) => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.connection_time));
        let (http, router, stopping) = (http.clone(), router.clone(), stopping.clone());
        connections.spawn(async move {
            let _place = place;
            answer_requests(&http, stream, peer, router, stopping).await;
        });
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    tokio::time::timeout(limits.shutdown_time, connections.wait()).await.is_ok()
}

/// Answers the requests on a connection until it ends. When the service stops, ends it after the request in progress.
async fn answer_requests(
    http: &http1::Builder,
    stream: TimeoutStream<TcpStream>,
    peer: SocketAddr,
    router: Router,
    stopping: CancellationToken,
) {
    let in_progress = Arc::new(());
    let counted = in_progress.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (answer, counted) = (router.clone().oneshot(request.map(Body::new)), counted.clone());
        async move {
            let answer = answer.await;
            drop(counted);
            answer
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
    tokio::select! {
        // If a connection ends with an error, its client can no longer be told.
        _ = connection.as_mut() => return,
        () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    // An answer may still be on its way when its request has just ended, so one look is not enough.
    let mut looks_idle = 0;
    while looks_idle < 2 && tokio::time::timeout(HEAD_TIME, connection.as_mut()).await.is_err() {
        // Besides this function and the service, each request in progress has a reference.
        looks_idle = if Arc::strong_count(&in_progress) <= 2 { looks_idle + 1 } else { 0 };
    }
}

async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, peer) = listener.accept().await?;
    // Answers are written whole, so waiting for more data would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, peer))
}
