//! What of the list is shown and marked: the filter that is typed, the order, and the marks that an order applies to.

use minicom_client::{ListFilter, ListSort};
use minicom_tui_kit::{
    Now, Picker, Prompt, Shown,
    picker::{Row, numbered},
    prompt::Question,
};

use crate::{
    app::App,
    list::Spot,
    over::{AskFor, Choice, PickFor},
    words,
};

impl App {
    /// Asks for a filter. The order is chosen elsewhere, and stays unless the filter names another.
    pub(crate) fn ask_filter(&mut self) {
        let label = Shown::fixed("priority: skill: tag: stage: owner: wait>5m or words; empty: all");
        let terms = ListFilter {
            sort: ListSort::Queue,
            group_by_priority: false,
            ..self.list.filter().clone()
        };
        let question = Question::new(label)
            .starting_with(&terms.to_string())
            .empty("Enter shows all")
            .check(check);
        let prompt = Prompt::ask(Shown::fixed("Which conversations"), question).verb("Enter shows them");
        self.open_prompt(AskFor::Filter, Vec::new(), prompt);
    }

    /// A filter was typed; the prompt has looked at it.
    pub(crate) fn filter_given(&mut self, line: &str, now: Now) {
        let mut filter: ListFilter = match line.parse() {
            Ok(filter) => filter,
            Err(wrong) => return self.tell(Shown::line(&words::capital(&wrong.to_string())), now),
        };
        if filter.sort == ListSort::Queue {
            filter.sort = self.list.filter().sort;
        }
        filter.group_by_priority |= self.list.filter().group_by_priority;
        let stranger = self.replica.desk().and_then(|desk| filter.stranger(&desk.staff));
        self.list.set_filter(filter, &self.replica);
        if let Some(name) = stranger {
            self.tell(Shown::line(&format!("Nobody here is called {name}.")), now);
        }
    }

    /// Shows all again, in the order that was chosen. Whether anything was left out.
    pub(crate) fn clear_filter(&mut self) -> bool {
        let order = self.list.order_only();
        let leaves_out = order != *self.list.filter();
        if leaves_out {
            self.list.set_filter(order, &self.replica);
        }
        leaves_out
    }

    /// Lets the agent choose the order of the rows.
    pub(crate) fn choose_order(&mut self) {
        let chosen = self.list.filter();
        let row = |sort: ListSort| {
            let words = match sort {
                ListSort::Queue => "as the desk has it: the queue by urgency and time",
                ListSort::Wait => "who has waited longest first",
                ListSort::Priority => "the most urgent first",
                ListSort::Newest => "the newest line first",
            };
            let now = if chosen.sort == sort { " (now)" } else { "" };
            let detail = Shown::line(&format!("{words}{now}"));
            Row::new(Choice::Sort(sort), Shown::fixed(sort.word()), detail)
        };
        let mut rows: Vec<Row<Choice>> = ListSort::ALL.into_iter().map(row).collect();
        let grouped = chosen.group_by_priority;
        let label = Shown::fixed(if grouped { "no titles" } else { "titles" });
        let detail = match grouped {
            true => Shown::fixed("the queue without a title for each priority"),
            false => Shown::fixed("the queue under a title for each priority"),
        };
        rows.push(Row::new(Choice::Titles(!grouped), label, detail));
        let (now, mut picker) = (
            chosen.sort,
            Picker::new(Shown::fixed("Order of the list"), numbered(rows)),
        );
        picker.select_where(|row| *row == Choice::Sort(now));
        self.open_picker(PickFor::Sort, Vec::new(), picker);
    }

    /// An order was chosen.
    pub(crate) fn order_chosen(&mut self, choice: &Choice) {
        let mut filter = self.list.filter().clone();
        match choice {
            Choice::Sort(sort) => filter.sort = *sort,
            Choice::Titles(on) => filter.group_by_priority = *on,
            _ => return,
        }
        self.list.set_filter(filter, &self.replica);
    }

    /// Marks the row under the cursor, or takes its mark away; on the title of a section folds it.
    pub(crate) fn mark(&mut self, now: Now) {
        match self.list.cursor() {
            Some(Spot::Row(conversation, _)) => self.list.mark(conversation),
            Some(Spot::Title(part)) => self.list.fold(part, &self.replica),
            None => self.tell(Shown::fixed("No row is chosen."), now),
        }
    }

    /// Marks all rows of the section that the cursor is in, or none.
    pub(crate) fn mark_all(&mut self, now: Now) {
        match self.list.part_at_cursor() {
            Some(part) if self.list.is_folded(part) => {
                self.tell(Shown::fixed("The section is folded: Enter shows its rows."), now);
            }
            Some(part) => self.list.mark_all(part),
            None => self.tell(Shown::fixed("No row is chosen."), now),
        }
    }
}

fn check(line: &str) -> Result<(), Shown> {
    let filter: Result<ListFilter, _> = line.parse();
    filter.map(drop).map_err(|wrong| Shown::line(&wrong.to_string()))
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
