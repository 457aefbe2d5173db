//! What a provider is given for a draft of an agent's line and for a summary, and what the agent is told. They are asked for by an agent,
//! about a conversation of the own desk, and go nowhere but to the agent.

use minicom_protocol::{
    draft::{Draft, NoDraft},
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

fn why(not: NotSaid) -> NoDraft {
    match not {
        NotSaid::NotAsked(NotAsked::Off) => NoDraft::Off,
        NotSaid::NotAsked(NotAsked::Budget) => NoDraft::Budget,
        NotSaid::NotAsked(NotAsked::Limited) => NoDraft::Limited,
        NotSaid::NotAsked(NotAsked::LeftAlone) => NoDraft::Resting,
        NotSaid::NotAsked(NotAsked::Storage) | NotSaid::Failed(_) => NoDraft::Failed,
    }
}

/// Whose words are wanted, about what, and for whom.
#[derive(Clone, Copy)]
struct Wanted {
    tenant: TenantKey,
    agent: AgentId,
    conversation: ConversationId,
}

/// A draft of the next line of an agent in a conversation.
///
/// # Errors
/// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
pub async fn draft(
    desk: &Desk,
    tenant: TenantKey,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<Draft, Refusal> {
    let wanted = Wanted {
        tenant,
        agent,
        conversation,
    };
    let drafted = match talk(desk, wanted).await? {
        Err(no) => Err(no),
        Ok((provider, mut talk)) => {
            talk.passages = found(desk, &talk).await;
            provider.draft(desk, &talk).await.map_err(why)
        }
    };
    let no = drafted.as_ref().err().copied();
    Ok(Draft {
        conversation,
        text: drafted.ok(),
        no,
    })
}

/// A conversation as a language model tells it; `None` where there is no provider, the desk has not switched it on, or nothing came of it
/// that may be shown.
///
/// # Errors
/// As for [`draft`].
pub async fn summary(
    desk: &Desk,
    tenant: TenantKey,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<Option<String>, Refusal> {
    let wanted = Wanted {
        tenant,
        agent,
        conversation,
    };
    Ok(match talk(desk, wanted).await? {
        Ok((provider, talk)) if !talk.lines.is_empty() => provider.summarise(desk, &talk).await.ok(),
        _ => None,
    })
}

/// What a provider is given of the conversation, and which one; or why none is asked.
async fn talk(desk: &Desk, wanted: Wanted) -> Result<Result<(&Provider, Talk), NoDraft>, Refusal> {
    let Wanted {
        tenant,
        agent,
        conversation,
    } = wanted;
    let page = desk.session_lines(tenant, conversation, None, DRAFT_LINES_MAX).await?;
    let Some(provider) = desk.provider() else {
        return Ok(Err(NoDraft::NoProvider));
    };
    let chosen = WithProvider::from(&desk.desk_settings(tenant).await?.bot);
    if !chosen.on {
        return Ok(Err(NoDraft::Off));
    }
    let lines = page.map(|page| page.lines).unwrap_or_default();
    let talk = Talk {
        tenant,
        agent,
        lines: lines.iter().filter_map(line).collect(),
        passages: vec![],
        budget: chosen.budget,
    };
    Ok(Ok((provider, talk)))
}

/// The beginnings of the articles that the customer's last line may be about.
async fn found(desk: &Desk, talk: &Talk) -> Vec<Passage> {
    let question = talk.lines.iter().rev().find(|(who, _)| who == CUSTOMER);
    let model = desk.minds().newest(talk.tenant).await.articles;
    let (Some(model), Some((_, question))) = (model, question.cloned()) else {
        return vec![];
    };
    // Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
    let work = tokio::task::spawn_blocking(move || passages(&model, &question));
    work.await.unwrap_or_default()
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

#[cfg(test)]
#[path = "drafting_tests.rs"]
mod tests;
