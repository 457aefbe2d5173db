//! A filled desk on screens of every size: priorities, lateness, skills, groups, who is put aside, gone, looking, typing, marked; the
//! header's numbers; the customer's details.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use minicom_client::ClientEvent;
use minicom_protocol::{
    context::{AccountStatus, CustomerContext, NoteRow, Profile},
    event::{Deadline, EventBody, HumanRequested, Noted, Requeued, Target},
    frame::{AgentQuestion, AgentReply, AgentSignal, Typist},
    ids::{Rev, TicketNo, Time},
    intake::{ClientInfo, Priority},
    settings::PreChatAnswer,
    staff::{GroupRef, Intent, Presence, PresenceState},
    stage::{Closer, HandOverReason, Side},
    text::MessageText,
    ticket::{Ticket, TicketStatus},
};
use minicom_tui_kit::{Theme, testing::BENCH_START};

use crate::testing::{ADA, BO, Desk, Seat, agent};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 86_400_000_000;

fn wanted(reason: HandOverReason, due_in_s: Option<i64>) -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason,
        by_customer: false,
        respond_by: due_in_s.map(|due| Deadline {
            warn: Time(BENCH_START - MINUTE),
            due: Time(BENCH_START + due * 1_000_000),
        }),
        note: None,
    })
}

/// Five wait: one late, one due soon, one that Ada may not take, one with a low priority; two are Ada's and one more is put aside; two
/// are Bo's, who is gone.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.member(ADA, |ada| ada.capacity = Some(5))
        .member("Cleo", |_| {})
        .group("billing", &[ADA], &[]);
    let billing = desk.state.staff.groups[0].to_ref();
    queue(&mut desk, &billing);
    desk.ago(300)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice.");
    desk.reads("alice", Side::Desk);
    desk.ago(40).says("alice", "can I change the address?");
    desk.ago(200)
        .says("bob", "thanks")
        .taken("bob", ADA)
        .replies("bob", ADA, "done, anything else?");
    desk.reads("bob", Side::Desk);
    let later = Time(BENCH_START + 90 * MINUTE);
    desk.ago(900)
        .says("kim", "call me later")
        .taken("kim", ADA)
        .snoozed("kim", ADA, Some(later));
    desk.ago(800)
        .says("lou", "I will write")
        .taken("lou", ADA)
        .snoozed("lou", ADA, None);
    desk.ago(100).says("frank", "prices?").bot("frank", "Here they are.");
    desk.ago(90)
        .says("heidi", "hey")
        .taken("heidi", BO)
        .says("heidi", "hello?");
    desk.ago(80)
        .says("judy", "bye")
        .bot("judy", "Bye.")
        .closed("judy", Closer::Customer);
    desk
}

fn queue(desk: &mut Desk, billing: &GroupRef) {
    desk.ago(250)
        .with(|intake| {
            intake.priority = Priority::Urgent;
            intake.subject = Some("broken at the door".parse().unwrap());
        })
        .says("carol", "the glass is broken")
        .happens("carol", wanted(HandOverReason::CustomerAsked, Some(-130)))
        .tagged("carol", BO, &["vip"]);
    desk.ago(95)
        .with(|intake| intake.priority = Priority::High)
        .says("dmitri", "invoice 991 is wrong")
        .happens("dmitri", wanted(HandOverReason::NotUnderstood, Some(40)));
    desk.ago(400)
        .with(|intake| intake.skills = vec!["german".parse().unwrap()])
        .says("erin", "guten Tag")
        .happens("erin", wanted(HandOverReason::Rule, None));
    desk.ago(350).says("ivan", "and now?").taken("ivan", BO);
    let group = billing.clone();
    desk.transferred("ivan", BO, Target::Group { group });
    desk.ago(700)
        .with(|intake| intake.priority = Priority::Low)
        .says("olga", "no hurry")
        .taken("olga", BO)
        .happens(
            "olga",
            EventBody::Requeued(Requeued {
                agent: agent(BO),
                reason: HandOverReason::OwnerGone,
            }),
        );
}

fn here(seat: &Seat) -> ClientEvent<minicom_protocol::frame::Agents> {
    let presence = |name: &str, state, viewing: Option<&str>| Presence {
        agent: agent(name),
        state,
        intent: Intent::Available,
        last_activity_at: None,
        gone_since: (state == PresenceState::Offline).then_some(Time(BENCH_START - 5 * MINUTE)),
        viewing: viewing.map(|name| seat.desk.conversation(name)),
    };
    ClientEvent::Signal(AgentSignal::Presence {
        agents: vec![
            presence(ADA, PresenceState::Available, Some("carol")),
            presence(BO, PresenceState::Offline, None),
            presence("Cleo", PresenceState::Busy, Some("dmitri")),
        ],
    })
}

fn seat_with(width: u16, height: u16, theme: Theme) -> Seat {
    let mut seat = Seat::away(width, height, theme);
    seat.desk = desk();
    let customer = seat.desk.row("carol").customer.id;
    let context = Box::new(context(&seat.desk));
    seat.desk
        .replies
        .push((AgentQuestion::Customer { customer }, AgentReply::Customer { context }));
    let lines = vec![
        "plan  Pro, since 2023".to_owned(),
        "orders  48213 \u{1b}[31mred".to_owned(),
    ];
    let extra = AgentReply::Extra { lines, trouble: None };
    seat.desk.replies.push((AgentQuestion::Extra { customer }, extra));
    seat.connect();
    let here = here(&seat);
    seat.client(here);
    let mentions = vec![agent(ADA).id];
    let text = MessageText::parse("@Ada can you look?").unwrap();
    seat.happens(|desk| {
        desk.happens(
            "frank",
            EventBody::Noted(Noted {
                agent: agent("Cleo"),
                text,
                mentions,
                handover: false,
            }),
        )
    });
    seat.advance(6);
    let types = seat.desk.types("ivan", Typist::Customer, true);
    seat.client(types);
    seat
}

fn seat(width: u16, height: u16) -> Seat {
    seat_with(width, height, Theme::ansi())
}

/// carol, of whom much is known.
fn context(desk: &Desk) -> CustomerContext {
    let row = desk.row("carol");
    let mut before = row.clone();
    before.conversation = desk.conversation("judy");
    before.stage = desk.row("judy").stage.clone();
    before.opened_at = Time(BENCH_START - 69 * DAY);
    before.intake.subject = Some("late parcel".parse().unwrap());
    let mut open = desk.row("heidi").clone();
    open.opened_at = Time(BENCH_START - 2 * DAY);
    let ticket = Ticket {
        number: TicketNo(7),
        title: "send a new glass".parse().unwrap(),
        status: TicketStatus::Open,
        assignee: None,
        conversation: row.conversation,
        customer: row.customer.clone(),
        opened_by: agent(BO),
        opened_at: Time(BENCH_START - DAY),
        updated_at: Time(BENCH_START - DAY),
        comments: 0,
    };
    let note = NoteRow {
        rev: Rev(1),
        conversation: row.conversation,
        by: agent(BO),
        at: Time(BENCH_START - 69 * DAY),
        text: "prefers email, never before ten in the morning".to_owned(),
    };
    CustomerContext {
        customer: row.customer.clone(),
        profile: Profile {
            name: Some("Carol Ramos".parse().unwrap()),
            email: Some("carol@example.test".parse().unwrap()),
            attributes: BTreeMap::from([("plan".to_owned(), "Pro".to_owned())]),
            client: ClientInfo {
                client: Some("minicom-chat 0.3".to_owned()),
                page: Some("/orders/48213".to_owned()),
                host: Some("carols-laptop".to_owned()),
                os: Some("linux".to_owned()),
                locale: Some("es_ES".to_owned()),
                utc_offset_min: Some(60),
            },
            answers: vec![PreChatAnswer {
                key: "order".to_owned(),
                text: "48213".to_owned(),
            }],
            ..Profile::default()
        },
        verified: true,
        first_seen: Time(BENCH_START - 69 * DAY),
        status: AccountStatus::Active,
        also: vec![],
        conversations: 3,
        open_conversations: 2,
        newest: vec![row.clone(), open, before],
        tickets: 1,
        open_tickets: 1,
        newest_tickets: vec![ticket],
        notes: vec![note],
    }
}

#[test]
fn a_desk_at_80x24() {
    let mut seat = seat(80, 24);
    seat.press("<esc>jj<space>j<space>kkk");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn a_desk_at_120x40() {
    assert_snapshot!(seat(120, 40).bench.screen());
}

#[test]
fn a_desk_at_200x60() {
    assert_snapshot!(seat(200, 60).bench.screen());
}

#[test]
fn a_desk_at_50x12_and_40x12() {
    let mut small = seat(50, 12);
    small.press("<esc>");
    let mut smaller = seat(40, 12);
    smaller.press("<esc>jj");
    let list = smaller.bench.screen();
    smaller.press("<enter><f8>");
    let details = smaller.bench.screen();
    smaller.press("<pgdn>");
    let below = smaller.bench.screen();
    assert_snapshot!(format!(
        "{}=====\n{list}=====\n{details}=====\n{below}",
        small.bench.screen()
    ));
}

#[test]
fn a_desk_in_mono_and_ascii() {
    let theme = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut seat = seat_with(80, 24, theme);
    seat.press("<esc>fstage:waiting,snoozed,active group:priority<enter>jj<space>");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn what_may_not_be_taken_is_dimmed_and_says_why() {
    let mut seat = seat(80, 24);
    let at = seat
        .bench
        .screen()
        .lines()
        .position(|line| line.contains("erin"))
        .unwrap();
    let styled = seat.bench.styled();
    let row = styled
        .lines()
        .find(|line| line.starts_with(&format!("{at:3} ")) && line.contains("erin"));
    assert!(row.unwrap().contains("dim"), "{row:?}");
    seat.press("<esc>gjj")
        .sees("not for you: it needs german")
        .sees("needs german");
    seat.bench.resize(50, 12);
    seat.sees("may not take: it needs german");
}

#[test]
fn an_owner_who_is_gone_is_told_in_the_list() {
    for (width, height, sign) in [(80, 24, " x "), (120, 40, " x "), (50, 40, " gone ")] {
        let mut seat = seat(width, height);
        seat.press("<esc>Gk<enter>");
        let row = seat.row_with("heidi");
        assert!(row.contains(sign) && row.contains("Bo"), "{width}: {row}");
    }
}

#[test]
fn details_over_the_chat_scroll() {
    let mut seat = seat(80, 24);
    seat.press("<f8>");
    let top = seat.bench.screen();
    seat.press("<pgdn>");
    let below = seat.bench.screen();
    assert_snapshot!(format!("{top}=====\n{below}"));
    seat.press("<pgup><pgup>");
    assert_eq!(seat.bench.screen(), top);
}

#[test]
fn the_customers_clock_ticks_by_the_minute_while_it_is_seen() {
    let mut seat = seat(120, 40);
    seat.sees("local   15:00 (UTC+1) es_ES");
    seat.advance(54).sees("local   15:01 (UTC+1) es_ES");
    for name in ["carol", "dmitri", "erin", "ivan", "olga", "alice", "heidi"] {
        seat.happens(|desk| desk.closed(name, Closer::System));
    }
    seat.press("<alt-2>");
    seat.sees("CUSTOMER").sees_no("local  ");
    assert_eq!(
        seat.bench.deadline(),
        None,
        "nothing changes by itself\n{}",
        seat.bench.screen()
    );
}

#[test]
fn a_hostile_customer_does_nothing_but_look_odd() {
    let mut seat = seat(120, 40);
    let evil = "\u{1b}[2J\u{202e}{{customer_name}}e\u{301}\u{301}\u{301}";
    let customer = seat.desk.row("carol").customer.id;
    let mut known = context(&seat.desk);
    known.profile.attributes = BTreeMap::from([(evil.to_owned(), evil.to_owned())]);
    known.profile.client.page = Some(evil.to_owned());
    known.notes[0].text = evil.repeat(50);
    let context = Box::new(known);
    seat.desk.replies = vec![(AgentQuestion::Customer { customer }, AgentReply::Customer { context })];
    let again = seat.desk.fresh();
    seat.client(again);
    let screen = seat.bench.screen();
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'), "{screen}");
    seat.sees("{{customer_name");
}
