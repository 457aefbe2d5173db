//! Stories of a desk: what can happen there, as a server would let it happen, and reach the agent's program.

use std::time::{Duration, SystemTime};

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    event::{EventBody, LineChanged, Part, Target},
    frame::{AgentSignal, Typist},
    ids::{CommandId, LineNo, Rev, Time},
    line::{LineRef, LineState},
    refusal::Refusal,
    staff::PresenceState,
    stage::{Closer, Side, Stage},
    text::MessageText,
};
use minicom_tui_kit::testing::{
    hostile::hostile,
    storm::{Act, any_act},
};
use proptest::prelude::*;

use super::{ADA, BO, Desk, Seat, agent, news::told};

/// One step of a story.
#[derive(Debug, Clone)]
pub enum Step {
    /// The world.
    Act(Act),
    /// A customer writes.
    Says(usize, String),
    /// The bot writes.
    Bot(usize, String),
    /// A customer asks for a person.
    Asks(usize),
    /// An agent takes it.
    Taken(usize, &'static str),
    /// Its owner hands it back.
    Back(usize),
    /// Its owner gives it to somebody else.
    Transferred(usize),
    /// Its owner puts it aside.
    Snoozed(usize),
    /// An agent labels it.
    Tagged(usize, bool),
    /// One side has read everything.
    Reads(usize, bool),
    /// The customer's last line is changed, or gone.
    Changed(usize, LineState, String),
    /// Its customer ends it.
    Closed(usize),
    /// Something passing: typing, who is there, what is delivered, how far the bot is.
    Passing(u8, usize, String),
    /// The server answers what was sent: yes, or no.
    Answer(bool),
    /// The connection goes, in one of the ways there are.
    Lose(u8),
    /// It comes back and goes on.
    Resume,
    /// It comes back, and everything is told anew.
    Fresh,
    /// A file on its way goes on, waits, ends or fails.
    Transfer(u8, String),
    /// The program's tasks tell something.
    Told(u8, String),
}

/// What the keys of the program are, by name.
pub const KEYS: &[&str] = &[
    "a",
    "b",
    "e",
    "u",
    "t",
    "n",
    "j",
    "k",
    "g",
    "G",
    "U",
    "r",
    "d",
    "i",
    "q",
    "?",
    "1",
    "3",
    "9",
    "space",
    "enter",
    "esc",
    "ctrl-n",
    "ctrl-p",
    "ctrl-t",
    "ctrl-d",
    "ctrl-_",
    "ctrl-c",
    "ctrl-l",
    "alt-a",
    "alt-u",
    "alt-2",
    "alt-5",
    "f1",
    "f2",
    "f4",
    "f5",
    "f8",
    "f9",
    "pgup",
    "pgdn",
    "shift-up",
    "end",
    "up",
    "down",
    "backspace",
    "alt-enter",
    "tab",
    "/",
    "ctrl-k",
    "ctrl-r",
    "ctrl-q",
    "alt-c",
    "alt-l",
    "alt-y",
    "alt-z",
    "z",
    "M",
    ";",
    "f10",
    "f6",
    "f7",
    "alt-e",
    "alt-m",
    "alt-p",
    "alt-q",
    "alt-w",
    ":",
    "@",
    "#",
    "*",
    "-",
    "A",
    "B",
    "E",
    "K",
    "L",
    "O",
    "P",
    "Q",
    "S",
    "T",
    "W",
    "c",
    "f",
    "m",
    "o",
    "p",
    "s",
    "v",
    "w",
    "x",
];
/// Customers.
pub const NAMES: &[&str] = &["carol", "alice", "bob", "Zoë", "李明"];
/// Lines of a customer who always says the same.
const LINE: &str = "a line of a customer";

fn text() -> impl Strategy<Value = String> {
    let fits = |text: String| match MessageText::parse(&text) {
        Ok(_) => text,
        Err(_) => LINE.to_owned(),
    };
    prop_oneof![2 => Just(LINE.to_owned()), 1 => hostile().prop_map(fits)]
}

/// Anything that can happen.
pub fn step() -> impl Strategy<Value = Step> {
    let who = || 0..NAMES.len();
    let state = prop::sample::select(vec![LineState::Edited, LineState::Withdrawn, LineState::Blanked]);
    let desk = prop_oneof![
        4 => (who(), text()).prop_map(|(who, text)| Step::Says(who, text)),
        1 => (who(), text()).prop_map(|(who, text)| Step::Bot(who, text)),
        1 => who().prop_map(Step::Asks),
        2 => (who(), prop::sample::select(&[ADA, BO][..])).prop_map(|(who, by)| Step::Taken(who, by)),
        1 => who().prop_map(Step::Back),
        1 => who().prop_map(Step::Transferred),
        1 => who().prop_map(Step::Snoozed),
        1 => (who(), any::<bool>()).prop_map(|(who, on)| Step::Tagged(who, on)),
        1 => (who(), any::<bool>()).prop_map(|(who, desk)| Step::Reads(who, desk)),
        1 => (who(), state, text()).prop_map(|(who, state, text)| Step::Changed(who, state, text)),
        1 => who().prop_map(Step::Closed),
        2 => (any::<u8>(), who(), text()).prop_map(|(which, who, text)| Step::Passing(which, who, text)),
    ];
    let connection = prop_oneof![
        3 => any::<bool>().prop_map(Step::Answer),
        1 => any::<u8>().prop_map(Step::Lose),
        2 => Just(Step::Resume),
        1 => Just(Step::Fresh),
        2 => (any::<u8>(), hostile()).prop_map(|(which, text)| Step::Transfer(which, text)),
        1 => (any::<u8>(), hostile()).prop_map(|(which, text)| Step::Told(which, text)),
    ];
    prop_oneof![16 => any_act(KEYS).prop_map(Step::Act), 6 => desk, 4 => connection]
}

/// What a server would let happen.
fn happens(desk: &mut Desk, step: &Step) {
    let stage = |desk: &Desk, who: usize| desk.knows(NAMES[who]).map(|row| row.stage.clone());
    let owner = |desk: &Desk, who: usize| match stage(desk, who) {
        Some(Stage::Active { agent, .. }) => Some(agent.name.as_str().to_owned()),
        _ => None,
    };
    let is_open = |desk: &Desk, who: usize| stage(desk, who).is_some_and(|stage| stage.is_open());
    match step {
        Step::Says(who, text) => {
            desk.says(NAMES[*who], text);
        }
        Step::Bot(who, text) if stage(desk, *who) == Some(Stage::Bot) => {
            desk.bot(NAMES[*who], text);
        }
        Step::Asks(who) if stage(desk, *who) == Some(Stage::Bot) => {
            desk.asks(NAMES[*who]);
        }
        Step::Taken(who, by) if matches!(stage(desk, *who), Some(Stage::Bot | Stage::Waiting { .. })) => {
            desk.taken(NAMES[*who], by);
        }
        Step::Back(who) => {
            if let Some(by) = owner(desk, *who) {
                desk.handed_back(NAMES[*who], &by);
            }
        }
        Step::Transferred(who) => {
            if let Some(by) = owner(desk, *who) {
                let to = if by == ADA { BO } else { ADA };
                desk.transferred(NAMES[*who], &by, Target::Agent { agent: agent(to) });
            }
        }
        Step::Snoozed(who) => {
            if let Some(by) = owner(desk, *who) {
                desk.snoozed(NAMES[*who], &by, None);
            }
        }
        Step::Tagged(who, on) if is_open(desk, *who) => {
            desk.tagged(NAMES[*who], BO, if *on { &["refund", "vip"] } else { &[] });
        }
        Step::Reads(who, by_desk) if desk.knows(NAMES[*who]).is_some() => {
            desk.reads(NAMES[*who], if *by_desk { Side::Desk } else { Side::Customer });
        }
        Step::Changed(who, state, text) if desk.knows(NAMES[*who]).is_some_and(|row| row.customer_lines.0 > 0) => {
            let line = LineRef {
                side: Side::Customer,
                line: desk.row(NAMES[*who]).customer_lines,
            };
            let text = MessageText::parse(text).ok().filter(|_| *state == LineState::Edited);
            let changed = LineChanged {
                line,
                state: *state,
                parts: text.map(Part::of_text).into_iter().collect(),
                agent: None,
            };
            desk.happens(NAMES[*who], EventBody::LineChanged(changed));
        }
        Step::Closed(who) if is_open(desk, *who) => {
            desk.closed(NAMES[*who], Closer::Customer);
        }
        _ => {}
    }
}

fn passes(seat: &mut Seat, which: u8, who: usize, text: &str) {
    let name = NAMES[who];
    if seat.desk.knows(name).is_none() {
        return;
    }
    let at = Rev(u64::MAX);
    let conversation = seat.desk.conversation(name);
    let event = match which % 6 {
        0 => seat.desk.types(name, Typist::Customer, which & 8 == 0),
        1 => seat.desk.types(name, Typist::Bot, which & 8 == 0),
        2 => seat.desk.bot_delta(name, text),
        3 => ClientEvent::Signal(AgentSignal::BotDone { conversation, at }),
        4 => Desk::presence(&[(ADA, PresenceState::Available), (BO, PresenceState::Away)]),
        _ => ClientEvent::Signal(AgentSignal::Delivered {
            conversation,
            up_to: LineNo(u64::from(which)),
        }),
    };
    seat.client(event);
}

/// Answers everything that was sent, as a server that says yes, or no.
pub fn answer(seat: &mut Seat, yes: bool) {
    let sent = seat.sent();
    answered(seat, sent, yes);
}

/// Answers these commands.
pub fn answered(seat: &mut Seat, sent: Vec<(CommandId, AgentCommand)>, yes: bool) {
    for (id, command) in sent {
        let refusal = match &command {
            AgentCommand::Post { .. } => Refusal::Stale { newest: LineNo(1) },
            AgentCommand::Close { .. } => Refusal::Unseen { newest: LineNo(9) },
            AgentCommand::TakeNext {} => Refusal::NobodyWaits,
            _ => Refusal::TakenBy {
                agent: agent(BO),
                since: Time(0),
            },
        };
        let done = Done {
            conversation: command.conversation(),
            ..Done::default()
        };
        let outcome = if yes {
            Outcome::Done(done)
        } else {
            Outcome::Refused { refusal }
        };
        seat.client(ClientEvent::Answered { id, command, outcome });
    }
}

fn loses(seat: &mut Seat, which: u8) {
    let retry_at = seat.start + seat.bench.now().elapsed + Duration::from_secs(3);
    let why = || "connection refused \u{1b}[2J".to_owned();
    let state = match which % 4 {
        0 => ConnState::Offline {
            since: SystemTime::UNIX_EPOCH,
            retry_at,
            why: why(),
        },
        1 => ConnState::Untrusted { retry_at, why: why() },
        2 => ConnState::Draining { retry_at },
        _ => {
            seat.lose();
            return;
        }
    };
    seat.client(ClientEvent::State(state));
}

/// One step is taken.
pub fn take(seat: &mut Seat, step: &Step) {
    match step {
        Step::Act(act) => {
            seat.bench.act(act);
            seat.pump();
        }
        Step::Answer(yes) if seat.bench.app.is_live() => answer(seat, *yes),
        Step::Lose(which) => loses(seat, *which),
        Step::Resume if !seat.bench.app.is_live() => _ = seat.resume(),
        Step::Fresh => _ = seat.connect(),
        Step::Passing(which, who, text) if seat.bench.app.is_live() => passes(seat, *which, *who, text),
        Step::Told(which, text) => told(seat, *which, text),
        _ => {
            happens(&mut seat.desk, step);
            if seat.bench.app.is_live() {
                seat.hear();
            }
        }
    }
}
