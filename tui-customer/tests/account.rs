//! What is agreed to before the first line, other devices, and being forgotten: on the screen, wide and narrow.

mod rig;

use insta::assert_snapshot;
use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, DeskLook, Device, Told},
    ids::CommandId,
    refusal::Refusal,
};
use minicom_tui_customer::Order;
use rig::{Desk, Rig, me, minute};

const CONSENT: &str = "We keep what you write for **90 days**.\n\nMore: https://desk.example/privacy";

fn asks() -> CustomerMe {
    CustomerMe {
        consent: CONSENT.to_owned(),
        ..me()
    }
}

fn agreed() -> CustomerCommand {
    CustomerCommand::Consent {
        text: CONSENT.to_owned(),
    }
}

fn commands(rig: &mut Rig) -> Vec<CustomerCommand> {
    rig.sent().into_iter().map(|(_, command)| command).collect()
}

fn answer(rig: &mut Rig, id: CommandId, command: CustomerCommand, refusal: Option<Refusal>) {
    let outcome = match refusal {
        Some(refusal) => Outcome::Refused { refusal },
        None => Outcome::Done(Done::default()),
    };
    rig.tell(ClientEvent::Answered { id, command, outcome });
}

/// Of a desk that asks, before the first line.
fn before(width: u16, height: u16) -> Rig {
    let mut rig = Rig::silent(width, height);
    rig.connect_as(asks());
    rig.bench.orders();
    rig.bench.press("my parcel is late<enter>");
    rig
}

#[test]
fn the_text_is_shown_before_the_first_line_and_at_every_size() {
    let screens = [(80, 24), (120, 40), (40, 12)].map(|(width, height)| before(width, height).bench.screen());
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_line_waits_for_the_answer() {
    let mut rig = before(80, 24);
    assert_eq!(commands(&mut rig), [], "nothing is sent before");
    rig.bench.press("xq ?<enter>");
    assert_eq!(commands(&mut rig), [], "what is typed on agrees to nothing");
    rig.bench.sees("\n y agrees and sends  n does not ");
    rig.bench.press("<f1>").sees("Keys: Esc closes");
    rig.bench.press("<esc>").sees("Before you write");
    rig.bench
        .press("n")
        .sees("You did not agree: nothing was sent.")
        .sees("my parcel is late");
    assert_eq!(commands(&mut rig), []);
    rig.bench.press("<enter>").sees("Before you write");
    rig.bench.press("y");
    assert_eq!(
        commands(&mut rig),
        [agreed(), CustomerCommand::post("my parcel is late")]
    );
    rig.bench.press("and cold<enter>").sees_no("Before you write");
    assert_eq!(
        commands(&mut rig),
        [CustomerCommand::post("and cold")],
        "it is asked once"
    );
}

#[test]
fn another_text_is_asked_for_anew() {
    let mut rig = before(80, 24);
    rig.bench.press("y");
    rig.bench.orders();
    rig.connect_as(CustomerMe {
        consent: "Now for a year.".to_owned(),
        ..me()
    });
    rig.bench.press("hello<enter>").sees("Now for a year.");
    assert_eq!(commands(&mut rig), []);
}

#[test]
fn what_the_desk_changes_counts_at_once() {
    let look = |desk: &str, consent: Option<&str>| {
        CustomerSignal::Look(DeskLook {
            desk: desk.to_owned(),
            consent: consent.map(str::to_owned),
            ..DeskLook::default()
        })
    };
    let mut rig = Rig::silent(80, 24);
    rig.connect_as(me());
    rig.signal(look("Parcels", None));
    rig.bench.sees("Parcels");
    rig.bench.orders();
    rig.signal(look("Parcels", Some(CONSENT)));
    rig.bench.press("my parcel is late<enter>").sees("90 days");
    // While it is read it becomes another one, and then none.
    rig.signal(look("Parcels", Some("Now for a year.")));
    rig.bench.sees("Now for a year.").sees_no("90 days");
    rig.signal(look("Parcels", None));
    rig.bench.sees("Now for a year.");
    rig.signal(look("Parcels", Some("")));
    rig.bench.sees_no("Before you write").sees("my parcel is late");
    assert_eq!(commands(&mut rig), []);
    rig.bench.press("<enter>");
    assert_eq!(commands(&mut rig), [CustomerCommand::post("my parcel is late")]);
}

#[test]
fn a_line_that_was_written_before_the_desk_could_ask_is_asked_for_and_not_lost() {
    let mut rig = Rig::silent(80, 24);
    rig.bench.press("first<enter>second<enter>");
    let sent = rig.sent_all();
    rig.connect_as(asks());
    for (id, command) in sent {
        answer(&mut rig, id, command, Some(Refusal::ConsentRequired));
    }
    rig.bench.sees("Before you write");
    rig.bench.press("n");
    rig.bench
        .sees("You did not agree: your line is not sent.")
        .sees("first")
        .sees("second");
    assert_eq!(commands(&mut rig), []);
    rig.bench.press("<ctrl-r>").sees("Before you write");
    rig.bench.press("y");
    assert_eq!(
        commands(&mut rig),
        [
            agreed(),
            CustomerCommand::post("first"),
            CustomerCommand::post("second")
        ]
    );
    rig.bench.sees_no("not sent");
}

// Other devices.

fn told(rig: &mut Rig, question: CustomerQuestion, reply: CustomerReply) {
    let told = Told::Reply(reply);
    rig.tell(ClientEvent::Reply { n: 1, question, told });
}

fn asked(rig: &mut Rig) -> Vec<CustomerQuestion> {
    let orders = rig.bench.orders().into_iter();
    let asked = orders.filter_map(|order| match order {
        Order::Ask(question) => Some(question),
        _ => None,
    });
    asked.collect()
}

fn live(width: u16, height: u16) -> Rig {
    let mut rig = Rig::live(Desk::default(), width, height);
    rig.bench.orders();
    rig
}

fn linking(width: u16, height: u16) -> Rig {
    let mut rig = live(width, height);
    rig.bench.press("/link<enter>");
    assert_eq!(asked(&mut rig), [CustomerQuestion::Link {}]);
    let reply = CustomerReply::Link {
        code: "KQ7M-2XPD".to_owned(),
        expires_at: minute(10),
    };
    told(&mut rig, CustomerQuestion::Link {}, reply);
    rig
}

#[test]
fn the_line_for_another_device_names_the_server_and_is_whole_at_every_size() {
    for (width, height) in [(120, 24), (80, 24)] {
        let rig = linking(width, height);
        let screen = rig.bench.screen();
        let line = "minicom-chat carol --server https://desk.example:443 --link-code KQ7M-2XPD";
        let alone = screen.lines().any(|row| row.trim() == line);
        assert!(alone && screen.contains("until 14:10:"), "{width}x{height}:\n{screen}");
    }
    // Where it has no room on one row, each row is a command of its own: pasted, the rows are lines.
    let rig = linking(60, 16);
    let screen = rig.bench.screen();
    let rows = [
        "MINICOM_SERVER=https://desk.example:443",
        "export MINICOM_SERVER",
        "minicom-chat carol --link-code KQ7M-2XPD",
    ];
    for row in rows {
        assert!(screen.lines().any(|it| it.trim() == row), "{row}:\n{screen}");
    }
    for (width, height) in [(40, 12), (30, 10)] {
        let rig = linking(width, height);
        let screen: String = rig.bench.screen().split_whitespace().collect();
        let line = "until14:10:minicom-chatcarol--serverhttps://desk.example:443--link-codeKQ7M-2XPD";
        assert!(screen.contains(line), "{width}x{height}:\n{}", rig.bench.screen());
    }
}

#[test]
fn devices_are_listed_and_taken_off() {
    let mut rig = live(80, 24);
    rig.bench.press("/devices<enter>");
    assert_eq!(asked(&mut rig), [CustomerQuestion::Devices {}]);
    let device = |id: &str, this| Device {
        id: id.to_owned(),
        created_at: minute(-60),
        this,
    };
    let devices = vec![device("0a1b2c3d", true), device("9f8e7d6c\u{1b}[2J", false)];
    told(
        &mut rig,
        CustomerQuestion::Devices {},
        CustomerReply::Devices { devices },
    );
    rig.bench
        .sees("0a1b2c3d")
        .sees("this one")
        .sees("9f8e7d6c")
        .sees_no("\u{1b}");
    rig.bench.press("<esc>/revoke 9f8e7d6c<enter>");
    let (id, command) = rig.sent().remove(0);
    let device = "9f8e7d6c".to_owned();
    assert_eq!(command, CustomerCommand::RevokeDevice { device });
    answer(&mut rig, id, command, None);
    rig.bench.sees("9f8e7d6c");
    rig.bench.press("/revoke x<enter>");
    let (id, command) = rig.sent().remove(0);
    answer(&mut rig, id, command, Some(Refusal::NotFound));
    rig.bench.sees("/revoke x:");
}

#[test]
fn without_a_connection_the_account_is_not_asked_about() {
    let mut rig = live(80, 24);
    rig.lost(5);
    rig.bench.press("/link<enter>").sees("when the connection is back");
    assert_eq!(asked(&mut rig), []);
}

#[test]
fn being_forgotten_wants_a_yes() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut rig = live(width, height);
        rig.bench.press("/forget<enter>");
        let screen: String = rig.bench.screen().split_whitespace().collect();
        assert!(screen.contains("/forgetyes"), "{}", rig.bench.screen());
        assert_eq!(commands(&mut rig), []);
        rig.bench.press("/forget yes<enter>");
        assert_eq!(commands(&mut rig), [CustomerCommand::Forget {}]);
    }
}

#[test]
fn what_is_kept_of_one_is_had_by_the_command_that_is_told() {
    let mut rig = live(80, 24);
    rig.bench.press("/export<enter>").sees("--export");
}
