//! What the log says of a connection: that it began, that it ended, and why. Never a token, a secret or a text.

use std::{net::SocketAddr, time::Instant};

use minicom_protocol::gate::Shown;
use tracing::info;

use super::{end::End, wire::Wire};
use crate::telemetry;

/// Columns of a client's own name in the log.
const CLIENT_COLUMNS_MAX: usize = 40;

/// How a connection begins that goes on from its cursor.
pub const RESUMED: &str = "resumed";

/// One connection's story.
pub struct Story {
    number: u64,
    role: &'static str,
    peer: SocketAddr,
    began: Instant,
    name: Option<Shown>,
    /// Commands that were taken in.
    pub commands: u64,
}

impl Story {
    /// A connection that has said nothing yet.
    pub fn new(number: u64, role: &'static str, peer: SocketAddr) -> Story {
        Story {
            number,
            role,
            peer,
            began: Instant::now(),
            name: None,
            commands: 0,
        }
    }

    /// It has signed in.
    pub fn begin(&mut self, name: Shown, client: &str, how: &'static str) {
        let resumed = how == RESUMED;
        let client = Shown::line(client).cut(CLIENT_COLUMNS_MAX);
        info!(
            session = self.number,
            role = self.role,
            name = name.as_str(),
            client = client.as_str(),
            peer = %self.peer,
            resumed,
            "connected"
        );
        self.name = Some(name);
        metrics::counter!(telemetry::OPENED, "role" => self.role, "how" => how).increment(1);
    }

    /// It has ended.
    pub fn end(&self, end: &End, wire: &Wire) {
        metrics::counter!(telemetry::DISCONNECTED, "role" => self.role, "reason" => end.label()).increment(1);
        match end.label() {
            "slow" => metrics::counter!(telemetry::SLOW).increment(1),
            "silent" => metrics::counter!(telemetry::SILENT).increment(1),
            _ => {}
        }
        info!(
            session = self.number,
            role = self.role,
            name = self.name.as_ref().map_or("(not signed in)", Shown::as_str),
            reason = end.words(),
            seconds = self.began.elapsed().as_secs(),
            commands = self.commands,
            frames_in = wire.frames_in,
            frames_out = wire.frames_out,
            peer = %self.peer,
            "disconnected"
        );
    }
}
