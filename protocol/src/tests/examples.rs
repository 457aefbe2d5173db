//! One example of everything that travels. Each list is bound to its type: a new variant does not compile until it has an example here,
//! and what has an example is tried in every way that the tests know.

use super::fixtures::*;
use crate::{
    close::CloseCode,
    command::{AgentCommand, Assignee, CustomerCommand, Done, Outcome, ReplyUse, SeenLines, TransferTo, Warning},
    context::{AccountStatus, Block, CustomerContext, Mention, NoteRow, Profile, Vouched},
    draft::Draft,
    event::*,
    figures::{By, Figures, HandedOver, Now, Range, ReasonCount, Row, Statistics, Times, Volume},
    frame::{
        AgentMe, AgentQuestion, AgentReply, AgentSignal, AgentSnapshot, Agents, Audience, CustomerMe, CustomerQuestion,
        CustomerReply, CustomerSignal, CustomerSnapshot, Customers, DeskLook, DeskState, Device, Estimate, Hello,
        ToClient, ToServer, Told, Typist,
    },
    ids::{Cursor, FileId, LineNo, Mark, Rev, Seq, TenantId, TicketNo},
    intake::{ClientInfo, Intake, Introduction, Priority},
    library::{Article, ArticleRow, ReplyAction, SavedReply},
    line::{LineRef, LineState, Notice, Quote},
    people::Role,
    queue::{Chance, QueueStats, Why, WhyNot},
    recap::{Answered, BotSaid, Held, Recap, Said},
    refusal::Refusal,
    search::{Found, FoundArticle, Hit, SavedView, Span, What},
    settings::{AttributeDef, AttributeKind, DeskSettings, First, PreChatAnswer, PreChatQuestion},
    staff::{Intent, Presence, PresenceState, Staff, Workload},
    stage::{Closer, HandOverReason, Side, StageIs},
    suggestions::{SuggestedArticle, SuggestedReply, Suggestions},
    summary::Summary,
    thread_view::ThreadView,
    ticket::{Ticket, TicketChange, TicketComment, TicketStatus},
    words::Email,
};

/// Examples with the variant that each is of.
macro_rules! every {
    ($($(#[$doc:meta])* $name:ident: $type:ty { $($pattern:pat => $example:expr,)* })*) => {$(
        $(#[$doc])*
        pub fn $name() -> Vec<$type> {
            #[deny(unreachable_patterns)]
            fn each_has_one(it: &$type) {
                match it { $($pattern => (),)* }
            }
            let mut all: Vec<$type> = vec![];
            $({
                let example: $type = $example;
                each_has_one(&example);
                assert!(matches!(&example, $pattern), "{example:?} is no example of {}", stringify!($pattern));
                all.push(example);
            })*
            all
        }
    )*};
}

pub fn intake() -> Intake {
    Intake {
        subject: Some(line("My parcel is late")),
        priority: Priority::High,
        skills: vec![skill("german")],
        channel: "tui".to_owned(),
        client: ClientInfo {
            client: Some("minicom-chat 0.1.0".to_owned()),
            locale: Some("de_DE".to_owned()),
            utc_offset_min: Some(60),
            ..ClientInfo::default()
        },
    }
}

pub fn introduction() -> Introduction {
    Introduction {
        name: Some(line("Carol C.")),
        email: Some(Email::parse("carol@example.test").unwrap()),
    }
}

pub fn answers() -> Vec<PreChatAnswer> {
    vec![PreChatAnswer {
        key: "order".to_owned(),
        text: "4711".to_owned(),
    }]
}

pub fn quote() -> Quote {
    Quote {
        line: LineRef {
            side: Side::Customer,
            line: LineNo(2),
        },
        excerpt: "Where is my parcel?".to_owned(),
    }
}

pub fn card() -> Part {
    Part::Card(CardPart {
        kind: CardTag::Card,
        slug: tag("refunds"),
        title: line("Refunds"),
        excerpt: "Within 14 days.".to_owned(),
        fallback: "Refunds: Within 14 days.".to_owned(),
    })
}

pub fn file() -> Part {
    let (name, size) = ("build.log".to_owned(), 5_120);
    Part::File(FilePart {
        kind: FileTag::File,
        id: file_id(),
        fallback: FilePart::fallback_of(&name, size),
        name,
        size,
        mime: "text/plain".to_owned(),
        digest: "6d1f0a".repeat(11)[..64].to_owned(),
    })
}

pub fn file_id() -> FileId {
    FileId::from_bytes(*uuid(0x40).as_bytes())
}

pub fn profile() -> Profile {
    Profile {
        name: Some(line("Carol C.")),
        email: Some(Email::parse("carol@example.test").unwrap()),
        attributes: [("plan".to_owned(), "gold".to_owned())].into(),
        client: intake().client,
        answers: answers(),
        vouched: Vouched {
            name: Some(line("Caroline Client")),
            email: None,
            attributes: [("plan".to_owned(), "silver".to_owned())].into(),
        },
        blocked: Some(Block {
            by: ada(),
            since: START,
            until: Some(minute(60)),
        }),
    }
}

pub fn suggestions() -> Suggestions {
    Suggestions {
        conversation: talk(),
        at: Some(Rev(640)),
        articles: vec![SuggestedArticle {
            slug: tag("refunds"),
            title: line("Refunds"),
            percent: 92,
            example: "When do I get my money back?".to_owned(),
        }],
        replies: vec![SuggestedReply {
            id: saved_reply().id,
            code: tag("late"),
            title: line("A late parcel"),
            percent: 41,
            example: "A late parcel".to_owned(),
        }],
    }
}

pub fn recap() -> Recap {
    let said = |n, text: &str| Said {
        at: minute(n),
        text: text.to_owned(),
    };
    Recap {
        subject: Some(line("A broken vase")),
        tags: vec![tag("delivery")],
        ticket: Some(TicketNo(7)),
        first: Some(said(1, "Where is my parcel?")),
        tried: vec![BotSaid {
            said: said(2, "Here is how:"),
            article: Some(line("Refunds")),
        }],
        wanted: Some(HandOverReason::CustomerAsked),
        held: vec![Held {
            agent: ada(),
            from: minute(3),
            until: Some(minute(4)),
        }],
        answered: Some(Answered {
            agent: ada(),
            said: said(3, "I look for it."),
        }),
        open: vec![said(5, "And when will it come?")],
        files: vec!["vase.jpg".to_owned()],
        notes: 1,
        words: Some("Her parcel is late.".to_owned()),
        ..Recap::begin(&summary())
    }
}

pub fn saved_reply() -> SavedReply {
    SavedReply {
        id: reply_id(0x30),
        code: tag("late"),
        title: line("A parcel is late"),
        text: "Hi {{customer_name|there}}, order {{?order}} left us.".to_owned(),
        owner: None,
        actions: every_action(),
        uses: 12,
        questions: None,
    }
}

pub fn article() -> Article {
    Article {
        slug: tag("refunds"),
        title: line("Refunds"),
        body: "# Refunds\n\nWithin 14 days.".to_owned(),
        questions: None,
    }
}

pub fn article_row() -> ArticleRow {
    ArticleRow {
        slug: tag("refunds"),
        title: line("Refunds"),
        tags: vec![tag("money")],
        published: true,
        updated_at: START,
        updated_by: Some(ada()),
        excerpt: "Within 14 days.".to_owned(),
    }
}

pub fn ticket() -> Ticket {
    Ticket {
        number: TicketNo(7),
        title: line("Refund order 4711"),
        status: TicketStatus::Open,
        assignee: Some(bo()),
        conversation: talk(),
        customer: carol(),
        opened_by: ada(),
        opened_at: START,
        updated_at: minute(2),
        comments: 1,
    }
}

pub fn settings() -> DeskSettings {
    DeskSettings {
        name: "Parcels".to_owned(),
        questions: vec![question()],
        capacity: Some(4),
        first_response_min: [(Priority::Urgent, 5), (Priority::Medium, 30)].into(),
        attributes: vec![AttributeDef {
            key: "plan".to_owned(),
            kind: AttributeKind::Text,
        }],
        hours: serde_json::from_str(r#"{"zone":"Europe/Berlin","week":{"mon":["09:00-12:30","13:30-17:00"]}}"#)
            .unwrap(),
        ..DeskSettings::default()
    }
}

pub fn question() -> PreChatQuestion {
    PreChatQuestion {
        key: "order".to_owned(),
        text: "What is your order's number?".to_owned(),
    }
}

pub fn staff() -> Staff {
    Staff {
        agents: vec![member(ada(), &["german"]), member(bo(), &[])],
        groups: vec![group(0x20, "returns", &[bo()], &["returns"])],
    }
}

fn late_view() -> SavedView {
    SavedView {
        name: "mine-late".to_owned(),
        filter: "owner:me wait>1h".to_owned(),
    }
}

pub fn presence() -> Presence {
    Presence {
        agent: ada(),
        state: PresenceState::Available,
        intent: Intent::Available,
        last_activity_at: Some(START),
        gone_since: None,
        viewing: Some(talk()),
    }
}

pub fn note() -> NoteRow {
    NoteRow {
        rev: Rev(820),
        conversation: talk(),
        by: ada(),
        at: START,
        text: "@Bo knows this customer".to_owned(),
    }
}

/// The figures of a small desk.
pub fn statistics() -> Statistics {
    let figures = Figures {
        opened: 3,
        closed: 2,
        handed_over: HandedOver {
            total: 1,
            reasons: vec![ReasonCount {
                reason: HandOverReason::CustomerAsked,
                count: 1,
            }],
        },
        resolved_by_bot: 1,
        first_response: Times {
            count: 1,
            median_ms: Some(61_440),
            p90_ms: Some(61_440),
        },
        ..Figures::default()
    };
    let volume = |key: &str| Volume {
        key: key.to_owned(),
        opened: 3,
        closed: 2,
    };
    Statistics {
        range: Range::Week,
        zone: "Europe/Berlin".to_owned(),
        from: "2026-11-14T23:00:00.000000Z".to_owned(),
        until: "2026-11-21T14:03:00.000000Z".to_owned(),
        behind: 0,
        now: Now {
            waiting: 1,
            longest_wait_ms: 240_000,
            ..Now::default()
        },
        totals: figures.clone(),
        mine: Figures::default(),
        hours: vec![volume("00")],
        weekdays: vec![volume("Monday")],
        days: vec![volume("2026-11-15")],
        by: Some(By::Agent),
        rows: vec![Row {
            key: ada().id.to_string(),
            name: "Ada".to_owned(),
            figures,
        }],
    }
}

/// The row of carol's conversation, waiting for a group, after it was owned.
pub fn summary() -> Summary {
    let mut row = Summary::open(&event(
        1,
        START,
        EventBody::Opened(Opened {
            intake: intake(),
            hint: Some(bo()),
            ..opened()
        }),
    ))
    .unwrap();
    let events = [
        posted(Author::Customer, 1, "Where is my parcel?"),
        EventBody::HumanRequested(HumanRequested {
            reason: HandOverReason::CustomerAsked,
            by_customer: true,
            respond_by: Some(deadline()),
            note: None,
        }),
        EventBody::TakenOver(TakenOver {
            agent: ada(),
            by: None,
            routed: false,
        }),
        posted(by(ada()), 1, "I ask my colleagues."),
        EventBody::Noted(noted()),
        EventBody::TagsChanged(TagsChanged {
            agent: ada(),
            tags: vec![tag("late")],
        }),
        EventBody::Transferred(Transferred {
            by: ada(),
            to: Target::Group { group: returns() },
        }),
    ];
    for (n, body) in (2..).zip(events) {
        row.apply(&event(n, minute(i64::try_from(n).unwrap()), body));
    }
    row
}

fn deadline() -> Deadline {
    Deadline {
        warn: minute(15),
        due: minute(20),
    }
}

/// An offer of the bot.
fn choices() -> Part {
    Part::Choices(ChoicesPart {
        kind: ChoicesTag::Choices,
        choices: vec![
            Choice {
                pick: "1".to_owned(),
                title: line("Refunds"),
                slug: Some(tag("refunds")),
            },
            Choice {
                pick: "0".to_owned(),
                title: line("A person, please"),
                slug: None,
            },
        ],
        fallback: "1  Refunds\nType 1 for yes, or 0 for a person.".to_owned(),
    })
}

/// What the bot leaves for whoever takes a conversation.
pub fn hand_over_note() -> HandOverNote {
    HandOverNote {
        question: Some(quote()),
        why: Some("no article is near enough".to_owned()),
        tried: vec![Tried {
            article: tag("refunds"),
            title: line("Refunds"),
            how: TriedHow::Answered,
        }],
        nearest: Some(Nearest {
            article: tag("refunds"),
            title: line("Refunds"),
            percent: 31,
        }),
        mood: Mood::Upset,
        language: Some("de".to_owned()),
    }
}

fn noted() -> Noted {
    Noted {
        agent: ada(),
        text: text("@Bo knows this customer"),
        mentions: vec![bo().id],
        handover: true,
    }
}

every! {
    every_action: ReplyAction {
        ReplyAction::Tag { .. } => ReplyAction::Tag { tag: tag("late") },
        ReplyAction::Priority { .. } => ReplyAction::Priority { priority: Priority::Low },
        ReplyAction::Transfer { .. } => ReplyAction::Transfer { group: returns().id },
        ReplyAction::Snooze { .. } => ReplyAction::Snooze { minutes: Some(60) },
        ReplyAction::Close => ReplyAction::Close,
    }

    /// Of what happens, for agents.
    every_body: EventBody {
        EventBody::Opened(_) => EventBody::Opened(Opened { intake: intake(), answers: answers(), hint: Some(bo()), ..opened() }),
        EventBody::Posted(_) => EventBody::Posted(Posted {
            author: by(ada()),
            line: LineNo(3),
            parts: vec![Part::of_text(text("It is on its way. This may help too:")), card(), file(), choices()],
            quote: Some(quote()),
            notice: None,
            state: LineState::Edited,
        }),
        EventBody::TakenOver(_) => EventBody::TakenOver(TakenOver { agent: bo(), by: Some(ada()), routed: false }),
        EventBody::HandedBack(_) => EventBody::HandedBack(HandedBack { agent: ada() }),
        EventBody::HumanRequested(_) => EventBody::HumanRequested(HumanRequested {
            reason: HandOverReason::NotUnderstood,
            by_customer: false,
            respond_by: Some(deadline()),
            note: Some(Box::new(hand_over_note())),
        }),
        EventBody::Seen(_) => EventBody::Seen(Seen { side: Side::Desk, up_to: LineNo(2) }),
        EventBody::Closed(_) => EventBody::Closed(Closed { by: Closer::Agent { agent: ada() }, ask_rating: true }),
        EventBody::Transferred(_) => EventBody::Transferred(Transferred { by: ada(), to: Target::Group { group: returns() } }),
        EventBody::Requeued(_) => EventBody::Requeued(Requeued { agent: ada(), reason: HandOverReason::OwnerGone }),
        EventBody::Snoozed(_) => EventBody::Snoozed(Snoozed { agent: ada(), until: Some(minute(60)) }),
        EventBody::Woken(_) => EventBody::Woken(Woken { agent: ada(), why: WokenBy::Customer }),
        EventBody::Noted(_) => EventBody::Noted(noted()),
        EventBody::LineChanged(_) => EventBody::LineChanged(LineChanged {
            line: LineRef { side: Side::Desk, line: LineNo(3) },
            state: LineState::Edited,
            parts: parts("It arrives tomorrow."),
            agent: Some(ada()),
        }),
        EventBody::TagsChanged(_) => EventBody::TagsChanged(TagsChanged { agent: ada(), tags: vec![tag("late"), tag("vip")] }),
        EventBody::SubjectChanged(_) => EventBody::SubjectChanged(SubjectChanged { agent: Some(ada()), subject: Some(line("My parcel is late")) }),
        EventBody::PriorityChanged(_) => EventBody::PriorityChanged(PriorityChanged {
            agent: ada(),
            priority: Priority::Urgent,
            respond_by: Some(deadline()),
        }),
        EventBody::Ticketed(_) => EventBody::Ticketed(Ticketed { agent: ada(), ticket: TicketNo(7) }),
        EventBody::Rated(_) => EventBody::Rated(Rated { score: Some(5), comment: Some(text("Quick and kind.")) }),
        EventBody::Erased(_) => EventBody::Erased(Erased { customer: carol(), agent: Some(ada()) }),
        EventBody::CustomerChanged(_) => EventBody::CustomerChanged(CustomerChanged { customer: carol(), profile: profile(), agent: Some(ada()) }),
        EventBody::CustomersMerged(_) => EventBody::CustomersMerged(CustomersMerged { agent: ada(), customer: carol(), also: caroline() }),
        EventBody::AgentChanged(_) => EventBody::AgentChanged(AgentChanged { member: member(ada(), &["german"]), intent_only: true }),
        EventBody::MentionsRead(_) => EventBody::MentionsRead(MentionsRead { agent: bo().id, up_to: Rev(820) }),
        EventBody::GroupChanged(_) => EventBody::GroupChanged(GroupChanged { group: group(0x20, "returns", &[bo()], &["returns"]) }),
        EventBody::GroupDeleted(_) => EventBody::GroupDeleted(GroupDeleted { group: returns().id }),
        EventBody::SettingsChanged(_) => EventBody::SettingsChanged(SettingsChanged { settings: Box::new(settings()) }),
        EventBody::ReplyChanged(_) => EventBody::ReplyChanged(ReplyChanged { reply: saved_reply() }),
        EventBody::ReplyDeleted(_) => EventBody::ReplyDeleted(ReplyDeleted { reply: saved_reply().id }),
        EventBody::ArticleChanged(_) => EventBody::ArticleChanged(ArticleChanged { article: article_row() }),
        EventBody::ArticleDeleted(_) => EventBody::ArticleDeleted(ArticleDeleted { slug: tag("refunds") }),
        EventBody::TicketChanged(_) => EventBody::TicketChanged(TicketChanged {
            ticket: ticket(),
            by: ada(),
            what: TicketChange::Commented { text: "The money is on its way.".to_owned() },
        }),
        EventBody::Unknown(_) => EventBody::Unknown(crate::UnknownBody {
            kind: "moon.phase".to_owned(),
            touches: crate::Touches::Line,
            fallback: Some("the moon is full".to_owned()),
            data: serde_json::json!({"phase": 4}),
        }),
    }

    every_agent_command: AgentCommand {
        AgentCommand::Post { .. } => AgentCommand::Post {
            conversation: talk(),
            text: "Hi {{customer_name|there}}, order {{?order}} left us.".to_owned(),
            seen: SeenLines { customer: LineNo(3), desk: LineNo(2) },
            take_over: true,
            anyway: false,
            quote: Some(quote().line),
            reply: Some(ReplyUse { id: saved_reply().id, answers: [("order".to_owned(), "4711".to_owned())].into() }),
            article: Some(tag("refunds")),
            file: Some(file_id()),
        },
        AgentCommand::TakeOver { .. } => AgentCommand::TakeOver { conversation: talk() },
        AgentCommand::TakeNext {} => AgentCommand::TakeNext {},
        AgentCommand::HandBack { .. } => AgentCommand::HandBack { conversation: talk() },
        AgentCommand::Close { .. } => AgentCommand::Close { conversation: talk(), seen: LineNo(4) },
        AgentCommand::MarkSeen { .. } => AgentCommand::MarkSeen { conversation: talk(), up_to: LineNo(4) },
        AgentCommand::Assign { .. } => AgentCommand::Assign { conversation: talk(), agent: bo().id },
        AgentCommand::Transfer { .. } => AgentCommand::Transfer {
            conversation: talk(),
            to: TransferTo::Group { group: returns().id },
            note: Some("Wants the money back".to_owned()),
        },
        AgentCommand::Snooze { .. } => AgentCommand::Snooze { conversation: talk(), until: Some(minute(60)) },
        AgentCommand::Wake { .. } => AgentCommand::Wake { conversation: talk() },
        AgentCommand::Note { .. } => AgentCommand::Note {
            conversation: talk(),
            text: "@Bo knows this customer, @returns too".to_owned(),
            agents: vec![bo().id],
            groups: vec![returns().id],
        },
        AgentCommand::Tag { .. } => AgentCommand::Tag { conversation: talk(), add: vec![tag("vip")], remove: vec![tag("late")] },
        AgentCommand::SetSubject { .. } => AgentCommand::SetSubject { conversation: talk(), subject: Some(line("My parcel is late")) },
        AgentCommand::SetPriority { .. } => AgentCommand::SetPriority { conversation: talk(), priority: Priority::Urgent },
        AgentCommand::EditLine { .. } => AgentCommand::EditLine { conversation: talk(), line: LineNo(3), text: "It arrives tomorrow.".to_owned() },
        AgentCommand::WithdrawLine { .. } => AgentCommand::WithdrawLine { conversation: talk(), line: LineNo(3) },
        AgentCommand::BlankLine { .. } => AgentCommand::BlankLine { conversation: talk(), line: quote().line },
        AgentCommand::ConvertToTicket { .. } => AgentCommand::ConvertToTicket { conversation: talk(), title: Some(ticket().title) },
        AgentCommand::ChangeTicket { .. } => AgentCommand::ChangeTicket {
            ticket: TicketNo(7),
            status: Some(TicketStatus::Solved),
            assignee: Some(Assignee::Agent { agent: bo().id }),
            title: None,
        },
        AgentCommand::CommentTicket { .. } => AgentCommand::CommentTicket { ticket: TicketNo(7), text: "The money is on its way.".to_owned() },
        AgentCommand::SetIntent { .. } => AgentCommand::SetIntent { intent: Intent::AwayHandBack },
        AgentCommand::MarkMentionsRead { .. } => AgentCommand::MarkMentionsRead { up_to: Rev(820) },
        AgentCommand::DescribeCustomer { .. } => AgentCommand::DescribeCustomer {
            customer: carol().id,
            introduction: introduction(),
            attributes: [("plan".to_owned(), "gold".to_owned())].into(),
        },
        AgentCommand::MergeCustomers { .. } => AgentCommand::MergeCustomers { customer: carol().id, also: caroline().id },
        AgentCommand::BlockCustomer { .. } => AgentCommand::BlockCustomer { customer: carol().id, minutes: Some(60) },
        AgentCommand::UnblockCustomer { .. } => AgentCommand::UnblockCustomer { customer: carol().id },
        AgentCommand::SaveReply { .. } => AgentCommand::SaveReply { reply: saved_reply() },
        AgentCommand::DeleteReply { .. } => AgentCommand::DeleteReply { reply: saved_reply().id },
        AgentCommand::SaveArticle { .. } => AgentCommand::SaveArticle { article: Article { questions: Some(vec![line("When is my money back?")]), ..article() }, tags: vec![tag("money")], published: true },
        AgentCommand::DeleteArticle { .. } => AgentCommand::DeleteArticle { slug: tag("refunds") },
        AgentCommand::SaveGroup { .. } => AgentCommand::SaveGroup { group: group(0x20, "returns", &[bo()], &["returns"]) },
        AgentCommand::DeleteGroup { .. } => AgentCommand::DeleteGroup { group: returns().id },
        AgentCommand::SetAgent { .. } => AgentCommand::SetAgent { agent: bo().id, skills: vec![skill("german")], capacity: Some(6) },
        AgentCommand::Configure { .. } => AgentCommand::Configure { settings: Box::new(settings()) },
    }

    every_customer_command: CustomerCommand {
        CustomerCommand::Post { .. } => CustomerCommand::Post {
            text: "Yes, that one.".to_owned(),
            quote: Some(LineRef { side: Side::Desk, line: LineNo(3) }),
            file: Some(file_id()),
        },
        CustomerCommand::Start { .. } => CustomerCommand::Start { intake: intake(), introduction: introduction(), answers: answers() },
        CustomerCommand::Introduce { .. } => CustomerCommand::Introduce { introduction: introduction() },
        CustomerCommand::SetSubject { .. } => CustomerCommand::SetSubject { subject: line("My parcel is late") },
        CustomerCommand::EditLine { .. } => CustomerCommand::EditLine { line: LineNo(4), text: "Yes, the red one.".to_owned() },
        CustomerCommand::WithdrawLine { .. } => CustomerCommand::WithdrawLine { line: LineNo(4) },
        CustomerCommand::Rate { .. } => CustomerCommand::Rate { score: Some(5), comment: Some("Quick and kind.".to_owned()) },
        CustomerCommand::RequestHuman {} => CustomerCommand::RequestHuman {},
        CustomerCommand::Close {} => CustomerCommand::Close {},
        CustomerCommand::MarkSeen { .. } => CustomerCommand::MarkSeen { up_to: LineNo(2) },
        CustomerCommand::Consent { .. } => CustomerCommand::Consent { text: "We keep what you write for 90 days.".to_owned() },
        CustomerCommand::RevokeDevice { .. } => CustomerCommand::RevokeDevice { device: "1f0a6d1f0a6d".to_owned() },
        CustomerCommand::Forget {} => CustomerCommand::Forget {},
    }

    every_agent_question: AgentQuestion {
        AgentQuestion::Thread { .. } => AgentQuestion::Thread { customer: carol().id, before: Some(Rev(640)), limit: 50 },
        AgentQuestion::Summary { .. } => AgentQuestion::Summary { conversation: talk() },
        AgentQuestion::Closed { .. } => AgentQuestion::Closed { before: Some(Rev(512)), limit: 50 },
        AgentQuestion::Customer { .. } => AgentQuestion::Customer { customer: carol().id },
        AgentQuestion::Extra { .. } => AgentQuestion::Extra { customer: carol().id },
        AgentQuestion::Queue {} => AgentQuestion::Queue {},
        AgentQuestion::Workload { .. } => AgentQuestion::Workload { agent: Some(ada().id) },
        AgentQuestion::Why { .. } => AgentQuestion::Why { conversation: talk() },
        AgentQuestion::Suggestions { .. } => AgentQuestion::Suggestions { conversation: talk() },
        AgentQuestion::Recap { .. } => AgentQuestion::Recap { conversation: talk(), words: true },
        AgentQuestion::Draft { .. } => AgentQuestion::Draft { conversation: talk() },
        AgentQuestion::Replies { .. } => AgentQuestion::Replies { query: "parcel".to_owned(), after: Some(tag("hello")), limit: 20 },
        AgentQuestion::Articles { .. } => AgentQuestion::Articles { query: "money back".to_owned(), limit: 20 },
        AgentQuestion::AllArticles { .. } => AgentQuestion::AllArticles { after: Some(tag("refunds")), limit: 100 },
        AgentQuestion::Article { .. } => AgentQuestion::Article { slug: tag("refunds") },
        AgentQuestion::Tickets { .. } => AgentQuestion::Tickets {
            status: Some(TicketStatus::Open),
            assignee: Some(bo().id),
            before: Some(START),
            limit: 50,
        },
        AgentQuestion::Ticket { .. } => AgentQuestion::Ticket { number: TicketNo(7) },
        AgentQuestion::Mentions { .. } => AgentQuestion::Mentions { before: Some(Rev(820)), limit: 50 },
        AgentQuestion::Search { .. } => AgentQuestion::Search {
            query: "parcel from:customer".to_owned(),
            customer: None,
            conversation: None,
            before: Some(Rev(820)),
            limit: 50,
        },
        AgentQuestion::Views {} => AgentQuestion::Views {},
        AgentQuestion::Statistics { .. } => AgentQuestion::Statistics { range: Range::Week, by: Some(By::Agent) },
    }

    every_agent_reply: AgentReply {
        AgentReply::Thread { .. } => AgentReply::Thread {
            customer: carol().id,
            events: vec![event(4, minute(1), posted(Author::Customer, 1, "Where is my parcel?"))],
            more: true,
        },
        AgentReply::Summary { .. } => AgentReply::Summary { summary: Box::new(summary()) },
        AgentReply::Closed { .. } => AgentReply::Closed { conversations: vec![], more: false },
        AgentReply::Customer { .. } => AgentReply::Customer {
            context: Box::new(CustomerContext {
                customer: carol(),
                profile: profile(),
                verified: false,
                first_seen: START,
                status: AccountStatus::Active,
                also: vec![caroline()],
                conversations: 3,
                open_conversations: 1,
                newest: vec![summary()],
                tickets: 2,
                open_tickets: 1,
                newest_tickets: vec![ticket()],
                notes: vec![note()],
            }),
        },
        AgentReply::Extra { .. } => AgentReply::Extra {
            lines: vec!["orders: 3".to_owned()],
            trouble: Some("it was ended after 5 s".to_owned()),
        },
        AgentReply::Queue { .. } => AgentReply::Queue {
            stats: QueueStats { waiting: 3, high: 1, medium: 2, longest_wait_ms: 240_000, average_wait_ms: 90_000, ..QueueStats::default() },
        },
        AgentReply::Workload { .. } => AgentReply::Workload {
            agents: vec![Workload {
                presence: presence(),
                active: 3,
                snoozed: 1,
                capacity: Some(4),
                utilisation: Some(75),
                free: Some(1),
                conversations: vec![talk()],
            }],
        },
        AgentReply::Why { .. } => AgentReply::Why {
            why: Box::new(Why {
                conversation: talk(),
                place: Some(1),
                effective: Priority::Urgent,
                agents: std::iter::once(Chance { agent: cy(), take: None, route: None })
                    .chain(every_why_not().into_iter().map(|it| Chance { agent: ada(), take: Some(it.clone()), route: Some(it) }))
                    .collect(),
                routing: true,
            }),
        },
        AgentReply::Suggestions { .. } => AgentReply::Suggestions { suggestions: Box::new(suggestions()) },
        AgentReply::Recap { .. } => AgentReply::Recap { recap: Box::new(recap()) },
        AgentReply::Draft { .. } => AgentReply::Draft {
            draft: Draft { conversation: talk(), text: Some("It left us on Monday.".to_owned()), no: None },
        },
        AgentReply::Replies { .. } => AgentReply::Replies { replies: vec![saved_reply()], more: false },
        AgentReply::Articles { .. } => AgentReply::Articles { articles: vec![article_row()] },
        AgentReply::Article { .. } => AgentReply::Article { article: article(), row: article_row() },
        AgentReply::Tickets { .. } => AgentReply::Tickets { tickets: vec![ticket()], more: false },
        AgentReply::Ticket { .. } => AgentReply::Ticket {
            ticket: ticket(),
            comments: vec![TicketComment { by: ada(), at: minute(2), text: "The money is on its way.".to_owned() }],
        },
        AgentReply::Mentions { .. } => AgentReply::Mentions { mentions: vec![Mention { note: note(), customer: carol() }], more: false },
        AgentReply::Search { .. } => AgentReply::Search {
            found: Found {
                hits: vec![Hit {
                    at: Rev(4),
                    time: minute(1),
                    conversation: summary().conversation,
                    customer: carol(),
                    stage: StageIs::Waiting,
                    subject: None,
                    what: What::Line { author: Author::Customer },
                    excerpt: "Where is my parcel?".to_owned(),
                    marks: vec![Span(12, 18)],
                }],
                next: Some(Rev(4)),
                behind: 0,
                incomplete: false,
                unclear: vec!["not understood: before:soon".to_owned()],
            },
        },
        AgentReply::Views { .. } => AgentReply::Views {
            views: vec![late_view()],
        },
        AgentReply::Statistics { .. } => AgentReply::Statistics { statistics: Box::new(statistics()) },
    }

    every_why_not: WhyNot {
        WhyNot::Disabled => WhyNot::Disabled,
        WhyNot::Skills { .. } => WhyNot::Skills { missing: vec![skill("german")] },
        WhyNot::Group { .. } => WhyNot::Group { group: returns() },
        WhyNot::Full { .. } => WhyNot::Full { active: 4, capacity: 4 },
        WhyNot::NotAvailable { .. } => WhyNot::NotAvailable { intent: Intent::Busy },
        WhyNot::NotThere => WhyNot::NotThere,
        WhyNot::HadItLast => WhyNot::HadItLast,
        WhyNot::Taken { .. } => WhyNot::Taken { by: ada() },
    }

    every_customer_question: CustomerQuestion {
        CustomerQuestion::Thread { .. } => CustomerQuestion::Thread { before: Some(Seq(120)), limit: 50 },
        CustomerQuestion::Article { .. } => CustomerQuestion::Article { slug: tag("refunds") },
        CustomerQuestion::Link {} => CustomerQuestion::Link {},
        CustomerQuestion::Articles { .. } => CustomerQuestion::Articles { query: "refund".to_owned(), limit: 20 },
        CustomerQuestion::Devices {} => CustomerQuestion::Devices {},
        CustomerQuestion::Export { .. } => CustomerQuestion::Export { after: Some(813) },
    }

    every_customer_reply: CustomerReply {
        CustomerReply::Thread { .. } => CustomerReply::Thread { events: vec![], more: false },
        CustomerReply::Article { .. } => CustomerReply::Article { article: article() },
        CustomerReply::Link { .. } => CustomerReply::Link { code: "7KQM-2XHT".to_owned(), expires_at: minute(10) },
        CustomerReply::Articles { .. } => CustomerReply::Articles {
            articles: vec![FoundArticle { slug: tag("refunds"), title: line("Refunds"), excerpt: "A refund takes a week.".to_owned() }],
        },
        CustomerReply::Devices { .. } => CustomerReply::Devices {
            devices: vec![Device { id: "1f0a6d1f0a6d".to_owned(), created_at: START, this: true }],
        },
        CustomerReply::Export { .. } => CustomerReply::Export {
            rows: vec![serde_json::json!({"export": "rating", "score": 5})],
            after: Some(814),
        },
    }

    every_agent_signal: AgentSignal {
        AgentSignal::Typing { .. } => AgentSignal::Typing { conversation: talk(), who: Typist::Agent { agent: ada() }, on: true, at: Rev(814) },
        AgentSignal::BotDelta { .. } => AgentSignal::BotDelta { conversation: talk(), text: "A refund takes a".to_owned(), at: Rev(814) },
        AgentSignal::BotDone { .. } => AgentSignal::BotDone { conversation: talk(), at: Rev(814) },
        AgentSignal::Presence { .. } => AgentSignal::Presence { agents: vec![presence()] },
        AgentSignal::Delivered { .. } => AgentSignal::Delivered { conversation: talk(), up_to: LineNo(3) },
        AgentSignal::Views { .. } => AgentSignal::Views { views: vec![late_view()] },
    }

    every_customer_signal: CustomerSignal {
        CustomerSignal::Typing { .. } => CustomerSignal::Typing { name: Some(ada().name), on: true, at: Seq(8) },
        CustomerSignal::BotDelta { .. } => CustomerSignal::BotDelta { text: "A refund takes a".to_owned(), at: Seq(8) },
        CustomerSignal::BotDone { .. } => CustomerSignal::BotDone { at: Seq(8) },
        CustomerSignal::Place { .. } => CustomerSignal::Place { place: Some(2), estimate: Some(Estimate { from_min: 3, to_min: 8 }) },
        CustomerSignal::Delivered { .. } => CustomerSignal::Delivered { up_to: LineNo(4) },
        CustomerSignal::Open { .. } => CustomerSignal::Open { open_now: false, agents_available: false, next_open_at: Some(minute(600)) },
        CustomerSignal::Look(_) => CustomerSignal::Look(DeskLook { desk: "Parcels".to_owned(), subtitle: "Back on Monday".to_owned(), colour: "#2b6cb0".to_owned(), first: First::Queue, questions: vec![question()], edit_window_s: 60, consent: Some("We keep what you write for 30 days.".to_owned()) }),
    }

    every_refusal: Refusal {
        Refusal::TakenBy { .. } => Refusal::TakenBy { agent: bo(), since: START },
        Refusal::MayNotTake { .. } => Refusal::MayNotTake { agent: ada(), because: WhyNot::Full { active: 4, capacity: 4 } },
        Refusal::TooLate => Refusal::TooLate,
        Refusal::Unresolved { .. } => Refusal::Unresolved { holes: vec!["?order".to_owned()] },
        Refusal::Exists { .. } => Refusal::Exists { what: "the group returns".to_owned() },
        Refusal::TooMany { .. } => Refusal::TooMany { limit: 1_000 },
        Refusal::QuotaExceeded { .. } => Refusal::QuotaExceeded { what: "open_conversations".to_owned() },
        Refusal::Verified => Refusal::Verified,
        Refusal::NotOwner => Refusal::NotOwner,
        Refusal::NobodyWaits => Refusal::NobodyWaits,
        Refusal::Unseen { .. } => Refusal::Unseen { newest: LineNo(5) },
        Refusal::Stale { .. } => Refusal::Stale { newest: LineNo(5) },
        Refusal::Closed => Refusal::Closed,
        Refusal::NotFound => Refusal::NotFound,
        Refusal::AttachmentNotFound => Refusal::AttachmentNotFound,
        Refusal::AttachmentUsed => Refusal::AttachmentUsed,
        Refusal::Conflict => Refusal::Conflict,
        Refusal::EmptyMessage => Refusal::EmptyMessage,
        Refusal::TooLong { .. } => Refusal::TooLong { limit: 16_384, actual: 20_000 },
        Refusal::BadText => Refusal::BadText,
        Refusal::BadName { .. } => Refusal::BadName { why: "the name is empty".to_owned() },
        Refusal::WrongSecret => Refusal::WrongSecret,
        Refusal::SignIn => Refusal::SignIn,
        Refusal::TotpRequired => Refusal::TotpRequired,
        Refusal::TotpWrong => Refusal::TotpWrong,
        Refusal::TotpSetupRequired => Refusal::TotpSetupRequired,
        Refusal::NewPasswordRequired => Refusal::NewPasswordRequired,
        Refusal::Identity => Refusal::Identity,
        Refusal::Blocked => Refusal::Blocked,
        Refusal::Erased => Refusal::Erased,
        Refusal::Revoked => Refusal::Revoked,
        Refusal::DeskClosed => Refusal::DeskClosed,
        Refusal::ConsentRequired => Refusal::ConsentRequired,
        Refusal::Forbidden => Refusal::Forbidden,
        Refusal::BadJson { .. } => Refusal::BadJson { why: "expected value at line 1 column 1".to_owned() },
        Refusal::BadField { .. } => Refusal::BadField { why: "score: it is 1 to 5".to_owned() },
        Refusal::UnknownType { .. } => Refusal::UnknownType { what: "the command `fly`".to_owned() },
        Refusal::HelloFirst => Refusal::HelloFirst,
        Refusal::HelloAgain => Refusal::HelloAgain,
        Refusal::Version { .. } => Refusal::Version { min: 1, max: 1 },
        Refusal::TooLarge { .. } => Refusal::TooLarge { limit: 65_536 },
        Refusal::RateLimited { .. } => Refusal::RateLimited { retry_after_ms: 800 },
        Refusal::Busy { .. } => Refusal::Busy { retry_after_ms: 800 },
        Refusal::Behind => Refusal::Behind,
        Refusal::Storage => Refusal::Storage,
        Refusal::StorageFull => Refusal::StorageFull,
        Refusal::Internal => Refusal::Internal,
        Refusal::Stopping { .. } => Refusal::Stopping { retry_after_ms: 800 },
        Refusal::Unknown { .. } => Refusal::Unknown { code: "moon_phase".to_owned(), message: "Not tonight.".to_owned(), retryable: true },
    }
}

/// One event of each kind, with the subject that it has.
pub fn every_event() -> Vec<Event> {
    let with_subject = |(n, body): (u64, EventBody)| {
        let subject = match &body {
            EventBody::CustomerChanged(_) | EventBody::CustomersMerged(_) => Subject::Customer { customer: carol().id },
            EventBody::AgentChanged(_) => Subject::Agent { agent: ada().id },
            EventBody::MentionsRead(_) => Subject::Agent { agent: bo().id },
            EventBody::GroupChanged(_) | EventBody::GroupDeleted(_) | EventBody::SettingsChanged(_) => Subject::Desk,
            EventBody::ReplyChanged(_)
            | EventBody::ReplyDeleted(_)
            | EventBody::ArticleChanged(_)
            | EventBody::ArticleDeleted(_) => Subject::Library,
            EventBody::TicketChanged(_) => Subject::Ticket { number: TicketNo(7) },
            EventBody::Unknown(_) => Subject::Unknown,
            _ => event(n, START, body.clone()).subject,
        };
        Event {
            subject,
            ..event(n, START, body)
        }
    };
    (800..).zip(every_body()).map(with_subject).collect()
}

/// The frames besides events, for agents: what they send.
pub fn every_frame_of_agents() -> Vec<ToServer<Agents>> {
    let mut frames: Vec<ToServer<Agents>> = every_frame(
        "minicom-agent 0.1.0",
        (Some("mca_dG9rZW4".to_owned()), None),
        Some(talk()),
    );
    frames.extend((1..).zip(every_agent_command()).map(|(n, command)| ToServer::Command {
        id: command_id(n),
        command,
    }));
    frames.extend(
        (1..)
            .zip(every_agent_question())
            .map(|(n, question)| ToServer::Ask { n, question }),
    );
    frames
}

/// What customers send.
pub fn every_frame_of_customers() -> Vec<ToServer<Customers>> {
    let secret = "6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f";
    let mut frames: Vec<ToServer<Customers>> = every_frame("minicom-chat 0.1.0", (None, Some(secret.to_owned())), None);
    frames.extend(
        (0x11..)
            .zip(every_customer_command())
            .map(|(n, command)| ToServer::Command {
                id: command_id(n),
                command,
            }),
    );
    frames.extend(
        (1..)
            .zip(every_customer_question())
            .map(|(n, question)| ToServer::Ask { n, question }),
    );
    frames
}

fn cursor() -> Cursor {
    Cursor {
        at: 812,
        mark: Mark(0x00c0_ffee_00c0_ffee),
    }
}

/// Frames that say nothing of commands and questions.
fn every_frame<A: Audience>(
    client: &str,
    (token, secret): (Option<String>, Option<String>),
    conversation: Option<crate::ids::ConversationId>,
) -> Vec<ToServer<A>> {
    fn each_has_one<A: Audience>(it: &ToServer<A>) {
        match it {
            ToServer::Command { .. } | ToServer::Ask { .. } => panic!("it has a list of its own"),
            ToServer::Hello(_)
            | ToServer::Typing { .. }
            | ToServer::Delivered { .. }
            | ToServer::Viewing { .. }
            | ToServer::Ping { .. } => (),
        }
    }
    let hello = Hello {
        version: 1,
        client: client.to_owned(),
        tenant: Some(TenantId::default_tenant()),
        cursor: Some(cursor()),
        token,
        secret,
        identity: conversation.is_none().then(|| "v1.eyJzdWIiOiJhIn0.AAAA".to_owned()),
        link_code: conversation.is_none().then(|| "7KQM-2XHT".to_owned()),
    };
    let mut frames = vec![
        ToServer::Hello(hello),
        ToServer::Typing { conversation, on: true },
        ToServer::Delivered {
            conversation,
            up_to: LineNo(3),
        },
        ToServer::Ping {
            n: 7,
            cursor: Some(cursor()),
        },
    ];
    if conversation.is_some() {
        frames.push(ToServer::Viewing { conversation });
    }
    frames.iter().for_each(each_has_one);
    frames
}

/// What agents get.
pub fn every_frame_to_agents() -> Vec<ToClient<Agents>> {
    let me = AgentMe {
        agent: ada(),
        role: Role::Admin,
        tenant: TenantId::default_tenant(),
    };
    let desk = DeskState {
        staff: staff(),
        settings: settings(),
        mentions_read: Rev(700),
        mentions_unread: 2,
    };
    let data = AgentSnapshot {
        conversations: vec![summary()],
        more_closed: false,
        desk: Some(Box::new(desk)),
    };
    let mut frames = every_frame_back(me, data, every_event());
    frames.extend((1..).zip(every_agent_reply()).map(|(n, reply)| ToClient::Reply {
        n,
        reply: Told::Reply(reply),
    }));
    frames.extend(
        every_agent_signal()
            .into_iter()
            .map(|signal| ToClient::Signal { signal }),
    );
    frames
}

/// What customers get.
pub fn every_frame_to_customers() -> Vec<ToClient<Customers>> {
    let me = CustomerMe {
        name: carol().name,
        tenant: TenantId::default_tenant(),
        desk: "Parcels".to_owned(),
        subtitle: "Mon to Fri, nine to five".to_owned(),
        colour: "#2b6cb0".to_owned(),
        first: First::Bot,
        questions: vec![question()],
        edit_window_s: 60,
        consent: "We keep what you write for 90 days.".to_owned(),
        verified: true,
    };
    let events: Vec<_> = every_event().iter().filter_map(Event::for_customer).collect();
    let mut view = ThreadView::default();
    events.iter().for_each(|event| view.apply(event));
    let mut frames = every_frame_back(
        me,
        CustomerSnapshot {
            view,
            events: vec![],
            more: true,
        },
        events,
    );
    frames.extend((1..).zip(every_customer_reply()).map(|(n, reply)| ToClient::Reply {
        n,
        reply: Told::Reply(reply),
    }));
    frames.extend(
        every_customer_signal()
            .into_iter()
            .map(|signal| ToClient::Signal { signal }),
    );
    frames
}

fn every_frame_back<A: Audience>(me: A::Me, data: A::Snapshot, events: Vec<A::Event>) -> Vec<ToClient<A>> {
    fn each_has_one<A: Audience>(it: &ToClient<A>) {
        match it {
            ToClient::Signal { .. } => panic!("it has a list of its own"),
            ToClient::Welcome { .. }
            | ToClient::Snapshot { .. }
            | ToClient::Batch { .. }
            | ToClient::Answer { .. }
            | ToClient::Reply { .. }
            | ToClient::Pong { .. }
            | ToClient::Refused { .. }
            | ToClient::Bye { .. } => (),
        }
    }
    let done = |warning| Done {
        seq: Some(Seq(8)),
        conversation: Some(talk()),
        warning,
        ticket: Some(TicketNo(7)),
        ..Done::default()
    };
    let mut frames = vec![
        ToClient::Welcome {
            version: 1,
            server: "minicom-server 0.1.0".to_owned(),
            time: START,
            me,
            resumed: false,
            cursor: cursor(),
            ping_after_ms: 20_000,
            silence_ms: 35_000,
        },
        ToClient::Snapshot { last: true, data },
        ToClient::Batch {
            from: 799,
            to: 899,
            mark: Mark(1),
            events,
        },
        ToClient::Pong { n: 7, time: START },
        ToClient::Refused {
            refusal: Refusal::HelloAgain,
        },
        ToClient::Bye {
            code: CloseCode::Restart,
            retryable: true,
            retry_after_ms: Some(800),
            refusal: None,
        },
    ];
    let outcomes = every_warning().into_iter().map(|it| Outcome::Done(done(Some(it))));
    let outcomes = outcomes.chain([Outcome::Done(done(None))]);
    let outcomes = outcomes.chain(every_refusal().into_iter().map(|refusal| Outcome::Refused { refusal }));
    frames.extend((1..).zip(outcomes).map(|(n, outcome)| ToClient::Answer {
        id: command_id(n),
        outcome,
    }));
    frames.push(ToClient::Reply {
        n: 3,
        reply: Told::Refusal(Refusal::NotFound),
    });
    frames.iter().for_each(each_has_one);
    frames
}

every! {
    every_warning: Warning {
        Warning::OverCapacity { .. } => Warning::OverCapacity { active: 5, capacity: 4 },
        Warning::NotSuited => Warning::NotSuited,
    }

    every_notice: Notice {
        Notice::Hours => Notice::Hours,
        Notice::WaitLimit => Notice::WaitLimit,
        Notice::Silence => Notice::Silence,
    }

    every_reason: HandOverReason {
        HandOverReason::CustomerAsked => HandOverReason::CustomerAsked,
        HandOverReason::NotUnderstood => HandOverReason::NotUnderstood,
        HandOverReason::Rule => HandOverReason::Rule,
        HandOverReason::BotFailed => HandOverReason::BotFailed,
        HandOverReason::BotLate => HandOverReason::BotLate,
        HandOverReason::NoBot => HandOverReason::NoBot,
        HandOverReason::Transferred => HandOverReason::Transferred,
        HandOverReason::OwnerGone => HandOverReason::OwnerGone,
        HandOverReason::OwnerAway => HandOverReason::OwnerAway,
        HandOverReason::OwnerSilent => HandOverReason::OwnerSilent,
        HandOverReason::SnoozeEnded => HandOverReason::SnoozeEnded,
        HandOverReason::Other => HandOverReason::Other,
    }
}
