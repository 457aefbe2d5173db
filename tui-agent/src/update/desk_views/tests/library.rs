//! Saved replies and articles: fields by questions, texts in the editor, mistakes told with their place, and no text is ever lost.

use minicom_protocol::{
    command::AgentCommand,
    event::{ArticleChanged, EventBody, Subject},
    frame::AgentQuestion,
    library::{Article, ReplyAction, SavedReply},
    refusal::Refusal,
};
use minicom_tui_kit::{Input, editor::Edited};

use super::{article, knows_articles, knows_replies, line, menu, saved, seat, tag};
use crate::testing::{ADA, Seat, agent};

fn with_replies() -> Seat {
    let mut seat = seat();
    knows_replies(&mut seat);
    menu(&mut seat, "replies");
    seat.sees("Saved replies");
    seat.ordered();
    seat
}

fn with_articles() -> Seat {
    let mut seat = seat();
    let articles = [
        article("refunds", "How refunds work", true),
        article("labels", "Labels", false),
    ];
    knows_articles(&mut seat, "", &articles);
    menu(&mut seat, "articles");
    seat.sees("How refunds work");
    seat.ordered();
    seat
}

/// The editor ends with this text; what it was given comes back.
#[track_caller]
fn writes(seat: &mut Seat, text: &str) -> String {
    let edits = std::mem::take(&mut seat.edits);
    let [edit] = &edits[..] else {
        panic!("not one text: {edits:?}")
    };
    let before = edit.text().to_owned();
    let edited = if text == before {
        Edited::Unchanged
    } else {
        Edited::Changed(text.to_owned())
    };
    seat.input(Input::Edited(edited));
    before
}

fn saved_replies(seat: &mut Seat) -> Vec<SavedReply> {
    let replies = seat.commands().into_iter().map(|command| match command {
        AgentCommand::SaveReply { reply } => reply,
        other => panic!("{other:?}"),
    });
    replies.collect()
}

#[test]
fn replies_are_told_with_whose_they_are_and_what_goes_with_them() {
    let seat = with_replies();
    assert!(seat.row_with("›hi").contains("all       7"), "{}", seat.bench.screen());
    let mine = seat.row_with("thanks");
    assert!(mine.contains("mine") && mine.contains("tag vip, close"), "{mine}");
}

#[test]
fn a_new_reply_is_asked_for_and_written() {
    let mut seat = with_replies();
    seat.press("nlate<enter>Sorry<enter>mine<enter>tag late, snooze 60, transfer billing<enter>");
    assert_eq!(writes(&mut seat, "Sorry, {{customer_name}}.\n"), "");
    let made = saved_replies(&mut seat);
    let [reply] = &made[..] else { panic!("{made:?}") };
    assert_eq!((reply.code.clone(), reply.title.clone()), (tag("late"), line("Sorry")));
    assert_eq!(
        (reply.text.as_str(), reply.owner),
        ("Sorry, {{customer_name}}.", Some(agent(ADA).id))
    );
    assert_eq!(reply.actions.len(), 3);
    assert!(reply.actions.contains(&ReplyAction::Snooze { minutes: Some(60) }));
    assert_ne!(reply.id, saved("hi", "x", "x").id);
}

#[test]
fn fields_are_checked_where_they_are_asked() {
    for (keys, words) in [
        ("ntwo words<enter>", "a tag cannot contain a blank"),
        ("nok<enter><enter>", "title is needed"),
        ("nok<enter>t<enter>hers<enter>", "say mine or all"),
        ("nok<enter>t<enter><enter>tag<enter>", "is no action"),
        (
            "nok<enter>t<enter><enter>transfer biling<enter>",
            "there is no group `biling`; did you mean `billing`?",
        ),
        (
            "nhi<enter>t<enter><enter><enter>",
            "there is a saved reply by this code",
        ),
    ] {
        let mut seat = with_replies();
        seat.press(keys).sees(words);
        assert!(seat.edits.is_empty(), "{keys}");
    }
}

#[test]
fn a_mistake_in_the_text_is_told_with_its_place_and_the_text_goes_back() {
    let mut seat = with_replies();
    seat.press("<enter><enter><enter><enter><enter>");
    let wrong = "Hello,\n{{customer_nam}}!";
    assert!(writes(&mut seat, wrong).starts_with("Hello {{customer_name}}"));
    seat.sees("line 2, column 3: customer_nam is not known here")
        .sees("back to the editor");
    assert_eq!(seat.commands(), []);
    seat.press("1");
    assert_eq!(writes(&mut seat, "Hello,\n{{customer_name}}!"), wrong);
    assert_eq!(saved_replies(&mut seat)[0].text, "Hello,\n{{customer_name}}!");
}

#[test]
fn a_text_that_was_put_off_is_there_when_it_is_edited_again() {
    let mut seat = with_replies();
    seat.press("<enter><enter><enter><enter><enter>");
    writes(&mut seat, "{{broken");
    seat.press("<esc>").sees("Kept as long as this program runs");
    seat.press("<enter><enter><enter><enter><enter>");
    assert_eq!(writes(&mut seat, "mended"), "{{broken");
    assert_eq!(saved_replies(&mut seat)[0].text, "mended");
}

#[test]
fn what_is_dropped_is_gone() {
    let mut seat = with_replies();
    seat.press("<enter><enter><enter><enter><enter>");
    writes(&mut seat, "{{broken");
    seat.press("2").sees("Dropped.");
    seat.press("<enter><enter><enter><enter><enter>");
    assert!(writes(&mut seat, "mended").starts_with("Hello"));
}

#[test]
fn what_the_server_refuses_goes_back_too() {
    let mut seat = with_replies();
    seat.press("<enter><ctrl-u>hello<enter><enter><enter><enter>");
    writes(&mut seat, "Good day.");
    seat.refused(Refusal::Exists {
        what: "a saved reply `hello`".to_owned(),
    });
    seat.sees("There is a saved reply `hello` already.").press("1");
    assert_eq!(writes(&mut seat, "Good day!"), "Good day.");
}

#[test]
fn fields_alone_can_be_changed_and_nothing_is_sent_for_nothing() {
    let mut seat = with_replies();
    seat.press("<enter><enter><ctrl-u>another title<enter><enter><enter>");
    let text = seat.edits[0].text().to_owned();
    writes(&mut seat, &text);
    assert_eq!(saved_replies(&mut seat)[0].title, line("another title"));
    seat.press("<enter><enter><enter><enter><enter>");
    writes(&mut seat, &text);
    seat.sees("Nothing was changed.");
    assert_eq!(seat.commands(), []);
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let mut seat = with_replies();
    seat.press("<enter><enter><enter><enter><enter>");
    let words = minicom_tui_kit::Shown::fixed("The editor ended with code 1: nothing was changed");
    seat.input(Input::Edited(Edited::Failed(words)))
        .sees("The editor ended with code 1");
    assert_eq!(seat.commands(), []);
}

#[test]
fn deleting_wants_a_yes() {
    let mut seat = with_replies();
    seat.press("dno<enter>").sees("type yes, or Esc");
    seat.press("<esc>");
    assert_eq!(seat.commands(), []);
    seat.press("dyes<enter>");
    let reply = saved("hi", "x", "x").id;
    assert_eq!(seat.commands(), [AgentCommand::DeleteReply { reply }]);
}

// Articles.

fn saved_article(seat: &mut Seat) -> (Article, Vec<String>, bool) {
    match &seat.commands()[..] {
        [
            AgentCommand::SaveArticle {
                article,
                tags,
                published,
            },
        ] => {
            let tags = tags.iter().map(|tag| tag.as_str().to_owned()).collect();
            (article.clone(), tags, *published)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn articles_are_listed_searched_and_read() {
    let mut seat = with_articles();
    assert!(seat.row_with("refunds").contains("published"));
    assert!(seat.row_with("labels").contains("draft"));
    let found = [article("labels", "Labels", false)];
    knows_articles(&mut seat, "label", &found);
    seat.press("/label<enter>")
        .sees("Articles · with label")
        .sees_no("How refunds work");
    seat.press("<enter>")
        .sees("Article labels")
        .sees("draft: only agents see it")
        .sees("Send it back within 30 days.");
    seat.press("<esc>").sees("Articles · with label");
    seat.press("/<ctrl-u><enter>").sees("How refunds work");
}

#[test]
fn the_list_is_asked_for_again_when_an_article_changes() {
    let mut seat = with_articles();
    let renamed = [article("refunds", "Money back", true)];
    knows_articles(&mut seat, "", &renamed);
    let body = EventBody::ArticleChanged(ArticleChanged {
        article: renamed[0].clone(),
    });
    seat.happens(|desk| desk.add(Subject::Library, body))
        .sees("Money back")
        .sees_no("Labels");
}

#[test]
fn an_article_is_edited_as_markdown_with_front_matter() {
    let mut seat = with_articles();
    seat.press("e");
    let before = seat.edits[0].text().to_owned();
    assert!(
        before.starts_with("+++\ntitle = \"How refunds work\"\ntags = [\"money\"]\npublished = true\n+++\n"),
        "{before}"
    );
    writes(
        &mut seat,
        "+++\ntitle = \"Refunds\"\ntags = [\"money\", \"returns\"]\npublished = false\n+++\n\nNew.\n",
    );
    let (saved, tags, published) = saved_article(&mut seat);
    assert_eq!(
        (saved.slug, saved.title, saved.body.as_str()),
        (tag("refunds"), line("Refunds"), "New.")
    );
    assert_eq!(
        (tags, published),
        (vec!["money".to_owned(), "returns".to_owned()], false)
    );
}

#[test]
fn mistakes_in_an_article_are_told_with_line_and_column() {
    for (text, words) in [
        ("+++\ntitle = \"\"\n+++\n\nx", "line 2"),
        (
            "+++\ntitle = \"x\"\ntagz = []\n+++\n\nx",
            "line 3, column 1: there is no `tagz`; did you mean `tags`?",
        ),
        (
            "+++\ntitle = \"x\"\n\nx",
            "line 1, column 1: the front matter does not end",
        ),
        ("+++\ntitle = \"x\"\ntags = [\"two words\"]\n+++\nx", "line 3"),
    ] {
        let mut seat = with_articles();
        seat.press("e");
        writes(&mut seat, text);
        seat.sees(words).press("1");
        assert_eq!(writes(&mut seat, "+++\ntitle = \"x\"\n+++\nx"), text);
        assert_eq!(saved_article(&mut seat).0.body, "x");
    }
}

#[test]
fn a_new_article_has_a_name_of_its_own() {
    let mut seat = with_articles();
    seat.press("nrefunds<enter>").sees("there is an article by this name");
    seat.press("<ctrl-u>shipping<enter>");
    let before = writes(&mut seat, "+++\ntitle = \"Shipping\"\npublished = true\n+++\n\nFast.\n");
    assert!(before.contains("published = false"), "{before}");
    let (article, _, published) = saved_article(&mut seat);
    assert_eq!((article.slug, published), (tag("shipping"), true));
}

#[test]
fn publishing_and_deleting() {
    let mut seat = with_articles();
    seat.press("p");
    let (article, tags, published) = saved_article(&mut seat);
    assert!(!published && article.body.contains("30 days") && tags == ["money"]);
    seat.sees("How refunds work").press("dyes<enter>");
    let slug = tag("refunds");
    assert_eq!(seat.commands(), [AgentCommand::DeleteArticle { slug }]);
}

#[test]
fn an_article_that_is_gone_is_told() {
    let mut seat = with_articles();
    let slug = tag("refunds");
    seat.desk
        .replies
        .retain(|(asked, _)| *asked != AgentQuestion::Article { slug: slug.clone() });
    seat.press("e").sees("There is nothing of that name or id here.");
    assert!(seat.edits.is_empty());
}
