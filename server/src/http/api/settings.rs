//! `settings` and `hours`: what the tenant has chosen for its desk. Everybody at the desk reads them, admins choose.

use axum::{Json, extract::State};
use minicom_protocol::{
    command::AgentCommand,
    hours::Hours,
    settings::{BotSettings, DeskSettings},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::sessions::does;
use crate::{
    accounts::SignedIn,
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, ByAgent, Change},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, put, merge))
        .routes(routes!(hours, put_hours))
}

/// What the tenant has chosen, by the names that `docs/desk.md` explains: `name` (the title), `subtitle`, `colour`, `first`, `consent`,
/// `questions`, `routing`, `hours` and others.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Settings, value_type = Object, example = json!({"name": "Shop support", "ageing_min": 5}))]
#[serde(transparent)]
struct SettingsBody(Map<String, Value>);

/// Tells what the tenant has chosen for its desk.
#[utoipa::path(
    get, path = "/settings", tag = "settings", operation_id = "show_settings",
    responses((status = 200, body = SettingsBody))
)]
async fn show(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<SettingsBody>, ApiError> {
    answer(&settings(&app, &agent).await?)
}

async fn settings(app: &App, agent: &SignedIn) -> Result<DeskSettings, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    Ok(app.desk.desk_settings(key).await?)
}

fn answer(settings: &DeskSettings) -> Result<Json<SettingsBody>, ApiError> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => Ok(Json(SettingsBody(fields))),
        _ => Err(minicom_protocol::refusal::Refusal::Internal.into()),
    }
}

/// Chooses all settings anew: what is left out is as it was at first.
#[utoipa::path(
    put, path = "/settings", tag = "settings", operation_id = "replace_settings", request_body = SettingsBody,
    responses((status = 200, body = SettingsBody))
)]
async fn put(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    change: Change<SettingsBody>,
) -> Result<Json<SettingsBody>, ApiError> {
    let fields = Value::Object(change.body.0);
    configure(&app, &admin, change.command, fields).await
}

/// Changes some settings: a JSON merge patch (RFC 7396). `null` makes a setting what it was at first.
#[utoipa::path(
    patch, path = "/settings", tag = "settings", operation_id = "change_settings", request_body = SettingsBody,
    responses((status = 200, body = SettingsBody))
)]
async fn merge(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    change: Change<SettingsBody>,
) -> Result<Json<SettingsBody>, ApiError> {
    let Json(SettingsBody(known)) = answer(&settings(&app, &admin).await?)?;
    let mut fields = Value::Object(known);
    merged(&mut fields, Value::Object(change.body.0));
    configure(&app, &admin, change.command, fields).await
}

/// RFC 7396, section 2.
fn merged(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(fields.remove(&name)),
            value => merged(fields.entry(name).or_insert(Value::Null), value),
        }
    }
}

async fn configure(
    app: &App,
    admin: &SignedIn,
    id: minicom_protocol::ids::CommandId,
    fields: Value,
) -> Result<Json<SettingsBody>, ApiError> {
    let unfit = |why: String| ApiError::bad_field(crate::http::error::shown(&why).as_str());
    if let Some(name) = unknown(&fields) {
        return Err(unfit(format!("there is no setting `{name}`")));
    }
    let chosen: DeskSettings = serde_json::from_value(fields).map_err(|why| unfit(why.to_string()))?;
    let settings_box = Box::new(chosen);
    does(app, admin, id, AgentCommand::Configure { settings: settings_box }).await?;
    answer(&settings(app, admin).await?)
}

/// A name that is none of a setting: a mistake of typing would be lost without a word.
fn unknown(fields: &Value) -> Option<String> {
    // With every setting that may be left out.
    let all = DeskSettings {
        capacity: Some(1),
        ..DeskSettings::default()
    };
    let known = serde_json::to_value(all).unwrap_or_default();
    let names = fields.as_object()?.keys();
    let unknown = names
        .filter(|name| !["hours", "bot"].contains(&name.as_str()) && known.get(name.as_str()).is_none())
        .min();
    unknown.cloned().or_else(|| unknown_of_bot(fields.get("bot")?))
}

/// The same of the bot's settings and its rules.
fn unknown_of_bot(bot: &Value) -> Option<String> {
    let known = serde_json::to_value(BotSettings::example()).unwrap_or_default();
    let among = |fields: &Value, known: &Value, within: &str| {
        let names = fields.as_object()?.keys();
        let unknown = names.filter(|name| known.get(name.as_str()).is_none()).min()?;
        Some(format!("{within}.{unknown}"))
    };
    let rules = bot.get("rules").and_then(Value::as_array).into_iter().flatten();
    let mut of_rules = rules.filter_map(|rule| among(rule, &known["rules"][0], "bot.rules"));
    among(bot, &known, "bot").or_else(|| of_rules.next())
}

/// When the desk is open, as `docs/desk.md` explains: a zone, a week and holidays.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Hours)]
struct HoursBody {
    /// The hours; `null`: nothing is promised, and the desk counts as open.
    #[serde(default, deserialize_with = "crate::http::extract::object_or_null")]
    #[schema(
        value_type = Option<Object>,
        example = json!({"zone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"], "fri": ["09:00-13:00"]}})
    )]
    hours: Option<Hours>,
}

/// Tells when the desk is open.
#[utoipa::path(
    get, path = "/hours", tag = "settings", operation_id = "show_hours",
    responses((status = 200, body = HoursBody))
)]
async fn hours(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<HoursBody>, ApiError> {
    let hours = settings(&app, &agent).await?.hours;
    Ok(Json(HoursBody { hours }))
}

/// Chooses when the desk is open.
#[utoipa::path(
    put, path = "/hours", tag = "settings", operation_id = "replace_hours", request_body = HoursBody,
    responses((status = 200, body = HoursBody))
)]
async fn put_hours(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    change: Change<HoursBody>,
) -> Result<Json<HoursBody>, ApiError> {
    let mut chosen = Box::new(settings(&app, &admin).await?);
    chosen.hours = change.body.hours;
    does(
        &app,
        &admin,
        change.command,
        AgentCommand::Configure { settings: chosen },
    )
    .await?;
    let hours = settings(&app, &admin).await?.hours;
    Ok(Json(HoursBody { hours }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_is_that_of_the_rfc() {
        for (target, patch, wanted) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({"a": "c"}),
                json!({"a": {"b": {"c": null}}}),
                json!({"a": {"b": {}}}),
            ),
        ] {
            let mut found = target.clone();
            merged(&mut found, patch);
            assert_eq!(found, wanted, "{target}");
        }
    }

    #[test]
    fn a_mistake_of_typing_is_found() {
        assert_eq!(unknown(&json!({"name": "x", "hours": null, "capacity": 3})), None);
        assert_eq!(unknown(&json!({"nmae": "x"})), Some("nmae".to_owned()));
        let bot =
            json!({"bot": {"greeting": "x", "rules": [{"name": "a", "on": true, "hand_over": true, "article": "b"}]}});
        assert_eq!(unknown(&bot), None);
        assert_eq!(
            unknown(&json!({"bot": {"gretting": "x"}})),
            Some("bot.gretting".to_owned())
        );
        let rule = json!({"bot": {"rules": [{"name": "a"}, {"nmae": "x"}]}});
        assert_eq!(unknown(&rule), Some("bot.rules.nmae".to_owned()));
    }
}
