//! Providers of language models, behind the bot's own decision: they put into words what was found in the articles, and draft and summarise
//! for agents. They decide nothing, and nothing waits for them that cannot do without. Off until the operator names one, and for
//! each tenant until it is switched on there.
//!
//! A file a step: what a model is told (`prompt`), over the network (`client`), read as it comes (`answer`), held to the articles
//! (`grounding`, with `sentences`, `words` and `figures`), and put together (`reword`, `draft`, `summary`); who may ask (`breaker`, `budget`, `cache`).

mod answer;
mod breaker;
mod budget;
mod cache;
#[cfg_attr(not(feature = "providers"), path = "no_client.rs")]
mod client;
pub mod draft;
mod failure;
mod figures;
mod grounding;
mod prompt;
pub mod reword;
mod sentences;
mod summary;
mod words;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::stream::BoxStream;
use minicom_protocol::ids::{AgentId, CustomerId};
use tokio::{sync::Semaphore, time::Instant};

use self::{
    breaker::{Breaker, Stands},
    budget::{Budgets, Reserved},
    cache::Cache,
};
pub use self::{
    failure::{Failure, Ungrounded},
    prompt::{Passage, Prompt},
};
use crate::{
    buckets::Buckets,
    config::ProviderSettings,
    desk::Desk,
    exit::Fatal,
    limits::{
        DRAFTS_PER_AGENT_PER_MIN, PROVIDER_AT_ONCE_MAX, PROVIDER_PER_CUSTOMER_PER_MIN, PROVIDER_PER_TENANT_PER_MIN,
    },
    store::TenantKey,
    telemetry,
};

/// What a model says, piece by piece.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// More of its text.
    Text(String),
    /// That was all.
    End {
        /// Tokens of question and answer, if it says so.
        tokens: Option<u64>,
    },
}

/// A model that answers a prompt. Dropping the stream calls it off.
pub trait ReplyModel: Send + Sync {
    /// Begins an answer.
    fn stream(&self, prompt: &Prompt) -> BoxStream<'static, Result<Piece, Failure>>;
}

/// How long a provider may take, as the operator has said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Within {
    /// To the first words.
    pub first: Duration,
    /// Between two pieces.
    pub gap: Duration,
    /// To the end.
    pub whole: Duration,
}

/// A provider, with what guards it. One for the server.
pub struct Provider {
    model: Box<dyn ReplyModel>,
    /// For a customer who waits.
    within: Within,
    max_tokens: u32,
    tokens_per_month: u32,
    at_once: Semaphore,
    by_customer: Buckets<(TenantKey, CustomerId)>,
    by_tenant: Buckets<TenantKey>,
    by_agent: Buckets<(TenantKey, AgentId)>,
    budgets: Budgets,
    breaker: Mutex<Breaker>,
    cache: Mutex<Cache>,
}

/// Why a provider was not asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAsked {
    /// The tenant has not switched it on.
    Off,
    /// The month's tokens are used up.
    Budget,
    /// Too many requests.
    Limited,
    /// It failed too often just now.
    LeftAlone,
    /// The database could not be read.
    Storage,
}

impl NotAsked {
    /// All labels, so that numbers begin at 0. Not to have switched it on is nothing to count.
    pub const LABELS: [&str; 4] = ["budget", "rate", "breaker", "storage"];

    /// For numbers and logs.
    pub fn label(self) -> &'static str {
        match self {
            NotAsked::Off => "off",
            NotAsked::Budget => "budget",
            NotAsked::Limited => "rate",
            NotAsked::LeftAlone => "breaker",
            NotAsked::Storage => "storage",
        }
    }
}

/// For whom it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// A customer who waits for an answer.
    Customer(CustomerId),
    /// An agent who has asked for words.
    Agent(AgentId),
}

/// A request that may go. To be ended by [`Admitted::end`].
struct Admitted<'a> {
    provider: &'a Provider,
    _place: tokio::sync::SemaphorePermit<'a>,
    reserved: Option<Reserved<'a>>,
    /// Tokens if the provider does not say.
    about: u64,
    ended: bool,
}

impl Provider {
    /// The provider that the operator has named, if any.
    ///
    /// # Errors
    /// Its key cannot be read, or no client can be made.
    pub fn open(settings: &ProviderSettings, deadline: Duration) -> Result<Option<Arc<Provider>>, Fatal> {
        let Some(kind) = settings.kind else { return Ok(None) };
        let model = client::open(settings, kind)?;
        Ok(Some(Arc::new(Provider::new(model, settings, deadline))))
    }

    /// With a model of any kind. `deadline` is the desk's: the answer is always there before.
    pub fn new(model: Box<dyn ReplyModel>, settings: &ProviderSettings, deadline: Duration) -> Provider {
        let before = Duration::from_millis(crate::limits::PROVIDER_BEFORE_DEADLINE_MS).min(deadline / 2);
        let whole = settings.whole.min(deadline - before);
        Provider {
            model,
            within: Within {
                first: settings.first.min(whole),
                gap: settings.gap,
                whole,
            },
            max_tokens: settings.max_tokens,
            tokens_per_month: settings.tokens_per_month,
            at_once: Semaphore::new(PROVIDER_AT_ONCE_MAX),
            by_customer: Buckets::per_minute(PROVIDER_PER_CUSTOMER_PER_MIN, PROVIDER_PER_CUSTOMER_PER_MIN),
            by_tenant: Buckets::per_minute(PROVIDER_PER_TENANT_PER_MIN, PROVIDER_PER_TENANT_PER_MIN),
            by_agent: Buckets::per_minute(DRAFTS_PER_AGENT_PER_MIN, DRAFTS_PER_AGENT_PER_MIN),
            budgets: Budgets::default(),
            breaker: Mutex::default(),
            cache: Mutex::default(),
        }
    }

    /// How long it may take while a customer waits.
    pub fn within(&self) -> Within {
        self.within
    }

    /// Whether it is asked at present. For who asks how the server is.
    pub fn is_well(&self) -> bool {
        self.breaker().stands() == Stands::Closed
    }

    /// Forgets what is kept of a tenant.
    pub fn forget(&self, tenant: TenantKey) {
        self.cache().forget(tenant);
    }

    /// Whether a request may go now. `own` is the tenant's own budget; the operator's holds as well.
    async fn admit(
        &self,
        desk: &Desk,
        tenant: TenantKey,
        whom: For,
        own: Option<u64>,
        prompt: &Prompt,
    ) -> Result<Admitted<'_>, NotAsked> {
        let admitted = self.look(desk, tenant, whom, own, prompt).await;
        if let Err(not) = &admitted {
            metrics::counter!(telemetry::PROVIDER_NOT_ASKED, "reason" => not.label()).increment(1);
        }
        admitted
    }

    async fn look(
        &self,
        desk: &Desk,
        tenant: TenantKey,
        whom: For,
        own: Option<u64>,
        prompt: &Prompt,
    ) -> Result<Admitted<'_>, NotAsked> {
        let place = self.at_once.try_acquire().map_err(|_| NotAsked::Limited)?;
        let taken = match whom {
            For::Customer(customer) => self.by_customer.take(&(tenant, customer)),
            For::Agent(agent) => self.by_agent.take(&(tenant, agent)),
        };
        taken
            .and_then(|_| self.by_tenant.take(&tenant))
            .map_err(|_| NotAsked::Limited)?;
        let budget = u64::from(self.tokens_per_month);
        let budget = own.map_or(budget, |own| own.min(budget));
        let about = prompt.tokens() + u64::from(self.max_tokens);
        let reserved = self.budgets.reserve(desk, tenant, budget, about).await;
        let reserved = reserved.map_err(|_| NotAsked::Storage)?.ok_or(NotAsked::Budget)?;
        // Last: whoever is let through here is to be told of.
        if !self.breaker().lets_go(Instant::now()) {
            return Err(NotAsked::LeftAlone);
        }
        metrics::counter!(telemetry::PROVIDER_REQUESTS).increment(1);
        Ok(Admitted {
            provider: self,
            _place: place,
            reserved: Some(reserved),
            about,
            ended: false,
        })
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admitted<'_> {
    /// Tells what came of it: the breaker, the numbers, the budget.
    async fn end(mut self, desk: &Desk, failed: Option<Failure>, tokens: Option<u64>) {
        self.tell(failed);
        if let Some(reserved) = self.reserved.take() {
            // What never got to a model cost nothing.
            let nothing = matches!(failed, Some(Failure::Connect | Failure::Key | Failure::Limited));
            reserved
                .spent(desk, tokens.unwrap_or(if nothing { 0 } else { self.about }))
                .await;
        }
    }

    fn tell(&mut self, failed: Option<Failure>) {
        self.ended = true;
        let mut breaker = self.provider.breaker();
        match failed {
            Some(failure) if failure.is_the_providers() => breaker.failed(Instant::now()),
            Some(Failure::CalledOff) => breaker.called_off(),
            _ => breaker.worked(),
        }
        drop(breaker);
        if let Some(failure) = failed {
            metrics::counter!(telemetry::PROVIDER_FAILURES, "kind" => failure.label()).increment(1);
        }
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(Some(Failure::CalledOff));
        }
    }
}

#[cfg(test)]
#[path = "obeying_tests.rs"]
mod tests;
