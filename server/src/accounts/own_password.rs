//! An agent's own new password, and an admin's one-time code for who has lost theirs.

use minicom_protocol::{ids::Time, refusal::Refusal};
use serde_json::json;

use super::{
    AccountError, Accounts, EndedSignIn, Login, SignedIn, find,
    fresh::Fresh,
    login::{RESET, first_step},
    manage::gated,
    refusal_of,
};
use crate::{
    auth::{code::Code, password, scope::OnlyFor},
    desk::Once,
    limits,
    store::{factors, people},
};

impl Accounts {
    /// Sets the own password. All sign-ins end, also those of programs, and a new token takes the place of the one that asks.
    /// `old` is not needed by who came with an admin's code.
    ///
    /// # Errors
    /// `forbidden` for a program and for the operator; `bad_field` for a wrong old password; a weak new one; `rate_limited`;
    /// else what kept it from being written.
    pub async fn change_own_password(
        &self,
        me: &SignedIn,
        old: Option<String>,
        new: String,
    ) -> Result<Login, AccountError> {
        me.is_person()?;
        let key = self.desk().tenant(&me.tenant)?;
        let id = me.agent.id;
        let account = self.desk().read(move |conn| find::by_id(conn, key, id)).await?;
        let account = account.ok_or(Refusal::SignIn)?;
        if me.only_for != Some(OnlyFor::NewPassword) {
            self.shared.throttle.login(&account.email, me.peer)?;
            let old = old.unwrap_or_default();
            let right = self.shared.passwords.verify(account.password_hash.clone(), old).await;
            if !right.map_err(refusal_of)? {
                let why = "`old_password` is not the password of this account".to_owned();
                return Err(Refusal::BadField { why }.into());
            }
        }
        password::check(&new)?;
        let hash = self.shared.passwords.hash(new).await?;
        let (by, token) = (me.by(), me.token);
        let fresh = Fresh::login(me.label.clone(), me.peer)?;
        let changed = self.desk().write(key, move |scope| {
            // Another new password came first, or the sign-in has ended meanwhile.
            let good = crate::store::tokens::good(scope.conn, key, token.as_bytes(), scope.now)?;
            let Some((mut now, _)) = good.filter(|(now, _)| now.password_hash == account.password_hash) else {
                return Ok(Err(Refusal::SignIn));
            };
            now.password_hash = Some(hash);
            people::save_agent(scope.conn, key, &now)?;
            people::revoke_tokens_of(scope.conn, key, id, scope.now)?;
            factors::set_reset(scope.conn, key, id, None)?;
            let only_for = first_step(scope.conn, key, &factors::load(scope.conn, key, id)?)?;
            scope.audit(&by, "password.changed", now.email.clone(), json!({}))?;
            fresh.save(scope, now, only_for).map(Ok)
        });
        let login = changed.await??;
        (self.shared.signed_out)(EndedSignIn::Agent(key, id));
        Ok(login)
    }

    /// Makes a code with which an agent who has lost the password signs in once, within [`limits::RESET_CODE_LIFE`], to set a
    /// new one: the code, the account's address, and when it ends. An earlier code ends. The password stays good until then.
    /// The same [`Once`] gives the same code again.
    ///
    /// # Errors
    /// `not_found` for an unknown account; else what kept it from being written.
    pub async fn reset_code(
        &self,
        by: &SignedIn,
        who: &str,
        once: Option<Once>,
    ) -> Result<(Code, String, Time), AccountError> {
        let key = self.desk().tenant(&by.tenant)?;
        let code = match &once {
            Some(once) => {
                let tenant = key.0.to_be_bytes();
                let parts: [&[u8]; 5] = [b"reset code", &tenant, by.agent.id.as_bytes(), &once.key, &once.digest];
                Code::from_secret(&self.shared.sealing.derive(&parts))
            }
            None => Code::generate().map_err(|_| Refusal::Internal)?,
        };
        let digest = code.digest(RESET);
        let (sender, by, who) = (by.caller.sender(), by.by(), who.to_owned());
        let made = self.desk().write_once(key, sender, once, move |scope| {
            let Some(account) = find::named(scope.conn, key, &who)? else {
                return Ok(Err(AccountError::Unknown(gated(&who))));
            };
            let ms = i64::try_from(limits::RESET_CODE_LIFE.as_millis()).unwrap_or(i64::MAX);
            let ends = scope.now.plus_ms(ms);
            factors::set_reset(scope.conn, key, account.agent.id, Some((digest, ends)))?;
            scope.audit(&by, "password.code_made", account.email.clone(), json!({}))?;
            Ok(Ok((account.email, ends)))
        });
        let (email, ends) = made.await??;
        Ok((code, email, ends))
    }
}
