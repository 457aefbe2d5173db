//! A desk with much to find: texts of made-up words, a few of which are in most texts and most of which are in few, as in any
//! language.

use std::path::Path;

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    ids::ConversationId,
};
use minicom_server::{
    desk::Desk,
    order::{Caller, Order},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::Size;
use crate::{
    bars::races::newcomer,
    desk_setup::{DeskAgent, OpenDesk, Setup, by},
};

/// Commands on their way at a time.
const IN_FLIGHT: usize = 128;
/// Words of the language.
const WORDS: f64 = 20_000.0;
/// Syllables.
const SYLLABLES: [&str; 40] = [
    "ba", "be", "bo", "da", "de", "di", "fa", "fe", "ga", "go", "ha", "he", "ka", "ke", "ki", "la", "le", "lo", "ma",
    "me", "mi", "na", "ne", "no", "pa", "pe", "ra", "re", "ri", "ro", "sa", "se", "so", "ta", "te", "ti", "va", "ve",
    "wa", "zo",
];

/// So many conversations of customers with an agent, each message one's own. Their ids.
pub(super) async fn fill(
    data: &Path,
    setup: &Setup,
    agent: &DeskAgent,
    size: Size,
    seed: u64,
) -> Result<Vec<ConversationId>> {
    let open = OpenDesk::open(data, setup)?;
    let (desk, agent) = (&open.desk, agent.caller());
    let agent = &agent;
    let all = stream::iter(0..size.conversations).map(async |n| {
        let mut random = StdRng::seed_from_u64(seed ^ (n << 20));
        conversation(desk, agent, n, size.messages, &mut random).await
    });
    let made = all.buffer_unordered(IN_FLIGHT).try_collect().await?;
    open.close().await?;
    Ok(made)
}

async fn conversation(
    desk: &Desk,
    agent: &Caller,
    n: u64,
    messages: u64,
    random: &mut StdRng,
) -> Result<ConversationId> {
    let customer = newcomer(desk, &format!("c-{n}")).await?;
    let first = format!("{} {}", text(random), number(n));
    let asked = by(desk, &customer, Order::Customer(CustomerCommand::post(first))).await?;
    let conversation = asked.conversation.context("a line is in a conversation")?;
    for number in 1..messages {
        let order = match number % 2 {
            0 => Order::Customer(CustomerCommand::post(text(random))),
            _ => Order::Agent(AgentCommand::Post {
                conversation,
                text: text(random),
                seen: SeenLines::default(),
                take_over: true,
                anyway: true,
                quote: None,
                reply: None,
                article: None,
                file: None,
            }),
        };
        let who = if number % 2 == 0 { &customer } else { agent };
        by(desk, who, order).await?;
    }
    by(desk, &customer, Order::Customer(CustomerCommand::Close {})).await?;
    Ok(conversation)
}

/// A word: the how-manieth is drawn so that the first ones come often.
fn word(random: &mut impl Rng) -> String {
    let which = WORDS.powf(random.random_range(0.0..1.0)) as usize;
    let mut left = which * 7 + 3;
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    word
}

fn text(random: &mut impl Rng) -> String {
    let count = random.random_range(3..16);
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

/// A word of one conversation alone.
fn number(n: u64) -> String {
    format!("order{n}")
}

/// What an agent types: a word or its beginning, sometimes with a filter, or a number. And whether it must be found.
pub(super) fn query(random: &mut impl Rng, conversations: u64) -> (String, bool) {
    let one = word(random);
    let typed = match random.random_range(0..7) {
        0 => one.chars().take(3).collect(),
        1 => format!("{one} from:customer"),
        2 => format!("{one} after:7d"),
        3 => format!("from:ada {one}"),
        4 => format!("{one} {}", word(random)),
        5 => return (number(random.random_range(0..conversations)), true),
        _ => one,
    };
    (typed, false)
}

/// Queries that are made to hurt: syntax of the index, many words, filters that leave nothing, and what fits everything.
pub(super) fn hostile(random: &mut impl Rng, count: usize) -> Vec<String> {
    const PIECES: [&str; 30] = [
        "\"",
        "'",
        "*",
        "-",
        ":",
        "(",
        ")",
        "^",
        "{",
        "}",
        "\\",
        "%",
        "--",
        "AND",
        "OR",
        "NOT",
        "NEAR(a b, 2)",
        "words:a",
        "rowid:1",
        "rank",
        "from:",
        "from:customer",
        "tag:none",
        "stage:waiting",
        "owner:nobody",
        "before:9998-12-31",
        "da",
        "de*",
        "\u{202E}",
        "返",
    ];
    let one = |n: usize| {
        let pieces = 1 + n % 12;
        let mut query: Vec<String> = (0..pieces)
            .map(|_| match random.random_range(0..3) {
                0 => word(random),
                1 => word(random).chars().take(2).collect::<String>() + "*",
                _ => PIECES[random.random_range(0..PIECES.len())].to_owned(),
            })
            .collect();
        query.truncate(12);
        query
            .join(if n.is_multiple_of(3) { "" } else { " " })
            .chars()
            .take(200)
            .collect()
    };
    (0..count).map(one).collect()
}
