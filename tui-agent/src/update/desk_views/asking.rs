//! What the views of the desk ask of the server, and what becomes of the answers. Nothing here waits: a view says what it waits for.

use std::time::Duration;

use minicom_client::ClientEvent;
use minicom_protocol::{
    event::{Event, EventBody},
    frame::{AgentQuestion, AgentReply, Agents, Told},
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Order},
    desk_view::{Asking, Layer, Surface, View, Wanted},
    over::Over,
};

/// Why a conversation waits is asked again at most so often, however much happens at the desk.
const WHY_EVERY: Duration = Duration::from_secs(2);
/// Figures are asked for again at most so often.
const STATISTICS_EVERY: Duration = Duration::from_secs(5);

/// What is not asked again at once: how asking for it stands, when it was last asked, and how often it may be.
fn paced(view: &mut View) -> Option<(&Asking, &mut Duration, Duration)> {
    match view {
        View::Why { why, asked_at, .. } => Some((&why.asking, asked_at, WHY_EVERY)),
        View::Statistics { told, asked_at, .. } => Some((&told.asking, asked_at, STATISTICS_EVERY)),
        _ => None,
    }
}

impl App {
    fn layers_mut(&mut self) -> &mut [Layer] {
        match &mut self.over {
            Some(Over::Desk(stack)) => &mut stack.layers,
            _ => &mut [],
        }
    }

    /// Asks what is to be asked, if there is a connection.
    pub(crate) fn ask_views(&mut self, now: Now) {
        if !self.is_live() {
            return;
        }
        let mut questions = Vec::new();
        for layer in self.layers_mut() {
            let question = layer.view.question();
            let is_due = layer.view.asking().is_some_and(|asking| asking.is_due());
            if let Some((asking, asked_at, every)) = paced(&mut layer.view) {
                let too_soon = !asking.is_away() && now.elapsed < *asked_at + every;
                if !is_due || too_soon {
                    continue;
                }
                *asked_at = now.elapsed;
            }
            if let (true, Some(asking)) = (is_due, layer.view.asking()) {
                asking.asked();
                questions.extend(question);
            }
        }
        for question in questions {
            self.order(Order::Ask(question));
        }
    }

    /// What is told beside an answer, or instead of it.
    pub(super) fn words_of<T>(&self, wanted: &Wanted<T>) -> Option<Shown> {
        let old = !self.is_live() && wanted.value().is_some();
        let old = old.then_some(Shown::fixed("No connection: this is what was known before."));
        wanted.words().or(old)
    }

    /// When something is to be asked again.
    pub(crate) fn views_ask_at(&self) -> Option<Duration> {
        let Some(Over::Desk(stack)) = &self.over else {
            return None;
        };
        let due = stack.layers.iter().filter_map(|layer| match &layer.view {
            View::Why { why, asked_at, .. } if why.asking.is_due() && self.is_live() => Some(*asked_at + WHY_EVERY),
            View::Statistics { told, asked_at, .. } if told.asking.is_due() && self.is_live() => {
                Some(*asked_at + STATISTICS_EVERY)
            }
            _ => None,
        });
        due.min()
    }

    /// The person has come to the end of a list that has more.
    pub(super) fn ask_further(&mut self) {
        let Some(Over::Desk(stack)) = &self.over else { return };
        let Some(Layer {
            view,
            surface: Surface::Table(table),
        }) = stack.top()
        else {
            return;
        };
        let selected = table.selected().map(|row| &row.id);
        let question = match view {
            View::Tickets(_) => {
                let last = self.replica.tickets().and_then(|book| book.tickets().last());
                let at_end = last.map(|it| crate::desk_view::RowId::Ticket(it.number)).as_ref() == selected;
                at_end.then(|| self.replica.older_tickets()).flatten()
            }
            View::Mentions { .. } => {
                let last = self.replica.mentions().newest_first().last();
                let at_end = last.map(|it| crate::desk_view::RowId::Note(it.note.rev)).as_ref() == selected;
                at_end.then(|| self.replica.older_mentions()).flatten()
            }
            _ => None,
        };
        if let Some(question) = question {
            self.order(Order::Ask(question));
        }
    }

    /// What the connection tells, before the replica has it.
    pub(crate) fn desk_hears(&mut self, event: &ClientEvent<Agents>, now: Now) {
        match event {
            ClientEvent::Reply { question, told, .. } => self.views_told(question, told, now),
            ClientEvent::AskFailed { question, .. } => self.views_not_told(question),
            ClientEvent::Fresh { .. } | ClientEvent::Resumed { .. } => {
                for layer in self.layers_mut() {
                    if let Some(asking) = layer.view.asking() {
                        asking.lost();
                    }
                }
            }
            ClientEvent::Batch { events, .. } => events.iter().for_each(|event| self.views_touched(event)),
            _ => {}
        }
    }

    fn views_told(&mut self, question: &AgentQuestion, told: &Told<Agents>, now: Now) {
        self.export_told(question, told);
        self.opening_told(question, told);
        let mut came = false;
        for layer in self.layers_mut() {
            if layer.view.question().as_ref() != Some(question) {
                continue;
            }
            came = true;
            match told {
                Told::Reply(reply) => layer.view.came(AgentReply::clone(reply)),
                Told::Refusal(refusal) => {
                    let words = Shown::line(&refusal.message());
                    if let Some(asking) = layer.view.asking() {
                        asking.refused(words);
                    }
                }
            }
        }
        if came {
            self.article_came(now);
        }
    }

    fn views_not_told(&mut self, question: &AgentQuestion) {
        self.export_failed(question);
        self.opening_failed(question);
        for layer in self.layers_mut() {
            if layer.view.question().as_ref() == Some(question)
                && let Some(asking) = layer.view.asking()
            {
                asking.lost();
            }
        }
    }

    /// What is shown may be old now.
    fn views_touched(&mut self, event: &Event) {
        for layer in self.layers_mut() {
            let touched = match (&layer.view, &event.body) {
                (View::Why { .. } | View::Statistics { .. }, _) => true,
                (View::Ticket { number, .. }, EventBody::TicketChanged(it)) => it.ticket.number == *number,
                (View::Articles { .. }, EventBody::ArticleChanged(_) | EventBody::ArticleDeleted(_)) => true,
                (View::Article { slug, .. }, EventBody::ArticleChanged(it)) => it.article.slug == *slug,
                (View::Article { slug, .. }, EventBody::ArticleDeleted(it)) => it.slug == *slug,
                _ => false,
            };
            if let (true, Some(asking)) = (touched, layer.view.asking()) {
                asking.touch();
            }
        }
    }

    /// What the connection told is in the replica now.
    pub(crate) fn desk_heard(&mut self, now: Now) {
        self.ask_views(now);
        self.mark_mentions(now);
        self.refresh_desk(now);
    }
}
