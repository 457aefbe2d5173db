//! What a turn is decided from: a thread as it stands in the journal, as far as it is the bot's.

use minicom_protocol::{
    context::Profile,
    event::{Author, Event, EventBody, Part, Posted},
    ids::{ConversationId, Rev, TenantId},
    people::{CustomerRef, Realm},
};

use super::{
    language, masked,
    offer::Offered,
    program::{Question, Spoken},
};
use crate::limits::BOT_PROGRAM_TURNS;

/// Of the customer's lines that were read, so many are looked at again.
const LINES_READ: usize = 8;

/// See the module.
pub struct Asked {
    /// How the customer is called.
    pub customer_name: String,
    /// The customer's lines since the bot has it, the newest last.
    pub lines: Vec<String>,
    /// Whether the first of them is the conversation's first.
    pub begins: bool,
    /// What the bot offered last, if nobody wrote anything else in between.
    pub offered: Option<Offered>,
    /// Whether the customer was asked before if an answer helped.
    pub asked_help: bool,
}

impl Asked {
    /// From a page of the thread up to the line at `trigger`; the bot has the conversation since `since`.
    pub fn of(page: &[Event], conversation: ConversationId, trigger: Rev, since: Rev, customer_name: String) -> Asked {
        let lines = customer_lines(page, conversation);
        let stretch: Vec<String> = lines
            .iter()
            // What chose of an offer asked nothing by itself.
            .filter(|(rev, text)| *rev > since && (*rev == trigger || !chose(page, conversation, *rev, text)))
            .map(|(_, text)| text.clone())
            .collect();
        // A long stretch with a person can have pushed the customer's earlier lines out of the page.
        let begins_here = page.iter().any(|event| {
            matches!(event.body, EventBody::Opened(_)) && event.subject.conversation() == Some(conversation)
        });
        let read = stretch.len().saturating_sub(LINES_READ);
        Asked {
            begins: begins_here && lines.len() == 1 && read == 0,
            offered: offered(page, conversation, trigger),
            asked_help: of(page, conversation).any(|(_, posted)| asks_help(posted)),
            lines: stretch[read..].to_vec(),
            customer_name,
        }
    }
}

/// How the bot calls a customer: as the site says, else as the customer does. What the server made up for somebody who gave no
/// name is no name to greet by.
pub fn called(customer: &CustomerRef, profile: &Profile) -> String {
    let said = profile.vouched.name.as_ref().or(profile.name.as_ref());
    match said {
        Some(name) => name.as_str().to_owned(),
        None if customer.realm == Realm::Anonymous => String::new(),
        None => customer.name.as_str().to_owned(),
    }
}

/// The line at `trigger` as a question to a program. `language` is meant where it is not clear.
pub fn question(
    tenant: &TenantId,
    language: &str,
    asked: &Asked,
    page: &[Event],
    conversation: ConversationId,
    trigger: Rev,
) -> Question {
    let spoken = of(page, conversation).filter(|(rev, posted)| *rev < trigger && posted.state.words().is_none());
    let mut turns: Vec<Spoken> = spoken
        .map(|(_, posted)| Spoken {
            who: posted.author.sender(),
            text: posted.text(),
        })
        .collect();
    let text = asked.lines.last().cloned().unwrap_or_default();
    Question {
        tenant: tenant.as_str().to_owned(),
        conversation: conversation.to_string(),
        customer: asked.customer_name.clone(),
        language: language::guess(language, asked.lines.iter().map(String::as_str)).to_owned(),
        turns: turns.split_off(turns.len().saturating_sub(BOT_PROGRAM_TURNS)),
        masked: masked::masked(&text),
        text,
    }
}

/// The lines of a conversation, in order.
fn of(page: &[Event], conversation: ConversationId) -> impl DoubleEndedIterator<Item = (Rev, &Posted)> {
    let here = page
        .iter()
        .filter(move |event| event.subject.conversation() == Some(conversation));
    here.filter_map(|event| match &event.body {
        EventBody::Posted(posted) => Some((event.rev, posted)),
        _ => None,
    })
}

/// The customer's lines of a conversation, in order.
fn customer_lines(page: &[Event], conversation: ConversationId) -> Vec<(Rev, String)> {
    let of_customer = of(page, conversation).filter(|(_, posted)| posted.author == Author::Customer);
    of_customer.map(|(rev, posted)| (rev, posted.text())).collect()
}

/// What the bot offered last before a line of the customer's, if nobody wrote anything else in between.
pub fn offered(page: &[Event], conversation: ConversationId, trigger: Rev) -> Option<Offered> {
    let before = of(page, conversation).rev().filter(|(rev, _)| *rev < trigger);
    let mut said = before.take_while(|(_, posted)| posted.author != Author::Customer);
    let (_, posted) = said.find(|(_, posted)| posted.author == Author::Bot)?;
    let part = posted.parts.iter().find_map(|part| match part {
        Part::Choices(choices) => Some(choices.clone()),
        _ => None,
    })?;
    let helps = asks_help(posted);
    Some(Offered { part, helps })
}

/// Whether a line of the bot answers with an article and asks if it helped.
pub fn asks_help(posted: &Posted) -> bool {
    let has = |is: fn(&Part) -> bool| posted.parts.iter().any(is);
    posted.author == Author::Bot
        && has(|part| matches!(part, Part::Card(_)))
        && has(|part| matches!(part, Part::Choices(_)))
}

/// Whether a line of the customer's took something of what was offered right before it.
fn chose(page: &[Event], conversation: ConversationId, rev: Rev, text: &str) -> bool {
    let offered = offered(page, conversation, rev);
    offered.is_some_and(|offered| offered.chosen(masked::read(text)).is_some())
}
