//! What conversations teach: follows the journal, proposes examples of what agents answered with, and keeps what was handed over
//! without an answer as gaps. Nothing of it counts before a person has accepted it. Done again after a crash it is the same.

pub mod gaps;
pub mod near;
mod said;

use std::{sync::Arc, time::Duration};

use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::{ConversationId, CustomerId, ReplyId, Rev},
    refusal::Refusal,
    stage::{Closer, HandOverReason},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use self::{near::Meaning, said::Taught};
use super::rules::Rules;
use crate::{
    clock,
    desk::Desk,
    followers::{self, Follow},
    store::{
        TenantKey, conversations,
        examples::{self, Answer, Example},
        gaps::{self as gap_rows, Unanswered},
        library,
    },
};

/// Events of a thread that are looked at.
const LOOK_BACK: usize = 200;
/// And if a customer may have said that an answer helped.
const HELPED_LOOK_BACK: usize = 40;
/// Bytes of a line that says so.
const YES_BYTES: usize = 64;
/// What is older teaches nothing any more: an upgraded desk does not read years again.
const TEACHES_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// So near to what an answer is known by already, a question adds nothing (a cosine distance of less than 0.3).
const KNOWN_FROM: f32 = 0.7;

/// Follows the journal of a tenant until `stop`.
pub async fn run(desk: Desk, tenant: TenantKey, rules: Arc<Rules>, stop: CancellationToken) {
    let lessons = Lessons {
        desk: desk.clone(),
        tenant,
        rules,
    };
    followers::run(desk, tenant, lessons, stop).await;
}

struct Lessons {
    desk: Desk,
    tenant: TenantKey,
    /// By which small talk is known.
    rules: Arc<Rules>,
}

impl Follow for Lessons {
    fn name(&self) -> &'static str {
        "lessons"
    }

    async fn event(&mut self, event: &Event) {
        let oldest = i64::try_from(TEACHES_FOR.as_micros()).unwrap_or(i64::MAX);
        if clock::now().since(event.time) > oldest {
            return;
        }
        let (Some(customer), Some(conversation)) = (event.subject.customer(), event.subject.conversation()) else {
            return;
        };
        let learnt = match &event.body {
            EventBody::HumanRequested(it)
                if matches!(it.reason, HandOverReason::NotUnderstood | HandOverReason::CustomerAsked) =>
            {
                self.unanswered(event, customer, conversation).await
            }
            EventBody::Closed(it) if matches!(it.by, Closer::Agent { .. }) => {
                self.answered(event, customer, conversation).await
            }
            // Yes or no is a few letters.
            EventBody::Posted(it) if it.author == Author::Customer && it.text().len() <= YES_BYTES => {
                self.helped(event, customer, conversation).await
            }
            _ => return,
        };
        // It is one lesson less, and no reason to stop.
        if let Err(refusal) = learnt {
            warn!(
                code = refusal.code(),
                rev = event.rev.0,
                "what a conversation teaches could not be kept"
            );
        }
    }
}

impl Lessons {
    async fn thread(&self, event: &Event, customer: CustomerId) -> Result<Vec<Event>, Refusal> {
        let before = Some(event.rev.next());
        Ok(self.desk.thread(self.tenant, customer, before, LOOK_BACK).await?.0)
    }

    /// A question that nothing of the desk answers goes to its gap.
    async fn unanswered(
        &self,
        event: &Event,
        customer: CustomerId,
        conversation: ConversationId,
    ) -> Result<(), Refusal> {
        let page = self.thread(event, customer).await?;
        let Some(question) = said::unanswered(&page, conversation, &self.rules) else {
            return Ok(());
        };
        let (tenant, id) = (self.tenant, event.rev);
        let known = self.desk.read(move |conn| gap_rows::all(conn, tenant)).await?;
        if known.iter().any(|it| it.id == id) {
            return Ok(());
        }
        let asked = question.clone();
        let nearest = in_the_background(move || gaps::nearest(&asked, &known)).await;
        let (gap, dismissed) = nearest.flatten().unwrap_or((id, false));
        let row = Unanswered {
            id,
            gap,
            conversation,
            customer,
            question,
            dismissed,
            asked_at: event.time,
        };
        let written = self.desk.write(tenant, move |scope| {
            match conversations::is_erased(scope.conn, tenant, conversation)? {
                true => Ok(()),
                false => gap_rows::add(scope.conn, tenant, &row),
            }
        });
        written.await
    }

    /// What the bot answered becomes one, if the customer says that it helped.
    async fn helped(&self, event: &Event, customer: CustomerId, conversation: ConversationId) -> Result<(), Refusal> {
        let before = Some(event.rev.next());
        let (page, _) = self
            .desk
            .thread(self.tenant, customer, before, HELPED_LOOK_BACK)
            .await?;
        let Some((question, article)) = said::helped(&page, conversation, &self.rules) else {
            return Ok(());
        };
        let tenant = self.tenant;
        let read = self.desk.read(move |conn| {
            // Customers push out nothing that agents have taught.
            let waits = examples::pending(conn, tenant, Rev(0), examples::PENDING_MAX)?.len();
            match waits < examples::PENDING_MAX {
                true => known_of(conn, tenant, Some(Answer::Article(article)), None),
                false => Ok(None),
            }
        });
        let Some((answer, known)) = read.await? else {
            return Ok(());
        };
        let asked = question.clone();
        if in_the_background(move || is_near_any(&asked, &known)).await != Some(false) {
            return Ok(());
        }
        let example = Example {
            id: event.rev,
            conversation,
            question,
            answer,
            dropped: false,
            made_at: event.time,
        };
        let written = self.desk.write(tenant, move |scope| {
            match conversations::is_erased(scope.conn, tenant, conversation)? {
                true => Ok(()),
                false => examples::add(scope.conn, tenant, &example),
            }
        });
        written.await
    }

    /// What an agent has answered with becomes an example that waits for a person.
    async fn answered(&self, event: &Event, customer: CustomerId, conversation: ConversationId) -> Result<(), Refusal> {
        let page = self.thread(event, customer).await?;
        let (tenant, ended) = (self.tenant, event.time);
        let taught = said::taught(&page, conversation, &self.rules);
        let read = self.desk.read(move |conn| {
            let Some(Taught {
                question,
                article,
                since,
            }) = taught
            else {
                return Ok(None);
            };
            let used = examples::last_reply(conn, tenant, conversation)?;
            let used = used
                .filter(|(_, at)| (since..=ended).contains(at))
                .map(|(reply, _)| reply);
            let Some((answer, known)) = known_of(conn, tenant, article.map(Answer::Article), used)? else {
                return Ok(None);
            };
            Ok(Some((question, answer, known)))
        });
        let mut example = None;
        if let Some((question, answer, known)) = read.await? {
            let asked = question.clone();
            let is_known = in_the_background(move || is_near_any(&asked, &known)).await;
            if is_known == Some(false) {
                example = Some(Example {
                    id: event.rev,
                    conversation,
                    question,
                    answer,
                    dropped: false,
                    made_at: event.time,
                });
            }
        }
        let written = self.desk.write(tenant, move |scope| {
            examples::forget_reply(scope.conn, tenant, conversation, ended)?;
            match example {
                Some(example) if !conversations::is_erased(scope.conn, tenant, conversation)? => {
                    examples::add(scope.conn, tenant, &example)
                }
                _ => Ok(()),
            }
        });
        written.await
    }
}

/// What answered: the article, else the saved reply if it is everybody's; and the texts that it is known by.
fn known_of(
    conn: &rusqlite::Connection,
    tenant: TenantKey,
    article: Option<Answer>,
    used: Option<ReplyId>,
) -> crate::store::Result<Option<(Answer, Vec<String>)>> {
    let Some(answer) = article.or(used.map(Answer::Reply)) else {
        return Ok(None);
    };
    let found = match &answer {
        Answer::Article(slug) => {
            let found = library::article(conn, tenant, slug)?;
            found.map(|(it, _)| (it.title, it.questions))
        }
        Answer::Reply(id) => {
            let found = library::reply(conn, tenant, *id)?.filter(|it| it.owner.is_none());
            found.map(|it| (it.title, it.questions))
        }
    };
    let Some((title, questions)) = found else {
        return Ok(None);
    };
    let mut known = examples::questions_of(conn, tenant, &answer)?;
    known.push(title.as_str().to_owned());
    known.extend(questions.into_iter().flatten().map(|it| it.as_str().to_owned()));
    Ok(Some((answer, known)))
}

fn is_near_any(question: &str, known: &[String]) -> bool {
    let texts: Vec<&str> = [question].into_iter().chain(known.iter().map(String::as_str)).collect();
    let meanings = Meaning::of(&texts);
    let (asked, known) = meanings.split_first().expect("the question is one of them");
    known.iter().any(|it| it.nearness(asked) > KNOWN_FROM)
}

/// Reading meaning takes a processor's time: not on a thread that others wait for. `None` if it broke.
async fn in_the_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests;
