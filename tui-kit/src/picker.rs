//! A list to choose from, with one line to say what is looked for: saved replies, articles, colleagues, tags, actions.
//!
//! Owns which rows fit, which one is selected and how a row that cannot be chosen says why. It refuses to know what is chosen: the
//! program gives rows with its own ids and gets one back.

mod hits;
mod matching;
mod row;
mod view;

use std::fmt;

use minicom_protocol::gate::Shown;
use ratatui::layout::{Position, Rect};

pub use self::hits::Hits;
pub use self::row::{Row, numbered};
use crate::composer::{Field, Handled};
use crate::cursor::ListCursor;
use crate::key::Key;
use crate::picker::matching::{Finder, Haystack};

/// Bytes of what is looked for.
pub const QUERY_BYTES_MAX: usize = 256;
/// Rows that the program gives at most; more are left out.
pub const ROWS_MAX: usize = 20_000;
/// Rows of the screen besides the list: the rule with the title, and what is looked for.
pub const FRAME_ROWS: u16 = 2;

/// What became of a key or click.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Picked<I> {
    /// Not one of the picker's keys: it is the program's.
    No,
    /// The selection or the cursor moved, or could not.
    Moved,
    /// Something else is looked for: see [`Picker::query`]. A program that searches elsewhere asks now.
    Asked,
    /// This row was chosen. The picker is as it was; the program closes it.
    Chosen(I),
    /// The row cannot be chosen, for this reason.
    Unavailable(Shown),
    /// Nothing was inserted, for this reason.
    Refused(Shown),
    /// It is to be closed.
    Closed,
}

/// A list to choose from.
#[derive(Clone)]
pub struct Picker<I> {
    title: Shown,
    verb: Shown,
    also: Shown,
    remark: Shown,
    empty: Shown,
    /// Why what is typed can be no row.
    unfit: Option<Shown>,
    prefix: &'static str,
    hint: Option<Shown>,
    rows: Vec<Row<I>>,
    haystacks: Vec<Haystack>,
    /// Rows that fit, by index, in the order in which they are shown.
    fits: Vec<usize>,
    cursor: ListCursor,
    query: Field,
    finder: Finder,
    /// Somebody else searches: the rows are shown as they come.
    elsewhere: bool,
    /// Rows are looked for by their names alone.
    by_name: bool,
    /// The rows belong to something that was looked for before.
    waiting: bool,
}

impl<I: Clone + PartialEq> Picker<I> {
    /// A list with this title, in the order given.
    pub fn new(title: Shown, rows: Vec<Row<I>>) -> Picker<I> {
        let mut picker = Picker {
            title,
            verb: Shown::fixed("Enter chooses"),
            also: Shown::default(),
            remark: Shown::default(),
            empty: Shown::fixed("There is nothing to choose from"),
            unfit: None,
            prefix: "",
            hint: None,
            rows: Vec::new(),
            haystacks: Vec::new(),
            fits: Vec::new(),
            cursor: ListCursor::default(),
            query: Field::new(QUERY_BYTES_MAX),
            finder: Finder::new(""),
            elsewhere: false,
            by_name: false,
            waiting: false,
        };
        picker.take_rows(rows);
        picker.select_first();
        picker
    }

    /// What Enter does, in words: `Enter inserts`.
    pub fn verb(mut self, words: Shown) -> Picker<I> {
        self.verb = words;
        self
    }

    /// What Enter does with the selected row, in the words of the rule: for a footer.
    pub fn enter(&self) -> &Shown {
        let own = self.selected().and_then(|row| row.verb.as_ref());
        own.unwrap_or(&self.verb)
    }

    /// What another key does, told whether or not there is a row: `Tab everywhere`.
    pub fn also(mut self, words: Shown) -> Picker<I> {
        self.also = words;
        self
    }

    /// What is to be known of the rows, beside their number, until the next ones come.
    pub fn remark(&mut self, words: Shown) {
        self.remark = words;
    }

    /// The rows belong to something that was looked for before: they are dim until the next ones come.
    pub fn grow_old(&mut self) {
        self.waiting = true;
    }

    /// What is told while there is no row at all.
    pub fn when_empty(mut self, words: Shown) -> Picker<I> {
        self.empty = words;
        self
    }

    /// Why what is looked for can be no row, if it cannot: told where nothing fits, until something else is looked for.
    pub fn unfit(&mut self, why: Option<Shown>) {
        self.unfit = why;
    }

    /// A sign before what is looked for, such as the `/` that opened the list.
    pub fn prefix(mut self, sign: &'static str) -> Picker<I> {
        self.prefix = sign;
        self
    }

    /// What can be typed, told while nothing is: `or type 2h, 14:30`.
    pub fn hint(mut self, words: Shown) -> Picker<I> {
        self.hint = Some(words);
        self
    }

    /// Somebody else searches: after [`Picked::Asked`] the program asks, and gives the rows to [`Picker::answer`].
    pub fn searched_elsewhere(mut self) -> Picker<I> {
        self.elsewhere = true;
        self
    }

    /// Rows are looked for by their names alone: what else is told of them, such as a number, is no name.
    pub fn by_name(mut self) -> Picker<I> {
        self.by_name = true;
        let rows = std::mem::take(&mut self.rows);
        self.take_rows(rows);
        self
    }

    /// What is looked for.
    pub fn query(&self) -> String {
        self.query.text()
    }

    /// Looks for this.
    pub fn set_query(&mut self, query: &str) {
        self.query.set_text(query);
        self.look();
    }

    /// Other rows, such as after something changed. What was selected stays selected.
    pub fn set_rows(&mut self, rows: Vec<Row<I>>) {
        let before = self.selected().map(|row| row.id.clone());
        self.take_rows(rows);
        let same = before.and_then(|id| self.fits.iter().position(|index| self.rows[*index].id == id));
        self.cursor
            .select(same.unwrap_or(self.cursor.selected()), self.fits.len());
    }

    /// Rows for what was looked for elsewhere. An answer that comes too late changes nothing and returns false.
    pub fn answer(&mut self, query: &str, rows: Vec<Row<I>>) -> bool {
        let right = query == self.query.text();
        if right {
            let first = std::mem::take(&mut self.waiting);
            self.remark = Shown::default();
            self.set_rows(rows);
            if first {
                self.select_first();
            }
        }
        right
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&Row<I>> {
        self.shown_row(self.cursor.selected())
    }

    /// Selects the first row that is it, if there is one.
    pub fn select_where(&mut self, is_it: impl Fn(&I) -> bool) {
        if let Some(row) = self.fits.iter().position(|index| is_it(&self.rows[*index].id)) {
            self.cursor.select(row, self.fits.len());
        }
    }

    /// Rows that fit now.
    pub fn fitting(&self) -> usize {
        self.fits.len()
    }

    /// The rows that fit and all rows, but for those that only do something.
    fn counts(&self) -> (usize, usize) {
        let fitting = self.fits.iter().map(|index| &self.rows[*index]);
        let of_list = |row: &&Row<I>| row.verb.is_none();
        (
            fitting.filter(of_list).count(),
            self.rows.iter().filter(of_list).count(),
        )
    }

    /// Rows of the screen that it wants, at most so many.
    pub fn wanted(&self, rows_max: u16) -> u16 {
        let list = u16::try_from(self.fits.len().max(1)).unwrap_or(u16::MAX);
        list.saturating_add(FRAME_ROWS).min(rows_max)
    }

    /// Tells the rows of the area that it is drawn in. Tell it at each new size.
    pub fn set_size(&mut self, rows: u16) {
        self.cursor.set_height(rows.saturating_sub(FRAME_ROWS), self.fits.len());
    }

    /// One key. The picker is asked before the program's own table.
    pub fn key(&mut self, key: Key) -> Picked<I> {
        if let Some(row) = self.row_of_digit(key) {
            self.cursor.select(row, self.fits.len());
            return self.choose();
        }
        let empty = self.query.is_empty();
        match key.to_string().as_str() {
            "esc" => Picked::Closed,
            "backspace" if empty => Picked::Closed,
            "enter" => self.choose(),
            // In a text they are the text's ends.
            "home" | "end" if !empty => self.edit(key),
            _ if self.cursor.key(key, self.fits.len()) => Picked::Moved,
            _ => self.edit(key),
        }
    }

    /// A paste into what is looked for.
    pub fn paste(&mut self, text: &str) -> Picked<I> {
        let handled = self.query.paste(text);
        self.after(handled)
    }

    /// A click inside the area that it is drawn in: selects a row, twice chooses it.
    pub fn click(&mut self, area: Rect, at: Position, double: bool) -> Picked<I> {
        let list = view::areas(area).0;
        let row = self.cursor.top() + usize::from(at.y.saturating_sub(list.y));
        if !list.contains(at) || row >= self.fits.len() {
            return Picked::No;
        }
        self.cursor.select(row, self.fits.len());
        if double { self.choose() } else { Picked::Moved }
    }

    fn edit(&mut self, key: Key) -> Picked<I> {
        let handled = self.query.key(key);
        self.after(handled)
    }

    fn after(&mut self, handled: Handled) -> Picked<I> {
        match handled {
            Handled::No => Picked::No,
            Handled::Moved | Handled::Submit => Picked::Moved,
            Handled::Refused(reason) => Picked::Refused(reason),
            Handled::Changed => {
                self.look();
                Picked::Asked
            }
        }
    }

    fn choose(&self) -> Picked<I> {
        match self.selected() {
            None => Picked::Unavailable(self.nothing()),
            Some(row) => match &row.disabled {
                Some(reason) => Picked::Unavailable(Shown::line(&format!("{}: {reason}", row.label))),
                None => Picked::Chosen(row.id.clone()),
            },
        }
    }

    /// The row that a digit means. A digit that no row has is part of what is looked for.
    fn row_of_digit(&self, key: Key) -> Option<usize> {
        let digit = key.typed().filter(|_| self.query.is_empty())?.to_digit(10)?;
        self.fits
            .iter()
            .position(|index| self.rows[*index].digit.is_some_and(|own| u32::from(own) == digit))
    }

    fn look(&mut self) {
        self.finder = Finder::new(&self.query.text());
        self.unfit = None;
        if self.elsewhere {
            // What was found before stays in sight until the answer comes.
            self.waiting = true;
            self.remark = Shown::default();
        } else {
            self.fit();
            self.select_first();
        }
    }

    fn take_rows(&mut self, mut rows: Vec<Row<I>>) {
        rows.truncate(ROWS_MAX);
        let nothing = Shown::default();
        let haystack = |row: &Row<I>| Haystack::new(&row.label, if self.by_name { &nothing } else { &row.detail });
        self.haystacks = rows.iter().map(haystack).collect();
        self.rows = rows;
        self.fit();
    }

    fn fit(&mut self) {
        self.fits = if self.elsewhere {
            (0..self.rows.len()).collect()
        } else {
            self.finder.order(&self.haystacks)
        };
    }

    /// The first row that Enter can do something with. Of what was looked for, the best: Enter must not do something else because
    /// that one cannot be done.
    fn select_first(&mut self) {
        let enabled = |index: &usize| self.rows[*index].disabled.is_none();
        let first = match self.query.is_empty() {
            true => self.fits.iter().position(enabled),
            false => None,
        };
        self.cursor = ListCursor::default().with_height_of(self.cursor);
        self.cursor.select(first.unwrap_or(0), self.fits.len());
    }

    fn shown_row(&self, row: usize) -> Option<&Row<I>> {
        self.fits.get(row).map(|index| &self.rows[*index])
    }

    /// What is told instead of rows.
    fn nothing(&self) -> Shown {
        match (self.waiting, self.query.is_empty()) {
            (true, _) if !self.remark.is_empty() => self.remark.clone(),
            (true, _) => Shown::fixed("searching"),
            (false, true) => self.empty.clone(),
            (false, false) => self.unfit.clone().unwrap_or_else(|| {
                let typed = Shown::line(&self.query.text());
                Shown::line(&format!("Nothing fits {:?}", typed.as_str()))
            }),
        }
    }
}

impl<I: fmt::Debug> fmt::Debug for Picker<I> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Picker")
            .field("title", &self.title)
            .field("rows", &self.rows.len())
            .field("fits", &self.fits.len())
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "picker_tests.rs"]
mod tests;
