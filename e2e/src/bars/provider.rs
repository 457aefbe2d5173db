//! A provider that is well, slow, dead, hanging, lying or obeying: the customer sees typing, first words and an answer in time, always.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use futures_util::future::try_join_all;
use minicom_client::CustomerReplica;
use minicom_protocol::{
    command::AgentCommand,
    library::Article,
    settings::DeskSettings,
    thread_view::CustomerStage,
    words::{SubjectLine, Tag},
};
use minicom_server::config::{ProviderKind, ProviderSettings, Secret};

use crate::{
    desk_setup::Setup,
    people,
    program::{AgentProgram, Seen},
    server::TestServer,
    stand_in::{Mode, StandIn},
};

/// From a line to the sign that somebody types.
const TYPING_MAX: Duration = Duration::from_secs(1);
/// From a line to the first words, or else the article's own: 95 of 100 are faster.
const FIRST_MAX: Duration = Duration::from_secs(3);
/// From a line to an answer or a person. Nobody waits longer.
const ANSWER_MAX: Duration = Duration::from_secs(6);

/// A short name, a question that is the title, and what stands in the article. The first two sentences are what a good model says.
pub const ARTICLES: [(&str, &str, &str); 8] = [
    (
        "returns",
        "How long do I have to return an item?",
        "You can return unused items within 30 days of delivery. Keep the receipt until the return is done. Shoes must be clean. Gift cards cannot be returned.",
    ),
    (
        "shipping",
        "How much does shipping cost?",
        "Shipping costs 4.90 EUR within the country. Orders above 50 EUR are sent free of charge. Islands cost 3 EUR more. Furniture is sent by a carrier.",
    ),
    (
        "warranty",
        "How long is the warranty on a lamp?",
        "Every lamp has a warranty of 2 years. Bulbs are excluded from the warranty. Send us a picture of the damage. We repair or replace the lamp.",
    ),
    (
        "password",
        "How do I reset my password?",
        "Open the page Sign in and choose Forgot password. We send you a link that is valid for 60 minutes. Look into the spam folder too. The link works once.",
    ),
    (
        "invoice",
        "Where do I find my invoice?",
        "Your invoice is in the account under Orders. It can be downloaded as a file for 10 years. Companies can add a tax number. Paper copies cost 2 EUR.",
    ),
    (
        "pickup",
        "Can I pick up my order at the store?",
        "Orders can be picked up at the store in the harbour. Bring the number of the order and an identity card. We keep it for 14 days. Then it goes back.",
    ),
    (
        "gift",
        "Do you wrap presents as a gift?",
        "We wrap presents for 3.50 EUR each. Choose the paper in the last step of the order. A card with your words is free. Large boxes are not wrapped.",
    ),
    (
        "repair",
        "How long does a repair of a bicycle take?",
        "A repair of a bicycle takes 5 working days. Electric bicycles take 8 working days. You get a message when it is ready. We lend you another bicycle meanwhile.",
    ),
];

/// A desk with these articles and a provider that is a stand-in.
pub struct Desk {
    /// The server.
    pub server: TestServer,
    /// The provider.
    pub stand_in: StandIn,
    /// The admin, who is signed in.
    pub admin: AgentProgram,
}

/// What the operator says of a stand-in.
pub fn settings(stand_in: &StandIn, kind: ProviderKind) -> ProviderSettings {
    let path = match kind {
        ProviderKind::OpenAi => "/v1",
        ProviderKind::Gemini => "/v1beta",
        ProviderKind::Ollama | ProviderKind::Anthropic => "",
    };
    ProviderSettings {
        kind: Some(kind),
        url: format!("http://{}{path}", stand_in.address),
        model: "stand-in".to_owned(),
        key: Secret::new(KEY),
        ..ProviderSettings::default()
    }
}

/// The key that the stand-in is asked with.
pub const KEY: &str = "sk-canary-of-a-key-5521";

impl Desk {
    /// Starts one, and waits until it has learnt the articles.
    ///
    /// # Errors
    /// Something did not start.
    pub async fn start(mode: Mode, kind: ProviderKind, change: impl FnOnce(&mut Setup)) -> Result<Desk> {
        let stand_in = StandIn::start(0, mode).await?;
        let mut setup = Setup::with_agents(&[]).admin("Ada").provider(settings(&stand_in, kind));
        change(&mut setup);
        let server = TestServer::start(setup).await?;
        let ada = server.agents.first().context("an admin was made")?;
        let admin = people::agent(server.address, ada).await?;
        for (slug, title, body) in ARTICLES {
            admin.done(article(slug, title, body)?).await?;
        }
        let mut settings = DeskSettings::default();
        settings.bot.provider = true;
        // Orders to the program are refused without asking anybody: here the model is to be given them.
        settings.bot.off = vec!["injection".to_owned()];
        let settings = Box::new(settings);
        admin.done(AgentCommand::Configure { settings }).await?;
        Ok(Desk {
            server,
            stand_in,
            admin,
        })
    }
}

/// Publishes one of them.
///
/// # Errors
/// It is no article.
pub fn article(slug: &str, title: &str, body: &str) -> Result<AgentCommand> {
    Ok(AgentCommand::SaveArticle {
        article: Article {
            slug: Tag::parse(slug).map_err(|_| anyhow!("{slug}"))?,
            title: SubjectLine::parse(title).map_err(|_| anyhow!("{title}"))?,
            body: body.to_owned(),
            questions: None,
        },
        tags: vec![],
        published: true,
    })
}

/// The bot's stored lines in a thread.
pub fn bot_lines(seen: &Seen<CustomerReplica>) -> Vec<String> {
    let lines = seen.shown().into_iter();
    lines
        .filter_map(|line| line.strip_prefix("bot: ").map(str::to_owned))
        .collect()
}

/// What one kind of provider came to.
#[derive(Clone, Debug)]
struct Told {
    mode: Mode,
    asked: usize,
    typing: Vec<Duration>,
    first: Vec<Duration>,
    answer: Vec<Duration>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Provided(Vec<Told>);

impl Provided {
    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        self.0.iter().all(|it| {
            let reached = it.asked > 0;
            reached
                && worst(&it.typing) <= TYPING_MAX
                && at_95(&it.first) <= FIRST_MAX
                && worst(&it.answer) <= ANSWER_MAX
        })
    }
}

fn worst(times: &[Duration]) -> Duration {
    times.iter().copied().max().unwrap_or(Duration::MAX)
}

fn at_95(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * 95).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(Duration::MAX)
}

impl fmt::Display for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.0 {
            writeln!(
                f,
                "{:<22} asked {:>3} times for {:>3} lines: typing at most {:>5} ms; first words 95 of 100 within {:>5} ms; an answer at most {:>5} ms",
                format!("{:?}", it.mode),
                it.asked,
                it.answer.len(),
                worst(&it.typing).as_millis(),
                at_95(&it.first).as_millis(),
                worst(&it.answer).as_millis(),
            )?;
        }
        write!(
            f,
            "wanted: {} ms, {} ms, {} ms",
            TYPING_MAX.as_millis(),
            FIRST_MAX.as_millis(),
            ANSWER_MAX.as_millis()
        )
    }
}

/// Asks each kind of provider in so many rounds, all articles' questions at once in each.
///
/// # Errors
/// A server did not start, or somebody got no answer at all.
pub async fn run(rounds: usize) -> Result<Provided> {
    let mut all = Vec::new();
    for mode in Mode::ALL {
        let mut told = Told {
            mode,
            asked: 0,
            typing: vec![],
            first: vec![],
            answer: vec![],
        };
        for round in 0..rounds {
            // A new one each time: a provider that is left alone would be no experiment.
            let desk = Desk::start(mode, ProviderKind::OpenAi, |_| {}).await?;
            warm(&desk).await?;
            let before = desk.stand_in.asked().len();
            let asks = ARTICLES.iter().enumerate().map(|(n, (_, question, _))| {
                let name = format!("carol-{round}-{n}");
                let address = desk.server.address;
                async move { ask(address, &name, question).await }
            });
            for (typing, first, answer) in try_join_all(asks).await? {
                told.typing.push(typing);
                told.first.push(first);
                told.answer.push(answer);
            }
            told.asked += desk.stand_in.asked().len() - before;
        }
        all.push(told);
    }
    Ok(Provided(all))
}

/// The first line of a desk waits for what it learns.
async fn warm(desk: &Desk) -> Result<()> {
    let first = people::customer(desk.server.address, "first").await?;
    first.says("hello").await?;
    first
        .until("a greeting", |seen| (!bot_lines(seen).is_empty()).then_some(()))
        .await
}

async fn ask(address: std::net::SocketAddr, name: &str, question: &str) -> Result<(Duration, Duration, Duration)> {
    let carol = people::customer(address, name).await?;
    let began = Instant::now();
    carol.says(question).await?;
    let (mut typing, mut first) = (None, None);
    let answered = carol.until("an answer or a person", |seen| {
        let now = Instant::now();
        let is_there =
            !bot_lines(seen).is_empty() || matches!(seen.replica.view().stage, Some(CustomerStage::Waiting { .. }));
        if is_there || seen.replica.typing(now).is_some() {
            typing.get_or_insert(now);
        }
        if is_there || seen.replica.bot_says(now).is_some() {
            first.get_or_insert(now);
        }
        is_there.then_some(now)
    });
    let answered = answered.await?;
    let since = |at: Option<Instant>| at.unwrap_or(answered).duration_since(began);
    Ok((since(typing), since(first), since(Some(answered))))
}
