//! The server that has the data folder, if one has it: whether it answers, is ready, and lets sockets through.

use std::path::Path;

use crate::{
    http::health::Readiness, manage::Running, refused, server_file::ServerFile, store::open, upkeep::part::Part,
};

/// What the server says of itself, or why it is not asked.
pub async fn look(data: &Path) -> Vec<Part> {
    const NAME: &str = "server";
    if !open::is_locked(data) {
        let says = match ServerFile::read(data) {
            Some(left) => format!("none runs; one (process {}) left without a word", left.pid),
            None => "none runs on this data folder".to_owned(),
        };
        return vec![Part::warn(NAME, says, "Start it, if it should run.")];
    }
    let running = match Running::find(data) {
        Ok(running) => running,
        Err(fatal) => return vec![Part::fail(NAME, fatal.what, fatal.fix)],
    };
    let (status, answer) = match running.look("/readyz").await {
        Ok(answered) => answered,
        Err(fatal) => return vec![Part::fail(NAME, fatal.what, fatal.fix)],
    };
    let Ok(told) = serde_json::from_value::<Readiness>(answer) else {
        let fix = "Use a server and a command line of the same release, and run this as the user who runs the server.";
        return vec![Part::fail(
            NAME,
            format!("it answers {status}, in words that are not understood"),
            fix,
        )];
    };
    let says = format!("answers at {}", refused::shown(Path::new(&running.root())));
    let mut parts = vec![match told.ready {
        true => Part::ok(NAME, format!("{says} and is ready")),
        false => Part::fail(
            NAME,
            format!("{says} and is not ready"),
            "The part below that fails says why.",
        ),
    }];
    parts.extend(told.parts);
    parts.push(match running.upgrade().await {
        Ok(101) => Part::ok("upgrade", "sockets are opened"),
        Ok(status) => Part::fail(
            "upgrade",
            format!("a socket is answered with {status}"),
            "Look at the server's log.",
        ),
        Err(fatal) => Part::fail("upgrade", fatal.what, fatal.fix),
    });
    parts
}
