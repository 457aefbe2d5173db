//! `/view`: filters with names, which the server keeps for all of the agent's programs.

use minicom_protocol::search::SavedView;
use minicom_tui_kit::Shown;

use super::{Awaiting, PlainAgent, arguments, words::Given};
use crate::{
    app::Order,
    update::views::{named, renamed},
};

impl PlainAgent {
    pub(super) fn view(&mut self, given: Given<'_>) {
        match arguments::first(given.rest) {
            ("", _) => self.tell_views(),
            ("save", name) => self.save_view(name, given),
            ("delete", name) => self.delete_view(name, given),
            ("rename", names) => self.rename_view(names, given),
            (name, "") => self.show_view(name),
            _ => self.usage(given),
        }
    }

    fn tell_views(&mut self) {
        let views: Vec<String> = self
            .replica
            .views()
            .iter()
            .map(|view| format!("{}: {}", Shown::line(&view.name), Shown::line(&view.filter)))
            .collect();
        if views.is_empty() {
            self.say("There is no view. /filter narrows /list, then /view save NAME keeps that.");
        }
        for view in views {
            self.say(view);
        }
    }

    fn show_view(&mut self, name: &str) {
        let Some(view) = self.view_of(name) else { return };
        if let Some(filter) = self.parsed_filter(&view.filter) {
            self.filter = filter;
            self.tell_filter();
        }
    }

    fn save_view(&mut self, name: &str, given: Given<'_>) {
        if self.filter.is_plain() {
            return self.say("/list shows every open conversation: /filter narrows it first. Nothing was done.");
        }
        let filter = self.filter.to_string();
        match named(name) {
            Ok(name) => self.change_view(Order::SaveView(SavedView { name, filter }), given),
            Err(wrong) => self.say(format!("{wrong}. Nothing was done.")),
        }
    }

    fn delete_view(&mut self, name: &str, given: Given<'_>) {
        if let Some(view) = self.view_of(name) {
            self.change_view(Order::DeleteView(view.name), given);
        }
    }

    fn rename_view(&mut self, names: &str, given: Given<'_>) {
        let (from, name) = arguments::first(names);
        if from.is_empty() || name.is_empty() {
            return self.usage(given);
        }
        let Some(SavedView { name: from, filter }) = self.view_of(from) else {
            return;
        };
        match renamed(self.replica.views(), &from, name) {
            Ok(name) => {
                let to = SavedView { name, filter };
                self.change_view(Order::RenameView { from, to }, given);
            }
            Err(wrong) => self.say(format!("{wrong} Nothing was done.")),
        }
    }

    fn change_view(&mut self, order: Order, given: Given<'_>) {
        if !self.state.is_live() {
            return self.say(format!("/{} needs a connection. Nothing was done.", given.word.name));
        }
        self.order(order.clone());
        self.awaiting = Some(Awaiting::View { order, done: false });
    }

    /// What became of it. The next line waits until it is known here too.
    pub(super) fn view_answered(&mut self, told: Result<Shown, Shown>) {
        match (&mut self.awaiting, told) {
            (Some(Awaiting::View { done, .. }), Ok(words)) => {
                *done = true;
                self.say(words);
            }
            (_, told) => {
                self.awaiting.take_if(|it| matches!(it, Awaiting::View { .. }));
                let (Ok(words) | Err(words)) = told;
                self.say(words);
            }
        }
        self.stop_waiting();
    }

    /// Whether a change of the views is known here.
    pub(super) fn has_view(&self, order: &Order) -> bool {
        let views = self.replica.views();
        match order {
            Order::SaveView(view) => views.contains(view),
            Order::DeleteView(name) => views.iter().all(|view| view.name != *name),
            Order::RenameView { from, to } => views.contains(to) && views.iter().all(|view| view.name != *from),
            _ => true,
        }
    }

    /// The view of a name. Says if there is none.
    fn view_of(&mut self, name: &str) -> Option<SavedView> {
        let found = self.replica.views().iter().find(|view| view.name == name).cloned();
        if found.is_none() {
            let name = Shown::line(name).cut(40);
            self.say(format!("There is no view {name}. /view tells them. Nothing was done."));
        }
        found
    }
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
