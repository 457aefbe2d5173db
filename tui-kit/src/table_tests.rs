//! Rows, columns, and who gives way.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::bars::bar;
use crate::testing::{keys, plain, styled};

const COLUMNS: &[Column] = &[
    Column::new("AGENT", 6),
    Column::growing("STATE", 8),
    Column::number("ACTIVE", 6),
    Column::new("LOAD", 9),
];

const ONE: &[Column] = &[Column::growing("SUBJECT", 5)];

fn workload(theme: &Theme) -> Table<u32> {
    let mut table = Table::new(Shown::fixed("Workload"), COLUMNS)
        .hint(Shown::fixed("Enter opens, Esc closes"))
        .when_empty(Shown::fixed("No agent is signed in"));
    let rows = [
        (1, "ada", "available", 3u64),
        (2, "bo", "away since 13:20, back at two o'clock", 0),
        (3, "日本語の名前", "\u{1b}[2J\u{202e}busy", 5),
        (4, "eve", "offline", 12),
    ];
    let rows = rows.map(|(id, name, state, active)| TableRow {
        style: if active > 5 { theme.warning() } else { Style::new() },
        ..TableRow::new(
            id,
            vec![
                Shown::name(name),
                Shown::line(state),
                Shown::line(&active.to_string()),
                Shown::line(&bar(active, 5, 5, theme)),
            ],
        )
    });
    table.set_rows(rows.to_vec());
    table
}

fn drawn(table: &mut Table<u32>, columns: u16, rows: u16, theme: &Theme) -> (Buffer, Position) {
    let area = Rect::new(0, 0, columns, rows);
    table.set_size(rows);
    let mut buffer = Buffer::empty(area);
    let cursor = table.view(area, &mut buffer, theme);
    (buffer, cursor)
}

fn press(table: &mut Table<u32>, typed: &str) -> Listed<u32> {
    keys(typed).into_iter().fold(Listed::No, |_, key| table.key(key))
}

#[test]
fn how_it_looks() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut screens = String::new();
    for (columns, theme) in [
        (80, Theme::ansi()),
        (40, Theme::mono()),
        (40, ascii),
        (24, Theme::ansi()),
    ] {
        let mut table = workload(&theme);
        let _ = press(&mut table, "j");
        let (buffer, cursor) = drawn(&mut table, columns, 7, &theme);
        screens.push_str(&format!("{}cursor {cursor}\n=====\n", styled(&buffer)));
    }
    let mut empty: Table<u32> =
        Table::new(Shown::fixed("Workload"), COLUMNS).when_empty(Shown::fixed("No agent is signed in"));
    screens.push_str(&plain(&drawn(&mut empty, 40, 4, &Theme::ansi()).0));
    assert_snapshot!(screens);
    empty.set_empty(Shown::fixed("asking ..."));
    assert!(plain(&drawn(&mut empty, 40, 4, &Theme::ansi()).0).contains("asking ..."));
}

#[test]
fn keys_move_choose_and_close() {
    let mut table = workload(&Theme::ansi());
    assert_eq!(press(&mut table, "jjk<down><enter>"), Listed::Chosen(3));
    assert_eq!(press(&mut table, "G<enter>"), Listed::Chosen(4));
    assert_eq!(press(&mut table, "g<enter>"), Listed::Chosen(1));
    assert_eq!(press(&mut table, "x"), Listed::No);
    assert_eq!(press(&mut table, "q"), Listed::Closed);
    table.select(&3);
    table.wheel(true);
    assert_eq!(table.selected().map(|row| row.id), Some(2));
    let area = Rect::new(0, 0, 40, 7);
    assert_eq!(table.click(area, Position { x: 3, y: 5 }, true), Listed::Chosen(4));
    assert_eq!(table.click(area, Position { x: 3, y: 1 }, true), Listed::No);
    assert_eq!(table.click(area, Position { x: 3, y: 6 }, true), Listed::No);
}

#[test]
fn what_is_selected_stays_selected() {
    let mut table = workload(&Theme::ansi());
    table.select(&3);
    let mut rows = table.rows.clone();
    rows.reverse();
    table.set_rows(rows.clone());
    assert_eq!(table.selected().map(|row| row.id), Some(3));
    rows.remove(1);
    table.set_rows(rows);
    assert_eq!(table.selected().map(|row| row.id), Some(2), "the next one");
    table.set_rows(vec![]);
    assert_eq!(press(&mut table, "<enter>"), Listed::Moved);
}

#[test]
fn a_long_list_shows_the_selected_row() {
    let mut table: Table<u32> = Table::new(Shown::fixed("Tickets"), ONE);
    table.set_rows(
        (0..100)
            .map(|n| TableRow::new(n, vec![Shown::line(&format!("ticket {n}"))]))
            .collect(),
    );
    table.set_size(6);
    let _ = press(&mut table, "<pgdn><pgdn>");
    let (buffer, cursor) = drawn(&mut table, 40, 6, &Theme::ansi());
    assert!(
        plain(&buffer).starts_with("── Tickets · 7 of 100 ─"),
        "{}",
        plain(&buffer)
    );
    assert!(plain(&buffer).contains("›ticket 6"), "{}", plain(&buffer));
    assert_eq!(cursor.y, 5);
}

proptest! {
    #[test]
    fn it_stays_inside_its_area(
        cells in prop::collection::vec(prop::collection::vec("\\PC{0,20}", 0..6), 0..8),
        columns in 0u16..70, rows in 0u16..10, selected in 0usize..10,
    ) {
        let mut table: Table<usize> = Table::new(Shown::fixed("Any"), COLUMNS);
        let rows_of = cells.iter().enumerate().map(|(n, cells)| {
            TableRow::new(n, cells.iter().map(|cell| Shown::line(cell)).collect())
        });
        table.set_rows(rows_of.collect());
        table.select(&selected);
        table.set_size(rows);
        let whole = Rect::new(0, 0, 74, 12);
        let mut buffer = Buffer::empty(whole);
        for y in 0..12 {
            buffer.set_string(0, y, "~".repeat(74), Style::new());
        }
        let area = Rect::new(2, 1, columns, rows);
        let cursor = table.view(area, &mut buffer, &Theme::ansi());
        prop_assert!(area.is_empty() || area.contains(cursor));
        for y in 0..12 {
            for x in 0..74 {
                if !area.contains(Position { x, y }) {
                    prop_assert_eq!(buffer[(x, y)].symbol(), "~");
                }
            }
        }
        let widths = table.widths(&table.rows, usize::from(columns));
        let there = widths.iter().filter(|wide| **wide > 0).count();
        prop_assert!(usize::from(columns) < 8 || widths.iter().sum::<usize>() + GAP * (there - 1) <= usize::from(columns));
    }
}

#[test]
fn advice_of_an_empty_table_is_read_to_its_end_at_every_width() {
    let words = "There is no ticket yet. K makes one of a chat";
    let mut empty: Table<u32> = Table::new(Shown::fixed("Tickets"), ONE).when_empty(Shown::fixed(words));
    let told = plain(&drawn(&mut empty, 24, 6, &Theme::ansi()).0);
    let told: Vec<&str> = told.lines().skip(1).flat_map(str::split_whitespace).collect();
    assert_eq!(told.join(" "), words);
}
