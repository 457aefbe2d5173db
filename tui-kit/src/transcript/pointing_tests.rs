//! Pointing at addresses and at what is above.

use minicom_protocol::gate::Shown;

use super::*;
use crate::theme::Who;
use crate::time::Zone;
use crate::transcript::{Entry, Extras, Older};

fn line(key: u64, text: &str) -> Entry {
    Entry {
        key: EntryKey::Stored(key),
        kind: Kind::Line {
            who: Who::Customer,
            name: Shown::fixed("carol"),
            own: false,
        },
        text: Shown::text(text),
        time: 0,
        mark: None,
        extras: Extras::default(),
    }
}

fn transcript(lines: &[&str]) -> Transcript {
    let mut transcript = Transcript::new(Zone::utc());
    transcript.set_size(60, 10);
    transcript.extend(lines.iter().zip(1..).map(|(text, key)| line(key, text)));
    transcript
}

/// Every cell that points at an address, as the text that they make up.
fn cells(transcript: &Transcript, address: &str) -> usize {
    let at = |(x, y)| transcript.pointed(x, y) == Some(Pointed::Address(address.to_owned()));
    (0..10)
        .flat_map(|y| (0..60).map(move |x| (x, y)))
        .filter(|it| at(*it))
        .count()
}

#[test]
fn every_cell_of_an_address_points_at_it_and_no_other() {
    let address = "https://example.org/a?b=1";
    let text = format!("see {address}, 世界 and mailto:a@example.org");
    assert_eq!(cells(&transcript(&[&text]), address), address.len());
    // Over two rows.
    let long = format!("https://example.org/{}", "x".repeat(80));
    assert_eq!(cells(&transcript(&[&long]), &long), long.len());
    // Behind wide letters.
    assert_eq!(
        cells(&transcript(&[&format!("世界世界 {address}")]), address),
        address.len()
    );
}

#[test]
fn what_is_above_can_be_pointed_at() {
    let mut transcript = transcript(&["hello"]);
    transcript.set_older(Older::More);
    let rows: Vec<u16> = (0..10)
        .filter(|y| transcript.pointed(5, *y) == Some(Pointed::Older))
        .collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
}

#[test]
fn addresses_are_told_from_the_newest_on_each_once() {
    let transcript = transcript(&[
        "http://a.example http://b.example",
        "http://c.example",
        "again http://a.example",
    ]);
    let found = transcript.addresses_upwards(9);
    assert_eq!(found, ["http://a.example", "http://c.example", "http://b.example"]);
    assert_eq!(transcript.addresses_upwards(1), ["http://a.example"]);
}
