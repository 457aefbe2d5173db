//! How a call gets out: the bell, words on the desktop by the terminal, the person's own command. Owns which of them there are here. It
//! refuses to know when somebody is called.

use minicom_protocol::gate::Shown;

use crate::desktop::{self, Desktop};
use crate::notify::{Call, Hook, hook};

/// The ways that a call takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notifier {
    /// The terminal's bell.
    pub bell: bool,
    /// Words on the desktop, if the terminal is known to show them.
    pub desktop: Option<Desktop>,
    /// They have to pass through tmux.
    pub in_tmux: bool,
    /// The person's own command.
    pub hook: Option<Hook>,
}

impl Notifier {
    /// The bell alone.
    pub const fn bell() -> Notifier {
        Notifier {
            bell: true,
            desktop: None,
            in_tmux: false,
            hook: None,
        }
    }

    /// What the environment says of this terminal. A command that cannot be read is none: the doctor tells of it.
    pub fn of(environment: impl Fn(&str) -> Option<String>) -> Notifier {
        let set = |name: &str| environment(name).filter(|it| !it.is_empty());
        Notifier {
            bell: true,
            desktop: Desktop::of(set),
            in_tmux: set("TMUX").is_some(),
            hook: set(hook::VARIABLE).and_then(|line| Hook::parse(&line).ok().flatten()),
        }
    }

    /// Those of this process. Inside tmux, tmux is asked what its terminal is.
    pub fn of_system() -> Notifier {
        let environment = |name: &str| std::env::var(name).ok();
        let notifier = Notifier::of(environment);
        if notifier.in_tmux && desktop::VARIABLE.says(environment).is_none() {
            let desktop = crate::doctor::tmux_terminal().as_deref().and_then(Desktop::of_terminal);
            return Notifier { desktop, ..notifier };
        }
        notifier
    }

    /// What the terminal is to get for a call.
    pub fn bytes(&self, call: &Call) -> Vec<u8> {
        let mut bytes = Vec::new();
        if call.bell && self.bell {
            bytes.push(7);
        }
        if let (Some(desktop), Some(words)) = (self.desktop, &call.words) {
            bytes.extend(desktop.bytes(words, self.in_tmux));
        }
        bytes
    }

    /// Starts the person's own command for a call, if there is one. Nobody waits for it.
    pub fn start_hook(&self, title: &Shown, call: &Call) {
        if let (Some(hook), Some(words)) = (&self.hook, &call.words)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (hook, title, words) = (hook.clone(), title.clone(), words.clone());
            runtime.spawn(async move {
                let program = hook.program().to_owned();
                match hook.run(title, words).await {
                    crate::notify::HookEnd::Code(Some(0)) => {}
                    end => tracing::warn!(?end, program, "the command for calls did not end well"),
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_gets_what_is_for_it() {
        let all = Notifier {
            desktop: Some(Desktop::Osc9),
            ..Notifier::bell()
        };
        let call = |bell, words: Option<&'static str>| Call {
            bell,
            words: words.map(Shown::fixed),
        };
        assert_eq!(
            all.bytes(&call(true, Some("carol waits"))),
            b"\x07\x1b]9;carol waits\x1b\\"
        );
        assert_eq!(
            all.bytes(&call(false, Some("carol waits"))),
            b"\x1b]9;carol waits\x1b\\"
        );
        assert_eq!(all.bytes(&call(true, None)), b"\x07");
        let quiet = Notifier { bell: false, ..all };
        assert_eq!(quiet.bytes(&call(true, None)), b"");
        assert_eq!(Notifier::bell().bytes(&call(true, Some("x"))), b"\x07");
    }

    #[test]
    fn the_environment_tells_of_desktop_tmux_and_command() {
        let of = |pairs: &'static [(&str, &str)]| {
            Notifier::of(move |name| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
        };
        assert_eq!(of(&[]), Notifier::bell());
        let all = of(&[
            ("TMUX", "x"),
            ("MINICOM_NOTIFY", "osc777"),
            ("MINICOM_NOTIFY_COMMAND", "a b"),
        ]);
        assert_eq!((all.in_tmux, all.desktop), (true, Some(Desktop::Osc777)));
        assert_eq!(all.hook.map(|it| it.program().to_owned()).as_deref(), Some("a"));
        assert_eq!(of(&[("MINICOM_NOTIFY_COMMAND", "'")]).hook, None);
    }
}
