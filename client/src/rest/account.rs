//! The own account over HTTP: who is signed in, a new password, a second factor, and where else one is signed in.

use minicom_protocol::{ids::TenantId, rest::LoginAnswer};
use reqwest::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{LoginError, answer_of, http, strange};
use crate::{credentials::Secret, server_url::ServerUrl};

/// Where the API lives.
const BASE: &str = "/api/v1/chat";
/// The header that names a tenant.
const TENANT: &str = "x-minicom-tenant";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Seat<'a> {
    /// Where.
    pub server: &'a ServerUrl,
    /// At which tenant.
    pub tenant: &'a TenantId,
    /// By what.
    pub token: Secret,
}

/// Who is signed in. Texts are as the server sent them: they pass the gate before they are shown.
#[derive(Clone, Debug, Deserialize)]
pub struct WhoAmI {
    /// The account.
    pub agent: minicom_protocol::rest::AgentAnswer,
    /// Of which tenant.
    pub tenant: String,
    /// `login` or `machine`.
    #[serde(default)]
    pub kind: String,
    /// What the token may do at most.
    #[serde(default)]
    pub scope: String,
    /// Whether the account has a second factor.
    #[serde(default)]
    pub totp: bool,
    /// How many one-time codes are left in its place.
    #[serde(default)]
    pub recovery_codes_left: u64,
}

/// A sign-in in the list.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct SignInRow {
    /// By which it is revoked.
    pub id: String,
    /// `login` or `machine`.
    pub kind: String,
    /// The device, or what it is for.
    pub label: String,
    /// What it may do at most.
    pub scope: String,
    /// When it was last used, RFC 3339.
    pub last_used_at: String,
    /// From where.
    #[serde(default)]
    pub last_address: Option<String>,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A secret for an authenticator app.
#[derive(Clone, Deserialize)]
pub struct TotpStart {
    /// For who types it.
    pub secret: String,
    /// The same for an app that reads it.
    pub otpauth_uri: String,
}

/// A second factor that is set up.
#[derive(Clone, Deserialize)]
pub struct TotpDone {
    /// One-time codes for when the app is lost.
    pub recovery_codes: Vec<String>,
    /// A token that is good for all, if the one that asked was not.
    #[serde(default)]
    pub sign_in: Option<LoginAnswer>,
}

impl Seat<'_> {
    /// Who is signed in.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, or is none; so for all of these.
    pub async fn whoami(&self) -> Result<WhoAmI, LoginError> {
        self.ask(Method::GET, "/whoami", None).await
    }

    /// Sets the own password; `old` is not needed after an admin's code. The answer has the token from now on.
    ///
    /// # Errors
    /// See [`Seat::whoami`]; also a wrong old password and a weak new one.
    pub async fn set_password(&self, old: Option<&str>, new: &str) -> Result<LoginAnswer, LoginError> {
        let body = json!({ "old_password": old, "new_password": new });
        self.ask(Method::POST, "/password", Some(body)).await
    }

    /// Begins to set up a second factor.
    ///
    /// # Errors
    /// See [`Seat::whoami`].
    pub async fn start_totp(&self) -> Result<TotpStart, LoginError> {
        self.ask(Method::POST, "/totp/start", None).await
    }

    /// Confirms it with the app's first code.
    ///
    /// # Errors
    /// See [`Seat::whoami`].
    pub async fn confirm_totp(&self, code: &str) -> Result<TotpDone, LoginError> {
        self.ask(Method::POST, "/totp/confirm", Some(json!({ "totp": code })))
            .await
    }

    /// Takes the second factor away.
    ///
    /// # Errors
    /// See [`Seat::whoami`].
    pub async fn disable_totp(&self, code: &str) -> Result<(), LoginError> {
        let body = json!({ "totp": code });
        self.call(Method::POST, "/totp/disable", Some(body)).await.map(drop)
    }

    /// Where one is signed in, and one's programs' tokens.
    ///
    /// # Errors
    /// See [`Seat::whoami`].
    pub async fn sign_ins(&self) -> Result<Vec<SignInRow>, LoginError> {
        #[derive(Deserialize)]
        struct Tokens {
            tokens: Vec<SignInRow>,
        }
        let listed: Tokens = self.ask(Method::GET, "/tokens", None).await?;
        Ok(listed.tokens)
    }

    /// Ends one of them. `id` is as the list has it, of letters, digits and dashes.
    ///
    /// # Errors
    /// See [`Seat::whoami`].
    pub async fn revoke(&self, id: &str) -> Result<(), LoginError> {
        self.call(Method::DELETE, &format!("/tokens/{id}"), None)
            .await
            .map(drop)
    }

    /// A call of the API, signed in.
    pub(super) fn request(&self, client: &reqwest::Client, method: Method, path: &str) -> reqwest::RequestBuilder {
        client
            .request(method, self.server.http(&format!("{BASE}{path}")))
            .bearer_auth(self.token.reveal())
            .header(TENANT, self.tenant.as_str())
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Value>) -> Result<T, LoginError> {
        let (status, bytes) = self.call(method, path, body).await?;
        serde_json::from_slice(&bytes).map_err(|_| strange(self.server, status))
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(reqwest::StatusCode, Vec<u8>), LoginError> {
        let call = self.request(&http(self.server)?, method, path);
        let call = match body {
            Some(body) => call.json(&body),
            None => call,
        };
        answer_of(self.server, call).await
    }
}
