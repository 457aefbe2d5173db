use proptest::prelude::*;

use super::*;

fn text(lines: &[StyledLine]) -> String {
    let rows: Vec<String> = lines.iter().map(|line| line.text().trim_end().to_owned()).collect();
    rows.join("\n")
}

fn named(rows: &[(&'static str, u64)]) -> Vec<(Shown, u64)> {
    rows.iter().map(|(name, count)| (Shown::fixed(name), *count)).collect()
}

const THEMES: [Theme; 2] = [
    Theme::mono(),
    Theme {
        ascii: true,
        ..Theme::mono()
    },
];

#[test]
fn bars_have_names_numbers_and_lengths() {
    let rows = named(&[("Monday", 30), ("Tuesday", 1), ("A name that is too long", 0)]);
    let told = THEMES.map(|theme| text(&bars(&rows, 10, 40, &theme)));
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn columns_have_labels_and_numbers_below() {
    let hours: Vec<(Shown, u64)> = (0..24_u64)
        .map(|hour| (Shown::line(&format!("{hour:02}")), hour.abs_diff(12) * 8))
        .collect();
    let told = THEMES.map(|theme| text(&columns(&hours, 76, 6, &theme).unwrap()));
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(
        columns(&hours, 48, 6, &THEMES[0]),
        None,
        "each needs more than its label"
    );
}

#[test]
fn a_line_from_the_first_to_the_last() {
    let numbers: Vec<u64> = (0..30_u64).map(|day| (day % 7) * 3 + day / 3).collect();
    let ends = [&Shown::fixed("10-23"), &Shown::fixed("11-21")];
    let told = THEMES.map(|theme| text(&line(&numbers, ends, 60, 8, &theme)));
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_sparkline_shows_nothing_as_nothing_and_something_as_something() {
    let theme = THEMES[0];
    assert_eq!(sparkline(&[0, 1, 500, 1_000], 4, &theme).text(), " ▁▄█");
    assert_eq!(sparkline(&[0, 0], 2, &theme).text(), "  ");
    assert_eq!(
        sparkline(&[u64::MAX, 1], 4, &theme).text(),
        "██▁▁",
        "there is room for two signs each"
    );
    assert_eq!(
        sparkline(&[1, 1, 4, 0], 2, &theme).text(),
        "▄█",
        "two days are one sign"
    );
    assert_eq!(sparkline(&[0, 1, 1_000], 3, &THEMES[1]).text(), " _#");
}

proptest! {
    /// Whatever was counted: everything fits its columns, in ASCII it is ASCII, and what is not nothing is not shown as nothing.
    #[test]
    fn any_numbers_can_be_drawn(numbers in prop::collection::vec(prop_oneof![0..9_u64, any::<u64>()], 1..100), wide in 1..120_usize, high in 1..12_usize, ascii in any::<bool>()) {
        let theme = Theme { ascii, ..Theme::mono() };
        let rows: Vec<(Shown, u64)> = numbers.iter().map(|it| (Shown::fixed("x"), *it)).collect();
        let name = Shown::fixed("11-21");
        let mut all = bars(&rows, 8, wide.max(40), &theme);
        for ((_, number), line) in rows.iter().zip(&all) {
            let drawn = line.text().contains(['█', '#']);
            prop_assert_eq!(drawn, *number > 0);
        }
        all.extend(columns(&rows, wide, high, &theme).into_iter().flatten());
        all.extend(line(&numbers, [&name, &name], wide, high, &theme));
        let spark = sparkline(&numbers, wide, &theme);
        prop_assert_eq!(spark.text().trim().is_empty(), numbers.iter().all(|it| *it == 0));
        all.push(spark);
        for line in all {
            prop_assert!(line.width() <= wide.max(40));
            prop_assert!(!ascii || line.text().is_ascii(), "{:?}", line.text());
        }
    }
}
