//! Tables for spreadsheets: CSV whose cells are words and never formulas, whoever wrote them.

/// What a spreadsheet takes for the beginning of a formula, or for the end of a cell before one.
const BEGINS_FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF20}'];

/// A cell of somebody's words. One that a spreadsheet would reckon with gets a quote mark before it, which makes it a text there.
pub fn cell(text: &str) -> String {
    match text.starts_with(BEGINS_FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// A row, quoted where that is needed, with a line end of CSV (RFC 4180).
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(vec![]);
    // Writing to memory does not fail, and one row has no other row to differ from.
    let _ = writer.write_record(cells);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(
            row(["a", "b,c", "say \"x\"", "two\nlines"]),
            "a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_in_the_cells_is_read_again(cells in proptest::collection::vec(".{0,20}", 2..6)) {
            let safe: Vec<String> = cells.iter().map(|it| cell(it)).collect();
            // A sheet begins with the names of its columns: what could be taken for a mark of the file's encoding stands never first.
            let text = row(["first"]) + &row(safe.iter().map(String::as_str));
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
            let records: Vec<csv::StringRecord> = reader.records().map(|it| it.unwrap()).collect();
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(records[0].iter().collect::<Vec<_>>(), safe.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert!(safe.iter().all(|it| !it.starts_with(BEGINS_FORMULA)));
        }
    }
}
