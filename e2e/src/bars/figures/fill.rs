//! A desk that was busy for eighty days: its conversations are written into the journal as they happened then, by the store's own way
//! in.

use std::{
    ops::Range,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use minicom_protocol::{
    event::{Author, Closed, EventBody, HumanRequested, Opened, Part, Posted, Rated, Subject, TagsChanged, TakenOver},
    ids::{ConversationId, CustomerId, LineNo, Mark, TenantId, Time},
    line::LineState,
    people::{CustomerRef, Realm},
    stage::{Closer, HandOverReason},
    text::{CustomerName, MessageText},
    words::Tag,
};
use minicom_server::{
    desk::Desk,
    store::{
        TenantKey,
        journal::{self, Chance, New, Standing},
        people::{self, Customer},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::desk_setup::{DeskAgent, OpenDesk, Setup, refused};

/// Conversations on their way at a time.
const IN_FLIGHT: usize = 64;
/// Over so many days.
const DAYS: i64 = 80;
/// Tags that conversations have.
const TAGS: u64 = 30;

/// Conversations with these numbers, of so many messages each.
pub(super) async fn fill(
    data: &Path,
    setup: &Setup,
    agents: &[DeskAgent],
    numbers: Range<u64>,
    messages: u64,
    seed: u64,
) -> Result<()> {
    let open = OpenDesk::open(data, setup)?;
    let tenant = open.desk.tenant(&TenantId::default_tenant()).map_err(refused)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = Time(i64::try_from(now.as_micros())?);
    let desk = &open.desk;
    let all = stream::iter(numbers).map(async |n| {
        let agent = agents.get(n as usize % agents.len()).context("there are agents")?;
        one(desk, tenant, agent, n, messages, now, seed).await
    });
    let done = all.buffer_unordered(IN_FLIGHT).try_for_each(async |()| Ok(())).await;
    open.close().await?;
    done
}

/// What a conversation is, event by event, and when.
fn story(
    agent: &DeskAgent,
    customer: &CustomerRef,
    n: u64,
    messages: u64,
    random: &mut StdRng,
) -> Vec<(i64, EventBody)> {
    let mut events = vec![(
        0,
        EventBody::Opened(Opened {
            customer: customer.clone(),
            number: 1,
            customer_lines: LineNo(0),
            desk_lines: LineNo(0),
            customer_mark: LineNo(0),
            desk_mark: LineNo(0),
            intake: Default::default(),
            answers: vec![],
            hint: None,
        }),
    )];
    let wanted = HumanRequested {
        reason: HandOverReason::CustomerAsked,
        by_customer: true,
        respond_by: None,
        note: None,
    };
    let taken = TakenOver {
        agent: agent.agent.clone(),
        by: None,
        routed: false,
    };
    let tags = [n % TAGS, (n * 7 + 1) % TAGS].map(|tag| format!("tag-{tag}"));
    let tagged = TagsChanged {
        agent: agent.agent.clone(),
        tags: minicom_protocol::words::as_set(tags.iter().filter_map(|it| Tag::parse(it).ok()).collect()),
    };
    events.push((1, EventBody::HumanRequested(wanted)));
    events.push((random.random_range(1..900), EventBody::TakenOver(taken)));
    for number in 0..messages {
        let author = match number % 2 {
            0 => Author::Customer,
            _ => Author::Agent {
                agent: agent.agent.clone(),
            },
        };
        let text = MessageText::parse(format!("line {number} of chat {n} with a word or two")).ok();
        let posted = Posted {
            author,
            line: LineNo(number / 2 + 1),
            parts: text.map(Part::of_text).into_iter().collect(),
            quote: None,
            notice: None,
            state: LineState::Original,
        };
        events.push((random.random_range(1..300), EventBody::Posted(posted)));
    }
    events.push((5, EventBody::TagsChanged(tagged)));
    events.push((
        5,
        EventBody::Closed(Closed {
            by: Closer::Customer,
            ask_rating: true,
        }),
    ));
    events.push((
        20,
        EventBody::Rated(Rated {
            score: Some(random.random_range(1..=5)),
            comment: None,
        }),
    ));
    events
}

async fn one(
    desk: &Desk,
    tenant: TenantKey,
    agent: &DeskAgent,
    n: u64,
    messages: u64,
    now: Time,
    seed: u64,
) -> Result<()> {
    let mut random = StdRng::seed_from_u64(seed ^ (n << 20));
    let customer = CustomerRef {
        id: CustomerId(Uuid::from_u128(random.random())),
        name: CustomerName::parse(format!("f-{n}"))?,
        realm: Realm::Named,
    };
    let events = story(agent, &customer, n, messages, &mut random);
    // Nobody writes for hours, so that the last ones have ended too.
    let began = now.plus_ms(-random.random_range(7_200_000..DAYS * 86_400_000));
    let subject = Subject::Conversation {
        customer: customer.id,
        conversation: ConversationId(Uuid::now_v7()),
    };
    let written = desk.write(tenant, move |scope| {
        let row = Customer {
            customer,
            secret_digest: Some([7; 32]),
        };
        people::insert_customer(scope.conn, tenant, &row, began)?;
        let mut standing = Standing::read(scope.conn, tenant, subject)?;
        let mut at = began;
        for (seconds, body) in events {
            at = at.plus_ms(seconds * 1_000);
            let new = New {
                time: at,
                subject,
                command: None,
                body,
                chance: Chance {
                    mark: Mark(random.random()),
                    salt: random.random(),
                },
            };
            journal::append(scope.conn, tenant, new, &mut standing)?;
        }
        Ok(())
    });
    written.await.map_err(refused)
}
