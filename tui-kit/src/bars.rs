//! Rows made of signs: rules with a title, and bars that show a part of a whole.
//!
//! Owns how the words of a rule give way when the row is narrow. It refuses to know what is titled or counted.

use crate::text::{truncate, width};
use crate::theme::Theme;

/// Signs of a rule before its title.
const LEAD: usize = 2;
/// Signs of a rule between its words, and behind them.
const GAP_MIN: usize = 2;

/// `── Saved replies ─────── Enter inserts ──`: exactly `columns` columns. `right` is left out where it does not fit beside the
/// title, and the title is cut last. Give it gated or the program's own words only.
pub fn rule(title: &str, right: &str, columns: usize, sign: &str) -> String {
    let lead = sign.repeat(LEAD.min(columns));
    let title = match columns.saturating_sub(2 * LEAD + 2) {
        0 => String::new(),
        _ if title.is_empty() => String::new(),
        room => format!(" {} ", truncate(title, room)),
    };
    let left = format!("{lead}{title}");
    let right_columns = width(right) + 2 + LEAD;
    let fits = !right.is_empty() && width(&left) + GAP_MIN + right_columns <= columns;
    let tail = if fits {
        format!(" {right} {}", sign.repeat(LEAD))
    } else {
        String::new()
    };
    let between = columns.saturating_sub(width(&left) + width(&tail));
    format!("{left}{}{tail}", sign.repeat(between))
}

/// Whether a rule has room for these words beside its title.
pub fn rule_fits(title: &str, right: &str, columns: usize) -> bool {
    let title = if title.is_empty() { 0 } else { width(title) + 2 };
    LEAD + title + GAP_MIN + width(right) + 2 + LEAD <= columns
}

/// `███░░ 3/5`: a bar of `columns` signs, then the numbers. A part above the whole fills the bar, and the numbers tell it. Something
/// is never shown as nothing, and less than the whole never as full.
pub fn bar(part: u64, whole: u64, columns: usize, theme: &Theme) -> String {
    let signs = theme.signs();
    let full = match (part, whole) {
        (0, _) => 0,
        _ if part >= whole => columns,
        _ => {
            let exact = u128::from(part) * columns as u128 / u128::from(whole);
            usize::try_from(exact)
                .unwrap_or(columns)
                .clamp(1, columns.saturating_sub(1).max(1))
        }
    };
    format!(
        "{}{} {part}/{whole}",
        signs.full.repeat(full.min(columns)),
        signs.free.repeat(columns.saturating_sub(full))
    )
}

/// `▁▃█▂`: a sign for each number, as high as it is beside the highest. Something is never shown as nothing.
pub fn sparkline(numbers: impl IntoIterator<Item = u64>, theme: &Theme) -> String {
    let numbers: Vec<u64> = numbers.into_iter().collect();
    let levels = theme.signs().levels;
    let highest = numbers.iter().max().copied().unwrap_or(0);
    let top = levels.len() as u64 - 1;
    let level = |number: u64| match number {
        0 => 0,
        // Rounded up: the smallest something is one above nothing.
        _ => u128::from(number) * u128::from(top - 1) / u128::from(highest) + 1,
    };
    let sign = |number: &u64| {
        usize::try_from(level(*number))
            .ok()
            .and_then(|at| levels.get(at))
            .copied()
    };
    numbers.iter().filter_map(sign).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sparkline_shows_nothing_as_nothing_and_something_as_something() {
        let mut theme = Theme::mono();
        assert_eq!(sparkline([0, 1, 500, 1_000], &theme), "·▁▄█");
        assert_eq!(sparkline([0, 0], &theme), "··");
        assert_eq!(sparkline([u64::MAX, 1], &theme), "█▁");
        theme.ascii = true;
        assert_eq!(sparkline([0, 1, 1_000], &theme), "._#");
    }

    #[test]
    fn bars_and_their_numbers() {
        let ansi = Theme::ansi();
        assert_eq!(bar(3, 5, 5, &ansi), "███░░ 3/5");
        assert_eq!(bar(0, 5, 5, &ansi), "░░░░░ 0/5");
        assert_eq!(bar(1, 100, 5, &ansi), "█░░░░ 1/100");
        assert_eq!(bar(99, 100, 5, &ansi), "████░ 99/100");
        assert_eq!(bar(7, 5, 5, &ansi), "█████ 7/5");
        assert_eq!(bar(0, 0, 3, &ansi), "░░░ 0/0");
        assert_eq!(bar(1, 0, 3, &ansi), "███ 1/0");
        let ascii = Theme { ascii: true, ..ansi };
        assert_eq!(bar(2, 5, 5, &ascii), "##... 2/5");
        assert_eq!(
            bar(u64::MAX - 1, u64::MAX, 4, &ascii),
            format!("###. {}/{}", u64::MAX - 1, u64::MAX)
        );
    }

    #[test]
    fn rules_give_way_from_the_right() {
        let title = "Saved replies · 3 of 12";
        assert_eq!(
            rule(title, "Enter inserts", 54, "─"),
            "── Saved replies · 3 of 12 ────────── Enter inserts ──"
        );
        assert_eq!(
            rule(title, "Enter inserts", 40, "─"),
            "── Saved replies · 3 of 12 ─────────────"
        );
        assert_eq!(rule(title, "Enter inserts", 16, "-"), "-- Saved rep› --");
        assert_eq!(rule(title, "", 5, "-"), "-----");
        assert_eq!(rule("", "x", 10, "-"), "----- x --");
    }

    proptest! {
        #[test]
        fn both_have_the_columns_they_were_given(
            title in "[a-z\u{4e00} ]{0,30}", right in "[a-z]{0,10}", columns in 0usize..60, part in 0u64..20, whole in 0u64..20,
        ) {
            prop_assert_eq!(width(&rule(&title, &right, columns, "─")), columns);
            let numbers = format!(" {part}/{whole}");
            prop_assert_eq!(width(&bar(part, whole, columns, &Theme::ansi())), columns + numbers.len());
        }
    }
}
