//! What leaves the customer's chat: lines to the clipboard, long lines to be read in full, and a text to one's own editor and back.

mod rig;

use minicom_protocol::{
    customer_event::{Author, CustomerBody},
    event::{FilePart, FileTag, Part},
    ids::FileId,
};
use minicom_tui_customer::{Msg, Order};
use minicom_tui_kit::{Effect, Input, Shown, clipboard::Copied, editor::Edited, file_preview::FilePreview};
use rig::{Desk, Rig, agent, line_no, posted};

fn rig() -> Rig {
    let mut desk = Desk::default();
    desk.opened(-9);
    desk.says(-9, Author::Customer, "hi");
    let long: Vec<String> = (1..=40).map(|n| format!("line {n}")).collect();
    desk.says(-8, agent(), &long.join("\n"));
    desk.says(-7, agent(), "try that");
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.effects();
    rig
}

fn copied(rig: &mut Rig, word: &str) -> Option<String> {
    rig.bench.press(word);
    rig.bench.effects().into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    })
}

#[test]
fn lines_are_copied_by_their_numbers_and_it_is_told() {
    let mut rig = rig();
    assert_eq!(copied(&mut rig, "/copy<enter>").as_deref(), Some("try that"));
    assert!(copied(&mut rig, "/copy 2<enter>").unwrap().ends_with("line 40"));
    let all = copied(&mut rig, "/copy all<enter>").unwrap();
    assert!(all.contains("you: hi\n") && all.ends_with("Ada: try that\n"), "{all}");
    let told = Copied::Sent {
        lines: 1,
        bytes: 8,
        to: "sent to the terminal",
    };
    rig.bench
        .input(Input::Copied(told))
        .sees("Copied the chat: 1 line, 8 B, sent to the terminal.");
    assert_eq!(copied(&mut rig, "/copy 9<enter>"), None);
    rig.bench.sees("There is no such line.");
    rig.bench.press("<ctrl-u>");
    assert_eq!(copied(&mut rig, "/copy 0<enter>"), None);
    rig.bench.sees("1 is the newest line.");
}

#[test]
fn a_long_line_is_folded_and_shown_in_full() {
    let mut rig = rig();
    rig.bench.sees("… 27 more lines · /show reads all").sees_no("line 20");
    rig.bench.press("/show<enter>").sees("Ada").sees("line 20");
    rig.bench.press("<esc>").sees_no("line 20");
    rig.bench.press("/show 1<enter>").sees_no("line 40");
    rig.bench
        .press("<esc>/show x<enter>")
        .sees("Write /show and a number. 1 is the newest line.");
}

#[test]
fn the_text_goes_to_the_editor_and_comes_back_or_stays() {
    let mut rig = rig();
    rig.bench.press("half a sen<ctrl-x-ctrl-e>");
    let edits = rig.bench.effects().into_iter().filter_map(|effect| match effect {
        Effect::Edit(edit) => Some(edit.text().to_owned()),
        _ => None,
    });
    assert_eq!(edits.collect::<Vec<_>>(), ["half a sen"]);
    let failed = Edited::Failed(minicom_tui_kit::Shown::fixed(
        "The editor ended with code 1: nothing was changed",
    ));
    rig.bench.input(Input::Edited(failed)).sees("code 1").sees("half a sen");
    rig.bench
        .input(Input::Edited(Edited::Changed("a whole\nsentence".into())))
        .sees("sentence");
    rig.bench
        .press("<ctrl-c>")
        .input(Input::Edited(Edited::Changed("x".repeat(16_385))));
    rig.bench.press("<enter>").sees("16384 is the most");
    assert!(
        rig.sent().is_empty(),
        "what is too long stays where it can be shortened"
    );
}

#[test]
fn a_file_is_looked_into_once_and_shown_in_full() {
    let id = FileId::from_bytes([3; 16]);
    let file = FilePart {
        kind: FileTag::File,
        id,
        name: "steps.txt".to_owned(),
        size: 60_000,
        mime: "text/plain".to_owned(),
        digest: String::new(),
        fallback: FilePart::fallback_of("steps.txt", 60_000),
    };
    let mut desk = Desk::default();
    desk.opened(-9);
    desk.event(
        -8,
        None,
        CustomerBody::Posted(posted(agent(), line_no(1), vec![Part::File(file)])),
    );
    let mut rig = Rig::live(desk, 80, 24);
    let looks = |rig: &mut Rig| {
        let orders = rig.bench.orders().into_iter();
        orders
            .filter(|order| matches!(order, Order::LookInto { id: of, .. } if *of == id))
            .count()
    };
    assert_eq!(looks(&mut rig), 1);
    let preview = FilePreview::of_text(b"first do this\n\x1b[2Jthen that\n", 60_000);
    rig.bench.tell(Msg::LookedInto { id, preview });
    rig.bench
        .sees("first do this")
        .sees("\u{241b}[2Jthen that")
        .sees("\u{2026} more \u{b7} /show reads all");
    rig.bench.press("/show<enter>");
    assert_eq!(looks(&mut rig), 0, "once");
    let (title, text) = (Shown::fixed("steps.txt"), Ok("all of it".to_owned()));
    rig.bench.tell(Msg::FileRead { title, text }).sees("all of it");
    rig.bench.press("and");
    rig.bench.sees_no("all of it").sees("and");
}
