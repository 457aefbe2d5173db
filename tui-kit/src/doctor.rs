//! What this terminal can, and what would help: for the doctors of the programs.
//!
//! Owns what is looked at and the words for it. It changes nothing, and it never fails: a terminal that can little is still one. It
//! refuses to know servers.

mod multiplexer;

use std::io::{self, IsTerminal, Write};

use minicom_protocol::gate::Shown;

use crate::clipboard::{self, Way};
use crate::config::Config;
use crate::desktop;
use crate::notify::{Call, Hook, HookEnd, Notifier, VARIABLE};
use crate::small::{COLUMNS_MIN, ROWS_MIN};
use crate::theme::{Choice, Depth, Ground, Look, Theme};
use crate::{links, pictures, terminal};

pub(crate) use self::multiplexer::tmux_terminal;
pub use self::multiplexer::{Tmux, ask_tmux};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its name: a word or two that stay the same.
    pub part: &'static str,
    /// What was seen.
    pub says: String,
    /// What to try; `None` where all is well.
    pub fix: Option<String>,
    /// It was tried, and did not work.
    pub failed: bool,
}

impl Finding {
    fn well(part: &'static str, says: impl Into<String>) -> Finding {
        let says = says.into();
        Finding {
            part,
            says,
            fix: None,
            failed: false,
        }
    }

    fn look(part: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Finding {
        let fix = Some(fix.into());
        Finding {
            fix,
            ..Finding::well(part, says)
        }
    }

    fn failed(part: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding {
            failed: true,
            ..Finding::look(part, says, fix)
        }
    }
}

/// Where a program runs, as far as that can be seen.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Both ends of the lines are a terminal.
    pub is_terminal: bool,
    /// Columns and rows, if there is a terminal.
    pub size: Option<(u16, u16)>,
    /// The terminal's ground, if it says.
    pub ground: Option<Ground>,
    /// What tmux says, inside it.
    pub tmux: Option<Tmux>,
}

impl Surroundings {
    /// Looks around. Asks the terminal and tmux; call it before anything else reads from the terminal.
    pub fn look(var: impl Fn(&str) -> Option<String> + Copy) -> Surroundings {
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        Surroundings {
            is_terminal,
            size: crossterm::terminal::size().ok().filter(|_| is_terminal),
            ground: crate::theme::ask_ground(var),
            tmux: var("TMUX").filter(|it| !it.is_empty()).and_then(|_| ask_tmux()),
        }
    }
}

/// The file of settings, or what is wrong in it.
pub fn settings(read: Result<&Config, &str>) -> Finding {
    let part = "settings";
    match read {
        Ok(config) if config.file.is_empty() => Finding::well(part, "none: all is as usual"),
        Ok(config) => Finding::well(part, &config.file),
        Err(mistakes) => Finding::failed(part, mistakes, "mend it: no screen starts before"),
    }
}

/// Everything about the terminal, in the order in which it is told.
pub fn look(
    around: &Surroundings,
    wanted: &Look,
    notifier: &Notifier,
    var: impl Fn(&str) -> Option<String> + Copy,
) -> Vec<Finding> {
    let mut found = vec![the_terminal(around, var)];
    found.extend(variables(var));
    found.extend([signs(around, wanted, var), colours(around, wanted, var)]);
    found.extend(multiplexer::look(around.tmux.as_ref(), var));
    found.extend([copying(var), addresses(var), calls(notifier, around.tmux.as_ref(), var)]);
    found
}

fn the_terminal(around: &Surroundings, var: impl Fn(&str) -> Option<String>) -> Finding {
    let part = "terminal";
    let term = var("TERM").filter(|it| !it.is_empty());
    let program = var("TERM_PROGRAM").filter(|it| !it.is_empty());
    if !around.is_terminal {
        let says = "the input or the output is none: the programs talk in lines here, as with --plain";
        return Finding::well(part, says);
    }
    let Some(term) = term.filter(|it| it != "dumb") else {
        let fix = "if it is a terminal with a screen, TERM=xterm-256color says so";
        return Finding::look(
            part,
            "TERM is dumb or empty: the programs talk in lines, as with --plain",
            fix,
        );
    };
    let mut says = format!("TERM is {term}");
    if let Some(program) = program {
        says.push_str(&format!(", in {program}"));
    }
    let Some((columns, rows)) = around.size else {
        return Finding::look(
            part,
            format!("{says}; it does not tell its size"),
            "`stty cols 80 rows 24` tells it",
        );
    };
    says.push_str(&format!(", {columns}x{rows}"));
    match columns < COLUMNS_MIN || rows < ROWS_MIN {
        true => Finding::look(part, says, format!("make the window at least {COLUMNS_MIN}x{ROWS_MIN}")),
        false => Finding::well(part, says),
    }
}

/// Variables that say what they do not take. Nothing is told where none does.
fn variables(var: impl Fn(&str) -> Option<String> + Copy) -> Option<Finding> {
    let all = [
        desktop::VARIABLE,
        clipboard::VARIABLE,
        links::VARIABLE,
        pictures::VARIABLE,
    ];
    let mistakes = all.iter().filter_map(|it| it.mistake(var));
    let (says, fixes): (Vec<String>, Vec<String>) = mistakes.unzip();
    (!says.is_empty()).then(|| Finding::look("environment", says.join("\n"), fixes.join("\n")))
}

fn signs(around: &Surroundings, wanted: &Look, var: impl Fn(&str) -> Option<String>) -> Finding {
    let part = "characters";
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| var(name).filter(|it| !it.is_empty()));
    let theme = wanted.theme(var, || around.ground);
    let locale = locale.unwrap_or_else(|| "not set".to_owned());
    match (wanted.ascii, theme.ascii) {
        (true, _) => Finding::well(part, "ASCII signs, as was asked for"),
        (false, true) => {
            let fix = "LANG=C.UTF-8, if the terminal draws UTF-8";
            Finding::look(part, format!("ASCII signs, for the locale is {locale}"), fix)
        }
        (false, false) => Finding::well(
            part,
            format!("UTF-8 signs; the locale is {locale}. --ascii draws with ASCII only"),
        ),
    }
}

fn colours(around: &Surroundings, wanted: &Look, var: impl Fn(&str) -> Option<String> + Copy) -> Finding {
    let many = match Depth::of(var) {
        Depth::Sixteen => "16 colours",
        Depth::Indexed => "256 colours",
        Depth::Every => "every colour",
    };
    let ground = match around.ground {
        Some(Ground::Light) => "a light ground",
        Some(Ground::Dark) => "a dark ground",
        None => "a ground that it does not tell",
    };
    let theme = wanted.theme(var, || around.ground);
    let drawn = [
        ("mono", Theme::mono()),
        ("ansi", Theme::ansi()),
        ("dark", Theme::dark()),
        ("light", Theme::light()),
    ];
    let drawn = drawn.iter().find(|(_, it)| it.styles == theme.styles);
    let drawn = match (drawn, &wanted.theme) {
        (_, Some(Choice::Own(_))) => "your own",
        (Some((name, _)), _) => name,
        (None, _) => "light, with 16 colours",
    };
    let why = match (&wanted.theme, theme.mono) {
        (Some(Choice::Auto) | None, true) => ", for NO_COLOR is set",
        (Some(Choice::Auto) | None, false) => ", by itself",
        (Some(_), _) => ", as was asked for",
    };
    let says = format!("{many} on {ground}; the theme is {drawn}{why}");
    match around.ground.is_none()
        && around.is_terminal
        && matches!(wanted.theme, None | Some(Choice::Auto))
        && !theme.mono
    {
        true => Finding::look(
            "colours",
            says,
            "on a light ground say --theme light, or MINICOM_THEME=light",
        ),
        false => Finding::well("colours", says),
    }
}

fn copying(var: impl Fn(&str) -> Option<String>) -> Finding {
    let part = "clipboard";
    match Way::of(var) {
        Way::Osc52 => Finding::well(
            part,
            "by the terminal itself (OSC 52), which may have to allow it in its settings",
        ),
        Way::Screen => Finding::well(part, "by the terminal (OSC 52) through GNU screen"),
        Way::Tmux => Finding::well(part, "by tmux, which hands it to its terminal"),
        Way::Off => {
            let fix = format!("{}=osc52 asks the terminal all the same", clipboard::VARIABLE.name);
            Finding::look(part, "none: the kernel's console has none, or it is switched off", fix)
        }
    }
}

fn addresses(var: impl Fn(&str) -> Option<String>) -> Finding {
    match links::known(var) {
        true => Finding::well("links", "addresses can be clicked (OSC 8)"),
        false => Finding::well(
            "links",
            "the terminal is not known to take them; MINICOM_LINKS=on tries it",
        ),
    }
}

fn calls(notifier: &Notifier, tmux: Option<&Tmux>, var: impl Fn(&str) -> Option<String>) -> Finding {
    let part = "notifications";
    if let Some(Err(why)) = var(VARIABLE).map(|line| Hook::parse(&line)) {
        return Finding::failed(part, format!("{VARIABLE}: {why}"), "close the quote");
    }
    let mut ways = Vec::new();
    if notifier.bell {
        ways.push("the bell".to_owned());
    }
    ways.extend(
        notifier
            .desktop
            .map(|it| format!("words on the desktop ({})", it.name())),
    );
    ways.extend(notifier.hook.as_ref().map(|it| format!("the command {}", it.program())));
    let says = match ways.is_empty() {
        true => "none: the bell is off, and nothing else is set".to_owned(),
        false => format!("{}; --notify tries it", ways.join(", ")),
    };
    let passes = tmux.is_none_or(|it| it.passes_on());
    match notifier.desktop {
        Some(_) if notifier.in_tmux && !passes => {
            let fix = "tmux holds words for the desktop back: set -g allow-passthrough on";
            Finding::look(part, says, fix)
        }
        Some(_) => Finding::well(part, says),
        None if notifier.hook.is_some() => Finding::well(part, says),
        None => {
            let fix = format!(
                "for words on the desktop say what the outermost terminal takes, as {}=osc9 (osc777, osc99), or a command of yours: \
                 {VARIABLE}='...'",
                desktop::VARIABLE.name
            );
            Finding::look(part, says, fix)
        }
    }
}

/// Calls the person once, in every way that there is, and tells what became of it.
pub async fn try_notifying(notifier: &Notifier, out: &mut impl Write) -> Finding {
    let part = "notification";
    let call = Call {
        bell: true,
        words: Some(Shown::fixed("This is what a call looks like.")),
    };
    let bytes = notifier.bytes(&call);
    let rings = io::stdout().is_terminal() && !terminal::is_entered();
    if rings && out.write_all(&bytes).and_then(|()| out.flush()).is_err() {
        return Finding::failed(part, "the terminal cannot be written", "is it still there?");
    }
    let mut says = match rings && !bytes.is_empty() {
        true => "sent: you should hear or see it now".to_owned(),
        false => "the output is no terminal that could ring".to_owned(),
    };
    let Some((hook, words)) = notifier.hook.as_ref().zip(call.words) else {
        return Finding::well(part, says);
    };
    let program = hook.program().to_owned();
    let fix = "run it by hand; it gets the words on its standard input and in MINICOM_NOTIFY_TEXT";
    match hook.run(Shown::fixed("minicom"), words).await {
        HookEnd::Code(Some(0)) => {
            says.push_str(&format!("; {program} ended well"));
            Finding::well(part, says)
        }
        HookEnd::Code(Some(code)) => Finding::failed(part, format!("{program} ended with {code}"), fix),
        HookEnd::Code(None) => Finding::failed(part, format!("{program} was ended by a signal"), fix),
        HookEnd::NotStarted(why) => {
            let fix = "is it installed, and in PATH? In a shell's syntax it needs one: sh -c '...'";
            Finding::failed(part, format!("{program} cannot be started: {why}"), fix)
        }
        HookEnd::TooLong => Finding::failed(part, format!("{program} did not end in ten seconds"), fix),
        HookEnd::LeftOut => Finding::failed(part, format!("{program} still runs"), fix),
    }
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
