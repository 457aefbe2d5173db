//! The screen with its surroundings: the terminal, the connection, the draft on disk. What is pure is in [`App`].

use std::{env, io, time::Instant};

use minicom_client::{ClientEvent, CommandIds, Ended, Handle, limits::EVENTS_MAX, open, transfers::Transfers};
use minicom_protocol::{command::CustomerCommand, frame::Customers};
use minicom_tui_kit::{
    input::Translator, links, notify::Notifier, pictures::Pictures, runtime, screen::TerminalScreen, signals::Signals,
    terminal,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    App, Msg, Order, Settings, actions,
    drafting::Drafting,
    exit,
    fault::Fault,
    looking::Looker,
    run::{Start, tell},
};

/// Chats on the terminal until its end, or until a signal comes.
///
/// # Errors
/// The terminal cannot be used.
pub(crate) async fn run(start: Start, signals: Signals) -> Result<u8, Fault> {
    let (messages_in, messages) = mpsc::channel(EVENTS_MAX);
    let folder = start.state.drafts(&start.server, &start.tenant, start.name.as_str());
    let looker = Looker {
        server: start.server.clone(),
        tenant: start.tenant.clone(),
        bearer: start.bearer(),
        pictures: Pictures::of_terminal(),
        messages: messages_in.clone(),
    };
    let (drafting, draft) = Drafting::begin(folder, messages_in.clone());
    let (handle, events) = open(start.lasting());
    let files = files(&start, &messages_in);
    let (ended_in, mut ended) = oneshot::channel();
    tokio::spawn(forward(events, messages_in.clone(), ended_in));
    let beginning = start.beginning("tui");
    let command = start.command();
    let app = App::new(Settings {
        command,
        name: start.name,
        theme: start.theme,
        zone: start.zone,
        beginning,
        links: links::known(|name| env::var(name).ok()),
        draft: draft.text,
        files: draft.files,
        ids: CommandIds::random(),
        start: Instant::now(),
        keys: start.keys,
        mouse: start.config.mouse,
    });
    terminal::choose(start.config.mouse, start.config.kitty_keys);
    let result = on_terminal(app, messages, signals, start.config.notifier(), |order| match order {
        Order::LookInto { id, kind, size } => looker.look_into(id, kind, size),
        Order::ReadFile { id, title } => looker.read(id, title),
        Order::ReadSettings => {
            let (source, messages) = (start.source.clone(), messages_in.clone());
            // A disk may be slow, and tmux is asked. A program that has gone needs no answer.
            tokio::task::spawn_blocking(move || drop(messages.blocking_send(Msg::Settings(actions::reread(&source)))));
        }
        order => carry_out(order, &handle, &drafting, &files, &messages_in),
    })
    .await;
    // What is given up leaves nothing.
    files.end().await;
    // The terminal is the shell's again: what is still under way needs no screen.
    drafting.end();
    handle.shutdown().await;
    if let Ok(why) = ended.try_recv() {
        tell(&why.words());
    }
    match result {
        Ok(runtime::Ended::Panicked) => Ok(exit::BUG),
        Ok(ended) => Ok(ended.code()),
        Err(error) => Err(Fault::new(exit::IO, unusable(&error))),
    }
}

/// Why there is no screen, in words.
pub(crate) fn unusable(error: &io::Error) -> String {
    format!("the terminal cannot be used: {error}")
}

async fn on_terminal(
    app: App,
    messages: mpsc::Receiver<Msg>,
    signals: Signals,
    notifier: Notifier,
    handle: impl FnMut(Order),
) -> io::Result<runtime::Ended> {
    let _guard = terminal::Guard::enter("minicom-chat")?;
    let mut screen = TerminalScreen::stdout()?.notifying(notifier);
    let inputs = runtime::Inputs {
        events: runtime::TerminalEvents,
        messages,
        signals,
        translator: Translator::for_terminal(env::var("TERM").ok().as_deref()),
    };
    runtime::run(app, &mut screen, inputs, handle).await
}

/// Hands the connection's words to the program, and keeps its last one for after the end.
pub(crate) async fn forward(
    mut events: mpsc::Receiver<ClientEvent<Customers>>,
    messages: mpsc::Sender<Msg>,
    ended: oneshot::Sender<Ended>,
) {
    let mut ended = Some(ended);
    while let Some(event) = events.recv().await {
        if let ClientEvent::Ended(why) = &event
            && let Some(ended) = ended.take()
        {
            // The program may have gone before.
            let _ = ended.send(why.clone());
        }
        if messages.send(Msg::Client(event)).await.is_err() {
            return;
        }
    }
}

/// The tasks that move files. What they tell comes as messages.
pub(crate) fn files(start: &Start, messages: &mpsc::Sender<Msg>) -> Transfers {
    let (news, mut told) = mpsc::unbounded_channel();
    let messages = messages.clone();
    tokio::spawn(async move {
        while let Some(it) = told.recv().await {
            if messages.send(Msg::Files(it)).await.is_err() {
                return;
            }
        }
    });
    Transfers::new(start.seat(), news)
}

fn carry_out(
    order: Order,
    handle: &Handle<Customers>,
    drafting: &Drafting,
    files: &Transfers,
    messages: &mpsc::Sender<Msg>,
) {
    match order {
        Order::KeepDraft(text) => drafting.keep(text),
        Order::KeepFiles(files) => drafting.keep_files(files),
        Order::Files(order) => files.order(order),
        order => give(order, handle, messages),
    }
}

/// Gives an order to the connection. What it does not take is told, so that no line waits for ever.
pub(crate) fn give(order: Order, handle: &Handle<Customers>, messages: &mpsc::Sender<Msg>) {
    match order {
        Order::Send { id, command } => {
            if let Err(why) = handle.send_as(id, command.clone()) {
                let message = Msg::Unsent {
                    id,
                    command,
                    why: why.to_string(),
                };
                let messages = messages.clone();
                // Not here: the channel may be full, and its reader is who gave the order.
                tokio::spawn(async move { messages.send(message).await });
            }
        }
        Order::Typing(on) => handle.typing(None, on),
        Order::Reconnect => handle.reconnect_now(),
        Order::KeepDraft(_)
        | Order::KeepFiles(_)
        | Order::Files(_)
        | Order::ReadSettings
        | Order::LookInto { .. }
        | Order::ReadFile { .. } => {}
        // Orders below fail only when the connection has ended for good, which is told by itself.
        Order::Delivered(up_to) => handle.delivered(None, up_to),
        Order::Seen(up_to) => drop(handle.send_momentary(CustomerCommand::MarkSeen { up_to })),
        Order::Ask(question) => drop(handle.ask(question)),
        Order::Resend(id) => drop(handle.resend(id)),
        Order::Discard(id) => drop(handle.discard(id)),
    }
}
