//! `minicom-agent list`: the conversations, once.

use std::time::{Duration, Instant};

use minicom_client::{AgentReplica, ClientEvent, ConnState, Section, open};
use minicom_tui_kit::{Zone, text, time};
use tokio::time::timeout;

use crate::{
    exit::{self, Failure},
    sign_in::SignedIn,
    words::{self, Badge},
};

/// The server has so long to answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// The conversations as a table.
///
/// # Errors
/// The server is away or does not let us in.
pub async fn list(signed_in: SignedIn, zone: &Zone) -> Result<String, Failure> {
    let server = signed_in.profile.server.clone();
    // Nothing is sent, so nothing needs to be kept.
    let (handle, mut events) = open(signed_in.config());
    let answer = async {
        let mut replica = AgentReplica::new();
        loop {
            match events.recv().await {
                Some(event @ ClientEvent::Fresh { .. }) => {
                    let _ = replica.apply(event, Instant::now());
                    return Ok(replica);
                }
                Some(ClientEvent::Ended(ended)) => return Err(Failure::new(exit::after(&ended), ended.words())),
                Some(ClientEvent::State(ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. })) => {
                    return Err(Failure::new(exit::UNAVAILABLE, format!("The server is away: {why}")));
                }
                Some(ClientEvent::State(ConnState::Untrusted { why, .. })) => {
                    return Err(Failure::new(exit::UNAVAILABLE, format!("No connection: {why}.")));
                }
                Some(_) => {}
                None => return Err(Failure::new(exit::UNAVAILABLE, "The connection has ended.")),
            }
        }
    };
    let late = || Failure::new(exit::UNAVAILABLE, format!("{server} does not answer."));
    let replica = timeout(ANSWER_MAX, answer).await.unwrap_or_else(|_| Err(late()));
    handle.shutdown().await;
    Ok(table(&replica?, zone, Instant::now()))
}

/// The table: open conversations first, in the order of the list.
fn table(replica: &AgentReplica, zone: &Zone, now: Instant) -> String {
    let me = replica.me().map(|me| me.agent.id);
    let mut rows = vec![["WHO", "CUSTOMER", "UNREAD", "MESSAGES", "LAST", "WAITING"].map(str::to_owned)];
    for section in Section::ALL {
        for summary in replica.section(section) {
            let waited = replica.server_time(now).and_then(|now| words::waited(summary, now));
            rows.push([
                text::truncate(Badge::of(&summary.stage, me).word(), 12),
                summary.customer.name.shown().cut(32).to_string(),
                summary.unread().to_string(),
                summary.message_count.to_string(),
                zone.clock(summary.last_at.0),
                waited.map_or(String::new(), time::waiting),
            ]);
        }
    }
    let widths: Vec<usize> = (0..6)
        .map(|column| rows.iter().map(|row| text::width(&row[column])).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, columns)| text::pad(cell, *columns));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    if replica.has_more_closed() {
        out.push_str("Older closed conversations are not shown.\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BO, Desk, client_start};

    #[test]
    fn the_table_has_a_row_for_each_conversation() {
        let mut desk = Desk::new();
        desk.ago(300).says("carol", "hello").ago(250).asks("carol");
        desk.ago(60).says("grace", "hello").bot("grace", "Hi.");
        desk.ago(50).says("heidi", "hello").taken("heidi", BO);
        let start = client_start();
        let mut replica = AgentReplica::new();
        let _ = replica.apply(desk.fresh(), start);
        let expected = "\
WHO   CUSTOMER  UNREAD  MESSAGES  LAST   WAITING
WAIT  carol     1       1         13:55  4:10
bot   grace     1       2         13:59
Bo    heidi     1       1         13:59  0:50
";
        assert_eq!(table(&replica, &Zone::utc(), start), expected);
    }
}
