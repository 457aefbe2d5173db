//! Saving and deleting views: calls of the HTTP API, because they are nobody's business but the agent's and no event of the desk.

use minicom_client::rest::{LoginError, Method, account::Seat, api::segment};
use minicom_protocol::{refusal::Refusal, search::SavedView};
use minicom_tui_kit::Shown;
use serde_json::json;

use crate::{
    app::Order,
    sign_in::{SignedIn, call_failure},
};

/// Does it. Returns what to tell, or why it was not done.
pub(super) async fn change(signed_in: &SignedIn, order: Order) -> Result<Shown, Shown> {
    let seat = signed_in.api();
    let (name, what, done) = match order {
        Order::SaveView(view) => {
            let done = save(&seat, &view).await;
            (view.name, "saved".to_owned(), done)
        }
        Order::DeleteView(name) => {
            let done = delete(&seat, &name).await;
            (name, "deleted".to_owned(), done)
        }
        Order::RenameView { from, to } => {
            // The new name first: whatever fails, what the view shows is kept under one of them.
            let mut done = save(&seat, &to).await;
            if done.is_ok() {
                done = delete(&seat, &from).await;
            }
            (from, format!("called {} now", to.name), done)
        }
        _ => return Ok(Shown::fixed("")),
    };
    match done {
        Ok(()) => Ok(Shown::line(&format!("The view {name} is {what}."))),
        Err(error) => Err(Shown::line(&format!(
            "The view {name} is not {what}: {}",
            call_failure(&signed_in.profile, error)
        ))),
    }
}

async fn save(seat: &Seat<'_>, view: &SavedView) -> Result<(), LoginError> {
    let body = json!({ "name": view.name, "filter": view.filter });
    seat.api(Method::POST, "/views", Some(body)).await.map(drop)
}

async fn delete(seat: &Seat<'_>, name: &str) -> Result<(), LoginError> {
    let path = format!("/views/{}", segment(name));
    match seat.api(Method::DELETE, &path, None).await {
        // Another of the agent's programs was faster.
        Ok(_) | Err(LoginError::Refused(Refusal::NotFound)) => Ok(()),
        Err(error) => Err(error),
    }
}
