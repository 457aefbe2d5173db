//! What is open for the composer while the customer ends the chat and comes back.

use minicom_client::{ClientEvent, Section};
use minicom_protocol::{
    draft::Draft,
    frame::{AgentQuestion, AgentReply, Told},
    ids::{ConversationId, Rev},
    recap::Recap,
    refusal::Refusal,
    settings::DeskSettings,
    stage::Closer,
    suggestions::{SuggestedArticle, Suggestions},
};
use minicom_tui_kit::{
    Input,
    editor::Edited,
    pipe::{End, Ran},
};

use crate::{
    app::Msg,
    list::Part,
    testing::{ADA, BO, Desk, Seat, agent},
    writing::{Mode, Written},
    writing_tools_tests::desk,
};

/// On bob, who is Ada's, with something that fits, a summary and a model's draft to be had.
fn seat() -> (Seat, ConversationId) {
    let mut desk = desk();
    let mut settings = DeskSettings::default();
    settings.bot.provider = true;
    desk.state.settings = settings;
    let conversation = desk.conversation("bob");
    let suggestions = Suggestions {
        conversation,
        at: Some(Rev(9)),
        articles: vec![SuggestedArticle {
            slug: "refunds".parse().unwrap(),
            title: "Refunds".parse().unwrap(),
            percent: 92,
            example: "Refunds".to_owned(),
        }],
        replies: vec![],
    };
    let suggestions = Box::new(suggestions);
    let recap = Box::new(Recap::begin(desk.row("bob")));
    desk.replies.extend([
        (
            AgentQuestion::Suggestions { conversation },
            AgentReply::Suggestions { suggestions },
        ),
        (
            AgentQuestion::Recap {
                conversation,
                words: false,
            },
            AgentReply::Recap { recap },
        ),
    ]);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-2>").advance(1).sees("Reply to bob").ordered();
    (seat, conversation)
}

/// The customer ends the chat and begins the next one.
fn comes_back(seat: &mut Seat) -> ConversationId {
    seat.happens(|desk| desk.closed("bob", Closer::Customer))
        .happens(|desk| desk.says("bob", "I am back"));
    seat.desk.conversation("bob")
}

fn written(seat: &Seat, conversation: ConversationId) -> Written {
    seat.bench.app.writing.get(conversation).cloned().unwrap_or_default()
}

/// As text what stands in the composer, and what goes with it.
fn says(written: &Written) -> String {
    let with = &written.with;
    let mut words = vec![written.current().text()];
    words.extend(with.article.as_ref().map(|it| format!("[{}]", it.slug.shown())));
    words.extend(with.quote.as_ref().map(|it| format!("> {}", it.excerpt)));
    words.extend(with.reply.as_ref().map(|it| format!("{:?}", it.answers)));
    words.join(" ").trim().to_owned()
}

#[test]
fn what_is_chosen_for_the_composer_comes_to_where_the_thread_goes_on() {
    for (before, after, comes) in [
        ("/look", "<enter>", "let me look into that for you."),
        ("/hi", "<enter>", "Hi {{customer_name}}"),
        ("/the-end<enter>", "<enter>48213<enter>", "48213"),
        ("/", "/", "/"),
        ("<alt-q>", "<enter>", "> and I paid"),
        ("<alt-h>", "<enter>", "[refunds]"),
        ("<esc>a", "<enter>", "[refunds]"),
        ("/summary<enter>", "i", "bob, 4 lines"),
    ] {
        let (mut seat, ended) = seat();
        seat.press(before);
        let again = comes_back(&mut seat);
        seat.press(after);
        assert_eq!(seat.bench.app.conversation(), Some(again), "{before}");
        let (there, here) = (says(&written(&seat, ended)), says(&written(&seat, again)));
        assert_eq!(there, "", "{before}: nothing is left where it ended");
        assert!(here.contains(comes), "{before}: {here}");
    }
}

#[test]
fn what_comes_late_for_the_composer_does_too() {
    // What a command says.
    let (mut seat, ended) = seat();
    seat.press("<esc>!jq .<enter>");
    let again = comes_back(&mut seat);
    let ran = Ran {
        output: "48213".to_owned(),
        errors: String::new(),
        end: End::Code(0),
    };
    seat.input(Input::Message(Msg::Piped { id: 1, ran })).press("r");
    assert_eq!(seat.bench.app.conversation(), Some(again));
    assert_eq!(says(&written(&seat, again)), "48213");
    assert_eq!(says(&written(&seat, ended)), "");

    // A model's draft.
    let (mut seat, ended) = self::seat();
    seat.press("<alt-i>");
    let again = comes_back(&mut seat);
    let draft = Draft {
        conversation: ended,
        text: Some("It left us on Monday.".to_owned()),
        no: None,
    };
    let question = AgentQuestion::Draft { conversation: ended };
    let told = Told::Reply(AgentReply::Draft { draft });
    seat.client(ClientEvent::Reply { n: 1, question, told });
    assert_eq!(says(&written(&seat, again)), "It left us on Monday.");
    assert_eq!(says(&written(&seat, ended)), "");

    // A text from the agent's own editor.
    for (before, mode) in [("half", Mode::Reply), ("<tab>half", Mode::Note), ("", Mode::Reply)] {
        let (mut seat, ended) = self::seat();
        seat.press(before).press("<ctrl-x-ctrl-e>");
        let again = comes_back(&mut seat);
        seat.input(Input::Edited(Edited::Changed("all of it".to_owned())));
        let here = written(&seat, again);
        assert_eq!((says(&here).as_str(), here.mode()), ("all of it", mode));
        assert_eq!(says(&written(&seat, ended)), "");
    }
}

#[test]
fn what_was_for_a_chat_that_is_gone_is_written_nowhere() {
    for (before, after) in [
        ("<alt-q>", "<enter>"),
        ("/the-end<enter>", "<enter>48213<enter>"),
        ("/summary<enter>", "i"),
    ] {
        let (mut seat, gone) = seat();
        seat.press(before).lose();
        // The server is back, but as it was before bob came.
        let mut fresh = seat.desk.fresh();
        if let ClientEvent::Fresh { parts, .. } = &mut fresh {
            parts[0].conversations.retain(|row| row.conversation != gone);
        }
        let question = AgentQuestion::Summary { conversation: gone };
        let told = Told::Refusal(Refusal::NotFound);
        seat.client(fresh)
            .client(ClientEvent::Reply { n: 1, question, told })
            .press(after)
            .sees("is not open any more.");
        assert_eq!(says(&written(&seat, gone)), "");
    }
}

/// Alice was here three times, and bob, who wrote last, once.
fn ended() -> Desk {
    let mut desk = Desk::new();
    for (ago, about) in [(9_000, "lamp"), (8_000, "parcel"), (7_000, "invoice")] {
        desk.ago(ago).says("alice", &format!("it is about the {about}"));
        for number in 1..30 {
            desk.says("alice", &format!("{about} {number}"));
        }
        desk.closed("alice", Closer::Customer);
    }
    desk.ago(60).says("bob", "hello");
    desk
}

#[test]
fn each_ended_chat_shows_where_it_ended_itself() {
    for (width, height) in [(120, 40), (80, 24), (50, 12)] {
        let mut seat = Seat::at(ended(), width, height);
        let opens = |seat: &mut Seat, keys: &str| {
            seat.press(keys);
            if width < 60 {
                seat.press("<enter>");
            }
        };
        seat.press("<esc>G<enter>");
        opens(&mut seat, "G");
        seat.sees("lamp 29").sees("alice ended the chat").sees_no("parcel 1");
        seat.press("<pgup>").sees("lamp").sees_no("lamp 29").press("<esc><esc>");
        opens(&mut seat, "k");
        seat.sees("parcel 29").sees_no("invoice 1").press("<esc><esc>");
        opens(&mut seat, "k");
        seat.sees("invoice 29").sees_no("parcel 29");
    }
}

#[test]
fn older_lines_are_asked_for_until_the_end_of_an_ended_chat_is_here() {
    let mut desk = ended();
    desk.ago(6_000).says("alice", "again");
    for number in 0..450 {
        desk.says("alice", &format!("line {number}"));
    }
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<esc>G<enter>")
        .press("G")
        .sees("lamp 29")
        .sees_no("parcel 1");
    // What is looked for in it is gone to all the same, and Esc leads back.
    seat.press("/13<enter>").sees("13").press("<esc>").sees("lamp 29");
}

#[test]
fn whoever_reads_an_ended_chat_stays_there_when_its_customer_comes_back() {
    for (to, last) in [("G", "lamp 29"), ("Gk", "parcel 29"), ("Gkk", "invoice 29")] {
        let mut seat = Seat::at(ended(), 80, 24);
        seat.press("<esc>G<enter>").press(to).sees(last);
        let (before, row) = (seat.bench.app.conversation(), seat.bench.app.list.cursor());
        seat.happens(|desk| desk.says("alice", "I am back")).sees(last);
        assert_eq!(seat.bench.app.conversation(), before, "{to}");
        assert_eq!(seat.bench.app.list.cursor(), row, "{to}");
        assert!(seat.row_with("›").contains("done"), "{to}");
        seat.press("e").sees("This conversation has ended.").advance(10);
        assert_eq!(seat.commands(), [], "{to}: nothing is done to the new one");
    }
}

#[test]
fn a_chat_that_one_has_ended_stays_under_the_cursor_of_the_list() {
    for (by, title) in [(ADA, false), (ADA, true), (BO, true)] {
        let (mut seat, ended) = seat();
        seat.press("<esc>");
        if title {
            let mine = Part::Section(Section::Mine);
            let app = &mut seat.bench.app;
            app.list.select_title(mine, &app.replica);
        }
        let by = Closer::Agent { agent: agent(by) };
        seat.happens(|desk| desk.closed("bob", by));
        let cursor = seat.bench.app.list.cursor();
        seat.happens(|desk| desk.says("bob", "I am back"));
        assert_eq!(seat.bench.app.conversation(), Some(ended));
        assert_eq!(seat.bench.app.list.cursor(), cursor);
    }
}
