//! Saved replies and articles in lines.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, ReplyUse},
    event::{CardPart, CardTag, EventBody, Part, Posted, ReplyChanged, Subject},
    frame::{AgentQuestion, AgentReply},
    ids::{LineNo, ReplyId, Rev, Time},
    intake::Priority,
    library::{Article, ArticleRow, ReplyAction, SavedReply},
    line::LineState,
    refusal::Refusal,
    text::MessageText,
    words::Tag,
};

use crate::{
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, agent},
};

fn saved(n: u8, code: &str, text: &str, actions: Vec<ReplyAction>) -> SavedReply {
    SavedReply {
        id: ReplyId::from_bytes([n; 16]),
        code: code.parse().unwrap(),
        title: format!("About {code}").parse().unwrap(),
        text: text.to_owned(),
        owner: None,
        actions,
        uses: 0,
        questions: None,
    }
}

/// A script that has these saved replies, in the thread of carol, who is Ada's.
fn with(replies: Vec<SavedReply>) -> Script {
    let mut script = carol(mine());
    script.hear(|desk| {
        for reply in replies {
            desk.add(Subject::Library, EventBody::ReplyChanged(ReplyChanged { reply }));
        }
        desk
    });
    script.said.clear();
    script
}

fn row(slug: &str, published: bool) -> ArticleRow {
    ArticleRow {
        slug: slug.parse().unwrap(),
        title: "Money \u{202e}back".parse().unwrap(),
        tags: vec!["money".parse().unwrap()],
        published,
        updated_at: Time(0),
        updated_by: None,
        excerpt: "You get it back".to_owned(),
    }
}

fn article(script: &mut Script, slug: &str, published: bool) {
    let known = Article {
        slug: slug.parse().unwrap(),
        title: "Refunds".parse().unwrap(),
        body: "# Refunds\n\nYou get it \u{1b}[2Jback".to_owned(),
        questions: None,
    };
    let slug = known.slug.clone();
    let row = row(slug.as_str(), published);
    script.replies(
        AgentQuestion::Article { slug },
        AgentReply::Article { article: known, row },
    );
}

#[test]
fn saved_replies_are_listed_by_their_words() {
    let mut own = saved(2, "hours", "We open at nine", vec![]);
    own.owner = Some(agent(ADA).id);
    let mut script = with(vec![saved(1, "refund", "Your {{?order}} comes\nback", vec![]), own]);
    script.tells(
        "/replies",
        &[
            "/reply hours: About hours, yours: We open at nine",
            "/reply refund: About refund: Your {{?order}} comes back",
        ],
    );
    script.tells(
        "/replies NINE open",
        &["/reply hours: About hours, yours: We open at nine"],
    );
    script.tells("/replies zebra", &["No saved reply fits."]);
}

#[test]
fn a_word_about_saved_replies_waits_until_all_are_here() {
    let mut script = Script::away(mine());
    script.unanswered = Some(vec![]);
    script.connect();
    script.said.clear();
    script.lines(&["/replies", "/list"]);
    assert!(script.said.is_empty(), "{:?}", script.said);
    script.answers_come();
    assert_eq!(script.said.first().map(String::as_str), Some("No saved reply fits."));
    assert!(script.said.len() > 1, "what was written after it comes after it");
}

#[test]
fn a_saved_reply_is_previewed_and_then_sent() {
    let actions = vec![
        ReplyAction::Tag {
            tag: "refund".parse().unwrap(),
        },
        ReplyAction::Close,
    ];
    let reply = saved(
        1,
        "refund",
        "Hi {{customer_name}}, {{?order}} on {{?day|Monday}}.",
        actions,
    );
    let mut script = with(vec![reply.clone()]);
    script.tells(
        "/reply refund",
        &[
            "Reads: Hi carol, {{?order}} on Monday.",
            "Also: tag refund, close",
            "It asks first: /reply refund order=...",
        ],
    );
    script.tells("/send", &["Not sent. It asks first: /reply refund order=..."]);
    script.tells(
        "/reply ref order=\"12 {{customer_name}}\"",
        &[
            "Reads: Hi carol, 12 {{customer_name}} on Monday.",
            "Also: tag refund, close",
            "/send sends it, /discard throws it away.",
        ],
    );
    let command = script.gives("/send");
    let answers = BTreeMap::from([("order".to_owned(), "12 {{customer_name}}".to_owned())]);
    let used = ReplyUse { id: reply.id, answers };
    assert!(
        matches!(&command, AgentCommand::Post { text, reply: Some(it), .. } if *text == reply.text && *it == used),
        "it is filled by the server: {command:?}"
    );
    script.tells(
        "/send",
        &["Nothing is prepared: /reply CODE, /article SLUG or /draft prepares something."],
    );
}

#[test]
fn what_is_no_saved_reply_or_no_answer_is_told() {
    let mut script = with(vec![
        saved(1, "refund", "{{?order}}", vec![]),
        saved(2, "refuse", "No", vec![]),
    ]);
    script.tells("/reply ref", &["Which one: refund, refuse? Nothing was done."]);
    script.tells(
        "/reply zed",
        &["There is no saved reply zed. /replies tells them. Nothing was done."],
    );
    script.tells(
        "/reply refund number=1",
        &["number: it is not asked. Nothing was done."],
    );
    script.tells(
        "/reply refund 1",
        &["Answers are written as question=answer, with \" around what has blanks in it. Nothing was done."],
    );
    script.tells("/reply refund order=\"1", &["A \" is missing at the end."]);
    script.lines(&[&format!("/reply refund order={}", "x".repeat(2_000))]);
    assert!(
        script.said[0].starts_with("order: it has 2000 bytes"),
        "{:?}",
        script.said
    );
}

#[test]
fn what_is_prepared_goes_to_whom_it_was_prepared_for() {
    let mut script = with(vec![saved(1, "bye", "Bye", vec![])]);
    script.hear(|desk| desk.says("dora", "x").taken("dora", ADA));
    script.lines(&["/reply bye", "/open dora"]);
    script.tells(
        "/send",
        &["It was prepared for carol, who is not open: /open carol, or prepare it again."],
    );
    script.tells("/discard", &["Thrown away: Bye"]);
    // Not mine any more: it stays prepared.
    let mut script = with(vec![saved(1, "bye", "Bye", vec![])]);
    script.lines(&["/reply bye"]);
    script.hear(|desk| desk.assigned("carol", BO, BO));
    script.tells("/send", &["Not sent, taken by Bo since 14:00: Bye"]);
    script.tells("/discard", &["Thrown away: Bye"]);
}

#[test]
fn an_article_is_found_read_and_sent_as_a_card() {
    let mut script = carol(mine());
    let (query, limit) = ("money back".to_owned(), 20);
    let articles = vec![row("refunds", true), row("draft", false)];
    script.replies(
        AgentQuestion::Articles { query, limit },
        AgentReply::Articles { articles },
    );
    article(&mut script, "refunds", true);
    article(&mut script, "draft", false);
    script.tells(
        "/articles money back",
        &[
            "refunds: Money back: You get it back",
            "draft: Money back, a draft: You get it back",
        ],
    );
    script.tells(
        "/read refunds",
        &[
            "Refunds (refunds): published, money",
            "| # Refunds",
            "| ",
            "| You get it ␛[2Jback",
        ],
    );
    script.tells(
        "/article draft",
        &["draft is a draft: customers cannot read it. Nothing was prepared."],
    );
    script.tells(
        "/article refunds",
        &[
            "Reads: Refunds [article refunds: Refunds]",
            "/send sends it, /discard throws it away.",
        ],
    );
    let slug: Tag = "refunds".parse().unwrap();
    let command = script.gives("/send");
    assert!(
        matches!(&command, AgentCommand::Post { text, article: Some(it), .. } if text == "Refunds" && *it == slug),
        "{command:?}"
    );
    let command = script.gives("/article refunds Read this");
    assert!(
        matches!(&command, AgentCommand::Post { text, article: Some(it), .. } if text == "Read this" && *it == slug),
        "{command:?}"
    );
    script.tells("/read zebra", &["There is no article zebra. /articles tells them."]);
    script.tells("/articles zebra", &["No article fits."]);
}

#[test]
fn a_card_is_told_with_the_name_that_read_takes() {
    let mut script = carol(mine());
    let card = Part::Card(CardPart {
        kind: CardTag::Card,
        slug: "refunds".parse().unwrap(),
        title: "Refunds".parse().unwrap(),
        excerpt: "x".to_owned(),
        fallback: "y".to_owned(),
    });
    let posted = Posted {
        author: minicom_protocol::event::Author::Bot,
        line: LineNo(1),
        parts: vec![Part::of_text(MessageText::parse("See").unwrap()), card],
        quote: None,
        notice: None,
        state: LineState::Original,
    };
    script.hear(|desk| desk.happens("carol", EventBody::Posted(posted)));
    script.says(&["[carol] 14:00 bot: See␤[article refunds: Refunds]"]);
}

#[test]
fn saved_replies_are_made_changed_and_deleted() {
    let mut script = carol(waiting());
    let command = script.gives(
        r#"/reply-save hours title="When we open" mine=yes tag=info priority=low snooze=2h close=yes -- Hi {{customer_name}}\nWe open at 9"#,
    );
    let AgentCommand::SaveReply { reply } = command else {
        panic!("{command:?}")
    };
    assert_eq!(reply.code.as_str(), "hours");
    assert_eq!(reply.title.as_str(), "When we open");
    assert_eq!(reply.owner, Some(agent(ADA).id));
    assert_eq!(reply.text, "Hi {{customer_name}}\nWe open at 9");
    assert_eq!(
        reply.actions,
        [
            ReplyAction::Tag {
                tag: "info".parse().unwrap()
            },
            ReplyAction::Priority {
                priority: Priority::Low
            },
            ReplyAction::Snooze { minutes: Some(120) },
            ReplyAction::Close,
        ]
    );
    let mut script = carol(waiting());
    script.lines(&["/reply-save hours -- Nine"]);
    let order = script.command();
    script.answer(
        order,
        Outcome::Done(Done {
            rev: Some(Rev(1)),
            ..Done::default()
        }),
    );
    script.says(&["Saved: /reply hours"]);

    // What is not said stays.
    let mut known = saved(7, "hours", "Nine", vec![ReplyAction::Close]);
    known.title = "Opening".parse().unwrap();
    let mut script = with(vec![known.clone()]);
    let text = "Ten".to_owned();
    assert_eq!(
        script.gives("/reply-save hours -- Ten"),
        AgentCommand::SaveReply {
            reply: SavedReply { text, ..known.clone() }
        }
    );
    let mut script = with(vec![known.clone()]);
    script.tells(
        "/reply-delete hours",
        &["This cannot be undone: /reply-delete hours yes does it."],
    );
    assert_eq!(
        script.gives("/reply-delete hours yes"),
        AgentCommand::DeleteReply { reply: known.id }
    );

    let mut script = carol(waiting());
    script.tells("/reply-save hours -- {{x}}", &[
        "Line 1, column 3: x is not known here (known: customer_name, customer_email, agent_name, subject, tenant_name, conversation_number, ticket); to be asked for it write {{?x}}. Nothing was done.",
    ]);
    script.tells("/reply-save hours color=red -- x", &[
        "Color=red is none of title, mine=yes|no, tag, priority, group, snooze=2h|reply, close=yes. Nothing was done.",
    ]);
    script.tells(
        "/reply-save hours group=zed -- x",
        &["There is no such group; /groups tells them. Nothing was done."],
    );
}

#[test]
fn articles_are_made_changed_and_deleted() {
    let mut script = carol(waiting());
    article(&mut script, "refunds", false);
    script.lines(&["/article-save refunds published=yes"]);
    let order = script.command();
    let AgentCommand::SaveArticle {
        article: changed,
        tags,
        published,
    } = &order.1
    else {
        panic!("{order:?}")
    };
    assert_eq!(
        (changed.title.as_str(), *published, tags.len()),
        ("Refunds", true, 1),
        "what is not said stays"
    );
    assert!(changed.body.starts_with("# Refunds\n"));
    script.answer(
        order,
        Outcome::Done(Done {
            rev: Some(Rev(1)),
            ..Done::default()
        }),
    );
    script.says(&["Saved: article refunds, published."]);
    let command = script.gives(r"/article-save new title=New tags=a,b -- # New\nText");
    let AgentCommand::SaveArticle {
        article: made,
        tags,
        published: false,
    } = command
    else {
        panic!("{command:?}")
    };
    assert_eq!((made.body.as_str(), tags.len()), ("# New\nText", 2));
    let mut script = carol(waiting());
    script.tells(
        "/article-save zed title=Z",
        &["There is no article zed: -- TEXT makes one. Nothing was done."],
    );
    script.tells(
        "/article-save zed size=1 -- x",
        &["Size=1 is none of title, tags, published=yes|no. Nothing was done."],
    );
    script.tells(
        "/article-delete refunds",
        &["This cannot be undone: /article-delete refunds yes does it."],
    );
    let slug = "refunds".parse().unwrap();
    assert_eq!(
        script.gives("/article-delete refunds yes"),
        AgentCommand::DeleteArticle { slug }
    );
}

#[test]
fn a_refusal_of_the_server_to_fill_holes_keeps_the_line() {
    let mut script = with(vec![saved(1, "mail", "{{customer_email|}}x", vec![])]);
    script.lines(&["/reply mail", "/send"]);
    let order = script.command();
    script.said.clear();
    script.refused(
        order,
        Refusal::Unresolved {
            holes: vec!["customer_email".to_owned()],
        },
    );
    script.says(&[
        "Not sent, Fill in first: customer_email: {{customer_email|}}x",
        "/resend tries again, /discard throws it away.",
    ]);
}
