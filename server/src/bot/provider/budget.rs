//! How much of a provider a tenant may still use in this month. What was used stands in the database; what is under way is counted here,
//! so that many requests at once do not go beyond it together.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use minicom_protocol::{ids::Time, refusal::Refusal};

use crate::{
    clock,
    desk::Desk,
    store::{TenantKey, bot_spending},
};

/// See the module.
#[derive(Default, Debug)]
pub struct Budgets {
    /// Tokens that are under way.
    reserved: Mutex<HashMap<TenantKey, u64>>,
}

/// Tokens that are reserved for a request; given back when this is dropped.
#[derive(Debug)]
pub struct Reserved<'a> {
    budgets: &'a Budgets,
    tenant: TenantKey,
    tokens: u64,
}

/// The month of a time, in UTC.
pub fn month(time: Time) -> String {
    clock::rfc3339(time).chars().take("2026-11".len()).collect()
}

impl Budgets {
    /// Reserves so many tokens, if the month's budget has them; else `None`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn reserve(
        &self,
        desk: &Desk,
        tenant: TenantKey,
        budget: u64,
        tokens: u64,
    ) -> Result<Option<Reserved<'_>>, Refusal> {
        let now = month(clock::now());
        let spent = desk.read(move |conn| bot_spending::spent(conn, tenant, &now)).await?;
        let mut all = self.lock();
        let reserved = all.entry(tenant).or_default();
        if spent.tokens.saturating_add(*reserved).saturating_add(tokens) > budget {
            return Ok(None);
        }
        *reserved += tokens;
        Ok(Some(Reserved {
            budgets: self,
            tenant,
            tokens,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantKey, u64>> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reserved<'_> {
    /// The request took so many. Only then are they given back, so that they are never counted nowhere.
    pub async fn spent(self, desk: &Desk, tokens: u64) {
        let tenant = self.tenant;
        let written = desk
            .write(tenant, move |scope| {
                bot_spending::add(scope.conn, tenant, &month(clock::now()), tokens)
            })
            .await;
        if let Err(refusal) = written {
            tracing::warn!(
                code = refusal.code(),
                "what a provider was used for could not be stored"
            );
        }
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut all = self.budgets.lock();
        if let Some(reserved) = all.get_mut(&self.tenant) {
            *reserved = reserved.saturating_sub(self.tokens);
            if *reserved == 0 {
                all.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_desk::TestDesk;

    #[tokio::test]
    async fn a_budget_holds_with_many_at_once_and_over_a_restart() {
        let test = TestDesk::new();
        let (tenant, budgets) = (test.tenant(), Budgets::default());
        let reserve = async |desk: &Desk, tokens| budgets.reserve(desk, tenant, 100, tokens).await.unwrap();
        let first = reserve(&test.desk, 60).await.unwrap();
        assert!(reserve(&test.desk, 60).await.is_none(), "the first is under way");
        let second = reserve(&test.desk, 40).await.unwrap();
        drop(second);
        first.spent(&test.desk, 70).await;
        let test = test.restart();
        assert!(reserve(&test.desk, 31).await.is_none());
        assert!(reserve(&test.desk, 30).await.is_some());
        assert_eq!(month(Time(1_795_000_000_000_000)), "2026-11");
    }
}
