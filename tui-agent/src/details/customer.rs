//! Who the customer is, and what the open chat is about.

use minicom_protocol::{
    context::{AccountStatus, CustomerContext},
    ids::Time,
    intake::ClientInfo,
    people::Realm,
    summary::Summary,
};
use minicom_tui_kit::{Shown, Zone};

use super::Rows;
use crate::{app::App, facts, words};

const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;

/// What the customer's program says of itself: what was last told, else what the conversation began with.
fn client<'a>(app: &'a App, summary: &'a Summary) -> &'a ClientInfo {
    let context = app.replica.context(summary.customer.id);
    let told = context.map(|context| &context.profile.client);
    told.filter(|it| !it.is_empty()).unwrap_or(&summary.intake.client)
}

pub(super) fn utc_offset_min(app: &App, summary: &Summary) -> Option<i16> {
    client(app, summary).utc_offset_min
}

impl Rows<'_> {
    pub(super) fn customer(&mut self, summary: &Summary) {
        let app = self.app;
        let context = app.replica.context(summary.customer.id);
        let called = context.and_then(|it| it.profile.name.as_ref()).map(|it| it.shown());
        let name = summary.customer.name.shown();
        self.title(called.as_ref().unwrap_or(&name).as_str());
        let realm = match summary.customer.realm {
            Realm::Named | Realm::Signed => "",
            Realm::Anonymous => " (gave no name)",
        };
        self.fact("id", &format!("{name}{realm}"));
        match context {
            Some(context) => self.known(context),
            None => self.words("No details from the server", app.theme.dim()),
        }
        self.program(client(app, summary));
        if let Some(context) = context {
            for (key, value) in &context.profile.attributes {
                self.fact(key, value);
            }
            let vouched = words::vouched(&context.profile.vouched);
            if !vouched.is_empty() {
                self.title("THE SITE SAYS");
                for (key, value) in vouched {
                    self.fact(key.as_str(), value.as_str());
                }
            }
        }
    }

    fn known(&mut self, context: &CustomerContext) {
        let (zone, wall) = (&self.app.zone, self.now.wall);
        match context.verified {
            // On one row of the narrowest column.
            true => self.styled_fact("account", "verified by site", self.app.theme.good()),
            false => self.fact("account", words::verified(false)),
        }
        if context.status == AccountStatus::Blocked {
            let until = context.profile.blocked.as_ref().and_then(|it| it.until);
            let words = match until {
                Some(until) => format!("until {}", zone.moment(until.0, wall)),
                None => "for good".to_owned(),
            };
            self.styled_fact("kept out", &words, self.app.theme.error());
        }
        self.fact_if("email", context.profile.email.as_ref().map(|it| it.shown()));
        let also: Vec<String> = context.also.iter().map(|it| it.name.shown().to_string()).collect();
        self.fact_if("also", (!also.is_empty()).then(|| also.join(", ")));
        let days = u64::try_from(self.app.server_time(self.now).since(context.first_seen) / DAY).unwrap_or(0);
        let age = match days {
            0 => "new today".to_owned(),
            _ => format!(
                "{}, {}",
                facts::day(context.first_seen.0, wall, zone),
                words::count(days, "day", "days")
            ),
        };
        self.fact("since", &age);
    }

    fn program(&mut self, client: &ClientInfo) {
        let now = self.app.server_time(self.now);
        let clock = client.utc_offset_min.map(|offset| local(now, offset));
        let here = [clock, client.locale.clone()].into_iter().flatten();
        let here: Vec<String> = here.collect();
        self.fact_if("local", (!here.is_empty()).then(|| here.join(" ")));
        self.fact_if("page", client.page.as_ref());
        self.fact_if("client", client.client.as_ref());
        let system = [&client.os, &client.host].into_iter().flatten();
        let system: Vec<&str> = system.map(String::as_str).collect();
        self.fact_if("system", (!system.is_empty()).then(|| system.join(", ")));
    }

    pub(super) fn chat(&mut self, summary: &Summary) {
        let (app, zone) = (self.app, &self.app.zone);
        self.title("THIS CHAT");
        self.fact_if("subject", summary.intake.subject.as_ref().map(|it| it.shown()));
        let counts = app.priority_shown(summary, self.now);
        let own = summary.intake.priority;
        if counts != own {
            self.fact("urgency", &format!("{} ({} by now)", own.word(), counts.word()));
        } else if !own.is_medium() {
            self.fact("urgency", own.word());
        }
        let skills: Vec<String> = summary.intake.skills.iter().map(|it| it.shown().to_string()).collect();
        self.fact_if("needs", (!skills.is_empty()).then(|| skills.join(", ")));
        self.fact_if("group", summary.group.as_ref().map(|it| it.name.shown()));
        let tags: Vec<String> = summary.tags.iter().map(|it| it.shown().to_string()).collect();
        self.fact_if("tags", (!tags.is_empty()).then(|| tags.join("  ")));
        self.fact("opened", &facts::day(summary.opened_at.0, self.now.wall, zone));
        self.fact_if("waited", summary.wait_ms.map(facts::took));
        let before = summary.hint.as_ref().map(|it| it.name.shown());
        self.fact_if("before", before.map(|it| format!("with {it}")));
        self.fact_if(
            "channel",
            (!summary.intake.channel.is_empty()).then(|| Shown::line(&summary.intake.channel)),
        );
        self.fact_if("ticket", summary.ticket.map(|it| format!("#{it}")));
        let rating = match (summary.rating, summary.rated, summary.asked_rating) {
            (Some(score), ..) => Some(format!("{score} of 5")),
            (None, true, _) => Some("did not want to say".to_owned()),
            (None, false, true) => Some("asked".to_owned()),
            _ => None,
        };
        self.fact_if("rating", rating);
        if !summary.answers.is_empty() {
            self.title("ASKED BEFORE");
            for answer in &summary.answers {
                self.fact(&answer.key, &answer.text);
            }
        }
    }
}

/// The customer's clock: `15:01 (UTC+1)`.
fn local(now: Time, offset_min: i16) -> String {
    let clock = Zone::utc().clock(now.0.saturating_add(i64::from(offset_min) * MINUTE));
    let sign = if offset_min < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset_min.unsigned_abs() / 60, offset_min.unsigned_abs() % 60);
    match (hours, minutes) {
        (0, 0) => format!("{clock} (UTC)"),
        (_, 0) => format!("{clock} (UTC{sign}{hours})"),
        _ => format!("{clock} (UTC{sign}{hours}:{minutes:02})"),
    }
}
