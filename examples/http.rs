//! Images over HTTP, with the crate `axum`: `cargo run --example http --features serde`, then open
//! `http://127.0.0.1:8080/?text=Jos%C3%A9&scale=5&level=q`.

use std::error::Error;

use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{ErrorCorrectionLevel, Symbol};

#[derive(serde::Deserialize)]
struct Code {
    text: String,
    scale: Option<u8>,
    level: Option<ErrorCorrectionLevel>,
}

impl Code {
    fn to_png(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let symbol = Symbol::encode_text(&self.text, self.level.unwrap_or(ErrorCorrectionLevel::M))?;
        let png = Png::new(Scale::try_from(self.scale.unwrap_or(8))?, QuietZone::default());
        Ok(png.to_vec(&symbol)?)
    }
}

async fn code(Query(code): Query<Code>) -> Response {
    match code.to_png() {
        Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

fn app() -> Router {
    Router::new().route("/", routing::get(code))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app()).await
}

#[tokio::test]
async fn a_query_is_answered_with_its_image_or_with_400() -> Result<(), Box<dyn Error>> {
    use std::io::{Read, Write};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app()).await });
    let client = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<Vec<u8>>> {
        ["text=Jos%C3%A9&scale=5&level=q", "text=a&scale=0", "text=a&level=x", "scale=5"]
            .map(|query| {
                let mut stream = std::net::TcpStream::connect(address)?;
                write!(stream, "GET /?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer)?;
                Ok(answer)
            })
            .into_iter()
            .collect()
    });
    let answers = client.await??;
    let expected = Png::new(Scale::try_from(5)?, QuietZone::default())
        .to_vec(&Symbol::encode_text("José", ErrorCorrectionLevel::Q)?)?;
    assert!(answers[0].starts_with(b"HTTP/1.1 200") && answers[0].ends_with(&expected));
    for answer in &answers[1..] {
        assert!(answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(answer));
    }
    Ok(())
}
