//! The open thread against what is known of it.

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{AgentCommand, Outcome},
    event::{Author, LineChanged, Part, Posted},
    frame::AgentSignal,
    ids::CommandId,
    line::{LineRef, LineState, Quote},
    refusal::Refusal,
    stage::Closer,
    text::MessageText,
};

use super::*;
use minicom_tui_kit::{Theme, Zone, testing::plain};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::testing::{ADA, BO, Desk, agent, client_start};

struct Bed {
    desk: Desk,
    replica: AgentReplica,
    chat: Chat,
}

impl Bed {
    fn open(mut desk: Desk) -> Bed {
        let mut replica = AgentReplica::new();
        let _ = replica.apply(desk.fresh(), client_start());
        let summary = desk.row("carol").clone();
        let eyes = Eyes {
            me: Some(agent(ADA).id),
            customer: summary.customer.name.shown(),
            zone: Zone::utc(),
            dot: "·",
        };
        let chat = Chat::open(&summary, eyes, false);
        let question = replica.open_thread(summary.customer.id).remove(0);
        let reply = desk.reply(question);
        let _ = replica.apply(reply, client_start());
        let mut bed = Bed { desk, replica, chat };
        bed.chat.transcript.set_size(60, 20);
        bed.sync()
    }

    fn sync(mut self) -> Bed {
        self.chat.sync(&self.replica);
        self.chat.see();
        self
    }

    fn happens(mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) -> Bed {
        what(&mut self.desk);
        let batch = self.desk.batch();
        let _ = self.replica.apply(batch, client_start());
        self.sync()
    }

    fn texts(&self) -> Vec<String> {
        let entries = self.chat.transcript.entries().iter();
        entries.map(|entry| entry.text.to_string()).collect()
    }

    fn marks(&self) -> Vec<DeliveryMark> {
        let entries = self.chat.transcript.entries().iter();
        entries.filter_map(|entry| entry.mark.clone()).collect()
    }

    fn shown(&self) -> (u64, u64) {
        (self.chat.shown().customer.0, self.chat.shown().desk.0)
    }

    fn screen(&self) -> String {
        let area = Rect::new(0, 0, 60, 20);
        let mut buffer = Buffer::empty(area);
        self.chat.transcript.view(area, &mut buffer, &Theme::ansi(), 0);
        plain(&buffer)
    }

    /// A page of older lines comes.
    fn older(mut self) -> Bed {
        let question = self.replica.older_events(self.chat.customer).unwrap();
        let reply = self.desk.reply(question);
        let _ = self.replica.apply(reply, client_start());
        self.sync()
    }

    /// The text of the line below the divider.
    fn divider_at(&self) -> Option<String> {
        let screen = self.screen();
        let mut below = screen.lines().skip_while(|row| !row.starts_with("── "));
        below
            .nth(1)
            .map(|row| row.split_once("  ").map_or(row, |(_, text)| text).trim().to_owned())
    }
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(100)
        .says("carol", "one")
        .bot("carol", "two")
        .says("carol", "three");
    desk
}

#[test]
fn a_thread_is_told_once_and_kept_up() {
    let bed = Bed::open(desk());
    assert_eq!(bed.texts(), ["one", "two", "three"]);
    let bed = bed.happens(|desk| desk.bot("carol", "four").says("zoe", "not here"));
    assert_eq!(bed.texts(), ["one", "two", "three", "four"]);
    assert_eq!(bed.sync().texts().len(), 4);
}

#[test]
fn older_pages_come_before_and_the_beginning_is_known() {
    let mut desk = Desk::new();
    for n in 0..120 {
        desk.ago(1_000 - n).says("carol", &format!("line {n}"));
    }
    let mut bed = Bed::open(desk);
    assert_eq!((bed.texts().len(), bed.chat.transcript.older()), (50, Older::More));
    for expected in [100, 120] {
        let question = bed.replica.older_events(bed.chat.customer).unwrap();
        bed = bed.sync();
        assert_eq!(bed.chat.transcript.older(), Older::Loading);
        let reply = bed.desk.reply(question);
        let _ = bed.replica.apply(reply, client_start());
        bed = bed.sync();
        assert_eq!(bed.texts().len(), expected);
    }
    assert_eq!(bed.texts()[0], "line 0");
    assert_eq!(bed.chat.transcript.older(), Older::None);
}

#[test]
fn own_lines_are_marked_as_read_once_the_customer_has() {
    let bed = Bed::open(desk()).happens(|desk| desk.taken("carol", ADA).replies("carol", ADA, "mine"));
    assert_eq!(bed.marks(), [DeliveryMark::Stored]);
    let bed = bed.happens(|desk| {
        desk.ago(0)
            .reads("carol", Side::Customer)
            .replies("carol", ADA, "again")
    });
    let read = DeliveryMark::Read(minicom_tui_kit::testing::BENCH_START);
    assert_eq!(bed.marks(), [read.clone(), DeliveryMark::Stored]);
    // Opened anew, it is the same.
    let again = Bed::open(bed.desk.clone());
    assert_eq!(again.marks(), [read, DeliveryMark::Stored]);
}

#[test]
fn a_line_is_marked_as_delivered_when_it_is_on_the_customers_screen() {
    let mut bed = Bed::open(desk()).happens(|desk| desk.replies("carol", ADA, "one").replies("carol", ADA, "two"));
    let up_to = bed.desk.row("carol").desk_lines;
    let before = LineNo(up_to.0 - 1);
    for (up_to, expected) in [
        (before, DeliveryMark::Stored),
        (up_to, DeliveryMark::Shown),
        (before, DeliveryMark::Shown),
    ] {
        let conversation = bed.desk.conversation("carol");
        let signal = ClientEvent::Signal(AgentSignal::Delivered { conversation, up_to });
        let _ = bed.replica.apply(signal, client_start());
        bed = bed.sync();
        assert_eq!(bed.marks().last(), Some(&expected), "{up_to:?}");
    }
    let bed = bed.happens(|desk| desk.reads("carol", Side::Customer));
    assert!(matches!(bed.marks().last(), Some(DeliveryMark::Read(_))));
}

#[test]
fn what_becomes_of_a_line_is_told_where_it_stands_and_where_it_is_quoted() {
    let bed = Bed::open(desk()).happens(|desk| {
        desk.replies("carol", ADA, "first").reads("carol", Side::Customer);
        let line = LineRef {
            side: Side::Desk,
            line: desk.row("carol").desk_lines,
        };
        let quoting = Posted {
            author: Author::Customer,
            line: desk.row("carol").customer_lines.next(),
            parts: vec![Part::of_text(MessageText::parse("this?").unwrap())],
            quote: Some(Quote {
                line,
                excerpt: "first".to_owned(),
            }),
            notice: None,
            state: LineState::Original,
        };
        desk.happens("carol", EventBody::Posted(quoting))
    });
    let marks = bed.marks();
    let bed = bed.happens(|desk| {
        let line = LineRef {
            side: Side::Desk,
            line: desk.row("carol").desk_lines,
        };
        let (state, parts, agent) = (LineState::Withdrawn, vec![], Some(agent(ADA)));
        desk.happens(
            "carol",
            EventBody::LineChanged(LineChanged {
                line,
                state,
                parts,
                agent,
            }),
        )
    });
    let texts = bed.texts();
    assert_eq!(texts[texts.len() - 2..], ["(taken back)", "this?"]);
    let last = bed.chat.transcript.entries().last().unwrap();
    assert_eq!(last.extras.quote.as_ref().unwrap().as_str(), "(taken back)");
    assert_eq!(bed.marks(), marks, "how far it has come is not forgotten");
}

#[test]
fn a_line_on_its_way_becomes_its_event() {
    let mut bed = Bed::open(desk()).happens(|desk| desk.taken("carol", ADA));
    let id = CommandId::from_bytes([9; 16]);
    let conversation = bed.chat.conversation;
    let command = AgentCommand::Post {
        conversation,
        text: "on its way".to_owned(),
        seen: SeenLines::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    bed.replica.pending(id, command);
    let bed = bed.sync();
    assert_eq!(bed.texts().last().unwrap(), "on its way");
    assert_eq!(bed.marks(), [DeliveryMark::Waiting]);
    let bed = bed.happens(|desk| desk.by(id).replies("carol", ADA, "on its way"));
    assert_eq!(bed.texts().iter().filter(|text| *text == "on its way").count(), 1);
    assert_eq!(bed.marks(), [DeliveryMark::Stored]);
}

#[test]
fn a_refused_line_says_why_and_goes_when_it_is_forgotten() {
    let mut bed = Bed::open(desk());
    let id = CommandId::from_bytes([9; 16]);
    let command = AgentCommand::Post {
        conversation: bed.chat.conversation,
        text: "too late".to_owned(),
        seen: SeenLines::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    bed.replica.pending(id, command.clone());
    let outcome = Outcome::Refused {
        refusal: Refusal::Closed,
    };
    let _ = bed
        .replica
        .apply(ClientEvent::Answered { id, command, outcome }, client_start());
    let mut bed = bed.sync();
    let DeliveryMark::Failed(why) = bed.marks()[0].clone() else {
        panic!("{:?}", bed.marks())
    };
    assert_eq!(why.as_str(), "the chat has ended");
    assert_eq!(bed.chat.unsent(&bed.replica).map(|it| it.id), Some(id));
    bed.replica.forget(id);
    assert_eq!(bed.sync().texts(), ["one", "two", "three"]);
}

#[test]
fn what_was_on_the_screen_is_known_and_scrolling_up_stops_it() {
    let bed = Bed::open(desk());
    assert_eq!(bed.shown(), (2, 1));
    let mut bed = bed;
    bed.chat.transcript.set_size(60, 2);
    bed.chat.transcript.page_up();
    let bed = bed.happens(|desk| desk.bot("carol", "four"));
    assert_eq!(bed.shown(), (2, 1), "four is below the screen");
    let mut bed = bed;
    bed.chat.transcript.to_end();
    assert_eq!(bed.sync().shown(), (2, 2));
}

#[test]
fn the_divider_stands_before_the_first_unread_line_and_stays() {
    let mut desk = Desk::new();
    desk.ago(90)
        .says("carol", "read")
        .taken("carol", ADA)
        .reads("carol", Side::Desk);
    desk.ago(80).says("carol", "new").says("carol", "newer");
    let bed = Bed::open(desk);
    assert_eq!(bed.divider_at().as_deref(), Some("new"));
    let bed = bed.happens(|desk| desk.reads("carol", Side::Desk).says("carol", "newest"));
    assert_eq!(bed.divider_at().as_deref(), Some("new"));
    let mut bed = bed;
    bed.chat.sent();
    assert_eq!(bed.divider_at(), None);
}

/// A customer who has written more than a page that nobody has read yet.
fn pages_of_unread() -> Bed {
    let mut desk = Desk::new();
    desk.ago(30_000)
        .says("carol", "read")
        .taken("carol", ADA)
        .reads("carol", Side::Desk);
    for n in 1..=132 {
        desk.ago(20_000 - n * 150).says("carol", &format!("line {n}"));
    }
    Bed::open(desk)
}

#[test]
fn the_divider_tells_all_that_is_unread_and_moves_up_to_its_first_line_as_pages_come() {
    let mut bed = pages_of_unread();
    bed.chat.transcript.to_divider();
    assert!(bed.screen().starts_with("── 132 new ──"), "{}", bed.screen());
    assert_eq!(bed.divider_at().as_deref(), Some("line 83"));
    let before = bed.screen();
    let mut bed = bed.older();
    let after = bed.screen();
    assert!(after.lines().skip(1).eq(before.lines().skip(1)), "{before}\n{after}");
    bed.chat.transcript.to_divider();
    assert_eq!(bed.divider_at().as_deref(), Some("line 33"));
    let mut bed = bed.happens(|desk| desk.says("carol", "one more")).older();
    bed.chat.transcript.to_divider();
    assert!(bed.screen().starts_with("── 132 new ──"), "{}", bed.screen());
    assert_eq!(bed.divider_at().as_deref(), Some("line 1"));
}

#[test]
fn a_divider_that_has_gone_does_not_come_back_with_older_pages() {
    let mut bed = pages_of_unread();
    bed.chat.sent();
    let mut bed = bed.older();
    bed.chat.transcript.scroll_up(1_000);
    assert!(!bed.screen().contains(" new ──"), "{}", bed.screen());
    bed.chat.transcript.to_divider();
    assert!(!bed.screen().contains(" new ──"), "{}", bed.screen());
}

#[test]
fn what_was_missed_is_pointed_at_even_if_it_comes_after_the_refusal() {
    let mut bed = Bed::open(desk());
    bed.chat.point_at_missed(LineNo(1));
    let bed = bed.sync().happens(|desk| desk.bot("carol", "the bot's answer"));
    assert_eq!(bed.divider_at().as_deref(), Some("the bot's answer"));
}

#[test]
fn a_fresh_start_keeps_the_old_lines_until_the_new_ones_are_here() {
    let mut bed = Bed::open(desk());
    bed.desk.taken("carol", BO).replies("carol", BO, "Bo was here");
    let fresh = bed.desk.fresh();
    let questions = bed.replica.apply(fresh, client_start());
    bed.chat.start_afresh();
    let mut bed = bed.sync();
    assert_eq!(bed.texts(), ["one", "two", "three"]);
    let reply = bed.desk.reply(questions[0].clone());
    let _ = bed.replica.apply(reply, client_start());
    let bed = bed.sync();
    assert_eq!(bed.texts().last().unwrap(), "Bo was here");
    assert_eq!(bed.texts().len(), 5);
}

#[test]
fn the_thread_goes_on_over_its_conversations() {
    let bed = Bed::open(desk()).happens(|desk| desk.closed("carol", Closer::Customer).says("carol", "back"));
    assert_eq!(
        bed.texts()[3..],
        ["carol ended the chat · 13:58", "conversation 2 · 13:58", "back"].map(str::to_owned)
    );
}

#[test]
fn an_erased_customer_is_gone_from_the_open_chat_at_once() {
    let bed = Bed::open(desk());
    assert_eq!(bed.texts(), ["one", "two", "three"]);
    let mut nobody = bed.desk.row("carol").customer.clone();
    nobody.name = minicom_protocol::text::CustomerName::parse("erased-1").unwrap();
    let erased = EventBody::Erased(minicom_protocol::event::Erased {
        customer: nobody,
        agent: Some(agent(BO)),
    });
    let bed = bed.happens(|desk| desk.happens("carol", erased));
    let texts = bed.texts().join("\n");
    for word in ["one", "two", "three"] {
        assert!(!texts.contains(word), "{texts}");
    }
    assert!(texts.contains("Bo erased the texts of this chat"), "{texts}");
    assert_eq!(bed.chat.eyes().customer.as_str(), "erased-1");
}

#[test]
fn a_name_that_a_fresh_start_does_not_have_any_more_is_forgotten() {
    let mut bed = Bed::open(desk());
    assert_eq!(bed.chat.eyes().customer.as_str(), "carol");
    let mut fresh = bed.desk.fresh();
    if let ClientEvent::Fresh { parts, .. } = &mut fresh {
        for row in &mut parts[0].conversations {
            row.customer.name = minicom_protocol::text::CustomerName::parse("erased-1").unwrap();
        }
    }
    let _ = bed.replica.apply(fresh, client_start());
    bed.chat.start_afresh();
    let bed = bed.sync();
    assert_eq!(bed.chat.eyes().customer.as_str(), "erased-1");
}
