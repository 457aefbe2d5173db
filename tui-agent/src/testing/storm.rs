//! The agent's program in a storm: what must be true after every step, and that nothing is sent twice.

use std::collections::HashSet;

use minicom_client::transfers::{Happened, Order as FileOrder, Told, TransferId, TransferNews};
use minicom_protocol::{command::AgentCommand, ids::CommandId};
use minicom_tui_kit::{
    Input, Shown,
    testing::{Bench, storm::InStorm},
};
use proptest::prelude::*;

use super::{
    ADA, Desk, Seat,
    story::{Step, answered, step, take},
};
use crate::{
    app::{App, Msg, Order},
    list::Spot,
};

/// What must be true of the program after every step.
///
/// # Errors
/// What is not.
pub fn valid(seat: &Seat) -> Result<(), String> {
    let app = &seat.bench.app;
    if let Some(Spot::Row(row, _)) = app.list.cursor() {
        fits(
            app.replica.summary(row).is_some(),
            "the list's cursor stands on nothing",
        )?;
        fits(app.list.rows().any(|it| it == row), "the list's cursor cannot be seen")?;
    }
    if let Some(open) = app.conversation() {
        fits(app.replica.summary(open).is_some(), "what is open is not known")?;
        if let Some(written) = app.writing.get(open) {
            written.composer.valid()?;
            written.current().valid()?;
        }
    }
    if let Some(chat) = &app.chat {
        chat.transcript.valid()?;
    }
    let mut rows: Vec<_> = app.list.rows().collect();
    let count = rows.len();
    rows.sort();
    rows.dedup();
    fits(rows.len() == count, "a conversation has two rows")?;
    for held in &app.closing {
        fits(held.until > seat.bench.now().elapsed, "what is due was not sent")?;
    }
    Ok(())
}

fn fits(is: bool, otherwise: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// A seat in a storm, with all that it sends.
pub struct Stormy {
    seat: Seat,
    ids: HashSet<CommandId>,
    waiting: Vec<(CommandId, AgentCommand)>,
    moving: Vec<TransferId>,
    wrong: Option<String>,
}

impl Stormy {
    /// Nothing is sent twice; what was ordered waits for its answer.
    fn look(&mut self) {
        for order in self.seat.ordered() {
            match order {
                Order::Send { id, command } => {
                    if !self.ids.insert(id) {
                        self.wrong = Some(format!("sent twice: {command:?}"));
                    }
                    self.waiting.push((id, command));
                }
                Order::Files(FileOrder::Begin(id, _)) => self.moving.push(id),
                _ => {}
            }
        }
    }

    fn moves(&mut self, which: u8, text: &str) {
        let Some(id) = self.moving.first().copied() else { return };
        let what = match which % 5 {
            0 => Happened::Found { size: 900, mark: None },
            1 | 2 => Happened::Moved { done: u64::from(which) },
            3 => Happened::Waits { why: Shown::line(text) },
            _ => {
                self.moving.remove(0);
                Happened::Failed { why: Shown::line(text) }
            }
        };
        self.seat
            .bench
            .tell(Msg::Files(Told::Transfer(TransferNews { id, what })));
        self.seat.pump();
    }
}

impl InStorm for Stormy {
    type App = App;
    type Step = Step;
    const NAME: &'static str = "minicom-agent";

    fn begin() -> Stormy {
        let mut desk = Desk::new();
        desk.ago(99)
            .says("carol", "hello")
            .asks("carol")
            .says("alice", "hi")
            .taken("alice", ADA);
        Stormy {
            seat: Seat::at(desk, 80, 24),
            ids: HashSet::new(),
            waiting: Vec::new(),
            moving: Vec::new(),
            wrong: None,
        }
    }

    fn any_step() -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Answer(yes) if self.seat.bench.app.is_live() => {
                let sent = std::mem::take(&mut self.waiting);
                answered(&mut self.seat, sent, *yes);
            }
            Step::Transfer(which, text) => self.moves(*which, text),
            step => take(&mut self.seat, step),
        }
        self.look();
    }

    fn valid(&self) -> Result<(), String> {
        self.wrong.clone().map_or(Ok(()), Err)?;
        valid(&self.seat)
    }

    fn is_over(&self) -> bool {
        self.seat.quit.is_some()
    }

    /// What was written is handed over to be kept.
    fn end(&mut self) -> Result<(), String> {
        self.seat.input(Input::Terminate);
        let unsaved = self.seat.bench.app.writing.take_unsaved();
        fits(unsaved.is_empty(), "the end lost what was written")
    }

    fn bench(&mut self) -> &mut Bench<App> {
        &mut self.seat.bench
    }
}
