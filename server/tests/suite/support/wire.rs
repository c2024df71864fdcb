//! HTTP over a connection, byte for byte.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Answer, bytes};

/// A connection.
pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    /// Collects the secrets in the answers.
    secrets: Arc<Mutex<HashSet<String>>>,
}

impl Wire {
    pub(crate) fn connect(address: SocketAddr, secrets: Arc<Mutex<HashSet<String>>>) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream: BufReader::new(stream), secrets }
    }

    /// Sends the bytes unchanged.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// Closes the connection for writing.
    pub(crate) fn end(&mut self) {
        _ = self.stream.get_mut().shutdown(std::net::Shutdown::Write);
    }

    /// Reads the next answer. Returns `None` if the connection ends before it.
    pub(crate) fn read(&mut self) -> Option<Answer> {
        let mut line = || {
            let mut line = String::new();
            (self.stream.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
        };
        let status = line()?.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        while let Some(header) = Some(line()?).filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(": ").unwrap();
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        let answer = Answer { status, headers, body };
        if answer.status == 201 {
            let content = String::from_utf8(bytes(&answer.json()["image"]["rawContent"])).unwrap();
            self.secrets.lock().unwrap().insert(content.rsplit('|').next().unwrap().to_owned());
        }
        Some(answer)
    }

    /// Waits until the other side closes the connection. Returns whether it did so without sending more.
    pub(crate) fn ends(&mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).is_ok_and(|_| rest.is_empty())
    }

    /// Sends a request with this token and, if there is a body, the content type of JSON.
    pub(crate) fn ask(&mut self, token: &str, method: &str, path: &str, body: Option<&str>) -> Option<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n");
        if let Some(body) = body {
            request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        } else {
            request += "\r\n";
        }
        self.write(request).ok()?;
        self.read()
    }
}
