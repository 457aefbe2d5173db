//! The tokens of an account: listed, revoked, and made for programs.

use minicom_protocol::{
    gate::Shown,
    ids::{AgentId, TenantId},
    people::Role,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, EndedSignIn, SignedIn, find};
use crate::{
    auth::{
        scope::{OnlyFor, Scope, TokenKind},
        token::{Token, TokenDigest},
    },
    clock::rfc3339,
    desk::Once,
    limits,
    store::{
        TenantKey,
        tokens::{self, NewToken, Revoked},
    },
};

/// A token in lists: everything but the token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenRow {
    /// By which it is revoked.
    pub id: String,
    /// Whose it is: the agent's id.
    pub agent_id: String,
    /// `login` (a person's) or `machine` (a program's).
    #[schema(value_type = String)]
    pub kind: TokenKind,
    /// The device, or what it is for.
    pub label: String,
    /// What it may do at most: `read`, `write` or `admin`.
    #[schema(value_type = String)]
    pub scope: Scope,
    /// What alone it is good for: `new_password` or `totp_setup`; absent where it is good for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub only_for: Option<OnlyFor>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339, to a few minutes.
    pub last_used_at: String,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_address: Option<String>,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// When it ends if it is not used till then, RFC 3339; absent where it may stand idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ends_at: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A program's token to be made.
#[derive(Clone, Debug)]
pub struct NewMachineToken {
    /// For whom, by id or address; `None`: for who asks. Only admins make them for others.
    pub agent: Option<String>,
    /// What it is for.
    pub label: String,
    /// What it may do at most.
    pub scope: Scope,
    /// How many days it lasts.
    pub days: u32,
}

impl Accounts {
    /// The good tokens of an agent, the newest first: one's own, or for admins those of whomever is named.
    ///
    /// # Errors
    /// `forbidden` for somebody else's without being an admin; `not_found`.
    pub async fn tokens(&self, me: &SignedIn, of: Option<&str>) -> Result<Vec<TokenRow>, AccountError> {
        let (key, agent) = self.whose(me, of).await?;
        let current = me.token_id;
        let listed = self.desk().read(move |conn| {
            let rows = tokens::of_agent(conn, key, agent, crate::clock::now())?;
            Ok(rows.iter().map(|row| shown(row, agent, current)).collect())
        });
        Ok(listed.await?)
    }

    /// Makes a token for a program. The same [`Once`] gives the same token again. One that is made by a program's token ends with it.
    ///
    /// # Errors
    /// `forbidden` for a scope above one's own and for somebody else's without being an admin; `bad_field`; `too_many`;
    /// `not_found`; else what kept it from being written.
    pub async fn make_token(
        &self,
        me: &SignedIn,
        new: NewMachineToken,
        once: Option<Once>,
    ) -> Result<(Token, TokenRow), AccountError> {
        let label = Shown::line(new.label.trim())
            .cut(limits::TOKEN_LABEL_CHARS_MAX)
            .as_str()
            .to_owned();
        let bad = |why: String| AccountError::Refused(Refusal::BadField { why });
        if label.is_empty() {
            return Err(bad("`label` is empty: say what the token is for".to_owned()));
        }
        let most = limits::MACHINE_TOKEN_DAYS_MAX;
        if !(1..=most).contains(&new.days) {
            return Err(bad(format!("`expires_in_days` is a number from 1 to {most}")));
        }
        if new.scope > me.scope || new.scope == Scope::Admin && me.role != Role::Admin {
            return Err(Refusal::Forbidden.into());
        }
        let (key, agent) = self.whose(me, new.agent.as_deref()).await?;
        let token = match &once {
            // Nothing of it is stored for the repeat: this server alone can make it again.
            Some(once) => {
                let parts: [&[u8]; 5] = [
                    b"machine token",
                    &key.0.to_be_bytes(),
                    me.agent.id.as_bytes(),
                    &once.key,
                    &once.digest,
                ];
                Token::from_secret(self.shared.sealing.derive(&parts))
            }
            None => Token::generate().map_err(|_| Refusal::Internal)?,
        };
        let (digest, by, scope_of, address) = (*token.digest().as_bytes(), me.by(), new.scope, me.peer);
        let made_by = (me.kind == TokenKind::Machine && !me.operator).then_some(me.token_id);
        let made = self.desk().write_once(key, me.caller.sender(), once, move |scope| {
            tokens::forget_ended(scope.conn, key, agent, scope.now)?;
            if tokens::of_agent(scope.conn, key, agent, scope.now)?.len() >= limits::TOKENS_PER_AGENT_MAX {
                let limit = limits::TOKENS_PER_AGENT_MAX as u64;
                return Ok(Err(AccountError::Refused(Refusal::TooMany { limit })));
            }
            let mut expires_at = scope.now.plus_ms(i64::from(new.days) * 24 * 60 * 60 * 1_000);
            // Who has found a program's token must not make one of it that outlives it.
            if let Some(made_by) = made_by {
                let Some((_, asking)) = tokens::by_id(scope.conn, key, made_by, scope.now)? else {
                    return Ok(Err(AccountError::Refused(Refusal::SignIn)));
                };
                expires_at = expires_at.min(asking.expires_at);
            }
            let row = NewToken {
                kind: TokenKind::Machine,
                scope: scope_of,
                address: Some(address.to_canonical().to_string()),
                made_by,
                ..NewToken::login(agent, digest, &label, scope.now, expires_at)
            };
            tokens::save(scope.conn, key, &row)?;
            let detail = json!({ "label": label, "scope": scope_of.name(), "agent": agent, "days": new.days });
            scope.audit(&by, "token.made", row.id.to_string(), detail)?;
            let (_, stored) =
                tokens::by_id(scope.conn, key, row.id, scope.now)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Ok(Ok(shown(&stored, agent, Uuid::nil())))
        });
        Ok((token, made.await??))
    }

    /// Revokes a token by its id, and those that were made by it: one's own, or for admins anybody's. Their connections are closed
    /// at once.
    ///
    /// # Errors
    /// `not_found` alike for an unknown one, one that has ended and one that is not one's to see.
    pub async fn revoke_token(
        &self,
        me: &SignedIn,
        tenant: &TenantId,
        id: &str,
        once: Option<Once>,
    ) -> Result<(), AccountError> {
        let key = self.desk().tenant(tenant)?;
        let id: Uuid = id.parse().map_err(|_| Refusal::NotFound)?;
        let admin = me.operator || me.role == Role::Admin;
        let (sender, by, me) = (me.caller.sender(), me.by(), me.agent.id);
        let revoked = self.desk().write_once(key, sender, once, move |scope| {
            let found = tokens::by_id(scope.conn, key, id, scope.now)?;
            let Some((agent, token)) = found.filter(|(agent, _)| admin || *agent == me) else {
                return Ok(Err(Refusal::NotFound));
            };
            let revoked = tokens::revoke(scope.conn, key, &token.digest, scope.now)?;
            let detail = json!({ "label": token.label, "kind": token.kind, "agent": agent, "with_others": revoked.len().saturating_sub(1) });
            scope.audit(&by, "token.revoked", id.to_string(), detail)?;
            Ok(Ok(revoked))
        });
        self.have_ended(key, &revoked.await??);
        Ok(())
    }

    /// Closes the connections of tokens that were revoked.
    pub(super) fn have_ended(&self, tenant: TenantKey, revoked: &[Revoked]) {
        for token in revoked {
            (self.shared.signed_out)(match TokenDigest::from_bytes(&token.digest) {
                Some(digest) => EndedSignIn::Token(tenant, token.agent, digest),
                None => EndedSignIn::Agent(tenant, token.agent),
            });
        }
    }

    async fn whose(&self, me: &SignedIn, of: Option<&str>) -> Result<(TenantKey, AgentId), AccountError> {
        let key = self.desk().tenant(&me.tenant)?;
        let Some(of) = of else { return Ok((key, me.agent.id)) };
        let of = of.to_owned();
        let found = self.desk().read(move |conn| find::named(conn, key, &of)).await?;
        match found.map(|account| account.agent.id) {
            Some(id) if id == me.agent.id => Ok((key, id)),
            // Who may not see others' learns not who there is.
            _ if me.role != Role::Admin => Err(Refusal::Forbidden.into()),
            Some(id) => Ok((key, id)),
            None => Err(Refusal::NotFound.into()),
        }
    }
}

fn shown(row: &tokens::Token, agent: AgentId, current: Uuid) -> TokenRow {
    TokenRow {
        id: row.id.to_string(),
        agent_id: agent.to_string(),
        kind: row.kind,
        label: row.label.clone(),
        scope: row.scope,
        only_for: row.only_for,
        created_at: rfc3339(row.created_at),
        last_used_at: rfc3339(row.last_used_at),
        last_address: row.last_address.clone(),
        expires_at: rfc3339(row.expires_at),
        idle_ends_at: row.idle_ends_at.map(rfc3339),
        current: row.id == current,
    }
}
