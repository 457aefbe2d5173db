//! TLS: one library with one provider in it, for sockets and for HTTP.

use std::sync::Once;

/// Makes the provider known to the library. Without it every HTTP client of this program panics when it is built, also one
/// that never meets TLS.
pub fn provider() {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        // Somebody else in this process was faster: then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The beginning of an HTTP client.
pub fn http_client() -> reqwest::ClientBuilder {
    provider();
    reqwest::Client::builder()
}
