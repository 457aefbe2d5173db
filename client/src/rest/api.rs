//! Any call of the HTTP API by somebody who is signed in: for what programs manage. What is sent and told is the caller's.

use reqwest::Method;
use serde_json::Value;

use super::{LoginError, account::Seat, answer_of, http, http_without_end, refused, strange, unreachable};

impl Seat<'_> {
    /// Calls the API. `path` stands below `/api/v1/chat` and begins with a slash; its parts are encoded, see [`segment`]. An empty
    /// answer is null.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, or is none.
    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, LoginError> {
        let (status, bytes) = self.call(method, path, body).await?;
        match bytes.is_empty() {
            true => Ok(Value::Null),
            false => serde_json::from_slice(&bytes).map_err(|_| strange(self.server, status)),
        }
    }

    /// The same for what changes something, under a key: repeated with it, it is done once and answered as the first time.
    ///
    /// # Errors
    /// See [`Seat::api`].
    pub async fn api_once(&self, path: &str, body: &Value, key: &str) -> Result<Value, LoginError> {
        let call = self.request(&http(self.server)?, Method::POST, path).json(body);
        let (status, bytes) = answer_of(self.server, call.header("idempotency-key", key)).await?;
        serde_json::from_slice(&bytes).map_err(|_| strange(self.server, status))
    }

    /// Fetches something of any length, a piece after the other. `each` says whether it goes on.
    ///
    /// # Errors
    /// See [`Seat::api`]; also where the answer breaks off.
    pub async fn fetch(&self, path: &str, mut each: impl FnMut(&[u8]) -> bool) -> Result<(), LoginError> {
        let client = http_without_end(self.server)?;
        let sent = self.request(&client, Method::GET, path).send().await;
        let mut response = sent.map_err(|error| unreachable(self.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(self.server, response).await);
        }
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| unreachable(self.server, &error))?
        {
            if !each(&piece) {
                break;
            }
        }
        Ok(())
    }
}

/// A part of a path, encoded: nothing in it is taken for a part of the address.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_stays_one() {
        assert_eq!(segment("carol_1-~"), "carol_1-~");
        assert_eq!(segment("../a?b#c d"), "%2E%2E%2Fa%3Fb%23c%20d");
        assert_eq!(segment("é"), "%C3%A9");
    }
}
