//! Saved replies and articles: filled once, read in full, and only what is published.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use minicom_client::AgentReplica;
use minicom_e2e::program::Seen;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, ReplyUse},
    customer_event::CustomerBody,
    event::Part,
    frame::{AgentQuestion, AgentReply, CustomerQuestion, CustomerReply},
    ids::{AgentId, ConversationId, ReplyId},
    intake::{Introduction, Priority},
    library::{Article, ReplyAction, SavedReply},
    refusal::Refusal,
    words::Tag,
};

use super::desk::*;

fn saved(code: &str, text: &str, owner: Option<AgentId>, actions: Vec<ReplyAction>) -> SavedReply {
    SavedReply {
        id: ReplyId(uuid::Uuid::now_v7()),
        code: tag(code),
        title: subject("for a test"),
        text: text.to_owned(),
        owner,
        actions,
        uses: 0,
        questions: None,
    }
}

fn with_reply(conversation: ConversationId, reply: &SavedReply, answers: &[(&str, &str)]) -> AgentCommand {
    let answers = answers
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    AgentCommand::Post {
        conversation,
        text: reply.text.clone(),
        seen: minicom_protocol::command::SeenLines {
            customer: minicom_protocol::ids::LineNo(1),
            desk: minicom_protocol::ids::LineNo(0),
        },
        take_over: false,
        anyway: true,
        quote: None,
        reply: Some(ReplyUse {
            id: reply.id,
            answers: answers.collect::<BTreeMap<_, _>>(),
        }),
        article: None,
        file: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_reply_is_filled_once_by_the_server_and_does_what_it_says() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let actions = vec![
        ReplyAction::Tag { tag: tag("parcel") },
        ReplyAction::Priority {
            priority: Priority::High,
        },
        ReplyAction::Snooze { minutes: Some(30) },
    ];
    let text =
        "Hi {{customer_name|there}}, about {{subject|your question}}: order {{?order}} is on its way. {{agent_name}}";
    let reply = saved("parcel", text, None, actions);
    desk.ada.done(AgentCommand::SaveReply { reply: reply.clone() }).await?;
    for looker in [&desk.ada, &desk.bo] {
        let known = |seen: &Seen<AgentReplica>| seen.replica.replies().iter().any(|it| it.id == reply.id).then_some(());
        looker.until("the saved reply", known).await?;
    }

    let alice = desk.waits("alice").await?;
    // A name that looks like holes and ends them is a name.
    let name = Some(subject("{{agent_name}} {{?order}} }} {{{{"));
    let introduction = Introduction { name, email: None };
    alice.done(CustomerCommand::Introduce { introduction }).await?;
    let conversation = takes(&desk.ada, "alice").await?;
    let refusal = refused(&desk.ada, with_reply(conversation, &reply, &[]), "unresolved").await?;
    assert!(
        matches!(&refusal, Refusal::Unresolved { holes } if holes == &["?order"]),
        "{refusal:?}"
    );

    let answers = [("order", "{{customer_email|x}}\\1$0")];
    desk.ada.done(with_reply(conversation, &reply, &answers)).await?;
    let filled = "Ada: Hi {{agent_name}} {{?order}} }} {{{{, about your question: order {{customer_email|x}}\\1$0 is on its way. Ada";
    alice.sees(filled).await?;
    assert_eq!(
        desk.server
            .journal()?
            .lines()
            .filter(|line| line.2.contains("on its way"))
            .count(),
        1
    );
    let done = |row: &minicom_protocol::summary::Summary| row.tags == [tag("parcel")] && row.stage.owner().is_some();
    let row = desk.bo.row("alice", "what the reply does", done).await?;
    assert_eq!(row.intake.priority, Priority::High);
    assert!(!row.stage.is_active(), "it is put aside: {:?}", row.stage);
    let question = AgentQuestion::Replies {
        query: "parcel".to_owned(),
        after: None,
        limit: 10,
    };
    let AgentReply::Replies { replies, .. } = told(&desk.bo, question).await? else {
        bail!("no replies")
    };
    assert_eq!(replies.first().map(|it| it.uses), Some(1), "counted once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_reply_is_checked_when_it_is_saved_and_ones_own_is_ones_own() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    for bad in ["{{nobody_knows_this}}", "{{customer_name", "{{}}"] {
        let reply = saved("bad", bad, None, vec![]);
        assert!(
            desk.ada.send(AgentCommand::SaveReply { reply }).is_err(),
            "it is not even sent"
        );
    }
    let mine = saved("hello", "Hello from Ada", Some(desk.ada_id()), vec![]);
    desk.ada.done(AgentCommand::SaveReply { reply: mine.clone() }).await?;
    desk.ada
        .until("it is there", |seen| (!seen.replica.replies().is_empty()).then_some(()))
        .await?;
    let all = AgentQuestion::Replies {
        query: String::new(),
        after: None,
        limit: 10,
    };
    let AgentReply::Replies { replies, .. } = told(&desk.bo, all).await? else {
        bail!("no replies")
    };
    assert!(replies.is_empty(), "{replies:?}");
    desk.waits("alice").await?;
    let conversation = takes(&desk.bo, "alice").await?;
    assert_eq!(
        desk.bo.refused(with_reply(conversation, &mine, &[])).await?,
        Refusal::NotFound
    );
    // A code is unique among the own ones, and among everybody's.
    let another = |owner| AgentCommand::SaveReply {
        reply: saved("hello", "Hello again", owner, vec![]),
    };
    refused(&desk.ada, another(Some(desk.ada_id())), "exists").await?;
    desk.ada.done(another(None)).await?;
    refused(&desk.bo, another(None), "exists").await?;
    assert_eq!(
        desk.bo.refused(AgentCommand::DeleteReply { reply: mine.id }).await?,
        Refusal::NotFound
    );
    Ok(())
}

fn save(slug: &str, title: &str, body: &str, published: bool) -> AgentCommand {
    AgentCommand::SaveArticle {
        article: Article {
            slug: tag(slug),
            title: subject(title),
            body: body.to_owned(),
            questions: None,
        },
        tags: vec![],
        published,
    }
}

fn card(conversation: ConversationId, slug: &str) -> AgentCommand {
    AgentCommand::Post {
        conversation,
        text: "This may help:".to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: true,
        quote: None,
        reply: None,
        article: Some(tag(slug)),
        file: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_read_in_full_and_a_draft_is_not_there() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let body = format!(
        "# Refunds\n\n{}\n\nAsk within *fourteen* days.\n",
        "We pay back what you paid. ".repeat(200)
    );
    desk.ada.done(save("refunds", "How refunds work", &body, true)).await?;
    desk.ada
        .done(save("prices", "Next year's prices", "Everything costs more.", false))
        .await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    assert_eq!(desk.ada.refused(card(conversation, "prices")).await?, Refusal::NotFound);
    desk.ada.done(card(conversation, "refunds")).await?;
    alice.sees("This may help:").await?;
    let slug: Tag = alice
        .until("the card", |seen| {
            seen.replica.thread().events().find_map(|event| match &event.body {
                CustomerBody::Posted(posted) => posted.parts.iter().find_map(|part| match part {
                    Part::Card(card) => Some(card.slug.clone()),
                    _ => None,
                }),
                _ => None,
            })
        })
        .await?;
    let reads = async |slug: &Tag| alice.told(CustomerQuestion::Article { slug: slug.clone() }).await;
    let CustomerReply::Article { article } = reads(&slug).await?.map_err(|it| anyhow::anyhow!("{it:?}"))? else {
        bail!("no article")
    };
    assert_eq!((article.title.as_str(), article.body), ("How refunds work", body));
    for hidden in ["prices", "nothing-like-it"] {
        assert_eq!(reads(&tag(hidden)).await?, Err(Refusal::NotFound), "{hidden}");
    }
    // What is taken from the public is gone for customers, and there for agents.
    desk.bo
        .done(save("refunds", "How refunds work", "being written anew", false))
        .await?;
    assert_eq!(reads(&slug).await?, Err(Refusal::NotFound));
    let found = told(
        &desk.bo,
        AgentQuestion::Articles {
            query: "anew".to_owned(),
            limit: 10,
        },
    )
    .await?;
    assert!(
        matches!(&found, AgentReply::Articles { articles } if articles.len() == 1),
        "{found:?}"
    );
    Ok(())
}
