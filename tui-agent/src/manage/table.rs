//! Plain tables: a row a line, columns as wide as they must be, two blanks between them. For eyes, `grep` and `awk`.

use minicom_tui_kit::{Shown, text};

/// No cell is wider; what is longer is cut.
const CELL_COLUMNS_MAX: usize = 60;

/// A table with its heads. Rows have as many cells as there are heads.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these heads and no rows.
    pub fn new(heads: &[&str]) -> Table {
        Table {
            rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()],
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Shown>) {
        let cut = cells
            .into_iter()
            .map(|cell| cell.cut(CELL_COLUMNS_MAX).as_str().to_owned());
        self.rows.push(cut.collect());
    }

    /// Whether there is no row below the heads.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The table, or these words if it has no rows.
    pub fn or(self, none: &str) -> String {
        if self.is_empty() {
            return format!("{none}\n");
        }
        let columns = self.rows[0].len();
        let wide = |column: usize| self.rows.iter().map(|row| text::width(&row[column])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(wide).collect();
        let mut out = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).map(|(cell, columns)| text::pad(cell, *columns));
            out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            out.push('\n');
        }
        out
    }
}

/// Our own words, or a number, as a cell.
pub fn cell(words: impl ToString) -> Shown {
    Shown::line(&words.to_string())
}

/// Words in a row, as a cell; a line where there are none.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> Shown {
    let words: Vec<&str> = words.into_iter().collect();
    match words.is_empty() {
        true => Shown::fixed("-"),
        false => Shown::line(&words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let mut table = Table::new(&["NAME", "SKILLS"]);
        table.row(vec![cell("Ada"), list(["refunds", "german"])]);
        table.row(vec![Shown::name("e\u{1b}vil\u{202e}"), list([])]);
        table.row(vec![cell("x".repeat(70)), cell(1)]);
        let long = format!("{}›", "x".repeat(59));
        let expected = format!(
            "{:60}  SKILLS\n{:60}  refunds, german\n{:60}  -\n{long}  1\n",
            "NAME", "Ada", "e␛vil"
        );
        assert_eq!(table.or("none"), expected);
        assert_eq!(Table::new(&["A"]).or("There is nothing."), "There is nothing.\n");
    }
}
