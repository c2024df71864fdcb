//! The address that a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the address of the client. Each of the `proxies` in front of the service has added the address that it saw to
/// `X-Forwarded-For`; what stands before those was sent by the client and proves nothing.
pub(super) fn address(extensions: &Extensions, headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if proxies == 0 {
        return peer;
    }
    let values = headers.get_all(FORWARDED_FOR).iter();
    // What a client sends need not be text.
    let forwarded: Vec<&[u8]> = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let seen = forwarded.len().checked_sub(proxies).map(|index| forwarded[index]);
    seen.and_then(address_in).or(peer)
}

/// Reads an address, which some proxies write with a port.
fn address_in(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    text.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_trusted_proxies_have_added_counts() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 443))));
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_bytes(b"\xff, 192.0.2.7:51000").unwrap());
        headers.append(FORWARDED_FOR, "2001:db8::5".parse().unwrap());
        let address = |proxies| address(&extensions, &headers, proxies).unwrap().to_string();
        assert_eq!([0, 1, 2].map(address), ["10.0.0.1", "2001:db8::5", "192.0.2.7"]);
        // Fewer entries than proxies: a request that came another way.
        assert_eq!(address(4), "10.0.0.1");
    }
}
