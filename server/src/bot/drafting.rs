//! What a provider is given for a draft of an agent's line, and what the agent is told. It is asked for by an agent, about a conversation of
//! the own desk, and goes nowhere but to the agent.

use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::{AgentId, ConversationId},
    line::LineState,
    refusal::Refusal,
};

use super::{
    chosen::WithProvider,
    extract,
    model::Model,
    policy,
    provider::{NotAsked, Passage, Provider, draft::Talk, reword::NotSaid},
};
use crate::{
    desk::Desk,
    limits::{DRAFT_LINES_MAX, PROVIDER_PASSAGES_MAX},
    store::TenantKey,
};

/// Why there is no draft.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoDraft {
    /// The server's operator has named no provider.
    NoProvider,
    /// The desk has not switched it on.
    Off,
    /// The month's tokens are used up.
    Budget,
    /// Too many requests.
    Limited,
    /// The provider failed too often just now, and is left alone for a minute.
    Resting,
    /// It failed.
    Failed,
}

impl NoDraft {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            NoDraft::NoProvider => "no_provider",
            NoDraft::Off => "off",
            NoDraft::Budget => "budget",
            NoDraft::Limited => "limited",
            NoDraft::Resting => "resting",
            NoDraft::Failed => "failed",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            NoDraft::NoProvider => "The server's operator has named no provider of a language model.",
            NoDraft::Off => "This desk has not switched the provider on (bot.provider among the settings).",
            NoDraft::Budget => "The tokens of this month are used up.",
            NoDraft::Limited => "There were too many requests just now; try again in a minute.",
            NoDraft::Resting => "The provider failed just now and is left alone for a minute.",
            NoDraft::Failed => "The provider gave nothing that can be used; try again.",
        }
    }
}

impl From<NotSaid> for NoDraft {
    fn from(not: NotSaid) -> NoDraft {
        match not {
            NotSaid::NotAsked(NotAsked::Off) => NoDraft::Off,
            NotSaid::NotAsked(NotAsked::Budget) => NoDraft::Budget,
            NotSaid::NotAsked(NotAsked::Limited) => NoDraft::Limited,
            NotSaid::NotAsked(NotAsked::LeftAlone) => NoDraft::Resting,
            NotSaid::NotAsked(NotAsked::Storage) | NotSaid::Failed(_) => NoDraft::Failed,
        }
    }
}

/// A draft of the next line of an agent in a conversation.
///
/// # Errors
/// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
pub async fn draft(
    desk: &Desk,
    provider: Option<&Provider>,
    tenant: TenantKey,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<Result<String, NoDraft>, Refusal> {
    let page = desk.session_lines(tenant, conversation, None, DRAFT_LINES_MAX).await?;
    let Some(provider) = provider else {
        return Ok(Err(NoDraft::NoProvider));
    };
    let chosen = WithProvider::from(&desk.desk_settings(tenant).await?.bot);
    if !chosen.on {
        return Ok(Err(NoDraft::Off));
    }
    let lines: Vec<(String, String)> = page
        .map(|page| page.lines)
        .unwrap_or_default()
        .iter()
        .filter_map(line)
        .collect();
    let question = lines
        .iter()
        .rev()
        .find(|(who, _)| who == CUSTOMER)
        .map(|(_, text)| text.clone());
    let model = desk.minds().newest(tenant).await.articles;
    let passages = match (model, question) {
        // Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
        (Some(model), Some(question)) => tokio::task::spawn_blocking(move || passages(&model, &question)).await,
        _ => Ok(vec![]),
    };
    let talk = Talk {
        tenant,
        agent,
        lines,
        passages: passages.unwrap_or_default(),
        budget: chosen.budget,
    };
    Ok(provider.draft(desk, &talk).await.map_err(NoDraft::from))
}

const CUSTOMER: &str = "customer";

/// A line with who wrote it, as a role. What was taken back says nothing.
fn line(event: &Event) -> Option<(String, String)> {
    let EventBody::Posted(posted) = &event.body else {
        return None;
    };
    let who = match posted.author {
        Author::Customer => CUSTOMER,
        Author::Agent { .. } => "agent",
        Author::Bot => "bot",
        Author::System => return None,
    };
    let says = matches!(posted.state, LineState::Original | LineState::Edited);
    says.then(|| (who.to_owned(), posted.text()))
}

/// The beginnings of the articles that a question may be about.
fn passages(model: &Model, question: &str) -> Vec<Passage> {
    let found = model.find(&[question]);
    let ranked = found.first().map_or(&[][..], |found| &found.scores.ranked[..]);
    let likely = ranked
        .iter()
        .filter(|it| it.probability >= policy::OFFER_FROM)
        .take(PROVIDER_PASSAGES_MAX);
    let all = likely.filter_map(|it| model.articles().get(it.label));
    let firsts = all.filter_map(|article| Passage::beginning(article).into_iter().next());
    let plain = firsts.map(|it| Passage {
        text: extract::plain(&it.text),
        ..it
    });
    plain.collect()
}
