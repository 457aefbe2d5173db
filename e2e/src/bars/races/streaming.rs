//! A model in this process that says an article's words piece by piece, and a desk that has the article and wants the model.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use futures_util::{StreamExt, stream, stream::BoxStream};
use minicom_protocol::{command::AgentCommand, settings::DeskSettings};
use minicom_server::{
    bot::provider::{Failure, Piece, Prompt, Provider, ReplyModel},
    config::ProviderSettings,
    desk::Desk,
    order::Caller,
    store::TenantKey,
};
use tokio_util::sync::CancellationToken;

use super::by_agent;
use crate::bars::provider::{ARTICLES, article};

/// A desk's provider is asked 240 times in a minute at most: so many races have a new one.
pub(super) const RACES_MAX: u64 = 200;
/// At most, from one piece to the next.
const PIECE_US: u64 = 400;

/// How far it came.
#[derive(Debug, Default)]
pub(super) struct Said {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Said {
    /// Answers that were begun, and those that were said to the end.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.begun.load(Ordering::Relaxed), self.ended.load(Ordering::Relaxed))
    }
}

/// A question that the first article answers, with other words each time: a provider is not asked the same twice.
pub(super) fn question(n: u64) -> String {
    let (_, question, _) = ARTICLES[0];
    format!("{question} Race number {n}.")
}

/// Publishes the article, switches the provider on, and has the desk learn until `stop`.
pub(super) async fn teach(desk: &Desk, key: TenantKey, admin: &Caller, stop: CancellationToken) -> Result<()> {
    let learning = desk.minds().begin(desk, key, stop);
    tokio::spawn(learning);
    let (slug, title, body) = ARTICLES[0];
    by_agent(desk, admin, article(slug, title, body)?).await?;
    let mut settings = DeskSettings::default();
    settings.bot.provider = true;
    let settings = Box::new(settings);
    by_agent(desk, admin, AgentCommand::Configure { settings }).await?;
    Ok(())
}

/// A provider with a model that says the article's first sentences.
pub(super) fn provider(said: Arc<Said>, deadline: Duration) -> Arc<Provider> {
    let settings = ProviderSettings::default();
    Arc::new(Provider::new(Box::new(Streams { said }), &settings, deadline))
}

struct Streams {
    said: Arc<Said>,
}

impl ReplyModel for Streams {
    fn stream(&self, _: &Prompt) -> BoxStream<'static, Result<Piece, Failure>> {
        let (slug, _, body) = ARTICLES[0];
        let words = body.split_inclusive(". ").take(2).collect::<String>();
        let answer = format!(
            r#"{{"article_ids": ["{slug}"], "handoff": false, "answer": "{}"}}"#,
            words.trim()
        );
        let pieces: Vec<String> = answer.split_inclusive(' ').map(str::to_owned).collect();
        let said = self.said.clone();
        let n = said.begun.fetch_add(1, Ordering::Relaxed);
        let texts = stream::iter(pieces).enumerate().then(move |(at, piece)| async move {
            // Another pace each time, so that the take-over falls into each part of an answer.
            let pause = (n * 7 + at as u64 * 13) % PIECE_US;
            super::wait_about(Duration::from_micros(pause)).await;
            Ok(Piece::Text(piece))
        });
        let end = stream::once(async move {
            said.ended.fetch_add(1, Ordering::Relaxed);
            Ok(Piece::End { tokens: Some(1) })
        });
        texts.chain(end).boxed()
    }
}
