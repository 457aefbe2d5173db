//! Lines that leave the chat: to the clipboard, or to be read in full. By their numbers, 1 is the newest, whoever said it. Pure.

use minicom_client::CustomerReplica;
use minicom_protocol::{customer_event::CustomerEvent, gate::Shown};
use minicom_tui_kit::Zone;

use crate::{
    entries,
    wishes::{Wish, posted},
};

/// What `/copy` asks for.
pub fn copy(rest: &str, known: &CustomerReplica, zone: &Zone) -> Wish {
    if rest == "all" {
        let lines = known.thread().events().filter_map(|event| {
            let posted = posted(event)?;
            let (name, text) = (entries::name(&posted.author), text_of(event)?);
            Some(format!("{} {name}: {text}\n", zone.stamp(event.time.0)))
        });
        let (text, what) = (lines.collect(), "the chat");
        return Wish::Copy { text, what };
    }
    match numbered(rest, known) {
        Ok((_, text)) => Wish::Copy { text, what: "the line" },
        Err(wrong) => Wish::Wrong(Shown::line(&format!("Write /copy and a number, or all. {wrong}"))),
    }
}

/// What `/show` asks for.
pub fn show(rest: &str, known: &CustomerReplica, zone: &Zone) -> Wish {
    let found = numbered(rest, known).map(|(event, _)| in_full(event, zone));
    match found {
        Ok(Some((title, text))) => Wish::Show { title, text },
        Ok(None) => Wish::Wrong(Shown::fixed("There is no line yet.")),
        Err(wrong) => Wish::Wrong(Shown::line(&format!("Write /show and a number. {wrong}"))),
    }
}

/// A line with its title; nothing if it is none, or gone.
pub fn in_full(event: &CustomerEvent, zone: &Zone) -> Option<(Shown, String)> {
    let name = entries::name(&posted(event)?.author);
    let title = Shown::line(&format!("{} {name}", zone.clock(event.time.0)));
    Some((title, text_of(event)?))
}

fn text_of(event: &CustomerEvent) -> Option<String> {
    let posted = posted(event).filter(|posted| posted.state.words().is_none())?;
    Some(posted.text())
}

/// The line of this number; the newest if there is none.
fn numbered<'a>(rest: &str, known: &'a CustomerReplica) -> Result<(&'a CustomerEvent, String), &'static str> {
    let number = match rest {
        "" => 1,
        number => number.parse::<usize>().map_err(|_| "1 is the newest line.")?,
    };
    let lines = known.thread().events().rev();
    let mut lines = lines.filter_map(|event| Some((event, text_of(event)?)));
    let at = number.checked_sub(1).ok_or("1 is the newest line.")?;
    lines.nth(at).ok_or("There is no such line.")
}
