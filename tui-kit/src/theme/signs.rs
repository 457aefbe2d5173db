//! The program's own signs, with their ASCII stand-ins. It refuses to know where they stand.

/// The program's own signs. None is wider than one column in any terminal that draws it, and none is an emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    /// Horizontal rule.
    pub rule: &'static str,
    /// Rule of what only agents see.
    pub note_rule: &'static str,
    /// Before each row of what only agents see.
    pub note_bar: &'static str,
    /// Between panes.
    pub bar: &'static str,
    /// The same where it meets a rule above.
    pub tee: &'static str,
    /// The selected row.
    pub marker: &'static str,
    /// An unsent draft.
    pub pencil: &'static str,
    /// Between small facts on one row.
    pub dot: &'static str,
    /// Where the composer begins.
    pub prompt: &'static str,
    /// Something is hidden on the left.
    pub more_left: &'static str,
    /// Something was cut on the right.
    pub more_right: &'static str,
    /// Rows are hidden above.
    pub more_above: &'static str,
    /// Rows are hidden below.
    pub more_below: &'static str,
    /// The used part of a bar.
    pub full: &'static str,
    /// The free part of a bar.
    pub free: &'static str,
    /// One point of a list.
    pub bullet: &'static str,
    /// Heights of a sparkline: nothing, then the lowest to the highest.
    pub levels: [char; 9],
}

pub(super) const SIGNS: Signs = Signs {
    rule: "─",
    note_rule: "═",
    note_bar: "▌",
    bar: "│",
    tee: "┬",
    marker: "›",
    pencil: "✎",
    dot: "·",
    prompt: "▏",
    more_left: "‹",
    more_right: "›",
    more_above: "▴",
    more_below: "▾",
    full: "█",
    free: "░",
    bullet: "•",
    levels: ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};
pub(super) const ASCII_SIGNS: Signs = Signs {
    rule: "-",
    note_rule: "=",
    note_bar: "#",
    bar: "|",
    tee: "+",
    marker: ">",
    pencil: "*",
    dot: "-",
    prompt: ">",
    more_left: "<",
    more_right: ">",
    more_above: "^",
    more_below: "v",
    full: "#",
    free: ".",
    bullet: "*",
    levels: ['.', '_', '-', '~', '+', '=', '*', '%', '#'],
};

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn every_sign_is_one_column() {
        for signs in [SIGNS, ASCII_SIGNS] {
            for sign in [
                signs.rule,
                signs.note_rule,
                signs.note_bar,
                signs.bar,
                signs.tee,
                signs.marker,
                signs.pencil,
                signs.dot,
                signs.prompt,
                signs.more_left,
                signs.more_right,
                signs.more_above,
                signs.more_below,
                signs.full,
                signs.free,
                signs.bullet,
            ] {
                assert_eq!(sign.width(), 1, "{sign}");
            }
        }
    }
}
