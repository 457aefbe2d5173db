//! An event of another desk, appended to this one's journal with what belongs to it.

use minicom_protocol::{
    event::{Event, EventBody, LineChanged, Part, Subject},
    ids::FileId,
    line::LineState,
};

use super::erasing::{self, Erasing};
use crate::{
    execute::Scope,
    store::{self, files, journal},
};

/// Appends an event, and does what is no event's work: files stand in lines, and what was erased over there is erased here.
pub fn take(scope: &mut Scope<'_>, event: Event, erasing: &mut Erasing<'_>) -> store::Result<()> {
    let (subject, body) = (event.subject, event.body.clone());
    let (conn, tenant) = (scope.conn, scope.tenant);
    let rev = scope.append_from_elsewhere(event)?;
    match (&body, subject) {
        (EventBody::Posted(_), Subject::Conversation { conversation, .. }) => {
            for file in files_in(&body) {
                files::sent(conn, tenant, file, conversation, rev)?;
            }
        }
        (
            EventBody::LineChanged(LineChanged {
                line,
                state: LineState::Withdrawn | LineState::Blanked,
                ..
            }),
            Subject::Conversation { customer, .. },
        ) => {
            if let Some(posted) = journal::posted_at(conn, tenant, customer, *line)? {
                files::gone_in_line(conn, tenant, customer, posted, scope.now)?;
            }
        }
        (EventBody::Erased(_), Subject::Conversation { customer, conversation }) => {
            erasing.conversation(scope, customer, conversation)?;
        }
        (EventBody::CustomerChanged(it), _) if erasing::is_nobody(&it.customer) => {
            erasing.customer(scope, it.customer.id)?;
        }
        _ => {}
    }
    Ok(())
}

/// The files that stand in a line.
fn files_in(body: &EventBody) -> Vec<FileId> {
    let parts = match body {
        EventBody::Posted(posted) => posted.parts.as_slice(),
        _ => &[],
    };
    let id = |part: &Part| match part {
        Part::File(file) => Some(file.id),
        _ => None,
    };
    parts.iter().filter_map(id).collect()
}
