//! A token that is being made for a person: the token itself before the transaction, its row in it.

use std::net::IpAddr;

use minicom_protocol::{ids::Time, refusal::Refusal};
use rusqlite::Connection;
use uuid::Uuid;

use super::{Accounts, EndedSignIn, Login};
use crate::{
    auth::{
        scope::{OnlyFor, TokenKind},
        token::{Token, TokenDigest},
    },
    execute::Scope,
    limits,
    store::{
        self, TenantKey,
        people::Agent,
        tokens::{self, NewToken},
    },
};

/// See the module.
pub(super) struct Fresh {
    token: Token,
    label: String,
    peer: IpAddr,
}

impl Fresh {
    /// Of somebody who signs in from there.
    pub fn login(label: String, peer: IpAddr) -> Result<Fresh, Refusal> {
        let token = Token::generate().map_err(|_| Refusal::Internal)?;
        Ok(Fresh { token, label, peer })
    }

    /// Stores it. Who has too many loses the one that was not used for longest.
    pub fn save(self, scope: &Scope<'_>, account: Agent, only_for: Option<OnlyFor>) -> store::Result<Login> {
        let (tenant, id, now) = (scope.tenant, account.agent.id, scope.now);
        tokens::forget_ended(scope.conn, tenant, id, now)?;
        let made_room = make_room(scope.conn, tenant, &account, now)?;
        let life = match only_for {
            Some(_) => limits::TOKEN_FIRST_STEP_LIFE,
            None => limits::TOKEN_LIFE,
        };
        let ms = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let expires_at = now.plus_ms(ms(life));
        let row = NewToken {
            id: Uuid::new_v4(),
            only_for,
            idle_ms: Some(ms(limits::TOKEN_IDLE)),
            address: Some(self.peer.to_canonical().to_string()),
            ..NewToken::login(id, *self.token.digest().as_bytes(), &self.label, now, expires_at)
        };
        tokens::save(scope.conn, tenant, &row)?;
        Ok(Login {
            id: row.id,
            expires_at,
            only_for,
            device: None,
            agent: account.agent,
            email: account.email,
            role: account.role,
            token: self.token,
            label: self.label,
            made_room,
        })
    }
}

/// The token that ended for it, if there was no room.
fn make_room(conn: &Connection, tenant: TenantKey, account: &Agent, now: Time) -> store::Result<Option<TokenDigest>> {
    let mut good = tokens::of_agent(conn, tenant, account.agent.id, now)?;
    if good.len() < limits::TOKENS_PER_AGENT_MAX {
        return Ok(None);
    }
    // A program's token is never ended by a person who signs in.
    good.retain(|token| token.kind == TokenKind::Login);
    let Some(oldest) = good.iter().min_by_key(|token| token.last_used_at) else {
        return Ok(None);
    };
    let revoked = tokens::revoke(conn, tenant, &oldest.digest, now)?;
    Ok(revoked.first().and_then(|it| TokenDigest::from_bytes(&it.digest)))
}

impl Accounts {
    /// Closes the connections of the sign-in that ended for this one.
    pub(super) fn room_was_made(&self, tenant: TenantKey, login: &Login) {
        if let Some(ended) = login.made_room {
            (self.shared.signed_out)(EndedSignIn::Token(tenant, login.agent.id, ended));
        }
    }
}
