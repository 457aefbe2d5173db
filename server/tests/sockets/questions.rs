//! What agents and customers can ask: each question over a real socket, what is not there, and the bounds of what is asked.

use std::fmt::Debug;

use minicom_protocol::{
    command::{AgentCommand, TransferTo},
    frame::{
        AgentQuestion, AgentReply, AgentSnapshot, Agents, CustomerQuestion, CustomerReply, Customers, DeskState,
        ToClient, ToServer, Told,
    },
    ids::{AgentId, ConversationId, CustomerId, GroupId, ReplyId, Rev, TicketNo, Time},
    intake::{Intake, Introduction, Priority},
    library::{Article, ArticleRow, SavedReply},
    people::{AgentRef, Role},
    queue::{QueueStats, Why, WhyNot},
    refusal::Refusal,
    settings::DeskSettings,
    staff::{Group, PresenceState, Workload},
    text::{CustomerName, DisplayName},
    ticket::{TicketComment, TicketStatus},
    words::{Email, GroupName, Skill, SubjectLine, Tag},
};
use minicom_server::limits::{PAGE_MAX, PAGE_OF_LONG_MAX, QUERY_CHARS_MAX, REPLY_BYTES_MAX, TICKET_COMMENTS_MAX};
use uuid::Uuid;

use crate::harness::{Client, Server, post};

/// An admin at the desk.
async fn admin(server: &Server, name: &str) -> (AgentRef, Client<Agents>) {
    let agent = AgentRef {
        id: AgentId(Uuid::new_v4()),
        name: DisplayName::parse(name).unwrap(),
    };
    let token = server.token(&agent, Role::Admin, Time(i64::MAX)).await;
    (agent, server.agent_with(&token, None).await)
}

/// An agent at the desk, and who it is.
async fn agent(server: &Server, name: &str) -> (AgentRef, Client<Agents>) {
    let (agent, token) = server.agent(name).await;
    (agent, server.agent_with(&token, None).await)
}

/// A customer who asked for a person, about something.
async fn waits(server: &Server, name: &str, intake: Intake) -> (ConversationId, Client<Customers>) {
    use minicom_protocol::command::CustomerCommand;
    let mut customer = server.customer(name).await;
    let start = CustomerCommand::Start {
        intake,
        introduction: Introduction::default(),
        answers: vec![],
    };
    customer.does(start).await.unwrap();
    customer.does(post("hello")).await.unwrap();
    let done = customer.does(CustomerCommand::RequestHuman {}).await.unwrap();
    (done.conversation.unwrap(), customer)
}

/// The id of a customer by name.
async fn id_of(server: &Server, name: &str) -> CustomerId {
    let name = CustomerName::parse(name).unwrap();
    server.desk.customer(server.tenant, name).await.unwrap().customer.id
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

fn skill(text: &str) -> Skill {
    Skill::parse(text).unwrap()
}

fn subject(text: &str) -> SubjectLine {
    SubjectLine::parse(text).unwrap()
}

/// The one shape that is wanted of a reply.
macro_rules! told {
    ($asked:expr, $shape:pat => $value:expr) => {
        match $asked.await.unwrap() {
            $shape => $value,
            other => panic!("{other:?}"),
        }
    };
}

fn refused<T: Debug>(asked: Result<T, Refusal>, code: &str) {
    match asked {
        Err(refusal) => assert_eq!(refusal.code(), code, "{refusal:?}"),
        Ok(reply) => panic!("{code} was expected: {reply:?}"),
    }
}

fn first_desk(parts: &[AgentSnapshot]) -> &DeskState {
    parts[0].desk.as_deref().expect("the desk is in the first part")
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_is_too_much_is_refused() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let nobody = CustomerId(Uuid::new_v4());
    let nothing = ConversationId(Uuid::new_v4());
    for question in [
        AgentQuestion::Customer { customer: nobody },
        AgentQuestion::Extra { customer: nobody },
        AgentQuestion::Workload {
            agent: Some(AgentId(Uuid::new_v4())),
        },
        AgentQuestion::Why { conversation: nothing },
        AgentQuestion::Suggestions { conversation: nothing },
        AgentQuestion::Recap {
            conversation: nothing,
            words: true,
        },
        AgentQuestion::Draft { conversation: nothing },
        AgentQuestion::Article { slug: tag("nothing") },
        AgentQuestion::Ticket { number: TicketNo(1) },
    ] {
        let asked = ada.asks(question.clone()).await;
        assert_eq!(asked, Err(Refusal::NotFound), "{question:?}");
    }
    let most = u32::try_from(PAGE_OF_LONG_MAX).unwrap();
    for limit in [0, most + 1, u32::MAX] {
        let (query, before) = (String::new(), None);
        for question in [
            AgentQuestion::Replies {
                query: query.clone(),
                after: None,
                limit,
            },
            AgentQuestion::Articles { query, limit },
            AgentQuestion::AllArticles { after: None, limit },
            AgentQuestion::Tickets {
                status: None,
                assignee: None,
                before: None,
                limit,
            },
            AgentQuestion::Mentions { before, limit },
        ] {
            refused(ada.asks(question).await, "bad_field");
        }
    }
    let limit = u32::try_from(PAGE_MAX).unwrap() + 1;
    refused(
        ada.asks(AgentQuestion::Closed { before: None, limit }).await,
        "bad_field",
    );
    for (length, fits) in [(QUERY_CHARS_MAX, true), (QUERY_CHARS_MAX + 1, false)] {
        // Whatever is typed is a search, and no language.
        let query: String = "\"*^ü(".chars().cycle().take(length).collect();
        let replies = AgentQuestion::Replies {
            query: query.clone(),
            after: None,
            limit: most,
        };
        assert_eq!(ada.asks(replies).await.is_ok(), fits);
        assert_eq!(
            ada.asks(AgentQuestion::Articles { query, limit: most }).await.is_ok(),
            fits
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn the_first_part_of_the_snapshot_has_the_desk_and_the_queue_in_its_order() {
    let server = Server::start().await;
    let (root, mut ada) = admin(&server, "Ada").await;
    let low = Intake {
        priority: Priority::Low,
        ..Intake::default()
    };
    let urgent = Intake {
        priority: Priority::Urgent,
        ..Intake::default()
    };
    let (last, _low) = waits(&server, "low", low).await;
    let (second, _first_medium) = waits(&server, "medium", Intake::default()).await;
    let (first, _urgent) = waits(&server, "urgent", urgent).await;
    let (third, _second_medium) = waits(&server, "another", Intake::default()).await;
    let with_bot = server.posts("with-bot", "hello").await.conversation.unwrap();
    let settings = DeskSettings {
        name: "Lamp desk".to_owned(),
        ..DeskSettings::default()
    };
    let settings = Box::new(settings);
    ada.does(AgentCommand::Configure {
        settings: settings.clone(),
    })
    .await
    .unwrap();

    let (_, bo) = agent(&server, "Bo").await;
    let order: Vec<ConversationId> = bo.snapshot[0].conversations.iter().map(|it| it.conversation).collect();
    assert_eq!(order, [first, second, third, last, with_bot]);
    let desk = first_desk(&bo.snapshot);
    assert_eq!(desk.settings, *settings);
    assert_eq!(desk.staff.agent(root.id).unwrap().role, Role::Admin);
    assert_eq!(desk.staff.agents.len(), 2);
    assert_eq!((desk.mentions_read, desk.mentions_unread), (Rev(0), 0));
    server.stop().await;
}

async fn save(client: &mut Client<Agents>, code: &str, text: &str, owner: Option<AgentId>) {
    let reply = SavedReply {
        id: ReplyId(Uuid::new_v4()),
        code: tag(code),
        title: subject(code),
        text: text.to_owned(),
        owner,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    client.does(AgentCommand::SaveReply { reply }).await.unwrap();
}

async fn codes(client: &mut Client<Agents>, query: &str, after: Option<&str>, limit: u32) -> (Vec<String>, bool) {
    let asked = client.asks(AgentQuestion::Replies {
        query: query.to_owned(),
        after: after.map(tag),
        limit,
    });
    let (replies, more) = told!(asked, AgentReply::Replies { replies, more } => (replies, more));
    (
        replies.into_iter().map(|it| it.code.as_str().to_owned()).collect(),
        more,
    )
}

#[tokio::test]
async fn saved_replies_are_found_by_those_who_may_use_them() {
    let server = Server::start().await;
    let (ada, mut at_desk) = agent(&server, "Ada").await;
    let (_, mut bo) = agent(&server, "Bo").await;
    save(&mut at_desk, "refund", "Your money comes back in three days.", None).await;
    save(&mut at_desk, "hours", "We are here from nine to five.", None).await;
    save(&mut at_desk, "mine", "My own words.", Some(ada.id)).await;
    let all = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        codes(&mut at_desk, "", None, 100).await,
        (all(&["hours", "mine", "refund"]), false)
    );
    assert_eq!(
        codes(&mut bo, "", None, 100).await,
        (all(&["hours", "refund"]), false),
        "Ada's own are Ada's"
    );
    assert_eq!(codes(&mut at_desk, "", None, 2).await, (all(&["hours", "mine"]), true));
    assert_eq!(
        codes(&mut at_desk, "", Some("mine"), 2).await,
        (all(&["refund"]), false)
    );
    assert_eq!(
        codes(&mut bo, "mon", None, 100).await.0,
        all(&["refund"]),
        "by the beginning of a word of the text"
    );
    assert_eq!(codes(&mut bo, "words", None, 100).await.0, all(&[]));
    server.stop().await;
}

#[tokio::test]
async fn an_agents_own_saved_reply_comes_to_nobody_else() {
    use minicom_protocol::event::EventBody;
    let server = Server::start().await;
    let (ada, mut at_desk) = agent(&server, "Ada").await;
    let (bo, bos_token) = server.agent("Bo").await;
    let mut bo_at_desk = server.agent_with(&bos_token, None).await;
    let before = bo_at_desk.cursor;
    let mut reply = SavedReply {
        id: ReplyId(Uuid::new_v4()),
        code: tag("mine"),
        title: subject("mine"),
        text: "My own words.".to_owned(),
        owner: None,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    let mut save = async |owner| {
        reply.owner = owner;
        let reply = reply.clone();
        let done = at_desk.does(AgentCommand::SaveReply { reply }).await.unwrap();
        let at = done.rev.unwrap().0;
        at_desk.reads_to(at).await;
        at
    };
    save(None).await;
    let at = save(Some(ada.id)).await;
    // Live from the tail, and read again after a cut: everybody's it was, then it is gone.
    bo_at_desk.reads_to(at).await;
    let mut again = server.agent_with(&bos_token, Some(before)).await;
    again.reads_to(at).await;
    for client in [&bo_at_desk, &again] {
        let told: Vec<_> = client.events.iter().map(|event| &event.body).collect();
        let [EventBody::ReplyChanged(first), EventBody::ReplyDeleted(then)] = told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((first.reply.owner, then.reply), (None, reply.id));
    }
    let own = at_desk.events.iter().filter(|event| match &event.body {
        EventBody::ReplyChanged(it) => it.reply.owner == Some(ada.id),
        _ => false,
    });
    assert_eq!(own.count(), 1, "Ada has it: {}", bo.name);
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_long_replies_is_cut_and_the_rest_can_be_asked_for() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    // Control characters are written as six bytes each: the most that a reply of this size can become.
    let long = format!("x{}", "\u{1}".repeat(4_000));
    for n in 10..35 {
        save(&mut ada, &format!("r{n}"), &long, None).await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, more) = codes(&mut ada, "", after.as_deref(), 100).await;
        assert!(page.len() * long.len() < REPLY_BYTES_MAX);
        after = page.last().cloned();
        found.extend(page);
        if !more {
            break;
        }
    }
    assert_eq!(found, (10..35).map(|n| format!("r{n}")).collect::<Vec<_>>());
    server.stop().await;
}

async fn write(client: &mut Client<Agents>, slug: &str, body: &str, published: bool) {
    let article = Article {
        slug: tag(slug),
        title: subject(slug),
        body: body.to_owned(),
        questions: None,
    };
    let tags = vec![tag("money")];
    let save = AgentCommand::SaveArticle {
        article,
        tags,
        published,
    };
    client.does(save).await.unwrap();
}

async fn articles(client: &mut Client<Agents>, query: &str) -> Vec<ArticleRow> {
    let asked = client.asks(AgentQuestion::Articles {
        query: query.to_owned(),
        limit: 100,
    });
    told!(asked, AgentReply::Articles { articles } => articles)
}

#[tokio::test]
async fn customers_read_published_articles_and_drafts_are_as_if_they_were_not_there() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let mut alice = server.customer("alice").await;
    write(&mut ada, "refunds", "# Refunds\n\nMoney comes *back*.", true).await;
    write(&mut ada, "secret", "Not yet said: money.", false).await;
    let found = articles(&mut ada, "money").await;
    let mut slugs: Vec<&str> = found.iter().map(|it| it.slug.as_str()).collect();
    slugs.sort_unstable();
    assert_eq!(slugs, ["refunds", "secret"], "agents find drafts too");
    assert_eq!(articles(&mut ada, "").await.len(), 2);
    assert!(articles(&mut ada, "elsewhere").await.is_empty());
    let draft = ada.asks(AgentQuestion::Article { slug: tag("secret") });
    let (article, row) = told!(draft, AgentReply::Article { article, row } => (article, row));
    assert_eq!((article.body.as_str(), row.published), ("Not yet said: money.", false));

    let asked = alice.asks(CustomerQuestion::Article { slug: tag("refunds") });
    let article = told!(asked, CustomerReply::Article { article } => article);
    assert_eq!(article.body, "# Refunds\n\nMoney comes *back*.");
    let draft = alice.asks(CustomerQuestion::Article { slug: tag("secret") }).await;
    let unknown = alice.asks(CustomerQuestion::Article { slug: tag("nothing") }).await;
    assert_eq!(draft, Err(Refusal::NotFound));
    assert_eq!(draft, unknown, "the two are never told apart");
    write(&mut ada, "refunds", "Withdrawn.", false).await;
    let gone = alice.asks(CustomerQuestion::Article { slug: tag("refunds") }).await;
    assert_eq!(gone, Err(Refusal::NotFound));
    server.stop().await;
}

async fn tickets(
    client: &mut Client<Agents>,
    status: Option<TicketStatus>,
    assignee: Option<AgentId>,
    before: Option<Time>,
    limit: u32,
) -> (Vec<(u64, Time)>, bool) {
    let asked = client.asks(AgentQuestion::Tickets {
        status,
        assignee,
        before,
        limit,
    });
    let (tickets, more) = told!(asked, AgentReply::Tickets { tickets, more } => (tickets, more));
    (
        tickets.into_iter().map(|it| (it.number.0, it.updated_at)).collect(),
        more,
    )
}

async fn comments(client: &mut Client<Agents>, number: u64) -> Vec<TicketComment> {
    let asked = client.asks(AgentQuestion::Ticket {
        number: TicketNo(number),
    });
    let (ticket, comments) = told!(asked, AgentReply::Ticket { ticket, comments } => (ticket, comments));
    assert_eq!(ticket.number.0, number);
    comments
}

#[tokio::test]
async fn tickets_are_listed_paged_and_opened_with_their_comments() {
    use minicom_protocol::command::Assignee;
    let server = Server::start().await;
    let (ada, mut at_desk) = agent(&server, "Ada").await;
    for name in ["alice", "bob", "carol"] {
        let conversation = server.posts(name, "my lamp is broken").await.conversation.unwrap();
        let title = Some(subject(name));
        let convert = AgentCommand::ConvertToTicket { conversation, title };
        at_desk.does(convert).await.unwrap();
    }
    let change = |status, assignee| AgentCommand::ChangeTicket {
        ticket: TicketNo(1),
        status,
        assignee,
        title: None,
    };
    let mine = Some(Assignee::Agent { agent: ada.id });
    at_desk.does(change(Some(TicketStatus::Pending), mine)).await.unwrap();
    let numbers = |page: &(Vec<(u64, Time)>, bool)| page.0.iter().map(|it| it.0).collect::<Vec<_>>();
    let all = tickets(&mut at_desk, None, None, None, 100).await;
    assert_eq!((numbers(&all), all.1), (vec![1, 3, 2], false), "the last changed first");
    let page = tickets(&mut at_desk, None, None, None, 2).await;
    assert_eq!((numbers(&page), page.1), (vec![1, 3], true));
    let next = tickets(&mut at_desk, None, None, Some(page.0[1].1), 2).await;
    assert_eq!((numbers(&next), next.1), (vec![2], false));
    let pending = tickets(&mut at_desk, Some(TicketStatus::Pending), None, None, 100).await;
    assert_eq!(numbers(&pending), [1]);
    let hers = tickets(&mut at_desk, None, Some(ada.id), None, 100).await;
    assert_eq!(numbers(&hers), [1]);

    // More than there is room for in one reply: the newest stay, oldest first.
    let count = TICKET_COMMENTS_MAX + 3;
    let mut sent = Vec::new();
    for n in 0..count {
        let (ticket, text) = (TicketNo(2), format!("{n}: {}", "long ".repeat(400)));
        sent.push(at_desk.sends(AgentCommand::CommentTicket { ticket, text }).await);
    }
    for id in sent {
        at_desk.answer(id).await.unwrap();
    }
    let found = comments(&mut at_desk, 2).await;
    let last: Vec<usize> = found
        .iter()
        .map(|it| it.text.split(':').next().unwrap().parse().unwrap())
        .collect();
    assert!(last.len() > 50 && last.len() <= TICKET_COMMENTS_MAX, "{}", last.len());
    assert_eq!(last, (count - last.len()..count).collect::<Vec<_>>());
    assert!(comments(&mut at_desk, 3).await.is_empty());
    server.stop().await;
}

async fn mentions(client: &mut Client<Agents>, before: Option<Rev>, limit: u32) -> (Vec<(String, Rev)>, bool) {
    let asked = client.asks(AgentQuestion::Mentions { before, limit });
    let (found, more) = told!(asked, AgentReply::Mentions { mentions, more } => (mentions, more));
    (found.into_iter().map(|it| (it.note.text, it.note.rev)).collect(), more)
}

#[tokio::test]
async fn whoever_is_mentioned_has_a_list_with_its_own_unread_count() {
    let server = Server::start().await;
    let (_, mut ada) = admin(&server, "Ada").await;
    let (bo, token) = server.agent("Bo").await;
    let group = Group {
        id: GroupId(Uuid::new_v4()),
        name: GroupName::parse("lamps").unwrap(),
        members: vec![bo.id],
        skills: vec![],
    };
    ada.does(AgentCommand::SaveGroup { group: group.clone() })
        .await
        .unwrap();
    let conversation = server.posts("alice", "hello").await.conversation.unwrap();
    let note = |text: &str, agents, groups| AgentCommand::Note {
        conversation,
        text: text.to_owned(),
        agents,
        groups,
    };
    ada.does(note("one for @Bo", vec![bo.id], vec![])).await.unwrap();
    ada.does(note("for nobody", vec![], vec![])).await.unwrap();
    ada.does(note("two for @lamps", vec![], vec![group.id])).await.unwrap();

    let mut at_desk = server.agent_with(&token, None).await;
    assert_eq!(first_desk(&at_desk.snapshot).mentions_unread, 2);
    let (all, more) = mentions(&mut at_desk, None, 100).await;
    let texts: Vec<&str> = all.iter().map(|it| it.0.as_str()).collect();
    assert_eq!((texts, more), (vec!["two for @lamps", "one for @Bo"], false));
    let (page, more) = mentions(&mut at_desk, None, 1).await;
    assert_eq!((page.as_slice(), more), (&all[..1], true));
    let (page, more) = mentions(&mut at_desk, Some(page[0].1), 1).await;
    assert_eq!((page.as_slice(), more), (&all[1..], false));
    assert!(mentions(&mut ada, None, 100).await.0.is_empty());

    let up_to = all[1].1;
    at_desk.does(AgentCommand::MarkMentionsRead { up_to }).await.unwrap();
    let again = server.agent_with(&token, None).await;
    let desk = first_desk(&again.snapshot);
    assert_eq!((desk.mentions_read, desk.mentions_unread), (up_to, 1));
    server.stop().await;
}

#[tokio::test]
async fn what_is_known_of_a_customer_stands_together() {
    use minicom_protocol::command::CustomerCommand;
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let mut alice = server.customer("alice").await;
    for text in ["first", "second"] {
        alice.does(post(text)).await.unwrap();
        if text == "first" {
            alice.does(CustomerCommand::Close {}).await.unwrap();
        }
    }
    let introduction = Introduction {
        name: Some(subject("Alice L.")),
        email: Some(Email::parse("alice@example.test").unwrap()),
    };
    alice.does(CustomerCommand::Introduce { introduction }).await.unwrap();
    let elsewhere = server.posts("alice-at-home", "third").await.conversation.unwrap();
    let (id, other) = (id_of(&server, "alice").await, id_of(&server, "alice-at-home").await);
    let title = None;
    let convert = AgentCommand::ConvertToTicket {
        conversation: elsewhere,
        title,
    };
    ada.does(convert).await.unwrap();
    let note = AgentCommand::Note {
        conversation: elsewhere,
        text: "prefers mornings".to_owned(),
        agents: vec![],
        groups: vec![],
    };
    ada.does(note).await.unwrap();

    let asked = ada.asks(AgentQuestion::Customer { customer: id });
    let before = told!(asked, AgentReply::Customer { context } => context);
    assert_eq!((before.conversations, before.open_conversations), (2, 1));
    assert_eq!((before.tickets, before.notes.len(), before.also.len()), (0, 0, 0));
    assert_eq!(
        before.newest.iter().map(|it| it.number).collect::<Vec<_>>(),
        [2, 1],
        "newest first"
    );
    assert_eq!(
        before.profile.email.as_ref().map(Email::as_str),
        Some("alice@example.test")
    );
    assert!(!before.verified && before.first_seen > Time(0));

    let merge = AgentCommand::MergeCustomers {
        customer: id,
        also: other,
    };
    ada.does(merge).await.unwrap();
    for customer in [id, other] {
        let asked = ada.asks(AgentQuestion::Customer { customer });
        let both = told!(asked, AgentReply::Customer { context } => context);
        assert_eq!((both.conversations, both.open_conversations), (3, 2));
        assert_eq!((both.tickets, both.open_tickets, both.newest_tickets.len()), (1, 1, 1));
        assert_eq!(both.notes[0].text, "prefers mornings");
        assert_eq!((both.also.len(), both.first_seen), (1, before.first_seen));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_customer_with_long_notes_still_fits_one_reply() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let conversation = server.posts("alice", "hello").await.conversation.unwrap();
    for n in 0..8 {
        let text = format!("{n}{}", "\u{1}".repeat(9_000));
        let (agents, groups) = (vec![], vec![]);
        let note = AgentCommand::Note {
            conversation,
            text,
            agents,
            groups,
        };
        ada.does(note).await.unwrap();
    }
    let customer = id_of(&server, "alice").await;
    let asked = ada.asks(AgentQuestion::Customer { customer });
    let context = told!(asked, AgentReply::Customer { context } => context);
    assert!(
        !context.notes.is_empty() && context.notes.len() < 8,
        "{}",
        context.notes.len()
    );
    assert!(context.notes[0].text.starts_with('7'), "the newest are kept");
    server.stop().await;
}

async fn why(client: &mut Client<Agents>, conversation: ConversationId) -> Why {
    told!(client.asks(AgentQuestion::Why { conversation }), AgentReply::Why { why } => *why)
}

/// Why each agent may not take it, by name.
fn reasons(why: &Why) -> Vec<(&str, Option<&WhyNot>)> {
    why.agents
        .iter()
        .map(|it| (it.agent.name.as_str(), it.take.as_ref()))
        .collect()
}

#[tokio::test]
async fn why_says_who_may_take_what_waits_and_why_others_may_not() {
    let server = Server::start().await;
    let (ada, mut at_desk) = admin(&server, "Ada").await;
    let (bo, _bo) = agent(&server, "Bo").await;
    let refunds = vec![skill("refunds")];
    let set = AgentCommand::SetAgent {
        agent: bo.id,
        skills: refunds.clone(),
        capacity: None,
    };
    at_desk.does(set).await.unwrap();
    let set = AgentCommand::SetAgent {
        agent: ada.id,
        skills: vec![],
        capacity: Some(1),
    };
    at_desk.does(set).await.unwrap();
    let (plain, _alice) = waits(&server, "alice", Intake::default()).await;
    let intake = Intake {
        priority: Priority::High,
        skills: refunds.clone(),
        ..Intake::default()
    };
    let (skilled, mut bob) = waits(&server, "bob", intake).await;

    let of_skilled = why(&mut at_desk, skilled).await;
    assert_eq!((of_skilled.place, of_skilled.effective), (Some(1), Priority::High));
    let lacking = WhyNot::Skills { missing: refunds };
    assert_eq!(reasons(&of_skilled), [("Ada", Some(&lacking)), ("Bo", None)]);
    assert!(!of_skilled.routing, "it is off by default");
    assert_eq!(of_skilled.agents[1].route, None, "Bo is there, and could be given it");
    let of_plain = why(&mut at_desk, plain).await;
    assert_eq!(of_plain.place, Some(2));
    assert_eq!(reasons(&of_plain), [("Ada", None), ("Bo", None)]);

    at_desk
        .does(AgentCommand::TakeOver { conversation: plain })
        .await
        .unwrap();
    let taken = why(&mut at_desk, plain).await;
    // What somebody has is taken by nobody else, whatever the others could have.
    let by = taken.agents[0].agent.clone();
    let by_ada = WhyNot::Taken { by };
    assert_eq!(taken.place, None);
    assert_eq!(reasons(&taken), [("Ada", None), ("Bo", Some(&by_ada))]);
    bob.does(minicom_protocol::command::CustomerCommand::Close {})
        .await
        .unwrap();
    let ended = at_desk.asks(AgentQuestion::Why { conversation: skilled }).await;
    assert_eq!(ended, Err(Refusal::Closed));
    server.stop().await;
}

#[tokio::test]
async fn why_names_the_group_that_a_conversation_waits_for() {
    let server = Server::start().await;
    let (_, mut ada) = admin(&server, "Ada").await;
    let (bo, _bo) = agent(&server, "Bo").await;
    let group = Group {
        id: GroupId(Uuid::new_v4()),
        name: GroupName::parse("lamps").unwrap(),
        members: vec![bo.id],
        skills: vec![],
    };
    ada.does(AgentCommand::SaveGroup { group: group.clone() })
        .await
        .unwrap();
    let (conversation, _alice) = waits(&server, "alice", Intake::default()).await;
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    let transfer = AgentCommand::Transfer {
        conversation,
        to: TransferTo::Group { group: group.id },
        note: None,
    };
    ada.does(transfer).await.unwrap();
    let waits_for = WhyNot::Group { group: group.to_ref() };
    let found = why(&mut ada, conversation).await;
    assert_eq!(reasons(&found), [("Ada", Some(&waits_for)), ("Bo", None)]);
    server.stop().await;
}

#[tokio::test]
async fn the_queue_in_numbers_counts_what_waits() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let none = told!(ada.asks(AgentQuestion::Queue {}), AgentReply::Queue { stats } => stats);
    assert_eq!(none, QueueStats::default());
    let mut customers = Vec::new();
    for (n, priority) in [Priority::Urgent, Priority::Low, Priority::Low].into_iter().enumerate() {
        let intake = Intake {
            priority,
            ..Intake::default()
        };
        customers.push(waits(&server, &format!("c{n}"), intake).await);
    }
    server.posts("with-bot", "hello").await;
    let stats = told!(ada.asks(AgentQuestion::Queue {}), AgentReply::Queue { stats } => stats);
    assert_eq!(
        (stats.waiting, stats.urgent, stats.high, stats.medium, stats.low),
        (3, 1, 0, 0, 2)
    );
    assert!(stats.longest_wait_ms >= stats.average_wait_ms && stats.average_wait_ms >= 0);
    server.stop().await;
}

async fn workload(client: &mut Client<Agents>, agent: Option<AgentId>) -> Vec<Workload> {
    told!(client.asks(AgentQuestion::Workload { agent }), AgentReply::Workload { agents } => agents)
}

#[tokio::test]
async fn the_workload_has_who_has_how_much_and_how_they_stand() {
    let server = Server::start().await;
    let (ada, mut at_desk) = admin(&server, "Ada").await;
    let (bo, _) = server.agent("Bo").await;
    let set = |agent, capacity| AgentCommand::SetAgent {
        agent,
        skills: vec![],
        capacity,
    };
    let set_ada = set(ada.id, Some(4));
    at_desk.does(set_ada).await.unwrap();
    let mut conversations = Vec::new();
    for name in ["alice", "bob"] {
        let (conversation, customer) = waits(&server, name, Intake::default()).await;
        at_desk.does(AgentCommand::TakeOver { conversation }).await.unwrap();
        conversations.push((conversation, customer));
    }
    let snooze = AgentCommand::Snooze {
        conversation: conversations[1].0,
        until: None,
    };
    at_desk.does(snooze).await.unwrap();

    let all = workload(&mut at_desk, None).await;
    let names: Vec<&str> = all.iter().map(|it| it.presence.agent.name.as_str()).collect();
    assert_eq!(names, ["Ada", "Bo"], "in the order of names");
    let (hers, his) = (&all[0], &all[1]);
    assert_eq!((hers.active, hers.snoozed), (1, 1), "what is put aside does not count");
    assert_eq!(
        (hers.capacity, hers.utilisation, hers.free),
        (Some(4), Some(25), Some(3))
    );
    assert_eq!(hers.conversations.len(), 2);
    assert_eq!(hers.presence.state, PresenceState::Available);
    assert_eq!(his.presence.state, PresenceState::Offline);
    assert_eq!(
        (his.active, his.capacity, his.utilisation, his.free),
        (0, None, None, None)
    );
    assert_eq!(workload(&mut at_desk, Some(bo.id)).await, std::slice::from_ref(his));
    server.stop().await;
}

#[tokio::test]
async fn a_command_of_the_operator_is_told_about_the_customer_and_its_lines_are_shown() {
    // Lines that are shown have a bound, and what it is told is one line.
    let server = Server::asking(&["fold", "-w", "150"]).await;
    let (_, mut ada) = agent(&server, "Ada").await;
    server.posts("alice", "hello").await;
    let customer = id_of(&server, "alice").await;
    let asked = ada.asks(AgentQuestion::Extra { customer });
    let (lines, trouble) = told!(asked, AgentReply::Extra { lines, trouble } => (lines, trouble));
    assert_eq!(trouble, None);
    let about: serde_json::Value = serde_json::from_str(&lines.concat()).unwrap();
    assert_eq!((&about["name"], &about["realm"]), (&"alice".into(), &"named".into()));
    assert_eq!(
        (&about["verified"], &about["tenant"]),
        (&false.into(), &"default".into())
    );
    assert_eq!(about["counts"]["conversations"], 1);
    assert_eq!(about["counts"]["open_conversations"], 1);
    server.stop().await;
}

#[tokio::test]
async fn without_a_command_nothing_is_said_and_a_broken_one_is_no_harm() {
    let server = Server::start().await;
    let (_, mut ada) = agent(&server, "Ada").await;
    server.posts("alice", "hello").await;
    let customer = id_of(&server, "alice").await;
    let asked = ada.asks(AgentQuestion::Extra { customer });
    let said = told!(asked, AgentReply::Extra { lines, trouble } => (lines, trouble));
    assert_eq!(said, (vec![], None));
    server.stop().await;

    let server = Server::asking(&["/no/such/program"]).await;
    let (_, mut ada) = agent(&server, "Ada").await;
    server.posts("alice", "hello").await;
    let customer = id_of(&server, "alice").await;
    let asked = ada.asks(AgentQuestion::Extra { customer });
    let (lines, trouble) = told!(asked, AgentReply::Extra { lines, trouble } => (lines, trouble));
    assert!(lines.is_empty() && trouble.is_some(), "{lines:?} {trouble:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_command_that_takes_its_time_holds_up_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    let made = std::process::Command::new("mkfifo").arg(&gate).status().unwrap();
    assert!(made.success());
    // It ends when somebody has written into the gate.
    let server = Server::asking(&["cat", gate.to_str().unwrap()]).await;
    let (_, mut ada) = agent(&server, "Ada").await;
    let conversation = server.posts("alice", "hello").await.conversation.unwrap();
    let customer = id_of(&server, "alice").await;
    let question = AgentQuestion::Extra { customer };
    ada.send(ToServer::Ask { n: 1, question }).await;
    // Another question is answered, and a command is done, while that one waits.
    assert!(matches!(
        ada.asks(AgentQuestion::Queue {}).await,
        Ok(AgentReply::Queue { .. })
    ));
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    tokio::task::spawn_blocking(move || std::fs::write(gate, "at last\n"))
        .await
        .unwrap()
        .unwrap();
    let reply = loop {
        if let ToClient::Reply { n: 1, reply } = ada.next().await {
            break reply;
        }
    };
    let lines = vec!["at last".to_owned()];
    let trouble = None;
    assert_eq!(reply, Told::Reply(AgentReply::Extra { lines, trouble }));
    server.stop().await;
}

#[tokio::test]
async fn a_whole_server_runs_the_command_of_its_configuration() {
    use minicom_server::{Shutdown, accounts::LOCAL_TOKEN, config::Config};
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::with_data(folder.path().to_owned());
    config.context_command = ["echo", "from the command"].map(str::to_owned).to_vec();
    config.context_command_timeout = crate::harness::PATIENCE;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (addr, shutdown) = (listener.local_addr().unwrap(), Shutdown::new());
    let running = tokio::spawn(minicom_server::run(config, listener, shutdown.clone()));

    // The listener takes connections already; the upgrade comes when the server is there.
    let mut alice = Client::<Customers>::dial(addr, "/ws/chat/alice").await;
    alice.hello(Some(crate::harness::secret("alice")), None, None).await;
    alice.welcomed().await;
    alice.does(post("hello")).await.unwrap();
    let token = std::fs::read_to_string(folder.path().join(LOCAL_TOKEN)).unwrap();
    let mut ada = Client::<Agents>::dial(addr, "/ws").await;
    ada.hello(None, Some(token.trim().to_owned()), None).await;
    ada.welcomed().await;
    let customer = ada.snapshot[0].conversations[0].customer.id;
    let asked = ada.asks(AgentQuestion::Extra { customer });
    let said = told!(asked, AgentReply::Extra { lines, trouble } => (lines, trouble));
    assert_eq!(said, (vec!["from the command".to_owned()], None));
    shutdown.ask();
    running.await.unwrap().unwrap();
}
