//! `--link`, `--articles` and `--article`: one question to the server, and an end.

use std::{
    io::{self, Write},
    time::Duration,
};

use minicom_client::{
    ClientEvent, Handle, ServerUrl, open,
    rest::{self, LoginError},
};
use minicom_protocol::{
    frame::{CustomerQuestion, CustomerReply, Customers, Told},
    ids::TenantId,
    refusal::Refusal,
    search::FoundArticle,
    words::Tag,
};
use minicom_tui_kit::markdown;
use tokio::{sync::mpsc, time::timeout};

use crate::{
    account, exit,
    fault::Fault,
    one_shot::{known, lost},
    run::Start,
};

/// For the connection, and then for each answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

pub(crate) type Events = mpsc::Receiver<ClientEvent<Customers>>;

/// Shows a code for another device.
///
/// # Errors
/// There is none to be had.
pub(crate) async fn link(start: &Start) -> Result<u8, Fault> {
    let (handle, mut events) = open(start.brief());
    let told = async {
        connected(&mut events).await?;
        ask(&handle, &mut events, CustomerQuestion::Link {}).await
    };
    let told = told.await;
    handle.shutdown().await;
    let told = Told::Reply(told?);
    for words in account::words(Some(&told), &start.command(), &start.zone).unwrap_or_default() {
        print(&mut io::stdout().lock(), &format!("{words}\n"))?;
    }
    Ok(exit::OK)
}

/// Prints the published articles that fit, with their short names.
///
/// # Errors
/// They could not be had, or not be written.
pub(crate) async fn articles(start: &Start, words: &str) -> Result<u8, Fault> {
    let (handle, mut events) = open(start.brief());
    let told = async {
        connected(&mut events).await?;
        ask(&handle, &mut events, account::articles(words)).await
    };
    let told = told.await;
    handle.shutdown().await;
    let CustomerReply::Articles { articles } = told? else {
        return Err(unanswered());
    };
    print_articles(&articles, &start.server, &start.tenant)
}

fn print_articles(articles: &[FoundArticle], server: &ServerUrl, tenant: &TenantId) -> Result<u8, Fault> {
    for words in account::for_a_shell(articles, server, tenant) {
        print(&mut io::stdout().lock(), &format!("{words}\n"))?;
    }
    Ok(exit::OK)
}

/// Prints an article in full, for whoever asks.
///
/// # Errors
/// As [`articles`], or there is none of that name.
pub(crate) async fn article(server: &ServerUrl, tenant: &TenantId, slug: &Tag) -> Result<u8, Fault> {
    let article = rest::public_article(server, tenant, slug)
        .await
        .map_err(|error| match &error {
            LoginError::Refused(Refusal::NotFound) => {
                let slug = slug.shown();
                let finds = account::called("minicom-chat --articles WORDS", server, tenant);
                let words = format!("There is no article {slug}. What there is:  {finds}");
                Fault::new(exit::USAGE, words)
            }
            _ => Fault::new(code_of(&error), error.to_string()),
        })?;
    print(&mut io::stdout().lock(), &format!("{}\n\n", article.title.shown()))?;
    for line in markdown::plain(&article.body) {
        print(&mut io::stdout().lock(), &format!("{line}\n"))?;
    }
    Ok(exit::OK)
}

fn code_of(error: &LoginError) -> u8 {
    match error {
        LoginError::Refused(refusal) => exit::of_refusal(refusal),
        _ => exit::UNAVAILABLE,
    }
}

/// As [`articles`], for whoever has no name here: nothing is signed in, and nothing is left on this computer.
///
/// # Errors
/// As [`articles`].
pub(crate) async fn public_articles(server: &ServerUrl, tenant: &TenantId, words: &str) -> Result<u8, Fault> {
    let CustomerQuestion::Articles { query, limit } = account::articles(words) else {
        return Err(unanswered());
    };
    let found = rest::public_articles(server, tenant, &query, limit).await;
    let articles = found.map_err(|error| Fault::new(code_of(&error), error.to_string()))?;
    print_articles(&articles, server, tenant)
}

pub(crate) async fn connected(events: &mut Events) -> Result<(), Fault> {
    match timeout(ANSWER_WITHIN, known(events)).await {
        Ok(known) => known.map(drop),
        Err(_) => Err(unanswered()),
    }
}

pub(crate) async fn ask(
    handle: &Handle<Customers>,
    events: &mut Events,
    question: CustomerQuestion,
) -> Result<CustomerReply, Fault> {
    handle
        .ask(question.clone())
        .map_err(|unsent| Fault::new(exit::USAGE, unsent.to_string()))?;
    let told = async {
        while let Some(event) = events.recv().await {
            match event {
                ClientEvent::Reply {
                    question: asked, told, ..
                } if asked == question => {
                    return match told {
                        Told::Reply(reply) => Ok(reply),
                        Told::Refusal(refusal) => Err(Fault::new(exit::of_refusal(&refusal), refusal.message())),
                    };
                }
                ClientEvent::AskFailed { question: asked, .. } if asked == question => return Err(unanswered()),
                ClientEvent::Ended(why) => return Err(lost(&why)),
                _ => {}
            }
        }
        Err(unanswered())
    };
    timeout(ANSWER_WITHIN, told).await.unwrap_or_else(|_| Err(unanswered()))
}

pub(crate) fn unanswered() -> Fault {
    Fault::new(exit::UNAVAILABLE, "the server did not answer in time. Try again.")
}

pub(crate) fn print(out: &mut (impl Write + ?Sized), text: &str) -> Result<(), Fault> {
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Fault::new(exit::IO, format!("it cannot be written: {error}")))
}
