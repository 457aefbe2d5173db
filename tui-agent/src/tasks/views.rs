//! Saving and deleting views: calls of the HTTP API, because they are nobody's business but the agent's and no event of the desk.

use minicom_client::rest::{LoginError, Method, account::Seat, api::segment};
use minicom_protocol::refusal::Refusal;
use minicom_tui_kit::Shown;
use serde_json::json;

use crate::{
    app::Order,
    sign_in::{SignedIn, call_failure},
};

/// Does it. Returns what to tell, or why it was not done.
pub(super) async fn change(signed_in: &SignedIn, order: Order) -> Result<Shown, Shown> {
    let seat = Seat {
        server: &signed_in.profile.server,
        tenant: &signed_in.profile.tenant,
        token: &signed_in.token,
    };
    let (name, what, done) = match order {
        Order::SaveView(view) => {
            let body = json!({ "name": view.name, "filter": view.filter });
            let done = seat.api(Method::POST, "/views", Some(body)).await;
            (view.name, "saved", done)
        }
        Order::DeleteView(name) => {
            let done = seat
                .api(Method::DELETE, &format!("/views/{}", segment(&name)), None)
                .await;
            // Another of the agent's programs was faster.
            let done = match done {
                Err(LoginError::Refused(Refusal::NotFound)) => Ok(serde_json::Value::Null),
                done => done,
            };
            (name, "deleted", done)
        }
        _ => return Ok(Shown::fixed("")),
    };
    match done {
        Ok(_) => Ok(Shown::line(&format!("The view {name} is {what}."))),
        Err(error) => Err(Shown::line(&format!(
            "The view {name} is not {what}: {}",
            call_failure(&signed_in.profile, error)
        ))),
    }
}
