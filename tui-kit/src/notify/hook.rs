//! The person's own command for calls. Owns that nothing of a call is ever a part of a command line: it goes by the standard input and
//! by variables, and no shell is started that was not asked for. It refuses to know what the command does with it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use minicom_protocol::gate::Shown;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// The variable with the command, as words of a shell: `notify-send Minicom`.
pub const VARIABLE: &str = "MINICOM_NOTIFY_COMMAND";
/// A command that runs longer is ended.
const RUNS_MAX: Duration = Duration::from_secs(10);
/// So many run at once; further calls are left out.
const AT_ONCE_MAX: usize = 4;

/// A command that is run for each call.
#[derive(Debug, Clone)]
pub struct Hook {
    words: Vec<String>,
    room: Arc<Semaphore>,
}

/// How a run of the command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookEnd {
    /// With this exit code, or none if a signal ended it.
    Code(Option<i32>),
    /// It could not be started, for this reason.
    NotStarted(String),
    /// It was ended after ten seconds.
    TooLong,
    /// Others still run.
    LeftOut,
}

impl Hook {
    /// From the words of a command: the program and its arguments. `None` if there are none.
    pub fn new(words: Vec<String>) -> Option<Hook> {
        let room = Arc::new(Semaphore::new(AT_ONCE_MAX));
        words
            .first()
            .is_some_and(|it| !it.is_empty())
            .then_some(Hook { words, room })
    }

    /// From one line, with quotes as in a shell. Nothing in it is replaced.
    ///
    /// # Errors
    /// A quote is not closed.
    pub fn parse(line: &str) -> Result<Option<Hook>, String> {
        let words = shell_words::split(line).map_err(|_| "a quote in it is not closed".to_owned())?;
        Ok(Hook::new(words))
    }

    /// The program's name.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Runs it: the words on its standard input and in `MINICOM_NOTIFY_TEXT`, the window's title in `MINICOM_NOTIFY_TITLE`. What it
    /// writes is dropped, for the terminal is in use.
    pub async fn run(&self, title: Shown, words: Shown) -> HookEnd {
        let Ok(_room) = self.room.clone().try_acquire_owned() else {
            return HookEnd::LeftOut;
        };
        let [program, arguments @ ..] = &self.words[..] else {
            return HookEnd::LeftOut;
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("MINICOM_NOTIFY_TITLE", title.as_str())
            .env("MINICOM_NOTIFY_TEXT", words.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A key that ends the program is not meant for it, and it does not get the terminal's keys.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return HookEnd::NotStarted(error.to_string()),
        };
        let text = format!("{words}\n");
        let runs = async {
            if let Some(mut input) = child.stdin.take() {
                // Whoever does not read it has the variables.
                let _ = input.write_all(text.as_bytes()).await;
            }
            child.wait().await
        };
        match tokio::time::timeout(RUNS_MAX, runs).await {
            Ok(Ok(status)) => HookEnd::Code(status.code()),
            Ok(Err(error)) => HookEnd::NotStarted(error.to_string()),
            Err(_) => HookEnd::TooLong,
        }
    }
}

impl PartialEq for Hook {
    fn eq(&self, other: &Hook) -> bool {
        self.words == other.words
    }
}

impl Eq for Hook {}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(script: &str, argument: &str) -> Hook {
        Hook::new(["sh", "-c", script, "hook", argument].map(str::to_owned).to_vec()).unwrap()
    }

    #[tokio::test]
    async fn words_come_by_input_and_variables_and_never_as_a_command() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told");
        let script = "cat > \"$1\"; printf '%s|%s' \"$MINICOM_NOTIFY_TITLE\" \"$MINICOM_NOTIFY_TEXT\" >> \"$1\"";
        let hostile = "$(touch /tmp/x); `id` \"; rm -rf ~ #' \u{1b}[2J\n& carol waits";
        let words = Shown::line(hostile);
        let end = hook(script, file.to_str().unwrap())
            .run(Shown::fixed("(1) minicom"), words.clone())
            .await;
        assert_eq!(end, HookEnd::Code(Some(0)));
        let told = std::fs::read_to_string(&file).unwrap();
        assert_eq!(told, format!("{words}\n(1) minicom|{words}"));
        assert!(!told.contains('\u{1b}'));
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told() {
        let run = |hook: Hook| async move { hook.run(Shown::fixed("t"), Shown::fixed("w")).await };
        assert_eq!(run(hook("exit 3", "")).await, HookEnd::Code(Some(3)));
        assert_eq!(run(hook("kill -9 $$", "")).await, HookEnd::Code(None));
        let nothing = Hook::new(vec!["/nowhere/at-all".to_owned()]).unwrap();
        assert!(matches!(run(nothing).await, HookEnd::NotStarted(_)));
    }

    #[tokio::test]
    async fn above_four_at_once_calls_are_left_out() {
        let hook = hook("exit 0", "");
        let all = hook.room.clone().try_acquire_many_owned(4).unwrap();
        assert_eq!(hook.run(Shown::fixed("t"), Shown::fixed("w")).await, HookEnd::LeftOut);
        drop(all);
        assert_eq!(
            hook.run(Shown::fixed("t"), Shown::fixed("w")).await,
            HookEnd::Code(Some(0))
        );
    }

    #[test]
    fn a_line_is_read_as_a_shell_would_and_no_further() {
        let words = |line| Hook::parse(line).unwrap().map(|it| it.words);
        assert_eq!(
            words("notify-send 'Mini com' $HOME"),
            Some(vec!["notify-send".into(), "Mini com".into(), "$HOME".into()])
        );
        assert_eq!(words("  "), None);
        assert!(Hook::parse("a 'b").is_err());
    }
}
