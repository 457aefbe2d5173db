//! What of a conversation is a question, and what answered it. Pure: from events as they stand now. What it gives is masked, one line, and
//! fits an example question.

use minicom_protocol::{
    event::{Author, Event, EventBody, Part, Posted},
    ids::{ConversationId, Time},
    words::{SubjectLine, Tag},
};

use crate::bot::{
    masked,
    offer::{self, Chosen},
    reading,
    rules::{Ask, NOT_UNDERSTOOD, Rules},
};

/// Words of a question: less asks for nothing that can be told from anything else.
const WORDS_MIN: usize = 2;
/// Characters of a question that is kept.
const QUESTION_CHARS: usize = 200;

/// What a conversation teaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taught {
    /// The first question.
    pub question: String,
    /// The article that an agent linked last.
    pub article: Option<Tag>,
    /// When the stretch began: saved replies count from here.
    pub since: Time,
}

/// What was asked in the stretch that ends with the page's last event, and which article an agent linked in it.
pub fn taught(page: &[Event], conversation: ConversationId, rules: &Rules) -> Option<Taught> {
    let here: Vec<&Event> = of(page, conversation).collect();
    let last = here.len().checked_sub(1)?;
    let ended = |event: &&Event| matches!(event.body, EventBody::Closed(_));
    let begins = here[..last].iter().rposition(ended).map_or(0, |at| at + 1);
    let stretch = &here[begins..];
    let lines = lines(stretch);
    let asked = lines.iter().filter(|it| it.author == Author::Customer);
    let question = asked.map(|it| it.text()).find_map(|text| question(&text, rules))?;
    let linked = lines.iter().filter(|it| matches!(it.author, Author::Agent { .. }));
    let article = linked.rev().find_map(|it| card(it)).cloned();
    Some(Taught {
        question,
        article,
        since: stretch.first()?.time,
    })
}

/// The question that was handed over with the page's last event because nothing answers it; `None` if it was for another reason.
pub fn unanswered(page: &[Event], conversation: ConversationId, rules: &Rules) -> Option<String> {
    let here: Vec<&Event> = of(page, conversation).collect();
    let EventBody::HumanRequested(asked) = &here.last()?.body else {
        return None;
    };
    // What was answered with an article is not what is missing.
    let begins = |event: &&Event| match &event.body {
        EventBody::Posted(posted) => posted.author != Author::Customer && card(posted).is_some(),
        EventBody::HandedBack(_) | EventBody::Closed(_) => true,
        _ => false,
    };
    let from = here.iter().rposition(begins).map_or(0, |at| at + 1);
    let lines = lines(&here[from..]);
    let customers: Vec<String> = lines
        .iter()
        .filter(|it| it.author == Author::Customer)
        .map(|it| it.text())
        .collect();
    if asked.reason == minicom_protocol::stage::HandOverReason::CustomerAsked && !chose_none(&lines) {
        return None;
    }
    customers.iter().find_map(|text| question(text, rules))
}

/// Whether the customer's newest line says that it is none of what the bot offered.
fn chose_none(lines: &[&Posted]) -> bool {
    let Some(at) = lines.iter().rposition(|it| it.author == Author::Customer) else {
        return false;
    };
    let bots = lines[..at].iter().rfind(|it| it.author == Author::Bot);
    let offered = bots.and_then(|it| {
        it.parts.iter().find_map(|part| match part {
            Part::Choices(choices) => Some(choices),
            _ => None,
        })
    });
    offered.is_some_and(|offered| offer::chosen(&lines[at].text(), offered) == Some(Chosen::None))
}

/// The question that the bot answered, and with which article, if the page's last event is the customer's word that it helped.
pub fn helped(page: &[Event], conversation: ConversationId, rules: &Rules) -> Option<(String, Tag)> {
    let last = page.last()?;
    let EventBody::Posted(line) = &last.body else {
        return None;
    };
    let offered = reading::offered(page, conversation, last.rev).filter(|it| it.helps)?;
    let Some(Chosen::Article(article)) = offered.chosen(masked::read(&line.text())) else {
        return None;
    };
    let here: Vec<&Event> = of(page, conversation).collect();
    let lines = lines(&here);
    let answer = lines.iter().rposition(|it| reading::asks_help(it))?;
    // Another answer before it had its own question.
    let before = lines[..answer].iter().rev().take_while(|it| card(it).is_none());
    let mut asked = before.filter(|it| it.author == Author::Customer).map(|it| it.text());
    Some((asked.find_map(|text| question(&text, rules))?, article))
}

/// Masked, on one line, cut to what is kept; `None` if it asks for nothing.
pub fn question(text: &str, rules: &Rules) -> Option<String> {
    let text = rules.without_asides(masked::read(text));
    let turn = rules.answer(&Ask {
        text: &text,
        customer_name: "",
        misses_before: 0,
        first_line: false,
        published: &[],
    });
    // Small talk, a person who is wanted, and what no article is to answer.
    if turn.rule != NOT_UNDERSTOOD && rules.gives_way(&turn.rule).is_none() {
        return None;
    }
    let hidden = masked::masked(&text);
    let words: Vec<&str> = hidden.split_whitespace().collect();
    if words.len() < WORDS_MIN {
        return None;
    }
    let line: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(QUESTION_CHARS)
        .collect();
    let line = SubjectLine::parse(&line).ok()?;
    line.as_str()
        .chars()
        .any(char::is_alphabetic)
        .then(|| line.as_str().to_owned())
}

fn of(page: &[Event], conversation: ConversationId) -> impl Iterator<Item = &Event> {
    page.iter()
        .filter(move |event| event.subject.conversation() == Some(conversation))
}

fn lines<'a>(events: &[&'a Event]) -> Vec<&'a Posted> {
    let posted = events.iter().filter_map(|event| match &event.body {
        EventBody::Posted(posted) => Some(posted),
        _ => None,
    });
    posted.collect()
}

fn card(posted: &Posted) -> Option<&Tag> {
    posted.parts.iter().find_map(|part| match part {
        Part::Card(card) => Some(&card.slug),
        _ => None,
    })
}
