//! Views in lines.

use minicom_client::ClientEvent;
use minicom_protocol::{frame::AgentSignal, search::SavedView};
use minicom_tui_kit::{Shown, plain::PlainInput};

use crate::{
    app::{Msg, Order},
    plain::tests::{Script, mine, waiting},
    testing::Desk,
};

fn view(name: &str, filter: &str) -> SavedView {
    let (name, filter) = (name.to_owned(), filter.to_owned());
    SavedView { name, filter }
}

fn known(script: &mut Script, views: &[SavedView]) {
    let views = views.to_vec();
    script.client(ClientEvent::Signal(AgentSignal::Views { views }));
}

#[test]
fn a_view_is_saved_shown_and_deleted() {
    let mut script = Script::at(mine());
    script.tells(
        "/view",
        &["There is no view. /filter narrows /list, then /view save NAME keeps that."],
    );
    script.tells(
        "/view save late",
        &["/list shows every open conversation: /filter narrows it first. Nothing was done."],
    );
    script.lines(&["/filter owner:me wait>1h", "/view save late", "/view late"]);
    let saved = view("late", "owner:me wait>1h");
    assert!(
        script.orders.contains(&Order::SaveView(saved.clone())),
        "{:?}",
        script.orders
    );
    script.input(PlainInput::Message(Msg::View(Ok(Shown::fixed(
        "The view late is saved.",
    )))));
    assert_eq!(
        script.said.last().unwrap(),
        "The view late is saved.",
        "the next line waits"
    );
    known(&mut script, &[saved]);
    assert_eq!(script.said.last().unwrap(), "/list shows owner:me wait>1h");
    script.tells("/filter off", &["/list shows every open conversation."]);
    script.tells("/view", &["late: owner:me wait>1h"]);
    script.tells("/view late", &["/list shows owner:me wait>1h"]);
    script.tells("/view x", &["There is no view x. /view tells them. Nothing was done."]);
    script.lines(&["/view delete late"]);
    assert!(
        script.orders.contains(&Order::DeleteView("late".to_owned())),
        "{:?}",
        script.orders
    );
    script.input(PlainInput::Message(Msg::View(Ok(Shown::fixed(
        "The view late is deleted.",
    )))));
    known(&mut script, &[]);
    script.tells(
        "/view late",
        &["There is no view late. /view tells them. Nothing was done."],
    );
}

#[test]
fn what_is_no_name_is_refused_here_and_what_fails_holds_up_nothing() {
    for desk in [waiting(), mine(), Desk::new()] {
        let mut script = Script::at(desk);
        script.lines(&["/filter tag:vip", "/view save save"]);
        assert_eq!(
            script.said.last().unwrap(),
            "`save` is a word here; take another name. Nothing was done."
        );
        script.lines(&["/view save vip", "/view"]);
        script.input(PlainInput::Message(Msg::View(Err(Shown::fixed("Not saved.")))));
        assert_eq!(
            script.said.last().unwrap(),
            "There is no view. /filter narrows /list, then /view save NAME keeps that."
        );
    }
}

#[test]
fn a_view_is_renamed_to_what_none_is_called() {
    let mut script = Script::at(mine());
    known(&mut script, &[view("late", "wait>1h"), view("vip", "tag:vip")]);
    script.tells(
        "/view rename nobody x",
        &["There is no view nobody. /view tells them. Nothing was done."],
    );
    script.tells(
        "/view rename vip late",
        &["There is a view late already. Nothing was done."],
    );
    script.tells("/view rename vip vip", &["It is called so already. Nothing was done."]);
    script.tells(
        "/view rename vip rename",
        &["`rename` is a word here; take another name. Nothing was done."],
    );
    script.lines(&["/view rename vip gold", "/view"]);
    let (from, to) = ("vip".to_owned(), view("gold", "tag:vip"));
    assert!(
        script.orders.contains(&Order::RenameView { from, to: to.clone() }),
        "{:?}",
        script.orders
    );
    let words = "The view vip is called gold now.";
    script.input(PlainInput::Message(Msg::View(Ok(Shown::fixed(words)))));
    known(
        &mut script,
        &[view("late", "wait>1h"), view("vip", "tag:vip"), to.clone()],
    );
    assert_eq!(
        script.said.last().unwrap(),
        words,
        "the next line waits until the old name is gone"
    );
    known(&mut script, &[view("late", "wait>1h"), to]);
    assert_eq!(script.said.last().unwrap(), "gold: tag:vip");
}
