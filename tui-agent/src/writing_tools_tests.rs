//! Notes, saved replies, articles, quotes, changed lines and blanked secrets: keys in, commands and what is seen out.

use minicom_client::{ClientEvent, limits::LIBRARY_PAGE};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, ReplyUse},
    event::{CardPart, CardTag, EventBody, LineChanged, Noted, Part, Posted},
    frame::{AgentQuestion, AgentReply},
    ids::{AgentId, GroupId, LineNo, ReplyId, Time},
    library::{Article, ArticleRow, ReplyAction, SavedReply},
    line::{LineRef, LineState},
    refusal::Refusal,
    stage::{Closer, Side},
    text::MessageText,
};
use minicom_tui_kit::{Input, Theme, testing::BENCH_START};
use proptest::prelude::*;
use ratatui::layout::Position;

use crate::{
    app::{Focus, Order},
    testing::{ADA, BO, Desk, Seat, agent},
    writing::{Kind, Mode},
};

/// What is to look odd and do nothing: an escape, a hole, a turned direction, and 10,000 marks.
pub fn hostile(marks: usize) -> String {
    format!(
        "\u{1b}]0;x\u{7}{{{{customer_name}}}}\u{202e}e{}",
        "\u{301}".repeat(marks)
    )
}

fn saved(n: u8, code: &str, title: &str, text: &str) -> SavedReply {
    SavedReply {
        id: ReplyId::from_bytes([n; 16]),
        code: code.parse().unwrap(),
        title: title.parse().unwrap(),
        text: text.to_owned(),
        owner: None,
        actions: vec![],
        uses: 0,
        questions: None,
    }
}

fn article_row(slug: &str, title: &str, published: bool) -> ArticleRow {
    ArticleRow {
        slug: slug.parse().unwrap(),
        title: title.parse().unwrap(),
        tags: vec![],
        published,
        updated_at: Time(BENCH_START),
        updated_by: None,
        excerpt: format!("About {title}"),
    }
}

pub fn articles(query: &str, articles: Vec<ArticleRow>) -> (AgentQuestion, AgentReply) {
    let (query, limit) = (query.to_owned(), 50);
    (
        AgentQuestion::Articles { query, limit },
        AgentReply::Articles { articles },
    )
}

fn article(row: ArticleRow, body: &str) -> (AgentQuestion, AgentReply) {
    let article = Article {
        slug: row.slug.clone(),
        title: row.title.clone(),
        body: body.to_owned(),
        questions: None,
    };
    let slug = row.slug.clone();
    (AgentQuestion::Article { slug }, AgentReply::Article { article, row })
}

/// carol waits, bob is Ada's and has asked something; there are colleagues, a group, saved replies and articles.
pub fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.member("Cy Young", |_| {}).group("billing", &[BO], &[]);
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(230)
        .says("bob", "hello")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi Bob.")
        .reads("bob", Side::Desk)
        .ago(30)
        .says("bob", "my order 48213 never came")
        .says("bob", "and I paid");
    let mut look = saved(
        2,
        "look",
        "Looking into it",
        "Hello {{customer_name}}, let me look into that for you.",
    );
    look.owner = Some(agent(ADA).id);
    let mut end = saved(
        3,
        "the-end",
        "The end",
        "Bye {{customer_name}}, {{?wish|}} order {{?order_id}}",
    );
    end.actions = vec![
        ReplyAction::Tag {
            tag: "vip".parse().unwrap(),
        },
        ReplyAction::Close,
    ];
    let long = format!("{}the magic word is sesame.", "Long words. ".repeat(30));
    let mut replies = vec![
        end,
        saved(1, "hi", "Greeting", "Hi {{customer_name}}, {{agent_name}} here."),
        saved(4, "long", "A long one", &long),
        look,
        saved(5, "subject", "Its subject", "About {{subject}}:"),
    ];
    replies.sort_by(|a, b| a.code.cmp(&b.code));
    let all = AgentQuestion::Replies {
        query: String::new(),
        after: None,
        limit: LIBRARY_PAGE,
    };
    desk.replies.push((all, AgentReply::Replies { replies, more: false }));
    let refunds = article_row("refunds", "Refunds", true);
    let draft = article_row("secret", "Not yet", false);
    desk.replies.push(articles("", vec![refunds.clone(), draft.clone()]));
    desk.replies.push(articles("r", vec![refunds.clone()]));
    desk.replies
        .push(article(refunds, "# Refunds\n\nMoney comes back in **five** days."));
    desk.replies.push(article(draft, "Nobody knows yet."));
    desk
}

/// On bob, who is Ada's.
fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<alt-2>").sees("yours since").ordered();
    seat
}

#[track_caller]
fn only(seat: &mut Seat) -> AgentCommand {
    let commands = seat.commands();
    let [one] = commands.as_slice() else {
        panic!("not one command: {commands:?}\n{}", seat.bench.screen())
    };
    one.clone()
}

fn mode(seat: &Seat) -> Mode {
    let app = &seat.bench.app;
    app.writing.mode(app.conversation().unwrap())
}

fn written(seat: &Seat) -> String {
    let app = &seat.bench.app;
    let written = app.writing.get(app.conversation().unwrap());
    written.map_or(String::new(), |it| it.current().text())
}

fn line(line: u64, side: Side) -> LineRef {
    LineRef {
        side,
        line: LineNo(line),
    }
}

// Notes.

#[test]
fn a_note_is_told_apart_sent_as_one_and_the_next_text_is_a_reply() {
    let mut seat = seat();
    seat.press("half a reply<tab>")
        .sees("══ NOTE: only agents see this ═")
        .sees("Tab: reply ══");
    seat.sees("▌").sees_no("Reply to bob").sees_no("half a reply");
    seat.press("refund approved<enter>")
        .sees("Reply to bob")
        .sees("half a reply");
    let AgentCommand::Note {
        text, agents, groups, ..
    } = only(&mut seat)
    else {
        panic!("no note")
    };
    assert_eq!((text.as_str(), agents.len(), groups.len()), ("refund approved", 0, 0));
    seat.sees("NOTE    ▌ you: refund approved").sees("waiting to send");
    assert_eq!(mode(&seat), Mode::Reply);
}

#[test]
fn a_note_becomes_what_colleagues_see() {
    let mut seat = seat();
    let noted = |mentions: Vec<AgentId>, text: &str| {
        EventBody::Noted(Noted {
            agent: agent(BO),
            text: MessageText::parse(text).unwrap(),
            mentions,
            handover: false,
        })
    };
    seat.happens(|desk| desk.happens("bob", noted(vec![], "watch out")));
    seat.sees("NOTE    ▌ Bo: watch out");
    seat.happens(|desk| desk.happens("bob", noted(vec![agent(ADA).id], "@Ada look")));
    seat.sees("NOTE    ▌ Bo to you: @Ada look");
    seat.press("<tab>mine<enter>");
    let note = EventBody::Noted(Noted {
        agent: agent(ADA),
        text: MessageText::parse("mine").unwrap(),
        mentions: vec![],
        handover: true,
    });
    seat.done(|desk| desk.happens("bob", note));
    seat.sees("NOTE    ▌ you, for whoever is next: mine")
        .sees_no("waiting to send");
}

#[test]
fn whoever_has_it_and_wherever_it_stands_a_note_can_be_written() {
    let changes: [fn(&mut Desk) -> &mut Desk; 3] = [
        |desk| desk.handed_back("bob", ADA),
        |desk| desk.closed("bob", Closer::Agent { agent: agent(ADA) }),
        |desk| desk.assigned("bob", BO, BO),
    ];
    for change in changes {
        let mut seat = seat();
        seat.happens(change);
        seat.press("<tab>known<enter>");
        assert!(matches!(only(&mut seat), AgentCommand::Note { .. }));
    }
    let mut seat = seat();
    seat.lose()
        .press("<f6>")
        .sees("══ sent when back ══")
        .press("offline<enter>");
    assert!(matches!(only(&mut seat), AgentCommand::Note { .. }));
}

#[test]
fn m_writes_a_note_from_the_list_and_never_leaves_one() {
    let mut seat = seat();
    seat.press("<esc>m").sees("NOTE: only agents");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
    seat.press("x<esc>m").sees("NOTE: only agents");
    seat.press("<tab>").sees("Reply to bob");
}

#[test]
fn nobody_hears_that_a_note_is_typed() {
    let mut seat = seat();
    let typing = |seat: &mut Seat| -> Vec<bool> {
        let signals = seat.ordered().into_iter().filter_map(|order| match order {
            Order::Typing { on, .. } => Some(on),
            _ => None,
        });
        signals.collect()
    };
    seat.press("<tab>note for us").advance(10);
    seat.press(" and more");
    assert_eq!(typing(&mut seat), Vec::<bool>::new());
    seat.press("<tab>hello").press("<tab>");
    assert_eq!(
        typing(&mut seat),
        [true, false],
        "what was begun ends when the note begins"
    );
    seat.press("x<enter>").advance(9);
    assert_eq!(typing(&mut seat), Vec::<bool>::new());
}

#[test]
fn drafts_of_note_and_reply_are_kept_apart() {
    let mut seat = seat();
    seat.press("to bob<tab>about bob").advance(1);
    let kept = seat.ordered().into_iter().filter_map(|order| match order {
        Order::SaveDraft(draft) => Some((draft.kind, draft.text)),
        _ => None,
    });
    let kept: Vec<(Kind, String)> = kept.collect();
    assert_eq!(
        kept,
        [(Kind::Reply, "to bob".to_owned()), (Kind::Note, "about bob".to_owned())]
    );
    seat.press("<alt-1><alt-2>").sees("about bob").sees("NOTE: only agents");
}

#[test]
fn a_refused_note_comes_back_and_the_keys_stay_where_they_are() {
    let mut seat = seat();
    seat.press("<tab>keep this<enter>hello");
    seat.refused(Refusal::NotFound).sees("Tab shows its text");
    assert_eq!((mode(&seat), written(&seat)), (Mode::Reply, "hello".to_owned()));
    seat.press("<tab>").sees("keep this");
    seat.press("<enter><tab>another");
    seat.refused(Refusal::NotFound).sees("✗ not sent").sees("r retry");
    seat.press("<esc>r");
    assert!(matches!(only(&mut seat), AgentCommand::Note { .. }));
}

#[test]
fn names_are_offered_and_found_when_the_note_is_sent() {
    let mut seat = seat();
    seat.press("<tab>ask @b").sees("@Bo").sees("@billing").sees_no("@Cy");
    seat.press("<down><enter>");
    assert_eq!(written(&seat), "ask @billing ");
    seat.press("and @c<tab>");
    assert_eq!(written(&seat), "ask @billing and @Cy Young ");
    seat.press("not @nobody<enter>");
    let AgentCommand::Note { agents, groups, .. } = only(&mut seat) else {
        panic!("no note")
    };
    assert_eq!(agents, [agent("Cy Young").id]);
    assert_eq!(groups, [GroupId::from_bytes([b'b'; 16])]);
}

#[test]
fn an_offer_of_names_gives_way() {
    let mut seat = seat();
    seat.press("<tab>@b")
        .sees("Tab inserts")
        .press("<esc>")
        .sees_no("Tab inserts");
    seat.sees("NOTE: only agents").press("o").sees_no("Tab inserts");
    seat.press(" @b<left>").sees_no("Tab inserts");
    seat.press("<end><backspace><backspace>@bo<enter>");
    assert!(
        matches!(only(&mut seat), AgentCommand::Note { .. }),
        "a whole name is no question"
    );
    seat.press("@b")
        .sees_no("Tab inserts")
        .press("<tab>")
        .sees("NOTE: only agents");
}

// Saved replies.

#[test]
fn four_keys_take_a_customer_and_answer_with_a_saved_reply() {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.ordered();
    seat.press("<ctrl-n>");
    let (id, command) = seat.sent().remove(0);
    seat.happens(|desk| desk.taken("carol", ADA));
    let conversation = Some(seat.desk.conversation("carol"));
    let outcome = Outcome::Done(Done {
        conversation,
        ..Done::default()
    });
    seat.client(ClientEvent::Answered { id, command, outcome }).ordered();
    seat.press("/2<enter>");
    let AgentCommand::Post {
        text, reply, take_over, ..
    } = only(&mut seat)
    else {
        panic!("no line")
    };
    assert_eq!(
        text, "Hi {{customer_name}}, {{agent_name}} here.",
        "one's own are first"
    );
    assert_eq!(
        (reply.map(|it| it.id), take_over),
        (Some(ReplyId::from_bytes([1; 16])), false)
    );
    seat.sees("Hi carol, Ada here.").sees_no("{{").sees("waiting to send");
    seat.press("<up>");
    assert_eq!(
        written(&seat),
        "Hi carol, Ada here.",
        "what is brought back has no holes"
    );
}

#[test]
fn the_list_of_saved_replies_is_searched_and_a_second_slash_is_one() {
    let mut seat = seat();
    seat.press("/")
        .sees("Saved replies · 5")
        .sees("Enter inserts")
        .sees("1 look")
        .sees("mine · Looking");
    seat.press("sesame")
        .sees("Saved replies · 1 of 5")
        .sees("· ... the magic word is sesame.");
    seat.press("<esc>/gre<enter>");
    assert_eq!(written(&seat), "Hi {{customer_name}}, {{agent_name}} here.");
    seat.press("<ctrl-c>//").sees_no("Saved replies ·");
    assert_eq!(written(&seat), "/");
    seat.press("<backspace>a/b");
    assert_eq!(written(&seat), "a/b", "elsewhere it is a letter like any other");
    seat.press("<ctrl-c><tab>/");
    assert_eq!((mode(&seat), written(&seat)), (Mode::Note, "/".to_owned()));
}

#[test]
fn what_it_asks_is_asked_and_what_it_does_is_told() {
    let mut seat = seat();
    seat.press("/5")
        .sees("The end · 1 of 2")
        .press("<enter>")
        .sees("order id")
        .press("<enter>")
        .sees("is needed");
    seat.press("48213<enter>")
        .sees("also: tag vip, close")
        .sees("reads: Bye bob, ")
        .sees("order 48213");
    seat.press("!<enter>");
    let AgentCommand::Post { text, reply, .. } = only(&mut seat) else {
        panic!("no line")
    };
    assert_eq!(text, "Bye {{customer_name}}, {{?wish|}} order {{?order_id}}!");
    let answers = [("order_id".to_owned(), "48213".to_owned())].into();
    let id = ReplyId::from_bytes([3; 16]);
    assert_eq!(reply, Some(ReplyUse { id, answers }));
    seat.press("/5<esc>").sees_no("The end · 1");
    assert_eq!(written(&seat), "", "nothing is half done");
}

#[test]
fn what_nothing_fills_blocks_here_and_at_the_server() {
    let mut seat = seat();
    seat.press("/4")
        .sees("reads: About {{subject}}:")
        .sees("not filled in yet")
        .press("<enter>");
    assert_eq!(seat.commands(), []);
    seat.sees("Nothing fills {{subject}}");
    seat.press("<backspace><backspace><backspace><backspace>")
        .sees("is not closed");
    seat.press("<ctrl-c>/2 now<enter>");
    let holes = vec!["customer_name".to_owned()];
    seat.refused(Refusal::Unresolved { holes })
        .sees("Fill in first: customer_name")
        .sees("reads: Hi bob");
    seat.press("<enter>");
    assert!(
        matches!(only(&mut seat), AgentCommand::Post { reply: Some(_), .. }),
        "it is a saved reply still"
    );
}

#[test]
fn without_its_text_a_saved_reply_is_forgotten() {
    let mut seat = seat();
    seat.press("/2<ctrl-u>plain<enter>");
    let AgentCommand::Post { text, reply, .. } = only(&mut seat) else {
        panic!("no line")
    };
    assert_eq!((text.as_str(), reply), ("plain", None));
}

#[test]
fn a_line_from_a_saved_reply_that_was_refused_goes_as_one_again() {
    let mut seat = seat();
    seat.press("/2<enter>other");
    seat.refused(Refusal::NotOwner).sees("✗ not sent");
    seat.press("<esc>r");
    assert!(matches!(only(&mut seat), AgentCommand::Post { reply: Some(_), .. }));
}

// Articles.

#[test]
fn an_article_is_found_read_and_sent_as_a_card() {
    let mut seat = seat();
    seat.press("<esc>a")
        .sees("Articles · 2")
        .sees("Refunds")
        .sees("a draft: only agents");
    seat.press("<down><enter>")
        .sees("only agents can read it")
        .press("r")
        .sees("Articles · 1");
    seat.press("<alt-enter>")
        .sees("Money comes back in five days")
        .sees("i attaches");
    seat.press("<esc>")
        .sees("Articles · 1")
        .press("<alt-enter>")
        .press("i")
        .sees("with the article Refunds");
    seat.press("<enter>").sees("Write a few words to go with it");
    seat.press("<backspace>")
        .sees_no("with the article")
        .press("<esc><esc>a")
        .press("<enter>Here:<enter>");
    let AgentCommand::Post { text, article, .. } = only(&mut seat) else {
        panic!("no line")
    };
    assert_eq!((text.as_str(), article.unwrap().as_str()), ("Here:", "refunds"));
    seat.sees("│ refunds");
}

#[test]
fn a_card_stands_with_its_line_and_can_be_read() {
    let mut seat = seat();
    seat.happens(|desk| {
        let mut parts = vec![Part::of_text(MessageText::parse("Read this:").unwrap())];
        parts.push(Part::Card(CardPart {
            kind: CardTag::Card,
            slug: "refunds".parse().unwrap(),
            title: "Refunds".parse().unwrap(),
            excerpt: "Money comes\nback".to_owned(),
            fallback: "Refunds (article refunds)".to_owned(),
        }));
        posted(desk, parts)
    });
    seat.sees("Read this:")
        .sees("│ Refunds")
        .sees("│ Money comes back")
        .sees_no("(article refunds)");
    let screen = seat.bench.screen();
    let y = screen.lines().position(|row| row.contains("│ Refunds")).unwrap();
    let at = Position { x: 45, y: y as u16 };
    seat.input(Input::Click { at, double: true }).sees("five days");
    seat.press("<esc>")
        .sees("Read this:")
        .press("<esc>a")
        .sees("in this chat");
}

fn posted(desk: &mut Desk, parts: Vec<Part>) -> &mut Desk {
    let line = desk.row("bob").desk_lines.next();
    let posted = Posted {
        author: minicom_protocol::event::Author::Agent { agent: agent(ADA) },
        line,
        parts,
        quote: None,
        notice: None,
        state: LineState::Original,
    };
    desk.happens("bob", EventBody::Posted(posted))
}

// Quotes.

#[test]
fn a_line_is_answered_with_its_quote() {
    let mut seat = seat();
    seat.press("<alt-q>")
        .sees("Answer which line")
        .sees("bob")
        .press("2")
        .sees("│ bob: my order 48213 never came");
    seat.press("<backspace>")
        .sees_no("│ bob:")
        .press("<alt-q>order<enter>on its way<enter>");
    let AgentCommand::Post { quote, .. } = only(&mut seat) else {
        panic!("no line")
    };
    assert_eq!(quote, Some(line(2, Side::Customer)));
    seat.sees("waiting to send").sees_no("│ bob:");
}

#[test]
fn a_refused_line_keeps_its_quote_and_its_article() {
    let mut seat = seat();
    seat.press("<alt-q>1<esc>a").press("<enter>look<enter>");
    seat.refused(Refusal::NotOwner)
        .sees("│ bob: and I paid")
        .sees("with the article Refunds")
        .sees("look");
}

// Changing lines.

#[test]
fn ones_own_last_line_is_changed() {
    let mut seat = seat();
    seat.happens(|desk| desk.replies("bob", ADA, "on its wya")).ordered();
    seat.press("a draft<alt-e>").sees("Edit your line").sees("Esc cancels");
    assert_eq!(written(&seat), "on its wya");
    seat.press("<esc>").sees("Reply to bob").sees("a draft");
    seat.press("<alt-e><backspace><backspace>ay<enter>")
        .sees("Reply to bob")
        .sees("a draft");
    let AgentCommand::EditLine { line, text, .. } = only(&mut seat) else {
        panic!("no change")
    };
    assert_eq!((line, text.as_str()), (LineNo(2), "on its way"));
    let changed = LineChanged {
        line: self::line(2, Side::Desk),
        state: LineState::Edited,
        parts: vec![Part::of_text(MessageText::parse("on its way").unwrap())],
        agent: Some(agent(ADA)),
    };
    seat.happens(|desk| desk.happens("bob", EventBody::LineChanged(changed)));
    seat.sees("on its way (edited)").sees_no("wya").sees("✓ stored");
}

#[test]
fn a_change_that_comes_too_late_keeps_its_text() {
    let mut seat = seat();
    seat.happens(|desk| desk.replies("bob", ADA, "on its wya")).ordered();
    seat.press("<alt-e>!<enter>")
        .refused(Refusal::TooLate)
        .sees("Too late to change the line. Enter sends your text");
    assert_eq!((mode(&seat), written(&seat)), (Mode::Reply, "on its wya!".to_owned()));
    seat.press("<ctrl-c><alt-e>?<enter>")
        .refused(Refusal::NotOwner)
        .sees("Not changed")
        .sees("Edit your line");
    assert_eq!(written(&seat), "on its wya?");
    seat.press("<esc>draft").sees("draft").press("<alt-e><enter>");
    assert_eq!(seat.commands(), [], "nothing has changed");
    seat.advance(300);
    seat.press("<alt-e>")
        .sees("for a short time")
        .press("<esc><esc>W")
        .sees("for a short time");
    seat.lose().press("W").sees("Taking a line back needs a connection");
}

#[test]
fn a_refused_change_does_not_come_under_the_hands() {
    let cases = [
        ("<tab>about bob", Mode::Note, "<tab>"),
        ("another reply", Mode::Reply, ""),
        ("<alt-e>, sorry", Mode::Edit(LineNo(2)), "<esc>"),
    ];
    for refusal in [Refusal::NotOwner, Refusal::TooLate] {
        for (keys, what, to_reply) in cases {
            let mut seat = seat();
            seat.happens(|desk| desk.replies("bob", ADA, "on its wya")).ordered();
            seat.press("<alt-e>!<enter>").press(keys);
            let before = written(&seat);
            seat.refused(refusal.clone())
                .sees("Not changed:")
                .sees("brings your text back.");
            assert_eq!((mode(&seat), written(&seat)), (what, before), "{keys}");
            seat.press(to_reply);
            let reply = written(&seat);
            seat.press("<up>");
            assert_eq!((mode(&seat), written(&seat).as_str()), (Mode::Reply, "on its wya!"));
            seat.press("<down>");
            assert_eq!(written(&seat), reply, "{keys}");
        }
    }
}

#[test]
fn a_line_is_taken_back() {
    let mut seat = seat();
    seat.happens(|desk| desk.replies("bob", ADA, "wrong window")).ordered();
    seat.press("<esc>W");
    let changed = LineChanged {
        line: line(2, Side::Desk),
        state: LineState::Withdrawn,
        parts: vec![],
        agent: Some(agent(ADA)),
    };
    seat.done(|desk| desk.happens("bob", EventBody::LineChanged(changed)));
    seat.sees("(taken back)").sees_no("wrong window").sees("Taken back.");
}

#[test]
fn a_secret_is_blanked_out_after_a_yes() {
    let mut seat = seat();
    seat.happens(|desk| desk.says("bob", "my password is hunter2"))
        .ordered();
    seat.press("<esc>B")
        .sees("Blank out which line")
        .press("<enter>")
        .sees("cannot be undone");
    seat.press("y<enter>").sees("Type yes").press("<esc>");
    assert_eq!(seat.commands(), []);
    seat.press("Bhunter<enter>yes<enter>");
    let AgentCommand::BlankLine { line, .. } = only(&mut seat) else {
        panic!("not blanked")
    };
    let changed = LineChanged {
        line,
        state: LineState::Blanked,
        parts: vec![],
        agent: Some(agent(ADA)),
    };
    seat.happens(|desk| desk.happens("bob", EventBody::LineChanged(changed)));
    seat.sees("(blanked out)")
        .sees("you blanked a line out")
        .sees_no("hunter2");
    seat.press("<esc>Q").sees_no("blanked out)   ");
}

// Accidents.

/// What is typed while a note is written, and while a reply is: no saved reply and no key has these letters.
const NOTE: &str = "Ñ";
const REPLY: &str = "Ř";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_for_colleagues_never_goes_to_a_customer(
        steps in prop::collection::vec(
            prop_oneof![
                3 => Just("type"),
                4 => prop::sample::select(vec![
                    "<tab>", "<f6>", "<enter>", "<esc>", "m", "<alt-1>", "<alt-2>", "<alt-q>", "<alt-e>", "<ctrl-c>", "<ctrl-_>",
                    "<ctrl-u>", "<ctrl-y>", "<backspace>", "<up>", "<down>", "/", "2", "i", "@b", "a", "<ctrl-n>", "r",
                ]),
                1 => prop::sample::select(vec!["refuse", "too late", "done", "lose", "resume", "again", "wait"]),
            ],
            0..60,
        ),
    ) {
        let mut seat = seat();
        let mut unanswered = Vec::new();
        for step in steps {
            match step {
                "type" if seat.bench.app.is_composing() && seat.bench.app.over.is_none() => {
                    let text = if mode(&seat) == Mode::Note { NOTE } else { REPLY };
                    seat.press(text);
                }
                "type" => {}
                "lose" => _ = seat.lose(),
                "resume" => _ = seat.resume(),
                "wait" => _ = seat.advance(4),
                "again" => _ = seat.happens(|desk| desk.closed("bob", Closer::Customer).says("bob", "again")),
                "refuse" | "too late" | "done" => {
                    let outcome = match step {
                        "refuse" => Outcome::Refused { refusal: Refusal::NotOwner },
                        "too late" => Outcome::Refused { refusal: Refusal::TooLate },
                        _ => Outcome::Done(Done::default()),
                    };
                    if let Some((id, command)) = unanswered.pop() {
                        seat.client(ClientEvent::Answered { id, command, outcome });
                    }
                }
                keys => _ = seat.press(keys),
            }
            for (id, command) in seat.sent() {
                match &command {
                    AgentCommand::Post { text, .. } | AgentCommand::EditLine { text, .. } => {
                        prop_assert!(!text.contains(NOTE), "{text}");
                    }
                    AgentCommand::Note { text, .. } => prop_assert!(!text.contains(REPLY), "{text}"),
                    _ => {}
                }
                unanswered.push((id, command));
            }
            let app = &seat.bench.app;
            if app.is_composing() && app.over.is_none() && app.help.is_none() && mode(&seat) == Mode::Note {
                seat.sees("NOTE: only agents see this");
            }
        }
    }
}

// Strangers' words.

#[test]
fn strange_words_do_nothing_but_look_odd() {
    for theme in [Theme::ansi(), Theme::mono()] {
        let mut desk = desk();
        let text = hostile(8_000);
        let mut reply = saved(9, "odd", "x", &text.replace("{{customer_name}}", "{{{{x}}"));
        reply.title = format!("\u{202e}{}", "e\u{301}".repeat(60)).parse().unwrap();
        let all = AgentQuestion::Replies {
            query: String::new(),
            after: None,
            limit: LIBRARY_PAGE,
        };
        desk.replies.retain(|(question, _)| *question != all);
        desk.replies.push((
            all,
            AgentReply::Replies {
                replies: vec![reply],
                more: false,
            },
        ));
        let mut row = article_row("odd", &format!("\u{202e}{}", "e\u{301}".repeat(60)), true);
        row.excerpt = hostile(10_000);
        desk.replies
            .retain(|(question, _)| !matches!(question, AgentQuestion::Articles { .. }));
        desk.replies.push(articles("", vec![row.clone()]));
        desk.replies.push(article(row, &hostile(10_000)));
        desk.says("bob", &text);
        let note = Noted {
            agent: agent(BO),
            text: MessageText::parse(text.as_str()).unwrap(),
            mentions: vec![],
            handover: false,
        };
        desk.happens("bob", EventBody::Noted(note));
        let mut seat = Seat::with(desk, 80, 24, theme);
        seat.press("<alt-2>");
        for keys in [
            "/",
            "<enter>",
            "<ctrl-c><alt-q>",
            "1",
            "<esc>a",
            "<alt-enter>",
            "<esc><enter>",
            "<tab>@",
            "<esc>B",
            "<enter>",
        ] {
            seat.press(keys);
            for symbol in seat.bench.screen().chars() {
                let control = symbol.is_control() && symbol != '\n';
                assert!(
                    !control && !matches!(symbol, '\u{202a}'..='\u{202e}'),
                    "{keys}: {symbol:?}"
                );
            }
            let marks = seat.bench.screen().matches('\u{301}').count();
            assert!(marks < 2_000, "{keys}: {marks} marks");
        }
    }
}
