//! Adds request ids to the answers that the HTTP library gives by itself.
//!
//! hyper answers input that is not HTTP, or has too large headers, with a status and headers and closes the connection.
//! It cannot be given more headers, so this adds the ids to the bytes that it writes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::Ids;

/// A connection that hyper writes to.
pub(crate) struct NamedAnswers<S> {
    stream: S,
    /// The rest of an answer with ids that is still to be written.
    head: Vec<u8>,
}

impl<S> NamedAnswers<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, head: Vec::new() }
    }
}

/// Returns the answer with ids added if it is a client error without ids.
fn with_ids(answer: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(answer).ok().filter(|text| text.starts_with("HTTP/1.1 4"))?;
    let lines = text.strip_suffix("\r\n\r\n").filter(|lines| !lines.contains("\r\nrequest-id: "))?;
    let mut headers = HeaderMap::new();
    Ids::of(&headers).put(&mut headers);
    let mut head = lines.as_bytes().to_vec();
    for (name, value) in &headers {
        head.extend([b"\r\n", name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    }
    head.extend(b"\r\n\r\n");
    Some(head)
}

impl<S: AsyncWrite + Unpin> AsyncWrite for NamedAnswers<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, head } = &mut *self;
        if head.is_empty() {
            match with_ids(bytes) {
                Some(named) => *head = named,
                None => return Pin::new(stream).poll_write(context, bytes),
            }
        }
        while !head.is_empty() {
            match ready!(Pin::new(&mut *stream).poll_write(context, head))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(head.drain(..written)),
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for NamedAnswers<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
