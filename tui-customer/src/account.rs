//! What is told of a customer's own account, in words: codes and devices. Pure.

use minicom_protocol::{
    frame::{CustomerReply, Customers, Told},
    gate::Shown,
};
use minicom_tui_kit::Zone;

/// What a question about the account came to; [`None`] if it was about something else. A question that was lost has no answer.
pub fn words(told: Option<&Told<Customers>>, name: &str, zone: &Zone) -> Option<Vec<Shown>> {
    let Some(told) = told else {
        return Some(vec![Shown::fixed("It was not answered. Try again.")]);
    };
    Some(match told {
        Told::Reply(CustomerReply::Link { code, expires_at }) => {
            let (code, until) = (Shown::line(code), zone.clock(expires_at.0));
            let name = Shown::line(name);
            vec![Shown::line(&format!(
                "On the other device, until {until}: minicom-chat {name} --link-code {code}"
            ))]
        }
        Told::Reply(CustomerReply::Devices { devices }) if devices.is_empty() => {
            vec![Shown::fixed("Your site says who you are, on every device.")]
        }
        Told::Reply(CustomerReply::Devices { devices }) => devices
            .iter()
            .map(|it| {
                let this = if it.this { ", this one" } else { "" };
                let (id, day) = (Shown::line(&it.id), zone.stamp(it.created_at.0));
                Shown::line(&format!("device {id}, since {day}{this}"))
            })
            .collect(),
        Told::Refusal(refusal) => vec![Shown::line(&refusal.message())],
        Told::Reply(CustomerReply::Thread { .. } | CustomerReply::Article { .. } | CustomerReply::Export { .. }) => {
            return None;
        }
    })
}
