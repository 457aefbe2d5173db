//! What the computer gives the server, and what its configuration names.

use std::{env, net::TcpListener};

use rustix::process::{Resource, getrlimit};

use crate::{
    bot::{encoder, language, rules::Rules},
    config::Config,
    refused,
    upkeep::part::Part,
};

/// Files that a server has open beside its connections: the database, its log, readers, the log, certificates, deliveries.
const FILES_BESIDE: u64 = 64;

/// Whether a server could listen where it is told to.
pub fn address(config: &Config) -> Part {
    const NAME: &str = "listen address";
    match TcpListener::bind(config.listen) {
        Ok(_) => Part::ok(NAME, format!("{} is free", config.listen)),
        Err(error) => {
            let fatal = refused::binding(config.listen, &error);
            Part::fail(NAME, fatal.what, fatal.fix)
        }
    }
}

/// The operator's rules for the bot.
pub fn bot_rules(config: &Config) -> Part {
    const NAME: &str = "bot rules";
    if let Some(folder) = &config.bot.languages
        && let Err(fatal) = language::with(folder)
    {
        return Part::fail(NAME, format!("{}: {}", refused::shown(folder), fatal.what), fatal.fix);
    }
    let Some(file) = &config.bot.rules else {
        return Part::ok(NAME, "those that ship with the program");
    };
    match Rules::load_file(file) {
        Ok(rules) => Part::ok(NAME, format!("{} in {}", rules.names().count(), refused::shown(file))),
        Err(fatal) => Part::fail(NAME, format!("{}: {}", refused::shown(file), fatal.what), fatal.fix),
    }
}

/// The encoder that the bot reads with.
pub fn bot_encoder(config: &Config) -> Part {
    const NAME: &str = "bot encoder";
    let Some(folder) = &config.bot.encoder else {
        return match cfg!(feature = "encoder") {
            true => Part::ok(NAME, "the one that ships with the program"),
            false => Part::ok(
                NAME,
                "none: this program was built without it, words and letters are compared",
            ),
        };
    };
    match encoder::load(folder) {
        Ok(_) => Part::ok(NAME, format!("the one in {}", refused::shown(folder))),
        Err(fatal) => Part::fail(NAME, fatal.what, fatal.fix),
    }
}

/// Whether so many connections can be open as are allowed.
pub fn open_files(config: &Config) -> Part {
    const NAME: &str = "open files";
    let needed = u64::from(config.sockets.total) + FILES_BESIDE;
    match getrlimit(Resource::Nofile).current {
        Some(most) if most < needed => Part::warn(
            NAME,
            format!(
                "{most} may be open, and sockets.total = {} needs {needed}",
                config.sockets.total
            ),
            format!("Give the server more (LimitNOFILE={needed} in its unit, `ulimit -n`), or lower sockets.total."),
        ),
        Some(most) => Part::ok(NAME, format!("{most} may be open")),
        None => Part::ok(NAME, "as many as there is memory for"),
    }
}

/// Proxies that the environment names: programs other than ours would ask them for this server.
pub fn proxies() -> Part {
    const NAME: &str = "proxies";
    let names = [
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ];
    let set: Vec<&str> = names
        .into_iter()
        .filter(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
        .collect();
    match set.is_empty() {
        true => Part::ok(NAME, "the environment names none"),
        false => Part::warn(
            NAME,
            format!("the environment names one: {}", set.join(", ")),
            "Minicom's own programs connect directly. Add this server's name to NO_PROXY for curl and scripts.",
        ),
    }
}
