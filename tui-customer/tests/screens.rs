//! Whole screens, as text and styles: every size and every state, with a fixed clock and zone.

mod rig;

use std::time::{Duration, UNIX_EPOCH};

use minicom_client::{Claim, ClientEvent, ConnState, Ended};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    customer_event::{Author, Closed, Closer, CustomerBody, CustomerEvent},
    event::Part,
    frame::{CustomerQuestion, CustomerReply, CustomerSignal, DeskLook, Told},
    ids::Seq,
    library::Article,
    line::{LineRef, LineState, Quote},
    refusal::Refusal,
    stage::Side,
    words::{SubjectLine, Tag},
};
use minicom_tui_customer::Settings;
use minicom_tui_kit::{Theme, testing::BENCH_START};
use rig::{Desk, Rig, ada, agent, asking, card, line_no, minute, settings, typing};

const ASCII: Theme = Theme {
    ascii: true,
    ..Theme::mono()
};

/// The story with Ada typing.
fn talking(width: u16, height: u16, theme: Theme) -> Rig {
    let mut rig = Rig::story(width, height, theme);
    rig.signal(typing(Some(ada()), true, Seq(50)));
    rig
}

macro_rules! screen {
    ($name:literal, $rig:expr) => {
        insta::assert_snapshot!($name, $rig.bench.styled());
    };
}

#[test]
fn sizes() {
    screen!("talking_80x24", talking(80, 24, Theme::ansi()));
    screen!("talking_120x40", talking(120, 40, Theme::ansi()));
    screen!("talking_200x60", talking(200, 60, Theme::ansi()));
    screen!("talking_50x12", talking(50, 12, Theme::ansi()));
    screen!("talking_40x12", talking(40, 12, Theme::ansi()));
    screen!("talking_30x8", talking(30, 8, Theme::ansi()));
    screen!("talking_10x3", talking(10, 3, Theme::ansi()));
}

#[test]
fn themes() {
    screen!("talking_80x24_mono", talking(80, 24, Theme::mono()));
    screen!("talking_80x24_ascii", talking(80, 24, ASCII));
    screen!("talking_40x12_mono", talking(40, 12, Theme::mono()));
}

const SIZES: [(u16, u16); 5] = [(80, 24), (120, 40), (200, 60), (50, 12), (40, 12)];

#[test]
fn five_sizes_in_three_themes() {
    for (width, height) in SIZES {
        for (name, theme) in [("mono", Theme::mono()), ("ascii", ASCII)] {
            insta::assert_snapshot!(
                format!("talking_{width}x{height}_{name}"),
                talking(width, height, theme).bench.styled()
            );
        }
    }
    for (name, theme) in [("dark", Theme::dark()), ("light", Theme::light())] {
        insta::assert_snapshot!(format!("talking_80x24_{name}"), talking(80, 24, theme).bench.styled());
    }
}

#[test]
fn words_do_not_depend_on_the_theme() {
    for (width, height) in SIZES {
        let ansi = talking(width, height, Theme::ansi()).bench.screen();
        for theme in [Theme::mono(), Theme::dark(), Theme::light()] {
            assert_eq!(talking(width, height, theme).bench.screen(), ansi);
        }
        let ascii = talking(width, height, ASCII).bench.screen();
        assert!(ascii.is_ascii(), "{ascii}");
    }
}

#[test]
fn states_of_the_connection() {
    let mut rig = Rig::silent(80, 24);
    screen!("connecting", rig);
    rig.connect();
    screen!("empty", rig);

    let mut rig = Rig::story(80, 24, Theme::ansi());
    rig.lost(3);
    screen!("reconnecting", rig);

    let retry_at = rig.at(Duration::ZERO);
    rig.state(ConnState::Draining { retry_at });
    screen!("draining", rig);
}

fn offline(width: u16, height: u16) -> Rig {
    let mut rig = Rig::story(width, height, Theme::ansi());
    rig.bench.advance(Duration::from_secs(120));
    let since = UNIX_EPOCH + Duration::from_micros(BENCH_START.unsigned_abs()) + Duration::from_secs(240);
    let retry_at = rig.at(Duration::from_millis(6_500));
    let why = "connection refused".to_owned();
    rig.state(ConnState::Offline { since, retry_at, why });
    rig.bench.press("are you still there?<enter>I can also");
    rig
}

#[test]
fn offline_at_every_size() {
    screen!("offline_80x24", offline(80, 24));
    screen!("offline_120x40", offline(120, 40));
    screen!("offline_40x12", offline(40, 12));
}

/// A certificate that is another than the one that was named: the longest of these words.
fn untrusted(width: u16, height: u16) -> Rig {
    let mut rig = Rig::story(width, height, Theme::ansi());
    let digits = ["AB"; 32].join(":");
    let why = format!(
        "the certificate of https://desk.example:443 is not accepted: its fingerprint is {digits} and not {digits}, which \
         --pin names (certificate for desk.example, issued by CN=Desk authority, good from 2026-01-01 to 2027-01-01). Ask \
         whoever runs the server whether it was renewed; if not, somebody is in between"
    );
    let retry_at = rig.at(Duration::from_secs(60));
    rig.state(ConnState::Untrusted { retry_at, why });
    rig
}

#[test]
fn a_server_that_is_not_who_it_should_be() {
    screen!("untrusted_80x24", untrusted(80, 24));
    screen!("untrusted_120x40", untrusted(120, 40));
    screen!("untrusted_40x12", untrusted(40, 12));
    let mut rig = untrusted(80, 24);
    rig.bench.press("kept<enter>").sees("waiting");
    rig.connect();
    rig.bench.sees_no("is not accepted");
}

#[test]
fn stages() {
    let mut desk = Desk::default();
    desk.opened(-1);
    desk.says(-1, Author::Customer, "human please");
    desk.asked(0);
    let mut rig = Rig::live(desk, 80, 24);
    rig.signal(rig::place(2, None));
    screen!("waiting", rig);
    rig.bench.resize(40, 12);
    screen!("waiting_40x12", rig);

    let mut rig = Rig::story(80, 24, Theme::ansi());
    let closed = rig.desk.closed(20, Closer::Agent);
    rig.happens(vec![closed]);
    screen!("closed", rig);
    rig.bench.resize(40, 12);
    screen!("closed_40x12", rig);
}

#[test]
fn lines_that_wait_for_a_decision() {
    let mut rig = Rig::story(80, 24, Theme::ansi());
    rig.bench.press("too much<enter>");
    let (id, command) = rig.sent().remove(0);
    let refusal = Refusal::TooLarge { limit: 65_536 };
    let outcome = Outcome::Refused { refusal };
    rig.tell(ClientEvent::Answered { id, command, outcome });
    screen!("refused", rig);

    let mut rig = Rig::story(80, 24, Theme::ansi());
    let mut ids = minicom_client::CommandIds::starting_at(9);
    let age = Duration::from_secs(3 * 86_400);
    let command = CustomerCommand::post("where is it?");
    let id = ids.next(BENCH_START - 3 * 86_400_000_000);
    rig.tell(ClientEvent::Stale { id, command, age });
    screen!("stale", rig);
    rig.bench.resize(40, 12);
    screen!("stale_40x12", rig);
}

#[test]
fn reading_back_while_lines_arrive() {
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..-20 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.press("half a sentence<pgup>");
    let news: Vec<_> = (1..4).map(|at| rig.desk.says(at, agent(), "more")).collect();
    rig.happens(news);
    screen!("scrolled", rig);
}

#[test]
fn unread_since_the_last_time() {
    let mut desk = Desk::story();
    desk.says(4, agent(), "It was found.");
    desk.says(4, agent(), "It will be with you tomorrow.");
    let rig = Rig::live(desk, 80, 24);
    screen!("unread", rig);
}

#[test]
fn help_over_the_screen() {
    let mut rig = Rig::story(80, 24, Theme::ansi());
    rig.bench.press("<f1>");
    screen!("help_80x24", rig);
    rig.bench.resize(40, 12).press("<end>");
    screen!("help_40x12_end", rig);
}

fn ended(why: Ended, width: u16, height: u16) -> Rig {
    let mut rig = Rig::silent(width, height);
    rig.bench.press("hello?<enter>");
    rig.state(ConnState::from(why.clone()));
    rig.tell(ClientEvent::Ended(why));
    rig
}

#[test]
fn the_end_in_words() {
    screen!("wrong_secret", ended(Ended::WrongSecret(Claim::default()), 80, 24));
    screen!(
        "wrong_secret_40x12",
        ended(Ended::WrongSecret(Claim::default()), 40, 12)
    );
    let version = Ended::WrongVersion {
        client: 1,
        min: 2,
        max: 3,
    };
    screen!("wrong_version", ended(version, 80, 24));
    screen!("erased", ended(Ended::Refused(Refusal::Erased), 80, 24));
    screen!("desk_closed_40x12", ended(Ended::Refused(Refusal::DeskClosed), 40, 12));
}

#[test]
fn names_of_any_script_and_length() {
    let named = |name: &str| {
        let name = minicom_protocol::text::CustomerName::parse(name).unwrap();
        let settings = Settings {
            name,
            ..settings(Theme::ansi())
        };
        let mut rig = Rig::with(settings, Desk::story(), 80, 24);
        rig.connect();
        let screen = rig.bench.screen();
        screen.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        named("玛丽亚"),
        " Support   Ada is with you                                        live   玛丽亚"
    );
    assert_eq!(
        named(&"ab".repeat(32)),
        " Support   Ada is with you                          live   abababababababababa›"
    );
}

#[test]
fn a_stranger_s_text_is_gated() {
    let mut desk = Desk::default();
    desk.opened(-1);
    desk.says(-1, agent(), "\u{1b}[31mred\u{7} \u{202e}turned");
    let rig = Rig::live(desk, 80, 24);
    let screen = rig.bench.screen();
    assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{screen}");
    assert!(screen.contains("␛[31mred␇"), "{screen}");
}

#[test]
fn the_cursor_stands_where_typing_goes() {
    let mut rig = Rig::story(80, 24, Theme::ansi());
    assert_eq!(rig.bench.cursor(), (3, 21).into());
    rig.bench.press("你好<alt-enter>b");
    assert_eq!(rig.bench.cursor(), (4, 22).into());
    // One more line takes a row from the thread.
    rig.bench.press("<alt-enter>");
    assert_eq!(rig.bench.cursor(), (3, 22).into());
}

/// What became of lines: changed, taken back, blanked out, answered, with an article.
fn lines(width: u16, height: u16, theme: Theme) -> Rig {
    let mut desk = Desk::default();
    desk.opened(-3);
    desk.says(-3, Author::Customer, "my card is 4000 1234 5678 9010");
    desk.says(-3, Author::Customer, "order 48213");
    desk.joined(-2);
    desk.says(-2, agent(), "One moment");
    desk.says(-1, agent(), "That order is on its way.");
    let state = |event: &mut CustomerEvent, state, parts: Option<Vec<Part>>| match &mut event.body {
        CustomerBody::Posted(posted) => {
            posted.state = state;
            posted.parts = parts.unwrap_or(std::mem::take(&mut posted.parts));
        }
        other => panic!("{other:?} is no line"),
    };
    state(&mut desk.events[1], LineState::Blanked, Some(vec![]));
    state(&mut desk.events[2], LineState::Edited, None);
    state(&mut desk.events[4], LineState::Withdrawn, Some(vec![]));
    let line = LineRef {
        side: Side::Customer,
        line: line_no(2),
    };
    if let CustomerBody::Posted(posted) = &mut desk.events[5].body {
        posted.quote = Some(Quote {
            line,
            excerpt: "order 48213".into(),
        });
        posted.parts.push(card(
            "delivery-times",
            "Delivery times in every country, and what to do when they are over",
            "Most parcels arrive within five days.",
        ));
    }
    desk.read_by(0, Side::Customer);
    let mut rig = Rig::with(settings(theme), desk, width, height);
    rig.connect();
    rig.signal(CustomerSignal::Delivered { up_to: line_no(2) });
    rig
}

#[test]
fn lines_that_changed_quotes_and_articles() {
    screen!("lines_80x24", lines(80, 24, Theme::ansi()));
    screen!("lines_80x24_mono", lines(80, 24, Theme::mono()));
    screen!("lines_80x24_ascii", lines(80, 24, ASCII));
    screen!("lines_120x40", lines(120, 40, Theme::ansi()));
    screen!("lines_40x12", lines(40, 12, Theme::ansi()));
}

#[test]
fn changing_and_answering() {
    let mut rig = lines(80, 24, Theme::ansi());
    rig.bench.press("/quote<enter>");
    screen!("quotes_80x24", rig);
    rig.bench.resize(40, 12);
    screen!("quotes_40x12", rig);
    rig.bench.press("<enter>and when?").resize(80, 24);
    screen!("answering_80x24", rig);
    let mut rig = Rig::story(40, 12, Theme::ansi());
    rig.bench.press("/edit<enter>");
    screen!("editing_40x12", rig);
}

fn reading(width: u16, height: u16, theme: Theme) -> Rig {
    let mut rig = lines(width, height, theme);
    rig.bench.press("<enter>");
    let slug = Tag::parse("delivery-times").unwrap();
    let body = "Most parcels arrive within **five days**.\n\n## Abroad\n\n\
        1. Neighbours: a week.\n2. Others: two weeks, and `customs` may want to see a form.\n\n\
        | Country | Days |\n|---|---|\n| Austria | 3 |\n| Chile | 14 |\n\n> Ask us when it takes longer.\n";
    let article = Article {
        slug: slug.clone(),
        title: SubjectLine::parse("Delivery times in every country, and what to do when they are over").unwrap(),
        body: body.to_owned(),
        questions: None,
    };
    let (n, told) = (1, Told::Reply(CustomerReply::Article { article }));
    let question = CustomerQuestion::Article { slug };
    rig.tell(ClientEvent::Reply { n, question, told });
    rig
}

#[test]
fn an_article_in_full() {
    screen!("reading_80x24", reading(80, 24, Theme::ansi()));
    screen!("reading_80x24_ascii", reading(80, 24, ASCII));
    screen!("reading_120x40", reading(120, 40, Theme::ansi()));
    screen!("reading_40x12", reading(40, 12, Theme::mono()));
}

fn asked(width: u16, height: u16, theme: Theme) -> Rig {
    let mut rig = Rig::with(settings(theme), Desk::default(), width, height);
    rig.connect_as(asking(&[
        (
            "order",
            "Which order is it about? You find the number in the mail that we sent you.",
        ),
        ("plan", "Your plan"),
    ]));
    rig.bench.press("Hello, my parcel never arrived<enter>48213");
    rig
}

#[test]
fn what_the_desk_asks_first() {
    screen!("questions_80x24", asked(80, 24, Theme::ansi()));
    screen!("questions_80x24_mono", asked(80, 24, Theme::mono()));
    screen!("questions_120x40_ascii", asked(120, 40, ASCII));
    screen!("questions_40x12", asked(40, 12, Theme::ansi()));
    screen!("questions_30x8", asked(30, 8, Theme::ansi()));
    let mut rig = asked(80, 24, Theme::ansi());
    rig.bench.press("<enter>");
    screen!("questions_second", rig);
}

#[test]
fn the_queue_with_a_range_and_hours() {
    let waiting = |width, height, theme| {
        let mut desk = Desk::default();
        desk.opened(-1);
        desk.says(-1, Author::Customer, "human please");
        desk.asked(0);
        let mut rig = Rig::with(settings(theme), desk, width, height);
        rig.connect();
        rig.signal(rig::place(2, Some((3, 8))));
        rig.signal(CustomerSignal::Open {
            open_now: false,
            agents_available: false,
            next_open_at: Some(minute(91 * 60)),
        });
        rig
    };
    screen!("queue_80x24", waiting(80, 24, Theme::ansi()));
    screen!("queue_120x40_mono", waiting(120, 40, Theme::mono()));
    screen!("queue_40x12_ascii", waiting(40, 12, ASCII));
}

#[test]
fn how_it_was() {
    let ended = |width, height, theme| {
        let mut rig = Rig::story(width, height, theme);
        let (by, ask_rating) = (Closer::Agent, true);
        let closed = rig
            .desk
            .event(20, None, CustomerBody::Closed(Closed { by, ask_rating }));
        rig.happens(vec![closed]);
        rig
    };
    screen!("rating_80x24", ended(80, 24, Theme::ansi()));
    screen!("rating_120x40", ended(120, 40, Theme::ansi()));
    screen!("rating_40x12_mono", ended(40, 12, Theme::mono()));
    let mut rig = ended(80, 24, Theme::ansi());
    rig.bench.press("4<enter>quick");
    screen!("rating_comment", rig);
    rig.bench.resize(40, 12);
    screen!("rating_comment_40x12", rig);
}

#[test]
fn words_while_they_are_written() {
    let mut rig = Rig::story(80, 24, Theme::ansi());
    rig.bench.press("/");
    screen!("words_80x24", rig);
    rig.bench.press("ed").resize(40, 12);
    screen!("words_40x12", rig);
}

/// A desk that says more of itself than its name.
fn dressed(width: u16, height: u16, theme: Theme) -> Rig {
    let mut rig = Rig::story(width, height, theme);
    rig.signal(CustomerSignal::Look(DeskLook {
        desk: "Acme Parcels".to_owned(),
        subtitle: "We answer within the hour, on weekends too".to_owned(),
        colour: "#2b6cb0".to_owned(),
        edit_window_s: 60,
        ..DeskLook::default()
    }));
    rig
}

#[test]
fn a_desks_line_and_colour() {
    screen!("dressed_80x24", dressed(80, 24, Theme::ansi()));
    screen!("dressed_120x40", dressed(120, 40, Theme::ansi()));
    screen!("dressed_40x12_mono", dressed(40, 12, Theme::mono()));
    let every_colour = Theme {
        every_colour: true,
        ..Theme::ansi()
    };
    let mut rig = dressed(80, 24, every_colour);
    assert!(
        rig.bench.styled().contains("on #2b6cb0"),
        "as it is, where that can be drawn"
    );
    // What the state of the connection needs comes first, and who is there stays where it was.
    let head = |rig: &Rig| rig.bench.styled().lines().next().unwrap().to_owned();
    assert!(head(&rig).contains("We answer"), "{}", head(&rig));
    rig.lost(12);
    assert!(
        !head(&rig).contains("We answer") && head(&rig).contains("reconnecting 12s"),
        "{}",
        head(&rig)
    );
}
