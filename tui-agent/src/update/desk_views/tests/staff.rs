//! Groups and agents: read by everybody, changed by admins.

use minicom_protocol::{
    command::AgentCommand,
    staff::Group,
    words::{GroupName, Skill},
};

use super::{desk, menu, seat, seat_at};
use crate::testing::{ADA, BO, Seat, agent};

fn skills(words: &[&str]) -> Vec<Skill> {
    words.iter().map(|word| Skill::parse(word).unwrap()).collect()
}

fn at_groups() -> Seat {
    let mut seat = seat();
    menu(&mut seat, "groups");
    seat.sees("Groups").sees("billing");
    seat.ordered();
    seat
}

fn billing(seat: &Seat) -> Group {
    seat.desk.state.staff.groups[0].clone()
}

#[test]
fn members_are_put_in_and_taken_out_one_after_the_other() {
    let mut seat = at_groups();
    seat.press("<enter>").sees("[ ] Ada (you)").sees("[x] Bo");
    seat.press("<enter>").sees("[x] Ada (you)");
    seat.press("<down><enter>").sees("[ ] Bo");
    let groups: Vec<Vec<_>> = seat
        .commands()
        .into_iter()
        .map(|command| match command {
            AgentCommand::SaveGroup { group } => group.members,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(groups, [vec![agent(BO).id, agent(ADA).id], vec![agent(ADA).id]]);
    seat.press("<esc>").sees("Groups");
}

#[test]
fn groups_are_made_renamed_taught_and_deleted() {
    for (keys, change) in [
        (
            "s<ctrl-u>refunds, german german<enter>",
            (|it: &mut Group| it.skills = skills(&["german", "refunds"])) as fn(&mut Group),
        ),
        ("s<ctrl-u><enter>", |it| it.skills = vec![]),
        ("r<ctrl-u>money<enter>", |it| {
            it.name = GroupName::parse("money").unwrap()
        }),
    ] {
        let mut seat = at_groups();
        seat.press(keys);
        let mut group = billing(&seat);
        change(&mut group);
        assert_eq!(seat.commands(), [AgentCommand::SaveGroup { group }], "{keys}");
    }
    let mut seat = at_groups();
    seat.press("nbilling<enter>").sees("there is a group by this name");
    seat.press("<ctrl-u>vip<enter>");
    match &seat.commands()[..] {
        [AgentCommand::SaveGroup { group }] => {
            assert_eq!((group.name.as_str(), group.members.len()), ("vip", 0));
            assert_ne!(group.id, billing(&seat).id);
        }
        other => panic!("{other:?}"),
    }
    seat.press("d").sees("what waits for it will wait for anybody");
    seat.press("yes<enter>");
    let group = billing(&seat).id;
    assert_eq!(seat.commands(), [AgentCommand::DeleteGroup { group }]);
}

#[test]
fn agents_have_skills_and_a_capacity() {
    let mut seat = seat();
    menu(&mut seat, "agents");
    assert!(seat.row_with("Bo ").contains("german"), "{}", seat.bench.screen());
    seat.press("j<enter><ctrl-u>french, german<enter>0<enter>")
        .sees("a number above 0, or none");
    seat.press("<ctrl-u>4<enter>");
    let set = |skills, capacity| AgentCommand::SetAgent {
        agent: agent(BO).id,
        skills,
        capacity,
    };
    assert_eq!(seat.commands(), [set(skills(&["french", "german"]), Some(4))]);
    seat.press("<enter><enter>none<enter>");
    assert_eq!(seat.commands(), [set(skills(&["german"]), None)]);
    seat.press("<enter><enter><enter>");
    assert_eq!(
        seat.commands(),
        [set(skills(&["german"]), Some(2))],
        "an empty answer leaves it as it is"
    );
}

#[test]
fn who_is_no_admin_looks_and_is_told() {
    let mut desk = desk();
    desk.admin = false;
    desk.member(ADA, |ada| ada.role = minicom_protocol::people::Role::Agent);
    let mut seat = seat_at(desk, 80, 24);
    for (view, keys) in [
        ("groups", "<enter>"),
        ("groups", "n"),
        ("groups", "s"),
        ("groups", "d"),
        ("agents", "<enter>"),
        ("desk settings", "e"),
    ] {
        menu(&mut seat, view);
        seat.press(keys).sees("Only admins change this.");
        seat.press("<ctrl-c>");
        assert_eq!(seat.commands(), [], "{view} {keys}");
        assert!(seat.edits.is_empty());
    }
}
