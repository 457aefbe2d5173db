//! Words on the desktop beside the bell, for terminals that are known to show them. It owns the forms and who takes which; a
//! terminal that is not known gets nothing, as it would print what it does not understand.

use minicom_protocol::gate::Shown;

use crate::variable::Variable;

/// How a terminal is asked to show words on the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desktop {
    /// `OSC 9`: iTerm2, WezTerm, Ghostty, foot, Windows Terminal.
    Osc9,
    /// `OSC 777;notify`: rxvt-unicode and VTE with the patch that distributions carry.
    Osc777,
    /// `OSC 99`: kitty.
    Osc99,
}

/// The variable that says it where it cannot be known, as inside tmux: `osc9`, `osc777`, `osc99` or `off`.
pub const VARIABLE: Variable = Variable {
    name: "MINICOM_NOTIFY",
    takes: &["osc9", "osc777", "osc99", "off"],
};

impl Desktop {
    /// What this terminal takes, by its environment; `None` if that is not known.
    pub fn of(environment: impl Fn(&str) -> Option<String>) -> Option<Desktop> {
        match VARIABLE.says(&environment) {
            Some("osc9") => return Some(Desktop::Osc9),
            Some("osc777") => return Some(Desktop::Osc777),
            Some("osc99") => return Some(Desktop::Osc99),
            Some("off") => return None,
            _ => {}
        }
        // Inside a multiplexer the terminal outside is not the one that the variables of the first shell tell of.
        if ["TMUX", "ZELLIJ", "STY"].iter().any(|name| environment(name).is_some()) {
            return None;
        }
        if environment("KITTY_WINDOW_ID").is_some() {
            return Some(Desktop::Osc99);
        }
        let names = ["TERM_PROGRAM", "TERM"];
        names
            .into_iter()
            .find_map(|name| Desktop::of_terminal(&environment(name)?))
    }

    /// What a terminal takes that calls itself so: in `TERM_PROGRAM`, in `TERM`, which comes along over ssh, or when tmux asks it.
    pub fn of_terminal(name: &str) -> Option<Desktop> {
        let name = name.to_lowercase();
        let is = |known: &str| name.strip_prefix("xterm-").unwrap_or(&name).starts_with(known);
        match () {
            () if is("kitty") => Some(Desktop::Osc99),
            () if ["iterm", "wezterm", "ghostty", "foot"].into_iter().any(is) => Some(Desktop::Osc9),
            () if is("rxvt-unicode") || is("urxvt") => Some(Desktop::Osc777),
            () => None,
        }
    }

    /// Its name, as in [`VARIABLE`].
    pub const fn name(self) -> &'static str {
        match self {
            Desktop::Osc9 => "osc9",
            Desktop::Osc777 => "osc777",
            Desktop::Osc99 => "osc99",
        }
    }

    /// The bytes that show these words; inside tmux wrapped, so that it passes them on where it may (`allow-passthrough`).
    pub fn bytes(self, words: &Shown, in_tmux: bool) -> Vec<u8> {
        // A semicolon would begin another field.
        let words = words.as_str().replace(';', ",");
        let inner = match self {
            Desktop::Osc9 => format!("\x1b]9;{words}\x1b\\"),
            Desktop::Osc777 => format!("\x1b]777;notify;Minicom;{words}\x1b\\"),
            Desktop::Osc99 => format!("\x1b]99;;{words}\x1b\\"),
        };
        if in_tmux {
            format!("\x1bPtmux;{}\x1b\\", inner.replace('\x1b', "\x1b\x1b")).into_bytes()
        } else {
            inner.into_bytes()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<Desktop> {
        Desktop::of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_terminals_that_are_known_are_asked() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
        assert_eq!(of(&[("TERM_PROGRAM", "WezTerm")]), Some(Desktop::Osc9));
        assert_eq!(of(&[("TERM", "foot")]), Some(Desktop::Osc9));
        assert_eq!(of(&[("KITTY_WINDOW_ID", "1")]), Some(Desktop::Osc99));
        assert_eq!(of(&[("TERM", "rxvt-unicode-256color")]), Some(Desktop::Osc777));
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Desktop::Osc99), "over ssh");
        assert_eq!(of(&[("TERM", "xterm-ghostty")]), Some(Desktop::Osc9));
        assert_eq!(of(&[("TERM_PROGRAM", "WezTerm"), ("TMUX", "/tmp/x")]), None);
        assert_eq!(
            of(&[("MINICOM_NOTIFY", "osc9"), ("TMUX", "/tmp/x")]),
            Some(Desktop::Osc9)
        );
        assert_eq!(of(&[("MINICOM_NOTIFY", "off"), ("TERM_PROGRAM", "WezTerm")]), None);
    }

    #[test]
    fn words_stay_one_field_and_pass_through_tmux() {
        let words = Shown::line("(3) minicom; \x1b]0;x\x07");
        for form in [Desktop::Osc9, Desktop::Osc777, Desktop::Osc99] {
            let bytes = form.bytes(&words, false);
            assert_eq!(
                bytes.iter().filter(|byte| **byte == 0x1b).count(),
                2,
                "{form:?}: its own two and no more"
            );
            assert!(!bytes.contains(&7));
            let wrapped = form.bytes(&words, true);
            assert!(wrapped.starts_with(b"\x1bPtmux;\x1b\x1b]") && wrapped.ends_with(b"\x1b\x1b\\\x1b\\"));
        }
    }
}
