//! The token in the data folder: whoever can read the file is this server's operator and may sign in without a password. It
//! is new at each start, good only from loopback, and stands, in whichever tenant, for the oldest admin who may sign in.

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use minicom_protocol::{
    ids::TenantId,
    people::{AgentRef, Role},
    refusal::Refusal,
};

use super::{Accounts, EndedSignIn, is_loopback};
use crate::{
    auth::token::{Token, TokenDigest},
    files,
    store::{
        TenantKey,
        people::{self, Agent},
    },
};

/// The file's name in the data folder.
pub const LOCAL_TOKEN: &str = "local-agent.token";

/// Why there is no local token.
#[derive(Debug, thiserror::Error)]
pub enum LocalTokenFailed {
    /// The desk did not store it.
    #[error("the local token could not be stored: {}", .0.message())]
    Refused(Refusal),
    /// The file could not be written.
    #[error("the file {LOCAL_TOKEN} could not be written: {0}")]
    File(#[from] io::Error),
}

impl From<Refusal> for LocalTokenFailed {
    fn from(refusal: Refusal) -> Self {
        LocalTokenFailed::Refused(refusal)
    }
}

/// The token of this start. It is in no database: it ends with the program.
pub(super) struct LocalToken {
    /// Where it stands; `None` if it is known to this process alone.
    path: Option<PathBuf>,
    digest: TokenDigest,
}

impl Accounts {
    /// Makes a new local token and writes it to `<data>/local-agent.token`, 0600. An earlier one is forgotten. Says for whom
    /// it stands in this tenant; `None` if no admin may sign in there.
    ///
    /// # Errors
    /// There is no randomness, the file cannot be written, or the store does not answer.
    pub async fn issue_local_token(
        &self,
        tenant: &TenantId,
        data: &Path,
    ) -> Result<Option<AgentRef>, LocalTokenFailed> {
        self.write_local(data.join(LOCAL_TOKEN)).await?;
        let key = self.desk().tenant(tenant)?;
        Ok(self.oldest_admin(key).await?.map(|admin| admin.agent))
    }

    /// A local token for this process alone, in place of an earlier one. No file is written.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn operator_token(&self) -> Result<Token, Refusal> {
        let token = Token::generate().map_err(|_| Refusal::Internal)?;
        self.replace_local(LocalToken {
            path: None,
            digest: token.digest(),
        });
        Ok(token)
    }

    /// Makes a new local token in place of the one there is, if there is one.
    pub(super) async fn renew_local(&self) -> Result<(), LocalTokenFailed> {
        let path = self.local().as_ref().and_then(|local| local.path.clone());
        match path {
            Some(path) => self.write_local(path).await,
            None => Ok(()),
        }
    }

    /// Whether this is the local token.
    pub(super) fn is_local(&self, digest: &TokenDigest) -> bool {
        self.local().as_ref().is_some_and(|local| local.digest.matches(digest))
    }

    /// Whether this token, from there, is the operator's: the local token of this start, from this very computer.
    pub fn is_operators(&self, token: &str, peer: IpAddr) -> bool {
        is_loopback(peer) && Token::parse(token).is_some_and(|token| self.is_local(&token.digest()))
    }

    /// For whom the local token stands in a tenant: the oldest admin who may sign in.
    pub(super) async fn oldest_admin(&self, key: TenantKey) -> Result<Option<Agent>, Refusal> {
        let accounts = self.desk().read(move |conn| people::agents(conn, key)).await?;
        Ok(accounts.into_iter().find(|it| it.enabled && it.role == Role::Admin))
    }

    /// The one before is good no more, here or in any tenant that it was used in.
    fn replace_local(&self, token: LocalToken) {
        let before = self.local().replace(token);
        if let Some(before) = before {
            (self.shared.signed_out)(EndedSignIn::Local(before.digest));
        }
    }

    async fn write_local(&self, path: PathBuf) -> Result<(), LocalTokenFailed> {
        let token = Token::generate().map_err(|_| Refusal::Internal)?;
        let digest = token.digest();
        self.replace_local(LocalToken {
            path: Some(path.clone()),
            digest,
        });
        let text = format!("{}\n", token.reveal());
        let written = tokio::task::spawn_blocking(move || files::write_private(&path, text.as_bytes())).await;
        Ok(written.map_err(io::Error::other)??)
    }
}
