//! Whatever keys are pressed and whatever happens meanwhile, at any size: the program stands, shows what is true, and loses nothing
//! that was written.

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    ids::LineNo,
    refusal::Refusal,
    stage::{Closer, Stage},
    summary::Summary,
};
use minicom_tui_kit::Input;
use proptest::prelude::*;
use ratatui::layout::Position;

use crate::{
    list::Spot,
    testing::{ADA, BO, Desk, Seat, agent},
};

/// One step of a story.
#[derive(Debug, Clone)]
enum Step {
    Key(&'static str),
    Says(usize),
    Bot(usize),
    Asks(usize),
    Taken(usize, &'static str),
    Back(usize),
    Closed(usize),
    Answer(bool),
    Lose,
    Resume,
    Fresh,
    Size(u16, u16),
    Click(u16, u16, bool),
    Wheel(bool),
    Focus(bool),
    Wait(u64),
}

const KEYS: &[&str] = &[
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
    "<space>",
    "<enter>",
    "<esc>",
    "<ctrl-n>",
    "<ctrl-p>",
    "<ctrl-t>",
    "<ctrl-d>",
    "<ctrl-_>",
    "<ctrl-c>",
    "<ctrl-l>",
    "<alt-a>",
    "<alt-u>",
    "<alt-2>",
    "<alt-5>",
    "<f1>",
    "<f2>",
    "<f4>",
    "<f5>",
    "<f8>",
    "<f9>",
    "<pgup>",
    "<pgdn>",
    "<shift-up>",
    "<end>",
    "<up>",
    "<down>",
    "<backspace>",
    "<alt-enter>",
    "<tab>",
    "/",
    "<ctrl-k>",
    "<ctrl-r>",
    "<ctrl-q>",
    "<alt-c>",
    "<alt-l>",
    "<alt-y>",
    "<alt-z>",
    "z",
    "M",
    ";",
    "<f10>",
    "<f6>",
    "<f7>",
    "<alt-e>",
    "<alt-m>",
    "<alt-p>",
    "<alt-q>",
    "<alt-w>",
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
const NAMES: &[&str] = &["carol", "alice", "bob", "Zoë", "李明"];

fn step() -> impl Strategy<Value = Step> {
    let name = 0..NAMES.len();
    prop_oneof![
        12 => prop::sample::select(KEYS).prop_map(Step::Key),
        3 => name.clone().prop_map(Step::Says),
        1 => name.clone().prop_map(Step::Bot),
        1 => name.clone().prop_map(Step::Asks),
        1 => (name.clone(), prop::sample::select(&[ADA, BO][..])).prop_map(|(who, by)| Step::Taken(who, by)),
        1 => name.clone().prop_map(Step::Back),
        1 => name.prop_map(Step::Closed),
        3 => any::<bool>().prop_map(Step::Answer),
        1 => Just(Step::Lose),
        1 => Just(Step::Resume),
        1 => Just(Step::Fresh),
        1 => (30_u16..210, 8_u16..60).prop_map(|(width, height)| Step::Size(width, height)),
        1 => (0_u16..210, 0_u16..60, any::<bool>()).prop_map(|(x, y, double)| Step::Click(x, y, double)),
        1 => any::<bool>().prop_map(Step::Wheel),
        1 => any::<bool>().prop_map(Step::Focus),
        1 => (0_u64..8).prop_map(Step::Wait),
    ]
}

/// What a server would let happen.
fn happens(desk: &mut Desk, step: &Step) {
    let stage = |desk: &Desk, who: usize| desk.knows(NAMES[who]).map(|row| row.stage.clone());
    match *step {
        Step::Says(who) => {
            desk.says(NAMES[who], "a line of a customer");
        }
        Step::Bot(who) if stage(desk, who) == Some(Stage::Bot) => {
            desk.bot(NAMES[who], "a line\nof the bot");
        }
        Step::Asks(who) if stage(desk, who) == Some(Stage::Bot) => {
            desk.asks(NAMES[who]);
        }
        Step::Taken(who, by) if matches!(stage(desk, who), Some(Stage::Bot | Stage::Waiting { .. })) => {
            desk.taken(NAMES[who], by);
        }
        Step::Back(who) => {
            if let Some(Stage::Active { agent, .. }) = stage(desk, who) {
                desk.handed_back(NAMES[who], agent.name.as_str());
            }
        }
        Step::Closed(who) if stage(desk, who).is_some_and(|stage| stage.is_open()) => {
            desk.closed(NAMES[who], Closer::Customer);
        }
        _ => {}
    }
}

/// Answers everything that was sent, as a server that says yes, or no.
fn answer(seat: &mut Seat, yes: bool) {
    for (id, command) in seat.sent() {
        let refusal = match &command {
            AgentCommand::Post { .. } => Refusal::Stale { newest: LineNo(1) },
            AgentCommand::Close { .. } => Refusal::Unseen { newest: LineNo(9) },
            AgentCommand::TakeNext {} => Refusal::NobodyWaits,
            _ => Refusal::TakenBy {
                agent: agent(BO),
                since: minicom_protocol::ids::Time(0),
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

fn take(seat: &mut Seat, step: &Step) {
    let at = |x, y| Position { x, y };
    match *step {
        Step::Key(key) => _ = seat.press(key),
        Step::Answer(yes) if seat.bench.app.is_live() => answer(seat, yes),
        Step::Lose => _ = seat.lose(),
        Step::Resume if !seat.bench.app.is_live() => _ = seat.resume(),
        Step::Fresh => _ = seat.connect(),
        Step::Size(width, height) => {
            seat.bench.resize(width, height);
            seat.pump();
        }
        Step::Click(x, y, double) => _ = seat.input(Input::Click { at: at(x, y), double }),
        Step::Wheel(up) => _ = seat.input(Input::Wheel { up, at: at(40, 9) }),
        Step::Focus(focused) => _ = seat.input(Input::Focus(focused)),
        Step::Wait(seconds) => _ = seat.advance(seconds),
        _ => {
            happens(&mut seat.desk, step);
            if seat.bench.app.is_live() {
                seat.hear();
            }
        }
    }
}

fn check(seat: &Seat) {
    let app = &seat.bench.app;
    if let Some(Spot::Row(row, _)) = app.list.cursor() {
        assert!(app.replica.summary(row).is_some(), "the cursor stands on something");
        assert!(app.list.rows().any(|it| it == row), "and it can be seen");
    }
    if let Some(open) = app.conversation() {
        assert!(app.replica.summary(open).is_some(), "what is open is known");
    }
    let mut rows: Vec<_> = app.list.rows().collect();
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), app.list.rows().count(), "each conversation has one row");
    for held in &app.closing {
        assert!(held.until > seat.bench.now().elapsed, "what is due was sent");
    }
    let screen = seat.bench.screen();
    assert!(!screen.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_story_can_be_told(steps in prop::collection::vec(step(), 1..60)) {
        let mut desk = Desk::new();
        desk.ago(99).says("carol", "hello").asks("carol").says("alice", "hi").taken("alice", ADA);
        let mut seat = Seat::at(desk, 80, 24);
        for step in &steps {
            take(&mut seat, step);
            check(&seat);
            if seat.quit.is_some() {
                break;
            }
        }
    }

    #[test]
    fn what_was_refused_is_in_a_composer_or_says_so(steps in prop::collection::vec(step(), 0..12)) {
        let mut desk = Desk::new();
        desk.ago(99).says("bob", "hello").taken("bob", ADA);
        let mut seat = Seat::at(desk, 80, 24);
        seat.press("precious<enter>");
        for step in steps.iter().filter(|step| !matches!(step, Step::Key(_) | Step::Answer(_))) {
            take(&mut seat, step);
        }
        answer(&mut seat, false);
        let app = &seat.bench.app;
        let written = |row: &Summary| {
            let written = app.writing.get(row.conversation);
            written.is_some_and(|written| written.composer.text().contains("precious"))
        };
        let failed = app.replica.pending_commands().any(|it| format!("{it:?}").contains("precious"));
        prop_assert!(failed || app.replica.summaries().any(written));
    }
}
