//! What the agent's program is started with. It refuses to know where it comes from.

use std::time::Instant;

use minicom_client::{CommandIds, ListChoice};
use minicom_tui_kit::{Keymap, Shown, Theme, Zone, config::Habits};

use crate::keys::{Action, Context};

/// What a program is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How things look.
    pub theme: Theme,
    /// For clocks and days.
    pub zone: Zone,
    /// The keys.
    pub keymap: Keymap<Action, Context>,
    /// The server, for messages.
    pub server: Shown,
    /// The command that signs in.
    pub sign_in: Shown,
    /// Ids for commands.
    pub ids: CommandIds,
    /// The moment at which `Now::elapsed` is zero.
    pub start: Instant,
    /// Whether the terminal knows links.
    pub links: bool,
    /// Whether the desk is kept on this computer, for a time without a connection.
    pub keeps: bool,
    /// How the list was arranged, if it was.
    pub list: Option<ListChoice>,
    /// Whether wheel and clicks come here at the beginning.
    pub mouse: bool,
    /// How the agent goes through the list.
    pub habits: Habits,
}
