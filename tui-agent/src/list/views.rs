//! The views that the agent has saved, as parts of the list below its sections. What they are called and what they show is the
//! server's; what is folded is this program's.

use minicom_client::{AgentReplica, ListChoice, ListFilter, Section};
use minicom_protocol::{ids::ConversationId, search::SavedView};
use minicom_tui_kit::Shown;

use super::{List, Spot, folding::FOLDABLE};

/// A view in the list.
#[derive(Debug, Clone)]
pub struct ListView {
    /// Its name.
    pub name: Shown,
    /// What it shows; `None`: its filter is not understood here.
    pub filter: Option<ListFilter>,
    /// How many conversations fit.
    pub count: usize,
}

impl List {
    /// The views, in their order.
    pub fn views(&self) -> &[ListView] {
        &self.views
    }

    /// The view whose filter the list has, if it is one's.
    pub fn view_shown(&self) -> Option<&ListView> {
        let mut views = self.views.iter();
        views.find(|view| view.filter.as_ref() == Some(&self.filter) && self.order_only() != self.filter)
    }

    /// The views are these now. A cursor in a view goes to the section of its conversation.
    pub fn set_views(&mut self, views: &[SavedView], replica: &AgentReplica) {
        let view = |it: &SavedView| ListView {
            name: Shown::line(&it.name),
            filter: it.filter.parse().ok(),
            count: 0,
        };
        self.views = views.iter().map(view).collect();
        let in_view: Option<ConversationId> = match self.cursor {
            Some(Spot::Row(conversation, Some(_))) => Some(conversation),
            Some(Spot::Title(super::Part::View(_))) => {
                self.cursor = None;
                None
            }
            _ => None,
        };
        if in_view.is_some() {
            (self.cursor, self.hold) = (None, None);
        }
        self.rebuild(replica);
        if let Some(conversation) = in_view {
            self.select(conversation, replica);
        }
    }

    /// Another number whenever the list was arranged otherwise.
    pub fn chosen(&self) -> u64 {
        self.chosen
    }

    /// How the list is arranged.
    pub fn choice(&self) -> ListChoice {
        let sections = FOLDABLE.into_iter().filter(|section| self.folded.contains(section));
        let mut folded: Vec<String> = sections.map(|section| title(section).to_owned()).collect();
        folded.extend(self.folded_views.iter().cloned());
        folded.sort();
        ListChoice {
            filter: self.filter.to_string(),
            folded,
            ..ListChoice::default()
        }
    }

    /// Arranges it as it was. What is not understood is left as it is.
    pub fn choose(&mut self, choice: ListChoice) {
        if let Ok(filter) = choice.filter.parse() {
            self.filter = filter;
        }
        let is_folded = |section: &Section| choice.folded.iter().any(|it| it == title(*section));
        self.folded = FOLDABLE.into_iter().filter(is_folded).collect();
        self.folded_views = choice.folded.into_iter().collect();
    }
}

/// A section's name, as its title has it.
pub fn title(section: Section) -> &'static str {
    match section {
        Section::Waiting => "WAITING",
        Section::Mine => "MINE",
        Section::Snoozed => "SNOOZED",
        Section::Bot => "BOT",
        Section::Others => "OTHERS",
        Section::Done => "DONE",
    }
}
