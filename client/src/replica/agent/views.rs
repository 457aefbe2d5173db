//! The names that the agent gave to filters of the list: asked for on every connection, because nothing tells of a change that was
//! missed, and told whole with every change while there is one.

use minicom_protocol::{frame::AgentQuestion, search::SavedView};

/// The agent's own views, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct ViewBook {
    views: Vec<SavedView>,
    asks: Asks,
    /// Another number with every change.
    version: u64,
}

/// Whether they are to be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Asks {
    /// Not before there is a connection.
    #[default]
    Not,
    Wanted,
    Asked,
}

impl ViewBook {
    /// There is a connection: what is known may be old.
    pub fn connected(&mut self) {
        self.asks = Asks::Wanted;
    }

    /// Begins with what was kept.
    pub fn restore(&mut self, views: Vec<SavedView>) {
        self.set(views);
    }

    /// What is to be asked now.
    pub fn question(&mut self) -> Option<AgentQuestion> {
        if self.asks != Asks::Wanted {
            return None;
        }
        self.asks = Asks::Asked;
        Some(AgentQuestion::Views {})
    }

    /// They are these now. What is on its way to be told was read before.
    pub fn changed(&mut self, views: Vec<SavedView>) {
        self.asks = Asks::Not;
        self.set(views);
    }

    /// They were told, as somebody asked.
    pub fn told(&mut self, views: Vec<SavedView>) {
        if self.asks == Asks::Asked {
            self.changed(views);
        }
    }

    /// The question was lost with the connection; the next connection asks again.
    pub fn ask_failed(&mut self) {
        self.asks = Asks::Not;
    }

    fn set(&mut self, views: Vec<SavedView>) {
        if views != self.views {
            self.views = views;
            self.version += 1;
        }
    }

    pub fn all(&self) -> &[SavedView] {
        &self.views
    }

    pub fn version(&self) -> u64 {
        self.version
    }
}
