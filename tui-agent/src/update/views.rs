//! Views: filters of the list that the agent has given names. They are kept by the server, for all of the agent's programs; the
//! list shows each below its sections.

use minicom_protocol::{search::SavedView, words::Tag};
use minicom_tui_kit::{
    Now, Picker, Prompt, Shown,
    picker::{Row, numbered},
    prompt::Question,
};

use crate::{
    app::{App, Ends, Order},
    keys::Action,
    over::{AskFor, Choice, PickFor},
};

/// Words of the line mode, which no view can be called.
const TAKEN: [&str; 4] = ["save", "delete", "rename", "off"];

impl App {
    /// The list has the views that are known.
    pub(crate) fn show_views(&mut self) {
        if self.views_shown != self.replica.views_version() {
            self.views_shown = self.replica.views_version();
            self.list.set_views(self.replica.views(), &self.replica);
        }
    }

    /// Lets the agent choose a view, save one, delete or rename one.
    pub(crate) fn choose_view(&mut self, now: Now) {
        let filter = self.list.filter();
        let mut rows: Vec<Row<Choice>> = self.view_rows(Choice::View);
        if !filter.is_plain() {
            let detail = format!("what the list shows now: {filter}");
            rows.push(Row::new(Choice::SaveView, Shown::fixed("save"), Shown::line(&detail)));
            let all = Shown::fixed("all conversations again");
            rows.push(Row::new(Choice::AllRows, Shown::fixed("none"), all));
        }
        if !self.list.views().is_empty() {
            let detail = Shown::fixed("one of these");
            rows.push(Row::new(Choice::DeleteView, Shown::fixed("delete"), detail.clone()));
            rows.push(Row::new(Choice::RenameView, Shown::fixed("rename"), detail));
        }
        if rows.is_empty() {
            let words = format!(
                "There is no view. {} filters the list; then {} gives the filter a name.",
                self.list_key_words(Action::Filter),
                self.list_key_words(Action::Views)
            );
            return self.tell(Shown::line(&words), now);
        }
        let picker = Picker::new(Shown::fixed("Views"), numbered(rows)).verb(Shown::fixed("Enter shows it"));
        self.open_picker(PickFor::View, Vec::new(), picker);
    }

    fn view_rows(&self, choice: fn(String) -> Choice) -> Vec<Row<Choice>> {
        let views = self.replica.views().iter();
        let rows = views.map(|view| {
            let label = Shown::line(&view.name);
            Row::new(choice(view.name.clone()), label, Shown::line(&view.filter))
        });
        rows.collect()
    }

    /// Something was chosen among the views.
    pub(crate) fn saved_view_chosen(&mut self, choice: &Choice, now: Now) {
        match choice {
            Choice::View(name) => self.go_to_view(name, now),
            Choice::AllRows => self
                .list
                .set_filter(minicom_client::ListFilter::default(), &self.replica),
            Choice::SaveView if self.has_connection("Saving a view") => {
                let question = Question::new(Shown::fixed("letters, digits and dashes")).check(check);
                let prompt = Prompt::ask(Shown::fixed("Name of the view"), question).verb("Enter saves it");
                self.open_prompt(AskFor::View, Vec::new(), prompt);
            }
            Choice::DeleteView if self.has_connection("Deleting a view") => {
                let rows = numbered(self.view_rows(Choice::View));
                let picker =
                    Picker::new(Shown::fixed("Delete which view"), rows).verb(Shown::fixed("Enter deletes it"));
                self.open_picker(PickFor::DeleteView, Vec::new(), picker);
            }
            Choice::RenameView if self.has_connection("Renaming a view") => {
                let rows = numbered(self.view_rows(Choice::View));
                let picker =
                    Picker::new(Shown::fixed("Rename which view"), rows).verb(Shown::fixed("Enter asks for its name"));
                self.open_picker(PickFor::RenameView, Vec::new(), picker);
            }
            _ => {}
        }
    }

    /// The list shows what the view shows, and nothing else.
    fn go_to_view(&mut self, name: &str, now: Now) {
        let view = self.replica.views().iter().find(|view| view.name == name);
        let Some(filter) = view.map(|view| view.filter.parse()) else {
            return self.tell(Shown::fixed("This view is gone."), now);
        };
        match filter {
            Ok(filter) => self.list.set_filter(filter, &self.replica),
            Err(wrong) => {
                let words = format!("This program does not understand the view: {wrong}.");
                self.trouble(Shown::line(&words), Ends::Leaving);
            }
        }
    }

    /// A name was given to what the list shows.
    pub(crate) fn save_view(&mut self, name: &str, now: Now) {
        let filter = self.list.filter().to_string();
        match named(name) {
            Ok(name) => self.order(Order::SaveView(SavedView { name, filter })),
            Err(wrong) => self.tell(wrong, now),
        }
    }

    /// A view is to be called otherwise.
    pub(crate) fn ask_view_name(&mut self, choice: Choice) {
        let Choice::View(name) = choice else { return };
        let question = Question::new(Shown::fixed("letters, digits and dashes")).check(check);
        let title = format!("Another name for {name}");
        let mut prompt = Prompt::ask(Shown::line(&title), question).verb("Enter renames it");
        prompt.set_written(&name);
        self.open_prompt(AskFor::RenameView(name), Vec::new(), prompt);
    }

    /// It was given one.
    pub(crate) fn rename_view(&mut self, from: String, name: &str, now: Now) {
        let view = self.replica.views().iter().find(|view| view.name == from);
        let Some(filter) = view.map(|view| view.filter.clone()) else {
            return self.tell(Shown::fixed("This view is gone."), now);
        };
        match renamed(self.replica.views(), &from, name) {
            Ok(name) => {
                let to = SavedView { name, filter };
                self.order(Order::RenameView { from, to });
            }
            Err(wrong) => self.trouble(Shown::line(&format!("{wrong} Nothing was done.")), Ends::Leaving),
        }
    }

    /// A view is not wanted any more. What it shows stays in the list's sections.
    pub(crate) fn delete_view(&mut self, choice: &Choice) {
        if let Choice::View(name) = choice {
            self.order(Order::DeleteView(name.clone()));
        }
    }

    /// What became of it. The list follows by what the server tells all of the agent's programs.
    pub(crate) fn saved_view_answered(&mut self, told: Result<Shown, Shown>, now: Now) {
        match told {
            Ok(words) => self.tell(words, now),
            Err(words) => self.trouble(words, Ends::Leaving),
        }
    }
}

/// The name of a view as it is kept.
pub(crate) fn named(name: &str) -> Result<String, Shown> {
    // Made as a tag is, and yet none.
    let words = |wrong: String| Shown::line(&wrong.replacen("a tag ", "a name ", 1));
    let name = Tag::parse(name).map_err(|wrong| words(wrong.to_string()))?;
    match TAKEN.contains(&name.as_str()) {
        true => Err(Shown::line(&format!(
            "`{}` is a word here; take another name",
            name.as_str()
        ))),
        false => Ok(name.as_str().to_owned()),
    }
}

/// The new name of a view, if none has it and it can be one.
pub(crate) fn renamed(views: &[SavedView], from: &str, name: &str) -> Result<String, Shown> {
    let name = named(name).map_err(|wrong| Shown::line(&format!("{wrong}.")))?;
    match views.iter().any(|view| view.name == name) {
        true if name == from => Err(Shown::fixed("It is called so already.")),
        true => Err(Shown::line(&format!("There is a view {name} already."))),
        false => Ok(name),
    }
}

fn check(line: &str) -> Result<(), Shown> {
    named(line).map(drop)
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
