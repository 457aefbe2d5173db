//! What of a conversation goes into the note of a hand-over: read in the transaction that hands over, as it stands then.

use minicom_protocol::{
    event::{Author, Event, EventBody, HandOverNote, Part, Posted, Tried, TriedHow},
    ids::{LineNo, Rev},
    line::{LineRef, Quote},
    stage::Side,
    summary::excerpt,
};

use super::{Scope, subject::Place};
use crate::{
    bot::{language_of, masked},
    store::{self, journal},
};

/// Events of the thread that are looked back on.
const LOOK_BACK: usize = 60;

/// What is known without the bot: the last question, what was tried, the language. `up_to` is the line that is handed over with; none:
/// the newest. `asks_for_person`: it is no question itself.
pub fn known(
    scope: &Scope<'_>,
    place: &Place,
    up_to: Option<Rev>,
    asks_for_person: bool,
) -> store::Result<HandOverNote> {
    let Some(conversation) = place.conversation.as_ref().map(|it| it.conversation) else {
        return Ok(HandOverNote::default());
    };
    let before = up_to.map(Rev::next);
    let (page, _) = journal::thread_before(scope.conn, scope.tenant, place.customer.id, before, LOOK_BACK)?;
    let lines: Vec<(&Event, &Posted)> = page
        .iter()
        .filter(|event| event.subject.conversation() == Some(conversation))
        .filter_map(|event| match &event.body {
            EventBody::Posted(posted) if posted.state.words().is_none() => Some((event, posted)),
            _ => None,
        })
        .collect();
    Ok(told(&lines, up_to.filter(|_| asks_for_person)))
}

/// What the customer wrote last in the conversation, as it stands now: by it the language is known.
pub fn spoken(scope: &Scope<'_>, place: &Place) -> store::Result<Vec<String>> {
    let Some(conversation) = place.conversation.as_ref().map(|it| it.conversation) else {
        return Ok(vec![]);
    };
    let (page, _) = journal::thread_before(scope.conn, scope.tenant, place.customer.id, None, LOOK_BACK)?;
    let here = page
        .iter()
        .filter(|event| event.subject.conversation() == Some(conversation));
    let lines = here.filter_map(|event| match &event.body {
        EventBody::Posted(posted) if posted.author == Author::Customer && posted.state.words().is_none() => {
            Some(posted.text())
        }
        _ => None,
    });
    Ok(lines.collect())
}

fn told(lines: &[(&Event, &Posted)], no_question: Option<Rev>) -> HandOverNote {
    let of_customer: Vec<(Rev, LineNo, String)> = lines
        .iter()
        .filter(|(_, posted)| posted.author == Author::Customer)
        .map(|(event, posted)| (event.rev, posted.line, posted.text()))
        .collect();
    let asks =
        |(rev, _, text): &&(Rev, LineNo, String)| Some(*rev) != no_question && text.chars().any(char::is_alphabetic);
    let question = of_customer.iter().rev().find(asks).or(of_customer.last());
    let mut tried: Vec<Tried> = Vec::new();
    for (_, posted) in lines.iter().filter(|(_, posted)| posted.author == Author::Bot) {
        for new in posted.parts.iter().flat_map(tried_by) {
            tried.retain(|it| it.article != new.article || it.how == TriedHow::Answered);
            if !tried.iter().any(|it| it.article == new.article) {
                tried.push(new);
            }
        }
    }
    let surplus = tried.len().saturating_sub(HandOverNote::TRIED_MAX);
    HandOverNote {
        question: question.map(|(_, line, text)| Quote {
            line: LineRef {
                side: Side::Customer,
                line: *line,
            },
            excerpt: excerpt(&masked(text)),
        }),
        tried: tried.split_off(surplus),
        language: language_of(of_customer.iter().map(|(_, _, text)| text.as_str())),
        ..HandOverNote::default()
    }
}

fn tried_by(part: &Part) -> Vec<Tried> {
    match part {
        Part::Card(card) => vec![Tried {
            article: card.slug.clone(),
            title: card.title.clone(),
            how: TriedHow::Answered,
        }],
        Part::Choices(offer) => offer
            .choices
            .iter()
            .filter_map(|choice| {
                Some(Tried {
                    article: choice.slug.clone()?,
                    title: choice.title.clone(),
                    how: TriedHow::Offered,
                })
            })
            .collect(),
        Part::Text(_) | Part::File(_) | Part::Unknown(_) => vec![],
    }
}

#[cfg(test)]
#[path = "note_tests.rs"]
mod tests;
