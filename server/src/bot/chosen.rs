//! The rules as the tenant has chosen them now. What was made of a choice is kept until there is another, so that a turn costs one
//! short read.

use std::sync::Arc;

use minicom_protocol::{refusal::Refusal, settings::BotSettings, words::Tag};
use tracing::warn;

use super::{decision::Knows, language, rules::Rules};
use crate::{
    desk::Desk,
    store::{TenantKey, library, settings},
};

/// The rules of the other languages, as no tenant has chosen anything.
pub fn languages() -> impl Iterator<Item = (&'static str, Arc<Rules>)> {
    let others = language::all().iter().filter(|it| it.code != language::ENGLISH);
    others.map(|it| (it.code.as_str(), it.rules.clone()))
}

/// See the module.
pub struct Chosen {
    /// Those of the server.
    base: Arc<Rules>,
    /// The settings that `rules` was made of, as they stand in their row.
    made_of: String,
    rules: Arc<Rules>,
    languages: Vec<(&'static str, Arc<Rules>)>,
    /// The articles that `rules` names.
    articles: Arc<[Tag]>,
    /// Whether a program of the operator's may answer.
    program: bool,
    provider: WithProvider,
}

/// What a tenant has chosen about a provider of language models.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct WithProvider {
    /// Whether it is asked.
    pub on: bool,
    /// Tokens that it may use in a month, if the tenant says so.
    pub budget: Option<u64>,
}

impl From<&BotSettings> for WithProvider {
    fn from(bot: &BotSettings) -> Self {
        WithProvider {
            on: bot.provider,
            budget: bot.provider_tokens_per_month.map(u64::from),
        }
    }
}

impl Chosen {
    /// Of a tenant that has chosen nothing.
    pub fn new(base: Arc<Rules>) -> Chosen {
        Chosen {
            rules: base.clone(),
            languages: languages().collect(),
            base,
            made_of: String::new(),
            articles: Arc::default(),
            program: true,
            provider: WithProvider::default(),
        }
    }

    /// Whether a program of the operator's may answer, as of the last look.
    pub fn program(&self) -> bool {
        self.program
    }

    /// The rules as they are chosen now; if that cannot be read, as they were. Without articles yet.
    pub async fn now(&mut self, desk: &Desk, tenant: TenantKey) -> Knows {
        if let Err(refusal) = self.look(desk, tenant).await {
            warn!(
                code = refusal.code(),
                "the bot's settings could not be read; the last ones hold"
            );
        }
        Knows {
            rules: self.rules.clone(),
            languages: self.languages.clone(),
            model: None,
            published: self.published(desk, tenant).await.unwrap_or_default(),
        }
    }

    /// What is chosen about a provider, as of the last look.
    pub fn provider(&self) -> WithProvider {
        self.provider
    }

    async fn look(&mut self, desk: &Desk, tenant: TenantKey) -> Result<(), Refusal> {
        let text = desk.read(move |conn| settings::text(conn, tenant)).await?;
        if text == self.made_of {
            return Ok(());
        }
        let row = text.clone();
        let chosen = desk.read(move |_| settings::parse(&row)).await?.bot;
        let made = |base: &Arc<Rules>| match chosen.is_default() {
            true => base.clone(),
            false => Arc::new(base.of_tenant(&chosen)),
        };
        self.rules = made(&self.base);
        self.languages = languages().map(|(code, base)| (code, made(&base))).collect();
        self.program = chosen.program;
        self.articles = self.rules.articles().into();
        self.provider = WithProvider::from(&chosen);
        self.made_of = text;
        Ok(())
    }

    async fn published(&self, desk: &Desk, tenant: TenantKey) -> Result<Vec<Tag>, Refusal> {
        if self.articles.is_empty() {
            return Ok(vec![]);
        }
        let named = self.articles.clone();
        desk.read(move |conn| {
            let mut found = Vec::new();
            for slug in named.iter() {
                if library::is_published(conn, tenant, slug)? {
                    found.push(slug.clone());
                }
            }
            Ok(found)
        })
        .await
    }
}
