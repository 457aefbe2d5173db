//! The chat as lines, given its surroundings: a connection, standard input and output, signals.

use std::{io, time::Instant};

use minicom_client::{CommandIds, limits::EVENTS_MAX, open};
use minicom_tui_kit::{plain, runtime::Ended, signals};
use tokio::sync::{mpsc, oneshot};

use super::Lines;
use crate::{
    Msg, Order, exit,
    fault::Fault,
    run::{Start, is_person, tell},
    screen::{files, forward, give},
};

/// Chats by lines until the end.
///
/// # Errors
/// The input or output cannot be used.
pub(crate) async fn run(start: Start) -> Result<u8, Fault> {
    let (messages_in, messages) = mpsc::channel(EVENTS_MAX);
    let (handle, events) = open(start.lasting());
    let files = files(&start, &messages_in);
    let (ended_in, mut ended) = oneshot::channel();
    tokio::spawn(forward(events, messages_in.clone(), ended_in));
    let beginning = start.beginning("plain");
    let agrees = start.agrees;
    let command = start.command();
    let app = Lines::new(
        start.name,
        start.zone,
        CommandIds::random(),
        Instant::now(),
        is_person(),
        beginning,
    )
    .agreeing(agrees)
    .called(command);
    let result = on_pipes(app, messages, |order| match order {
        Order::Files(order) => files.order(order),
        order => give(order, &handle, &messages_in),
    })
    .await;
    files.end().await;
    handle.shutdown().await;
    if let Ok(why) = ended.try_recv() {
        tell(&why.words());
    }
    match result {
        Ok(Ended::Panicked) => Ok(exit::BUG),
        Ok(ended) => Ok(ended.code()),
        Err(error) => Err(Fault::new(
            exit::IO,
            format!("the lines cannot be read or written: {error}"),
        )),
    }
}

async fn on_pipes(app: Lines, messages: mpsc::Receiver<Msg>, handle: impl FnMut(Order)) -> io::Result<Ended> {
    let lines = plain::stdin_lines()?;
    plain::run(
        app,
        lines,
        messages,
        signals::from_system()?,
        io::stdout().lock(),
        handle,
    )
    .await
}
