//! What is said in passing of the one who sits here: being there, what is on the screen, and how far the customer's lines have come to
//! it. Nothing of it is stored; how often it goes over the wire is the connection's business.

use std::time::Duration;

use minicom_protocol::ids::{ConversationId, LineNo};
use minicom_tui_kit::{Input, Now};

use crate::app::{App, Msg, Order};

/// While somebody works here it is said again this often. The connection lets through one a minute.
const AGAIN: Duration = Duration::from_secs(20);

/// What was said last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attending {
    viewing: Option<(Option<ConversationId>, Duration)>,
    delivered: Option<(ConversationId, LineNo)>,
}

impl Attending {
    /// The connection is another one: what was said on the last one may be lost.
    pub(crate) fn forget(&mut self) {
        self.delivered = None;
    }
}

/// Whether an input is a person's doing.
pub(crate) fn is_by_hand(input: &Input<Msg>) -> bool {
    matches!(
        input,
        Input::Key(_)
            | Input::FirstOfTwo(_)
            | Input::Paste(_)
            | Input::Click { .. }
            | Input::Wheel { .. }
            | Input::Edited(_)
    )
}

impl App {
    /// Says what is new since it was said last.
    pub(crate) fn attend(&mut self, by_hand: bool, now: Now) {
        self.say_viewing(by_hand, now);
        self.say_delivered();
    }

    fn say_viewing(&mut self, by_hand: bool, now: Now) {
        let viewing = self.conversation().filter(|_| self.layout().chat.is_some());
        let said = match self.attending.viewing {
            Some((said, _)) if said != viewing => false,
            Some((_, at)) => !by_hand || now.elapsed < at + AGAIN,
            None => viewing.is_none() && !by_hand,
        };
        if !said {
            self.attending.viewing = Some((viewing, now.elapsed));
            self.order(Order::Viewing(viewing));
        }
    }

    /// To the customer of one of mine: the line is on a screen. Whether it was read is told by the read mark.
    fn say_delivered(&mut self) {
        let (Some(chat), Some(summary)) = (&self.chat, self.summary()) else {
            return;
        };
        let (conversation, up_to) = (chat.conversation, chat.shown().customer);
        let said = match self.attending.delivered {
            Some((whose, line)) if whose == conversation => line.max(summary.desk_mark),
            _ => summary.desk_mark,
        };
        if up_to > said && self.is_live() && self.is_mine(summary) {
            self.attending.delivered = Some((conversation, up_to));
            self.order(Order::Delivered { conversation, up_to });
        }
    }
}

#[cfg(test)]
#[path = "attending_tests.rs"]
mod tests;
