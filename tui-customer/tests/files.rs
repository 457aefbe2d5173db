//! Files on the customer's screen: attached, sent with what is written, fetched, given up; and large pastes.

mod rig;

use minicom_client::{
    rest::files::Uploaded,
    transfers::{Completed, Happened, Job, Mark, Order as Files, Source, To, Told, TransferId, TransferNews},
};
use minicom_protocol::{
    command::CustomerCommand,
    customer_event::{Author, CustomerBody},
    event::{FilePart, FileTag, Part},
    ids::FileId,
    text::MessageText,
};
use minicom_tui_customer::{Msg, Order, Settings};
use minicom_tui_kit::{Effect, Shown, Theme};
use rig::{Desk, Rig, agent, posted, settings};

fn desk() -> Desk {
    let mut desk = Desk::default();
    desk.opened(-1);
    desk.says(-1, Author::Customer, "hello");
    desk.joined(0);
    desk
}

fn rig() -> Rig {
    let mut rig = Rig::live(desk(), 80, 24);
    rig.bench.effects();
    rig
}

fn orders(rig: &mut Rig) -> Vec<Files> {
    let file = |order| match order {
        Order::Files(order) => Some(order),
        _ => None,
    };
    rig.bench.orders().into_iter().filter_map(file).collect()
}

fn told(rig: &mut Rig, id: TransferId, what: Happened) {
    rig.bench.tell(Msg::Files(Told::Transfer(TransferNews { id, what })));
}

fn sent(n: u8) -> Happened {
    Happened::Sent(Uploaded {
        id: FileId::from_bytes([n; 16]),
        file_name: "x".into(),
        size: 5_120,
    })
}

/// `/attach` of these files, up to where they are on their way.
fn attached(rig: &mut Rig, named: &str, paths: &[&str]) -> Vec<TransferId> {
    rig.bench.press(&format!("/attach {named}<enter>"));
    assert_eq!(orders(rig), [Files::Find(named.to_owned())]);
    let (text, found) = (named.to_owned(), Ok(paths.iter().map(Into::into).collect()));
    rig.bench.tell(Msg::Files(Told::Found { text, found }));
    let begun = orders(rig).into_iter().map(|order| match order {
        Files::Begin(
            id,
            Job::Send {
                what: Source::File(_), ..
            },
        ) => id,
        other => panic!("{other:?}"),
    });
    begun.collect()
}

fn posts(rig: &mut Rig) -> Vec<(String, Option<FileId>)> {
    let post = |(_, command)| match command {
        CustomerCommand::Post { text, file, .. } => Some((text, file)),
        _ => None,
    };
    rig.sent().into_iter().filter_map(post).collect()
}

#[test]
fn a_text_goes_with_its_file_as_soon_as_that_is_there_and_typing_never_waits() {
    let mut rig = rig();
    let ids = attached(&mut rig, "build.log", &["/tmp/build.log"]);
    rig.bench.sees("build.log").sees("Enter sends it with the file");
    told(
        &mut rig,
        ids[0],
        Happened::Found {
            size: 5_120,
            mark: None,
        },
    );
    told(&mut rig, ids[0], Happened::Moved { done: 2_560 });
    rig.bench.sees("build.log  5.0 KiB  █████░░░░░ 50 %");
    rig.bench
        .press("it crashed<enter>")
        .sees("goes when the files are there");
    assert_eq!(posts(&mut rig), []);
    // Whoever goes on writing has not done with it.
    rig.bench.press("!").sees("Enter sends it with the file");
    rig.bench.press("<enter>");
    told(&mut rig, ids[0], sent(7));
    let file = Some(FileId::from_bytes([7; 16]));
    assert_eq!(posts(&mut rig), [("it crashed!".to_owned(), file)]);
    rig.bench.sees("it crashed!").sees("Enter sends ·");
}

#[test]
fn files_that_wait_come_back_with_the_next_window() {
    let kept = |rig: &mut Rig| {
        let kept = |order| match order {
            Order::KeepFiles(kept) => Some(kept),
            _ => None,
        };
        rig.bench.orders().into_iter().filter_map(kept).next_back()
    };
    let mut earlier = rig();
    let ids = attached(&mut earlier, "a b", &["/tmp/a.log", "/tmp/b.log"]);
    let mark = Mark { size: 7, at: (1, 2) };
    let found = Happened::Found {
        size: 7,
        mark: Some(mark),
    };
    told(&mut earlier, ids[1], found);
    told(&mut earlier, ids[0], sent(3));
    let files = kept(&mut earlier).unwrap();

    let settings = Settings {
        files,
        ..settings(Theme::ansi())
    };
    let mut later = Rig::with(settings, desk(), 80, 24);
    later.connect();
    later.bench.sees("a.log  5.0 KiB  ready").sees("b.log  7 B");
    let begun = orders(&mut later);
    let [Files::Begin(id, Job::Send { what, .. })] = &begun[..] else {
        panic!("{begun:?}")
    };
    let path = "/tmp/b.log".into();
    assert_eq!(*what, Source::Marked { path, mark });
    let (id, why) = (*id, Shown::fixed("there is no such file"));
    told(&mut later, id, Happened::Failed { why });
    later.bench.sees("b.log: there is no such file");
    later.bench.press("<f7>x<enter>");
    assert_eq!(
        posts(&mut later),
        [("x".to_owned(), Some(FileId::from_bytes([3; 16])))],
        "nothing else is lost"
    );
}

#[test]
fn several_files_are_lines_of_their_own_behind_the_text() {
    let mut rig = rig();
    let ids = attached(&mut rig, "a 'b c'", &["/tmp/a", "/tmp/b c"]);
    rig.bench.press("both");
    told(&mut rig, ids[1], sent(2));
    told(&mut rig, ids[0], sent(1));
    rig.bench.press("<enter>");
    let id = |n| Some(FileId::from_bytes([n; 16]));
    assert_eq!(posts(&mut rig), [("both".to_owned(), id(1)), (String::new(), id(2))]);
}

#[test]
fn what_does_not_go_says_why_and_nothing_is_lost() {
    let mut rig = rig();
    let ids = attached(&mut rig, "empty", &["/tmp/empty"]);
    rig.bench.press("look<enter>");
    let why = Shown::fixed("it is empty");
    told(&mut rig, ids[0], Happened::Failed { why });
    rig.bench.sees("empty: it is empty");
    rig.bench.press("<enter>").sees("Nothing was sent").sees("look");
    assert_eq!(posts(&mut rig), []);
    rig.bench.press("<ctrl-r>");
    let again = orders(&mut rig);
    assert!(matches!(again[..], [Files::Begin(id, _)] if id != ids[0]), "{again:?}");
    rig.bench.press("<f7>");
    assert!(matches!(orders(&mut rig)[..], [Files::Cancel(_)]));
    rig.bench.press("<enter>");
    assert_eq!(posts(&mut rig), [("look".to_owned(), None)]);

    rig.bench.press("/attach nowhere<enter>");
    let (text, found) = ("nowhere".to_owned(), Err("there is no file nowhere".to_owned()));
    rig.bench.tell(Msg::Files(Told::Found { text, found }));
    rig.bench
        .sees("there is no file nowhere. Nothing was attached.")
        .sees("/attach nowhere");
    rig.bench.advance(std::time::Duration::from_secs(2));
    let kept = rig.bench.orders();
    assert!(kept.contains(&Order::KeepDraft("/attach nowhere".into())), "{kept:?}");
}

#[test]
fn a_path_is_completed_where_it_is_typed() {
    let mut rig = rig();
    rig.bench.press("/attach bu<tab>");
    assert_eq!(orders(&mut rig), [Files::Complete("bu".to_owned())]);
    let completed = Completed {
        text: "build.".into(),
        names: vec!["build.log".into(), "build.old".into()],
    };
    let text = "bu".to_owned();
    rig.bench.tell(Msg::Files(Told::Completed {
        text,
        completed: completed.clone(),
    }));
    rig.bench.sees("/attach build.").sees("build.log  build.old");
    // An answer to what was typed before is not for what is typed now.
    let text = "bu".to_owned();
    rig.bench.press("l");
    rig.bench.tell(Msg::Files(Told::Completed {
        text,
        completed: completed.clone(),
    }));
    rig.bench.sees("/attach build.l");
    rig.bench.press("<ctrl-c><ctrl-o>x<tab>");
    assert_eq!(orders(&mut rig), [Files::Complete("x".to_owned())]);
    let text = "x".to_owned();
    rig.bench.tell(Msg::Files(Told::Completed { text, completed }));
    rig.bench.sees("build.");
    rig.bench.press("<enter>");
    assert_eq!(orders(&mut rig), [Files::Find("build.".to_owned())]);
}

fn with_file(rig: &mut Rig, n: u8, name: &str) {
    let part = Part::File(FilePart {
        kind: FileTag::File,
        id: FileId::from_bytes([n; 16]),
        name: name.to_owned(),
        size: 5_120,
        mime: "text/plain".into(),
        digest: String::new(),
        fallback: FilePart::fallback_of(name, 5_120),
    });
    let text = Part::of_text(MessageText::parse("see").unwrap());
    let line = rig.desk.view.desk_lines.next();
    let event = rig
        .desk
        .event(1, None, CustomerBody::Posted(posted(agent(), line, vec![text, part])));
    rig.happens(vec![event]);
}

fn fetched(rig: &mut Rig) -> (TransferId, FileId, To) {
    match orders(rig).pop() {
        Some(Files::Begin(id, Job::Fetch { file, to })) => (id, file.id, to),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_fetched_by_word_key_or_click_and_its_row_says_how_far_it_is() {
    let mut rig = rig();
    with_file(&mut rig, 1, "old.txt");
    with_file(&mut rig, 2, "build.log");
    rig.bench.sees("│ build.log  5.0 KiB  text/plain");
    rig.bench.press("/get<enter>");
    let (id, file, to) = fetched(&mut rig);
    assert_eq!((file, to), (FileId::from_bytes([2; 16]), To::Downloads));
    told(&mut rig, id, Happened::Moved { done: 1_024 });
    rig.bench.sees("██░░░░░░░░ 20 %");
    let kept = Happened::Kept {
        path: "/home/c/Downloads/build (2).log".into(),
        opening: None,
    };
    told(&mut rig, id, kept);
    rig.bench
        .sees("kept as build (2).log")
        .sees("build.log is at /home/c/Downloads/build (2).log");
    rig.bench.press("/get old ./here<enter>");
    assert_eq!(fetched(&mut rig).2, To::Typed("./here".to_owned()));
    rig.bench.press("<f7>");
    assert!(matches!(orders(&mut rig)[..], [Files::Cancel(_)]));
    rig.bench.press("<alt-o>").sees("Files of this chat");
    rig.bench.press("<down><alt-enter>");
    let (id, file, to) = fetched(&mut rig);
    assert_eq!((file, to), (FileId::from_bytes([1; 16]), To::Program));
    let why = Shown::fixed("the bytes of this file are lost");
    told(&mut rig, id, Happened::Failed { why });
    rig.bench.sees("old.txt: the bytes of this file are lost");
    rig.bench.press("/get 7<enter>").sees("There is no file 7");
}

#[test]
fn no_name_reaches_the_screen_raw() {
    let mut rig = rig();
    for (n, name) in (1..).zip(["\u{1b}[2Jx.log", "a\u{202e}gpj.exe", "a\nb\u{7}"]) {
        with_file(&mut rig, n, name);
    }
    attached(&mut rig, "y", &["/tmp/\u{1b}]0;y\u{7}"]);
    rig.bench.sees("␛[2Jx.log").sees("␛]0;y␇");
    let screen = rig.bench.screen();
    assert!(!screen.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{screen}");
}

#[test]
fn who_asks_for_a_file_says_once_what_enter_and_esc_do() {
    let mut rig = rig();
    rig.bench.press("<ctrl-o>x").sees("Enter attaches").sees("Esc cancels");
    rig.bench.sees_no("Enter takes it").sees_no("Esc closes");
    let screen = rig.bench.screen();
    assert_eq!(screen.matches("Enter attaches").count(), 2, "rule and footer: {screen}");
}

/// What is offered of a large paste is offered while that is in the text.
#[test]
fn the_offer_of_a_large_paste_goes_with_the_paste() {
    let lines = "a line\n".repeat(50);
    let offer = "sends them as a file instead";
    for gone in ["<ctrl-u>", "<ctrl-c>", "<backspace>", "<enter>", "<ctrl-_>"] {
        let mut rig = rig();
        rig.bench.paste(&lines);
        rig.bench.sees(offer);
        rig.bench.press(gone).sees_no(offer);
        rig.bench.press("<alt-v>").sees("There is no large paste");
    }
    // It stays while there is more to be written about it, and is there again where the paste is.
    let mut rig = rig();
    rig.bench.paste(&lines);
    rig.bench.press("<home>see ").sees(offer);
    rig.bench.press("<pgup>").sees(offer);
    rig.bench.press("<ctrl-c>").sees_no(offer);
    rig.bench.press("<ctrl-_><alt-v>").sees("pasted.txt");
}

#[test]
fn a_large_paste_is_offered_as_a_file_and_never_lost() {
    let mut rig = rig();
    let lines = "a line\n".repeat(50);
    rig.bench.press("see ");
    rig.bench.paste(&lines);
    rig.bench
        .sees("50 lines")
        .sees("sends them as a file instead")
        .sees("see [50 lines, 350 B]");
    rig.bench.press("<alt-v>").sees("pasted.txt  350 B").sees("see");
    match orders(&mut rig).pop() {
        Some(Files::Begin(
            _,
            Job::Send {
                what: Source::Text { text, .. },
                ..
            },
        )) => assert_eq!(&*text, lines),
        other => panic!("{other:?}"),
    }
    // Taken off, it is a text again.
    rig.bench.press("<f7>").sees("see [50 lines, 350 B]");
    rig.bench.press("<ctrl-c>");
    orders(&mut rig);
    // What no line can have is a file at once.
    let large = "x".repeat(20_000);
    rig.bench.paste(&large);
    rig.bench.sees("19.5 KiB are too much for a message").sees("pasted.txt");
    assert!(matches!(orders(&mut rig)[..], [Files::Begin(..)]));
    // What is taken off and has no room beside what is written is kept on the disk.
    for _ in 0..3 {
        rig.bench.paste(&"y".repeat(16_000));
    }
    rig.bench.press("<f7>");
    let ordered = orders(&mut rig);
    assert!(
        matches!(ordered[..], [Files::Cancel(_), Files::Keep { .. }]),
        "{ordered:?}"
    );
    let effects: Vec<Effect<Order>> = rig.bench.effects();
    assert!(effects.is_empty() || !effects.iter().any(|it| matches!(it, Effect::Quit(_))));
}
