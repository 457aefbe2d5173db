//! A desk with a provider of a language model: what is shown as it grows, what is sent when it fails, what leaves the house, and that nobody
//! hears the bot after a take-over.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::Result;
use minicom_e2e::{
    bars::provider::{ARTICLES, Desk, KEY, bot_lines},
    people,
    stand_in::{Mode, STRANGE},
};
use minicom_protocol::{command::AgentCommand, event::EventBody};
use minicom_server::config::ProviderKind;

/// Times in which a busy machine answers: what is looked at is what is said, not when.
fn patient(setup: &mut minicom_e2e::desk_setup::Setup) {
    setup.bot_deadline = Duration::from_secs(60);
    setup.provider.first = Duration::from_secs(30);
    setup.provider.gap = Duration::from_secs(30);
    setup.provider.whole = Duration::from_secs(50);
}

/// What a good model says of an article: its first two sentences, and not the third, which the article's own beginning has.
fn good(n: usize) -> (String, &'static str) {
    let sentences: Vec<&str> = ARTICLES[n].2.split_inclusive(". ").collect();
    (sentences[..2].concat().trim().to_owned(), sentences[2].trim())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_words_grow_on_both_screens_and_become_one_line() -> Result<()> {
    let desk = Desk::start(Mode::Slow(Duration::from_millis(60)), ProviderKind::OpenAi, patient).await?;
    let carol = people::customer(desk.server.address, "carol").await?;
    let seen_growing = Mutex::new(Vec::<String>::new());
    carol.says(ARTICLES[0].1).await?;
    let line = carol
        .until("the bot's line", |seen| {
            let mut growing = seen_growing.lock().unwrap();
            if let Some(text) = seen.replica.bot_says(Instant::now())
                && growing.last().is_none_or(|last| last != text)
            {
                growing.push(text.to_owned());
            }
            bot_lines(seen).pop()
        })
        .await?;
    let (whole, third) = good(0);
    assert!(line.contains(&whole) && !line.contains(third), "{line}");
    let growing = seen_growing.into_inner().unwrap();
    assert!(!growing.is_empty(), "it was seen before it was there");
    assert!(
        growing.iter().all(|text| line.starts_with(text.as_str())),
        "{growing:?} {line}"
    );
    // Stored, it is not shown twice, and nothing is left of it.
    carol
        .until("nothing growing", |seen| {
            seen.replica.bot_says(Instant::now()).is_none().then_some(())
        })
        .await?;
    assert_eq!(carol.look(bot_lines).len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_dialect_is_spoken_and_what_leaves_is_a_question_and_the_articles() -> Result<()> {
    for kind in [ProviderKind::OpenAi, ProviderKind::Gemini, ProviderKind::Ollama] {
        let desk = Desk::start(Mode::Good, kind, patient).await?;
        let carol = people::customer(desk.server.address, "carol").await?;
        carol.says(ARTICLES[1].1).await?;
        let line = carol.until("an answer", |seen| bot_lines(seen).pop()).await?;
        let (whole, third) = good(1);
        assert!(line.contains(&whole) && !line.contains(third), "{kind:?}: {line}");
        carol
            .says("How do I reset my password? I am at carol.x@example.org")
            .await?;
        carol
            .until("a second answer", |seen| (bot_lines(seen).len() > 1).then_some(()))
            .await?;
        for asked in desk.stand_in.asked() {
            let path = asked.head.lines().next().unwrap_or_default();
            assert!(!path.contains(KEY), "{path}");
            if kind != ProviderKind::Ollama {
                assert!(asked.head.contains(KEY), "the key is in a header: {}", asked.head);
            }
            assert!(
                !asked.body.contains("carol") && !asked.body.contains(KEY),
                "{}",
                asked.body
            );
        }
    }
    Ok(())
}

/// Fails, and lies: the article's own words are sent, or a person is asked for. A good answer in between, so that no provider is left alone.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_provider_does_the_customer_is_answered_with_what_stands_in_the_article() -> Result<()> {
    let desk = Desk::start(Mode::Good, ProviderKind::OpenAi, |setup| {
        setup.bot_deadline = Duration::from_secs(60);
        setup.provider.first = Duration::from_secs(3);
        setup.provider.gap = Duration::from_secs(1);
        setup.provider.whole = Duration::from_secs(5);
    })
    .await?;
    for (n, mode) in Mode::ALL.into_iter().enumerate() {
        let (_, question, body) = ARTICLES[n % ARTICLES.len()];
        desk.stand_in.set(mode);
        let before = desk.stand_in.asked().len();
        let carol = people::customer(desk.server.address, &format!("carol{n}")).await?;
        // Another question each time: the answer to the same one would be known.
        carol.says(&format!("{question} ({n})")).await?;
        let line = carol.until("an answer", |seen| bot_lines(seen).pop()).await?;
        assert!(
            desk.stand_in.asked().len() > before || !line.contains("30 days"),
            "{mode:?}: it was asked"
        );
        for never in [
            "9,999",
            "evil",
            "900 123456",
            "secret",
            "data-",
            "strange",
            STRANGE,
            "Rules that",
            KEY,
        ] {
            assert!(!line.contains(never), "{mode:?} said {never:?}: {line}");
        }
        let stands = body
            .split_inclusive(". ")
            .any(|sentence| line.contains(sentence.trim()));
        let asks =
            carol.look(|seen| seen.replica.view().stage != Some(minicom_protocol::thread_view::CustomerStage::Bot));
        assert!(stands || asks, "{mode:?}: {line}");
        // Well again.
        desk.stand_in.set(Mode::Good);
        let dora = people::customer(desk.server.address, &format!("dora{n}")).await?;
        dora.says(&format!("{question} (dora {n})")).await?;
        dora.until("an answer", |seen| bot_lines(seen).pop()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_take_over_nothing_of_the_bots_comes_or_stays() -> Result<()> {
    let desk = Desk::start(Mode::Slow(Duration::from_millis(150)), ProviderKind::OpenAi, patient).await?;
    let carol = people::customer(desk.server.address, "carol").await?;
    carol.says(ARTICLES[2].1).await?;
    let row = desk.admin.row("carol", "with the bot", |_| true).await?;
    let conversation = row.conversation;
    desk.admin.handle().viewing(Some(conversation));
    // Both see it grow.
    carol
        .until("first words", |seen| seen.replica.bot_says(Instant::now()).map(drop))
        .await?;
    desk.admin
        .until("first words", |seen| {
            seen.replica.bot_says(conversation, Instant::now()).map(drop)
        })
        .await?;
    desk.admin.done(AgentCommand::TakeOver { conversation }).await?;
    carol.sees("Ada joined").await?;
    assert_eq!(
        carol.look(|seen| seen.replica.bot_says(Instant::now()).map(str::to_owned)),
        None
    );
    desk.admin.row("carol", "taken", |row| !row.stage.is_bot()).await?;
    assert!(
        desk.admin
            .look(|seen| seen.replica.bot_says(conversation, Instant::now()).is_none())
    );
    // A line there and back: whatever was on its way has come by then.
    carol.says("thank you").await?;
    assert!(carol.look(bot_lines).is_empty());
    let journal = desk.server.journal()?;
    let taken = journal
        .events
        .iter()
        .position(|event| matches!(event.body, EventBody::TakenOver(_)));
    assert!(taken.is_some());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_has_not_switched_it_on_asks_nobody() -> Result<()> {
    let desk = Desk::start(Mode::Good, ProviderKind::OpenAi, patient).await?;
    let settings = Box::new(minicom_protocol::settings::DeskSettings::default());
    desk.admin.done(AgentCommand::Configure { settings }).await?;
    let carol = people::customer(desk.server.address, "carol").await?;
    carol.says(ARTICLES[0].1).await?;
    let line = carol.until("an answer", |seen| bot_lines(seen).pop()).await?;
    assert!(line.contains(good(0).1), "the article's own words: {line}");
    assert!(desk.stand_in.asked().is_empty());

    Ok(())
}
