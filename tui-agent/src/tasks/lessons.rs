//! What conversations teach the bot, asked for and answered over the HTTP API: it belongs to no conversation, and changes seldom.

use minicom_client::rest::{LoginError, Method};
use minicom_protocol::{ids::ConversationId, words::Tag};
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use crate::{
    lessons::{Example, Gap, Lessons, LessonsOrder, LessonsTold},
    manage::bot,
    sign_in::{SignedIn, call_failure},
};

/// Examples of one answer.
const PAGE: usize = 100;

/// Carries an order out.
pub(super) async fn run(signed_in: &SignedIn, order: &LessonsOrder) -> LessonsTold {
    match tried(signed_in, order).await {
        Ok(told) => told,
        Err(error) => {
            let words = format!("{}: {}", order.failed(), call_failure(&signed_in.profile, error));
            LessonsTold::Failed(Shown::line(&words))
        }
    }
}

async fn tried(signed_in: &SignedIn, order: &LessonsOrder) -> Result<LessonsTold, LoginError> {
    let seat = signed_in.api();
    let (method, path) = match order {
        LessonsOrder::List => {
            let examples = seat
                .api(Method::GET, &format!("/bot/examples?limit={PAGE}"), None)
                .await?;
            let gaps = seat.api(Method::GET, "/bot/gaps", None).await?;
            return Ok(LessonsTold::List(read(&examples, &gaps)));
        }
        LessonsOrder::Draft(id) => {
            let draft = seat.api(Method::GET, &format!("/bot/gaps/{id}/draft"), None).await?;
            return Ok(drafted(&draft));
        }
        LessonsOrder::Accept(id) => (Method::POST, format!("/bot/examples/{id}/accept")),
        LessonsOrder::Drop(id) => (Method::DELETE, format!("/bot/examples/{id}")),
        LessonsOrder::Dismiss(id) => (Method::DELETE, format!("/bot/gaps/{id}")),
    };
    seat.api(method, &path, Some(json!({}))).await?;
    Ok(LessonsTold::Done(order.clone()))
}

fn drafted(draft: &Value) -> LessonsTold {
    let slug = bot::slug_of(draft["title"].as_str().unwrap_or_default());
    let made = slug.and_then(|slug| Some((slug.clone(), bot::file(draft, slug)?)));
    match made {
        Some((slug, text)) => LessonsTold::Draft { slug, text },
        None => LessonsTold::Failed(Shown::fixed(
            "The question makes no short name: begin an article by hand.",
        )),
    }
}

/// What the server told; what cannot be read is left out.
fn read(examples: &Value, gaps: &Value) -> Lessons {
    let list = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
    let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let example = |it: &Value| {
        Some(Example {
            id: it["id"].as_u64()?,
            question: text(it, "question"),
            article: Tag::parse(text(it, "article_id")).ok(),
            title: text(it, "title"),
            conversation: serde_json::from_value::<ConversationId>(it["conversation_id"].clone()).ok()?,
        })
    };
    let gap = |it: &Value| {
        Some(Gap {
            id: it["id"].as_u64()?,
            question: text(it, "question"),
            people: it["people"].as_u64()?,
        })
    };
    Lessons {
        examples: list(examples, "examples").iter().filter_map(example).collect(),
        gaps: list(gaps, "gaps").iter().filter_map(gap).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_tells_is_read_and_what_is_strange_left_out() {
        let chat = "0193aaaa-0000-7000-8000-000000000001";
        let examples = json!({"examples": [
            {"id": 7, "question": "where is it?", "article_id": "parcels", "title": "Parcels", "conversation_id": chat},
            {"id": 8, "question": "and now?", "article_id": null, "title": "Late", "conversation_id": chat},
            {"id": "x"},
        ]});
        let gaps = json!({"gaps": [{"id": 9, "question": "invoices?", "people": 12}, {}]});
        let lessons = read(&examples, &gaps);
        assert_eq!(lessons.examples.len(), 2);
        assert_eq!(lessons.examples[0].article.as_ref().map(Tag::as_str), Some("parcels"));
        assert_eq!(lessons.examples[1].article, None);
        assert_eq!(
            lessons.gaps,
            [Gap {
                id: 9,
                question: "invoices?".to_owned(),
                people: 12
            }]
        );
        let draft = json!({"title": "Where?", "questions": ["where?"], "content": "Here."});
        assert!(
            matches!(drafted(&draft), LessonsTold::Draft { slug, text } if slug.as_str() == "where" && text.contains("Here."))
        );
        assert!(matches!(drafted(&json!({"title": "???"})), LessonsTold::Failed(_)));
    }
}
