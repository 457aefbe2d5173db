//! Keeping a customer out with the addresses that the customer is connected from. Addresses are told by the HTTP API alone, and only
//! while the customer is connected: so they are asked for first.

use minicom_client::rest::{LoginError, Method, api::segment};
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use crate::{
    sign_in::{SignedIn, call_failure},
    update::keeping_out::{WithAddresses, how_long},
    words::count,
};

/// Does it. Returns what to tell, or why not all was done.
pub(super) async fn block(signed_in: &SignedIn, wish: &WithAddresses) -> Result<Shown, Shown> {
    let seat = signed_in.api();
    let long = how_long(wish.minutes);
    let failed =
        |what: &str, error: LoginError| Shown::line(&format!("{what}: {}", call_failure(&signed_in.profile, error)));
    let path = format!("/customers/{}", segment(&wish.customer.to_string()));
    let known = seat.api(Method::GET, &path, None).await;
    let known = known.map_err(|error| failed("Nobody is kept out", error))?;
    let body = json!({ "minutes": wish.minutes });
    let blocked = seat.api(Method::POST, &format!("{path}/block"), Some(body)).await;
    blocked.map_err(|error| failed("Nobody is kept out", error))?;
    let addresses = known["addresses"].as_array().map_or(&[][..], Vec::as_slice);
    let addresses: Vec<&str> = addresses.iter().filter_map(Value::as_str).collect();
    for address in &addresses {
        let body = json!({ "network": address, "minutes": wish.minutes, "reason": wish.reason });
        let blocked = seat.api(Method::POST, "/blocked-networks", Some(body)).await;
        blocked.map_err(|error| failed("The customer is kept out, but not every address", error))?;
    }
    Ok(Shown::line(&match addresses[..] {
        [] => format!("The customer is kept out {long}. No address: the customer is not connected."),
        [one] => format!("The customer is kept out {long}, and so is {one}."),
        _ => {
            let many = count(addresses.len() as u64, "address", "addresses");
            format!("The customer is kept out {long}, and so are {many}.")
        }
    }))
}
