//! What the screen begins with. It refuses to know where it comes from.

use std::time::Instant;

use minicom_client::CommandIds;
use minicom_protocol::text::CustomerName;
use minicom_tui_kit::{Keymap, Theme, Zone};

use crate::{
    actions::{Action, Context},
    beginning::Beginning,
};

/// What a screen begins with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The customer.
    pub name: CustomerName,
    /// How this program is called for this customer on another device.
    pub command: String,
    /// How things look.
    pub theme: Theme,
    /// Where days begin.
    pub zone: Zone,
    /// What was written and not sent the last time.
    pub draft: String,
    /// The files that waited beside it, as they were kept.
    pub files: String,
    /// Makes the ids of commands.
    pub ids: CommandIds,
    /// The moment that `Now::elapsed` counts from.
    pub start: Instant,
    /// The keys.
    pub keys: Keymap<Action, Context>,
    /// Whether wheel and clicks come here at the beginning.
    pub mouse: bool,
    /// What a conversation begins with.
    pub beginning: Beginning,
    /// Whether the terminal knows links.
    pub links: bool,
}
