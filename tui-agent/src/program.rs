//! The whole program: the command line in, an exit code out. It wires the tasks to the screen or the line mode.

use std::{
    cell::OnceCell,
    ffi::OsString,
    future::Future,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use clap::{CommandFactory, Parser};
use minicom_client::CommandIds;
use minicom_tui_kit::{
    Keymap, Shown, Zone,
    config::Config,
    input::Translator,
    links, log,
    pictures::Pictures,
    pipe, plain,
    runtime::{self, Ended, Inputs, TerminalEvents},
    screen::TerminalScreen,
    signals, terminal,
    theme::{self, Ground},
};
use tokio::sync::mpsc;

use crate::{
    account::{Account, SessionsCommand, Terminal},
    app::{App, Msg, Order, Settings},
    cli::{Cli, Command, Options},
    doctor,
    exit::{self, Failure},
    keys::{self, Action, Context},
    manage::{self, Access},
    plain::{Listener, PlainAgent},
    shell, sign_in,
    tasks::{
        drafts::DraftKeeper,
        keeper::Keeper,
        link::{Link, MESSAGES_MAX, Way},
        pipes::Pipes,
        stores,
    },
};

/// What still runs in the background at the end has so long.
const BACKGROUND_MAX: Duration = Duration::from_millis(200);
/// How long a thread that wrote to the disk waits for more to write. It ends soon after the last key, instead of waking up an
/// idle program later.
const WRITERS_KEPT: Duration = Duration::from_millis(200);

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to the output, mistakes to the error output. Where nobody reads there is nobody to tell.
            let _ = match error.use_stderr() {
                false => error.print(),
                true => writeln!(
                    io::stderr().lock(),
                    "{}",
                    exit::usage_words(&error.render().to_string())
                ),
            };
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::USAGE));
        }
    };
    match start(cli) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let _ = io::stderr().lock().write_all(failure.told("minicom-agent").as_bytes());
            ExitCode::from(failure.code)
        }
    }
}

fn start(cli: Cli) -> Result<u8, Failure> {
    if let Some(Command::Apart { command }) = &cli.command {
        let failed = pipe::become_apart(command);
        return Err(Failure::new(exit::IO, format!("the command cannot be run: {failed}")));
    }
    let options = cli.options;
    log::to_file(options.log.as_deref()).map_err(|error| Failure::new(exit::IO, error.to_string()))?;
    match cli.command {
        // Done above: it is another program by now.
        Some(Command::Apart { .. }) => Ok(exit::OK),
        Some(Command::Keys { json }) => {
            let (_, keymap) = options.settings()?;
            print(&if json {
                keys::as_json(&keymap)
            } else {
                keys::as_text(&keymap)
            })
        }
        Some(Command::Doctor(what)) => {
            let (report, well) = block_on(doctor::run(&what, &options))??;
            print(&report).map(|_| doctor::code(well))
        }
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "minicom-agent", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Some(Command::Man { folder }) => {
            let written =
                std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(Cli::command(), &folder));
            let failed = |error| format!("{}: the manual pages cannot be written: {error}", folder.display());
            written.map_err(|error| Failure::new(exit::IO, failed(error)))?;
            Ok(exit::OK)
        }
        Some(Command::Login { email, password_stdin }) => {
            let account = account(&options)?;
            let told = block_on(account.login(email, &mut Terminal::new(password_stdin)))??;
            print(&format!("{told}\n"))
        }
        Some(Command::Logout) => {
            let account = account(&options)?;
            let told = block_on(account.logout())??;
            print(&format!("{told}\n"))
        }
        Some(Command::Password { password_stdin }) => {
            let account = account(&options)?;
            let told = block_on(account.password(&mut Terminal::new(password_stdin)))??;
            print(&format!("{told}\n"))
        }
        Some(Command::Totp { off }) => {
            let (account, mut ask) = (account(&options)?, Terminal::new(false));
            let told = match off {
                true => block_on(account.totp_off(&mut ask))??,
                false => block_on(account.totp(&mut ask))??,
            };
            print(&format!("{told}\n"))
        }
        Some(Command::Whoami) => {
            let account = account(&options)?;
            let signed_in = sign_in::find(&account.state, &account.profile, options.data)?;
            print(&block_on(account.whoami(&signed_in.token()))??)
        }
        Some(Command::Sessions { command }) => {
            let account = account(&options)?;
            let signed_in = sign_in::find(&account.state, &account.profile, options.data)?;
            let told = match command {
                None => block_on(account.sign_ins(&signed_in.token()))??,
                Some(SessionsCommand::Revoke { id }) => {
                    let told = block_on(account.revoke(&signed_in.token(), &id))??;
                    format!("{told}\n")
                }
            };
            print(&told)
        }
        Some(Command::Shell(what)) => {
            let access = Access::new(&options, Zone::system());
            let said = block_on(shell::run(what, &access))??;
            let code = if said.any { exit::OK } else { exit::NOTHING };
            match print(&said.text) {
                Err(mut failure) if said.done => {
                    failure.words.push_str(". It was done all the same");
                    Err(failure)
                }
                printed => printed.map(|_| code),
            }
        }
        Some(Command::Manage(what)) => {
            let access = Access::new(&options, Zone::system());
            let told = block_on(manage::run(what, &access))??;
            print(&told.text)?;
            told.failure.map_or(Ok(exit::OK), Err)
        }
        None => open_desk(options),
    }
}

fn open_desk(options: Options) -> Result<u8, Failure> {
    let (profile, state) = (options.profile()?, options.state()?);
    // Mistakes in it are told before the terminal is taken.
    let own = options.settings()?;
    loop {
        let (state, data) = (state.clone(), options.data.clone());
        let signed_in = sign_in::find(&state, &profile, data)?;
        let cursor = None;
        let way = Way {
            state,
            signed_in,
            cursor,
        };
        let (ended, signs_in) = if options.plain || terminal::away() {
            (block_on(lines(way, &options))?, false)
        } else {
            let mut signs_in = false;
            (block_on(screen(way, &options, own.clone(), &mut signs_in))?, signs_in)
        };
        match ended.map_err(|error| Failure::new(exit::IO, format!("the terminal cannot be used: {error}")))? {
            Ended::Panicked => return Ok(exit::BUG),
            Ended::Quit(_) if signs_in => sign_in_again(&options)?,
            ended => return Ok(ended.code()),
        }
    }
}

/// Between two screens the terminal is the shell's again: what a login asks for is asked there.
fn sign_in_again(options: &Options) -> Result<(), Failure> {
    let account = account(options)?;
    let email = account.profile.token(&account.state).ok().flatten().map(|it| it.email);
    if let Some(email) = &email {
        let words = format!("Signing in as {} at {}.\n", Shown::line(email), account.profile.server);
        // Where it cannot be written nothing can be asked either, and that is told.
        let _ = io::stderr().lock().write_all(words.as_bytes());
    }
    block_on(account.login(email, &mut Terminal::new(false)))?.map(drop)
}

/// The desk on the screen.
async fn screen(
    mut way: Way,
    options: &Options,
    (config, keymap): (Config, Keymap<Action, Context>),
    signs_in: &mut bool,
) -> io::Result<Ended> {
    let (messages_in, messages) = mpsc::channel(MESSAGES_MAX);
    // First: the theme asks the terminal, in other modes than the shell's.
    let signals = signals::from_system()?;
    // Asked now, if it matters at all: later somebody else reads from the terminal.
    let ground = OnceCell::new();
    let ask_ground = || *ground.get_or_init(|| theme::ask_ground(variable));
    let settings = Settings {
        theme: config.look(options.look()).theme(variable, ask_ground),
        zone: Zone::system(),
        keymap,
        server: Shown::line(&way.signed_in.profile.server.to_string()),
        sign_in: sign_in_words(&way),
        ids: CommandIds::random(),
        start: Instant::now(),
        links: links::known(|name| std::env::var(name).ok()),
        keeps: !options.no_cache,
        list: stores::list_choice(&way).load(),
        mouse: config.mouse,
        habits: config.habits,
    };
    let mut pipes = Pipes::new(messages_in.clone());
    let rereading = Rereading {
        options: options.clone(),
        ground: ground.get().copied().flatten(),
        messages: messages_in.clone(),
    };
    let (store, kept) = stores::kept_desk(&mut way, !options.no_cache, wall());
    if let Some(kept) = kept {
        // It is there before anything that the connection tells; nobody has sent anything yet, so there is room.
        drop(messages_in.try_send(Msg::Kept(Box::new(kept))));
    }
    let keeper = Keeper::start(store, stores::list_choice(&way), messages_in.clone());
    let drafts = DraftKeeper::start(stores::drafts(&way), messages_in.clone());
    let files = way.files(messages_in.clone());
    let link = Link::start(way, messages_in, Pictures::of_terminal());
    let inputs = Inputs {
        events: TerminalEvents,
        messages,
        signals,
        translator: Translator::for_terminal(std::env::var("TERM").ok().as_deref()),
    };
    terminal::choose(config.mouse, config.kitty_keys);
    let guard = terminal::Guard::enter("minicom-agent")?;
    let mut terminal_screen = TerminalScreen::stdout()?.notifying(config.notifier());
    let ended = runtime::run(App::new(settings), &mut terminal_screen, inputs, |order| match order {
        Order::SaveDraft(draft) => drafts.save(draft),
        Order::LoadDrafts(conversations) => drafts.load(conversations),
        Order::KeepCommands(commands) => drafts.keep_commands(commands),
        Order::Pipe { id, job } => pipes.run(id, job),
        Order::StopPipe => pipes.stop(),
        Order::Keep(parcel) => keeper.keep(parcel),
        Order::KeepChoice(choice) => keeper.keep_choice(choice),
        Order::ForgetKept => keeper.forget(),
        Order::SignIn => *signs_in = true,
        Order::ReadSettings => rereading.start(),
        Order::Files(order) => files.order(order),
        other => link.order(other),
    })
    .await;
    // The shell has its terminal back while the last lines are sent.
    drop(guard);
    // What is given up leaves nothing.
    files.end().await;
    link.finish().await;
    drafts.finish();
    keeper.finish();
    ended
}

/// Reads the file of settings again.
struct Rereading {
    options: Options,
    ground: Option<Ground>,
    messages: mpsc::Sender<Msg>,
}

impl Rereading {
    fn start(&self) {
        let (options, ground, messages) = (self.options.clone(), self.ground, self.messages.clone());
        // A disk may be slow, and tmux is asked. A program that has gone needs no answer.
        tokio::task::spawn_blocking(move || drop(messages.blocking_send(Msg::Settings(options.reread(ground)))));
    }
}

/// The desk as lines.
async fn lines(mut way: Way, options: &Options) -> io::Result<Ended> {
    let (messages_in, messages) = mpsc::channel(MESSAGES_MAX);
    let mut app = PlainAgent::new(Zone::system(), CommandIds::random(), Instant::now(), listener())
        .signs_in_by(sign_in_words(&way));
    // A script waits for the connection, and leaves nothing behind.
    let mut keeper = None;
    if listener().person {
        let (store, kept) = stores::kept_desk(&mut way, !options.no_cache, wall());
        // Lines tell what happens, and not all that happened since the last time.
        way.cursor = None;
        keeper = Some(Keeper::start(store, stores::list_choice(&way), messages_in.clone()));
        if !options.no_cache {
            app = app.keeps(kept);
        }
    }
    let files = way.files(messages_in.clone());
    let link = Link::start(way, messages_in, None);
    let (input, signals) = (plain::stdin_lines()?, signals::from_system()?);
    let ended = plain::run(app, input, messages, signals, io::stdout(), |order| {
        match (order, &keeper) {
            (Order::Keep(parcel), Some(keeper)) => keeper.keep(parcel),
            (Order::ForgetKept, Some(keeper)) => keeper.forget(),
            (Order::Files(order), _) => files.order(order),
            (order, _) => link.order(order),
        }
    })
    .await;
    files.end().await;
    link.finish().await;
    if let Some(keeper) = keeper {
        keeper.finish();
    }
    ended
}

/// The command that signs in again. The login remembers the rest.
fn sign_in_words(way: &Way) -> Shown {
    Shown::line(&sign_in::short_command(&way.signed_in.profile, " login"))
}

/// Who is at the other end of the lines.
fn listener() -> Listener {
    let rings = io::stdout().is_terminal();
    Listener {
        person: rings && io::stdin().is_terminal(),
        rings,
    }
}

/// The account that a command is about.
fn account(options: &Options) -> Result<Account, Failure> {
    Ok(Account {
        state: options.state()?,
        profile: options.profile()?,
        ascii: options.ascii,
    })
}

/// This computer's clock, in microseconds since 1970.
fn wall() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(passed.as_micros()).unwrap_or(i64::MAX)
}

/// A variable of the environment.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn print(text: &str) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(exit::IO, format!("the output cannot be written: {error}")))
        }
        _ => Ok(0),
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_keep_alive(WRITERS_KEPT)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(exit::IO, format!("the program cannot start: {error}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(BACKGROUND_MAX);
    Ok(done)
}
