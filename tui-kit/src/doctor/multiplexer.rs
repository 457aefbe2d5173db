//! What stands between a program and the terminal: tmux with its settings, zellij, GNU screen. Owns which settings matter.

use std::process::{Command, Stdio};

use super::Finding;

/// What tmux says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tmux {
    /// Its version.
    pub version: String,
    /// What its terminal calls itself.
    pub outer: String,
    /// Settings by name; one that this version does not know is missing.
    pub settings: Vec<(&'static str, String)>,
}

/// Settings that matter, how tmux is asked for them, what they should be, and what is lost otherwise.
const SETTINGS: [(&str, &str, &[&str], &str); 5] = [
    (
        "set-clipboard",
        "-sv",
        &["on", "external"],
        "tmux hands no copy to its terminal",
    ),
    (
        "allow-passthrough",
        "-gwv",
        &["on", "all"],
        "words for the desktop do not pass",
    ),
    (
        "focus-events",
        "-sv",
        &["on"],
        "a program cannot know whether you look, so everything on the screen counts as seen",
    ),
    (
        "extended-keys",
        "-sv",
        &["on", "always"],
        "Shift+Enter looks like Enter; Alt+Enter and Ctrl-J always make a new line",
    ),
    ("monitor-bell", "-gwv", &["on"], "a bell in another window is not told"),
];

impl Tmux {
    /// Whether words for its terminal pass.
    pub fn passes_on(&self) -> bool {
        let set = self.settings.iter().find(|it| it.0 == "allow-passthrough");
        // Versions that do not know the setting pass everything on.
        set.is_none_or(|it| it.1 != "off")
    }
}

/// Asks the tmux around this program. `None` if it cannot be asked.
pub fn ask_tmux() -> Option<Tmux> {
    let version = ask(&["display-message", "-p", "#{version}"])?;
    let outer = tmux_terminal().unwrap_or_default();
    let settings = SETTINGS.iter().filter_map(|(name, flags, ..)| {
        let told = ask(&["show-options", flags, name])?;
        (!told.is_empty()).then_some((*name, told))
    });
    Some(Tmux {
        version,
        outer,
        settings: settings.collect(),
    })
}

/// What the terminal around tmux calls itself, as far as tmux knows.
pub(crate) fn tmux_terminal() -> Option<String> {
    ask(&["display-message", "-p", "#{client_termtype} #{client_termname}"]).filter(|it| !it.is_empty())
}

fn ask(arguments: &[&str]) -> Option<String> {
    let mut tmux = Command::new("tmux");
    let asked = tmux
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    asked.status.success().then_some(told)
}

pub(super) fn look(tmux: Option<&Tmux>, var: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let set = |name: &str| var(name).is_some_and(|it| !it.is_empty());
    let mut found = Vec::new();
    if set("TMUX") {
        found.push(match tmux {
            Some(tmux) => of_tmux(tmux),
            None => Finding::look("tmux", "it does not answer", "is `tmux` in PATH here?"),
        });
    }
    if set("ZELLIJ") {
        let fix =
            "function keys and the letters of the list do all that Ctrl does; or take zellij's preset unlock-first";
        found.push(Finding::look(
            "zellij",
            "it keeps Ctrl-N, Ctrl-T and others for itself",
            fix,
        ));
    }
    if set("STY") {
        let says = "GNU screen: copies go through it; words for the desktop and links do not";
        found.push(Finding::well("screen", says));
    }
    found
}

fn of_tmux(tmux: &Tmux) -> Finding {
    let outer = match tmux.outer.as_str() {
        "" => String::new(),
        outer => format!(" in {outer}"),
    };
    let told: Vec<String> = tmux
        .settings
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let says = format!("tmux {}{outer}: {}", tmux.version, told.join(", "));
    let missing: Vec<String> = SETTINGS
        .iter()
        .filter_map(|(name, flags, good, lost)| {
            let (_, value) = tmux.settings.iter().find(|it| it.0 == *name)?;
            let scope = if *flags == "-sv" { "-s" } else { "-g" };
            (!good.contains(&value.as_str())).then(|| format!("set {scope} {name} {} ({lost})", good[0]))
        })
        .collect();
    match missing.is_empty() {
        true => Finding::well("tmux", says),
        false => Finding::look("tmux", says, format!("in ~/.tmux.conf: {}", missing.join("; "))),
    }
}
