//! The command line, as it is written and as it is meant.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use minicom_client::{Pin, ServerUrl, Trust};
use minicom_protocol::{
    ids::TenantId,
    intake::{Intake, Priority},
    text::CustomerName,
    words::{Email, Skill, SubjectLine, Tag},
};
use minicom_tui_kit::{
    Keymap,
    config::{Config, Mistake},
    theme::{Choice, Look},
};

pub use crate::command::Command;
use crate::{
    actions::{self, Action, Context},
    beginning::Wishes,
    diag::Diag,
    exit,
    fault::Fault,
    wishes,
};

const AFTER: &str = "\
While chatting: /human /end /name /email /subject /edit /undo /quote /find /read /rate /link /devices /revoke /export /forget /help /quit; // begins a real slash.
--completions bash|zsh|fish|elvish|powershell prints a completion script, --man FOLDER writes the manual pages.
Environment: MINICOM_SERVER, MINICOM_TENANT, MINICOM_CA, MINICOM_PIN, MINICOM_IDENTITY (what your site signed of you), MINICOM_STATE, MINICOM_CHAT_CONFIG, MINICOM_LOG (what --log writes), MINICOM_THEME, NO_COLOR.
Exit codes: 0 well; 1 no such article, or the doctor found something that does not work; 2 the command line, or a line of a script that cannot be sent;
5 the chat has ended, or a word cannot be done as it stands; 69 no server (with -m, or input that ended), or a desk that is full; 70 a mistake in a program; 74 a file cannot be read or written; 75 no answer within
the time of --wait; 77 the name is somebody else's, or a file is not safe; 78 versions do not fit. Lines that a signal ended before all
was sent: 143, or 130 from the keyboard.";

/// Chat with the people of this desk. A bot answers first; ask for a person at any time.
#[derive(Clone, Debug, Parser)]
#[command(name = "minicom-chat", version, after_help = AFTER, subcommand_negates_reqs = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Your name here: letters, digits and ._- up to 64. The first who uses it on this desk keeps it
    #[arg(required_unless_present_any = ["articles", "article", "doctor"])]
    pub name: Option<String>,
    /// Send one message, wait until it is stored, and end; - reads it from the standard input
    #[arg(
        short = 'm',
        long = "message",
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "plain"
    )]
    pub message: Option<String>,
    /// Send a file with it, or alone; - reads it from the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plain", "link", "export"])]
    pub attach: Option<PathBuf>,
    /// With -m or --attach: print the answer, the first line of the bot or of a person, and end; after 60 seconds without one, or so
    /// many, end with 75
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "60",
        value_parser = clap::value_parser!(u32).range(1..=86_400),
        conflicts_with_all = ["plain", "link", "export", "articles", "article"]
    )]
    pub wait: Option<u32>,
    #[command(flatten)]
    pub diag: Diag,
    /// The name to be called by
    #[arg(long = "name", value_name = "TEXT", value_parser = called)]
    pub called: Option<SubjectLine>,
    /// Where an answer can be sent
    #[arg(long, value_name = "ADDR")]
    pub email: Option<Email>,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<SubjectLine>,
    /// How urgent the conversation is that begins: low, medium, high or urgent
    #[arg(long, value_name = "PRIORITY")]
    pub priority: Option<Priority>,
    /// What an agent must be good at for the conversation that begins; repeat it for more
    #[arg(long = "skill", value_name = "WORD")]
    pub skills: Vec<Skill>,
    /// Lines instead of a screen: for screen readers, scripts and pipes
    #[arg(long)]
    pub plain: bool,
    /// The desk's address
    #[arg(
        long,
        value_name = "URL",
        env = "MINICOM_SERVER",
        default_value = "http://127.0.0.1:8000"
    )]
    pub server: String,
    /// Which desk of the server [default: default]
    #[arg(long, value_name = "TENANT", env = "MINICOM_TENANT", hide_env_values = true, value_parser = tenant)]
    pub tenant: Option<TenantId>,
    /// A file with what your site signed of you, read before each connection; - reads it once from the standard input
    #[arg(long, value_name = "FILE")]
    pub identity_file: Option<PathBuf>,
    /// Show a code with which another device goes on with your chat, and end
    #[arg(long, conflicts_with_all = ["message", "plain", "export"])]
    pub link: bool,
    /// Look for published articles with these words, print them, and end; needs no name
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["message", "plain", "export", "link"])]
    pub articles: Option<String>,
    /// Print a published article in full, and end; needs no name
    #[arg(long, value_name = "ARTICLE", value_parser = article,
        conflicts_with_all = ["message", "plain", "export", "link", "articles"])]
    pub article: Option<Tag>,
    /// The code that your other device shows: this one goes on with your chat from here on
    #[arg(long, value_name = "CODE")]
    pub link_code: Option<String>,
    /// Write all that this desk keeps of you to a file, and end; - writes it to the standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["message", "plain"])]
    pub export: Option<PathBuf>,
    /// How --export writes it
    #[arg(long, value_enum, default_value = "json", requires = "export")]
    pub format: ExportFormat,
    /// Look at the way to the desk, at what NAME is known by, if one is said, and at this terminal, and say what to try. Also written
    /// `minicom-chat doctor`; ends with 1 if something does not work
    #[arg(long, conflicts_with_all = ["message", "attach", "plain", "link", "export", "articles", "article"])]
    pub doctor: bool,
    /// With --doctor: for programs, one JSON object
    #[arg(long, requires = "doctor")]
    pub json: bool,
    /// With --doctor: call you once, as an answer would
    #[arg(long, requires = "doctor")]
    pub notify: bool,
    /// Agree to what the desk asks before you write: for -m and scripts, where nobody can be asked
    #[arg(long)]
    pub agree: bool,
    /// Where your secret, unsent messages and drafts are kept [default: the platform's data folder]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Allow a connection without encryption to another computer
    #[arg(long)]
    pub insecure_http: bool,
    /// Certificates of authorities, in PEM, that are trusted instead of this computer's
    #[arg(long, value_name = "FILE", env = "MINICOM_CA", hide_env_values = true)]
    pub ca: Option<PathBuf>,
    /// The SHA-256 fingerprint of the desk's certificate: that one is trusted and no other
    #[arg(long, value_name = "FINGERPRINT", env = "MINICOM_PIN", hide_env_values = true)]
    pub pin: Option<Pin>,
    /// Your settings: keys, mouse, theme, notifications [default: `minicom/chat.toml` in the platform's folder for settings]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "MINICOM_CHAT_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,
    /// Write a log (no message's text is in it)
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Colours: auto, ansi (the terminal's own), mono, dark, light, or a file of your own [default: auto, or mono if NO_COLOR is set]
    #[arg(long, value_name = "THEME", env = "MINICOM_THEME", hide_env_values = true)]
    pub theme: Option<Choice>,
    /// Draw with ASCII only
    #[arg(long)]
    pub ascii: bool,
}

/// How an export is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ExportFormat {
    /// All that is kept: a JSON object a line
    Json,
    /// What was said, as text
    Text,
    /// What was said, as Markdown
    Markdown,
}

impl Cli {
    /// The line as it is meant: the word `doctor` is the flag.
    #[must_use]
    pub fn meant(mut self) -> Cli {
        let word = self.command.take_if(|it| matches!(it, Command::Doctor { .. }));
        if let Some(Command::Doctor { name, json, notify }) = word {
            self.doctor = true;
            self.name = name.or(self.name);
            (self.json, self.notify) = (self.json || json, self.notify || notify);
        }
        self
    }

    /// Who the customer is.
    ///
    /// # Errors
    /// The name cannot be one; the words say what is wrong with it.
    pub fn customer(&self) -> Result<CustomerName, Fault> {
        let name = self.name.as_deref().unwrap_or_default();
        CustomerName::parse(name).map_err(|refused| Fault::new(exit::USAGE, refused.to_string()))
    }

    /// Where the server is.
    ///
    /// # Errors
    /// The address cannot be one, or is not safe.
    pub fn server(&self) -> Result<ServerUrl, Fault> {
        let wrong = |words: String| Fault::new(exit::USAGE, words);
        let server = ServerUrl::parse(&self.server, self.insecure_http).map_err(|bad| wrong(bad.to_string()))?;
        let trust = Trust {
            ca: self.ca.clone(),
            pin: self.pin,
        };
        server.recognised_by(trust).map_err(|bad| wrong(bad.to_string()))
    }

    /// What is asked for of the conversation.
    ///
    /// # Errors
    /// More skills than a conversation can need.
    pub fn wishes(&self) -> Result<Wishes, Fault> {
        let skills = minicom_protocol::words::as_set(self.skills.clone());
        if skills.len() > Intake::SKILLS_MAX {
            let words = format!(
                "--skill was given {} times; {} is the most",
                skills.len(),
                Intake::SKILLS_MAX
            );
            return Err(Fault::new(exit::USAGE, words));
        }
        Ok(Wishes {
            name: self.called.clone(),
            email: self.email.clone(),
            subject: self.subject.clone(),
            priority: self.priority,
            skills,
        })
    }

    /// What the file of settings says, and the keys with those of the file over them. Zellij takes the chords for itself, so that hints
    /// name function keys there.
    ///
    /// # Errors
    /// What is wrong in the file, each with its place.
    pub fn settings(&self) -> Result<(Config, Keymap<Action, Context>), Fault> {
        let own = |config: &Config| actions::with_own(actions::keymap_here(), config);
        Config::with_keys(self.config.as_deref(), actions::FILE, &actions::contexts(), own).map_err(|mistakes| {
            let words: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
            Fault::new(exit::USAGE, words.join("\n"))
        })
    }

    /// What is wanted of how things look.
    pub fn look(&self) -> Look {
        Look {
            theme: self.theme.clone(),
            ascii: self.ascii,
        }
    }
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|why| why.to_string())
}

fn article(text: &str) -> Result<Tag, String> {
    Tag::parse(text).map_err(|why| why.to_string())
}

fn called(text: &str) -> Result<SubjectLine, String> {
    wishes::name(text).map_err(|why| why.to_string().trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[track_caller]
    fn parse(line: &str) -> Cli {
        Cli::try_parse_from(line.split(' ')).unwrap()
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn messages_may_look_like_anything() {
        assert_eq!(parse("minicom-chat alice -m -").message.as_deref(), Some("-"));
        assert_eq!(parse("minicom-chat alice -m --help").message.as_deref(), Some("--help"));
        assert_eq!(parse("minicom-chat alice -m /end").message.as_deref(), Some("/end"));
        assert!(Cli::try_parse_from(["minicom-chat"]).is_err());
    }

    #[test]
    fn bad_names_and_addresses_are_usage_errors_with_words() {
        for (name, words) in [
            ("a b", "use letters, digits, dot"),
            ("a\u{430}", "mixes letters of different scripts"),
            ("..", "no letter and no digit"),
        ] {
            let fault = Cli::try_parse_from(["minicom-chat", name])
                .unwrap()
                .customer()
                .unwrap_err();
            assert_eq!(fault.code, 2);
            assert!(fault.words.contains(words), "{}", fault.words);
        }
        assert!(parse("minicom-chat Zoë").customer().is_ok());
        assert_eq!(
            parse("minicom-chat a --server http://example.com")
                .server()
                .unwrap_err()
                .code,
            2
        );
        assert!(
            parse("minicom-chat a --server http://example.com --insecure-http")
                .server()
                .is_ok()
        );
    }

    #[test]
    fn what_is_asked_for_is_checked() {
        let line = "minicom-chat a --name Carol --email c@example.test --subject parcel --priority high --skill Billing --skill german";
        let wishes = parse(line).wishes().unwrap();
        assert_eq!(wishes.name.unwrap().as_str(), "Carol");
        assert_eq!(wishes.email.unwrap().as_str(), "c@example.test");
        assert_eq!(wishes.subject.unwrap().as_str(), "parcel");
        assert_eq!(wishes.priority, Some(Priority::High));
        let skills: Vec<&str> = wishes.skills.iter().map(Skill::as_str).collect();
        assert_eq!(skills, ["billing", "german"]);
        assert_eq!(parse("minicom-chat a").wishes().unwrap(), Wishes::default());
        for (flag, value, words) in [
            ("--name", "", "the name is empty"),
            (
                "--name",
                "a\nb",
                "the name cannot contain U+000A; it is one line of text",
            ),
            ("--email", "nobody", "needs a name, one @ and a domain"),
            (
                "--subject",
                &"x".repeat(201),
                "the subject has 201 characters; 200 is the most",
            ),
            ("--priority", "soon", "a priority is low, medium, high or urgent"),
            ("--skill", "two words", "a skill cannot contain a blank"),
        ] {
            let error = Cli::try_parse_from(["minicom-chat", "a", flag, value]).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{flag} {value}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let many = (0..9).fold("minicom-chat a".to_owned(), |line, n| format!("{line} --skill s{n}"));
        let fault = parse(&many).wishes().unwrap_err();
        assert_eq!((fault.code, fault.words.contains("8 is the most")), (2, true));
    }

    #[test]
    fn what_a_mistake_quotes_is_no_command_to_the_terminal() {
        let error = Cli::try_parse_from(["minicom-chat", "a", "--name", "A\u{1b}[31mB\u{202e}C"]).unwrap_err();
        let words = crate::run::usage_words(&error);
        assert!(words.as_str().contains("the name cannot contain U+001B"), "{words}");
        assert!(words.as_str().contains("\n\nFor more information"), "{words}");
        assert!(!words.as_str().contains(['\u{1b}', '\u{202e}']), "{words:?}");
    }

    #[test]
    fn a_theme_that_is_named_wins() {
        let look = |line: &str| {
            let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
            parse(line).look().theme(no_color, || None)
        };
        assert!(look("minicom-chat a").mono);
        assert!(!look("minicom-chat a --theme ansi").mono);
        assert!(look("minicom-chat a --ascii").ascii);
    }
}
