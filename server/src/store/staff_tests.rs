use minicom_protocol::{
    event::{
        AgentChanged, Author, EventBody, GroupChanged, GroupDeleted, HandedBack, SettingsChanged, Snoozed, Subject,
        Target, Transferred,
    },
    people::Role,
    settings::DeskSettings,
    staff::GroupRef,
    words::Skill,
};

use super::*;
use crate::store::{conversations, fixture::Store, settings};

fn skills(words: &[&str]) -> Vec<Skill> {
    words.iter().map(|word| Skill::parse(word).unwrap()).collect()
}

#[test]
fn an_agent_is_what_the_newest_event_says() {
    let mut store = Store::new();
    let (ada, bob) = (store.agent("Ada"), store.agent("Bob"));
    let before = member(&store.conn, store.tenant, ada.id).unwrap().unwrap();
    assert_eq!(
        (before.role, before.enabled, before.capacity, before.intent),
        (Role::Agent, true, None, Intent::Available)
    );
    let changed = StaffMember {
        agent: AgentRef {
            name: DisplayName::try_from("Ada L.".to_owned()).unwrap(),
            ..ada.clone()
        },
        role: Role::Admin,
        enabled: false,
        skills: skills(&["billing", "german"]),
        capacity: Some(3),
        intent: Intent::AwayHandBack,
    };
    let subject = Subject::Agent { agent: ada.id };
    let body = EventBody::AgentChanged(AgentChanged {
        member: changed.clone(),
        intent_only: false,
    });
    store.append(subject, body);
    assert_eq!(
        member(&store.conn, store.tenant, ada.id).unwrap(),
        Some(changed.clone())
    );
    let staff = load(&store.conn, store.tenant).unwrap();
    assert_eq!(
        staff.agents.iter().map(|it| it.agent.id).collect::<Vec<_>>(),
        [ada.id, bob.id]
    );
    assert_eq!(staff.agents[0], changed);
}

#[test]
fn a_group_is_made_renamed_and_deleted() {
    let mut store = Store::new();
    let ada = store.agent("Ada");
    let mut it = Group {
        id: GroupId(store.id()),
        name: GroupName::parse("billing").unwrap(),
        members: vec![ada.id],
        skills: skills(&["refunds"]),
    };
    store.append(
        Subject::Desk,
        EventBody::GroupChanged(GroupChanged { group: it.clone() }),
    );
    it.name = GroupName::parse("money").unwrap();
    store.append(
        Subject::Desk,
        EventBody::GroupChanged(GroupChanged { group: it.clone() }),
    );
    assert_eq!(group(&store.conn, store.tenant, it.id).unwrap(), Some(it.clone()));
    assert_eq!(load(&store.conn, store.tenant).unwrap().groups, [it.clone()]);
    store.append(Subject::Desk, EventBody::GroupDeleted(GroupDeleted { group: it.id }));
    assert_eq!(group(&store.conn, store.tenant, it.id).unwrap(), None);
}

#[test]
fn active_ones_count_snoozed_ones_are_kept_and_handed_back_ones_are_gone() {
    let mut store = Store::new();
    let (ada, bob) = (store.agent("Ada"), store.agent("Bob"));
    let talks: Vec<_> = ["carol", "dan", "erin"]
        .iter()
        .map(|name| {
            let customer = store.customer(name);
            let talk = store.open(&customer);
            store.post(talk, Author::Customer, "hello");
            talk
        })
        .collect();
    for talk in &talks {
        store.take_over(*talk, &ada);
    }
    let snoozed = Snoozed {
        agent: ada.clone(),
        until: None,
    };
    let snoozed = store.append(talks[0].0, EventBody::Snoozed(snoozed));
    let to_bob = Transferred {
        by: ada.clone(),
        to: Target::Agent { agent: bob.clone() },
    };
    let transferred = store.append(talks[1].0, EventBody::Transferred(to_bob));
    let all = counts(&store.conn, store.tenant).unwrap();
    let of = |agent: AgentId| *all.iter().find(|it| it.agent == agent).unwrap();
    assert_eq!(
        (of(ada.id).active, of(ada.id).snoozed, of(ada.id).last_assigned),
        (1, 1, Rev(snoozed.rev.0 - 1))
    );
    assert_eq!(
        (of(bob.id).active, of(bob.id).snoozed, of(bob.id).last_assigned),
        (1, 0, transferred.rev)
    );
    assert_eq!(active_count(&store.conn, store.tenant, ada.id).unwrap(), 1);
    assert_eq!(
        owned(&store.conn, store.tenant, ada.id).unwrap(),
        [talks[0].id(), talks[2].id()]
    );
    let open = conversations::open(&store.conn, store.tenant).unwrap();
    assert_eq!(open.len(), 3, "a snoozed conversation is an open one");
    assert_eq!(
        conversations::candidates(&store.conn, store.tenant, ada.id)
            .unwrap()
            .len(),
        2
    );
    store.append(talks[2].0, EventBody::HandedBack(HandedBack { agent: ada.clone() }));
    assert_eq!(active_count(&store.conn, store.tenant, ada.id).unwrap(), 0);
    let billing = GroupRef {
        id: GroupId(store.id()),
        name: GroupName::parse("billing").unwrap(),
    };
    let to_group = Transferred {
        by: bob.clone(),
        to: Target::Group { group: billing },
    };
    store.append(talks[1].0, EventBody::Transferred(to_group));
    assert_eq!(owned(&store.conn, store.tenant, bob.id).unwrap(), []);
    assert_eq!(conversations::waiting(&store.conn, store.tenant).unwrap().len(), 1);
}

#[test]
fn activity_only_goes_forward() {
    let mut store = Store::new();
    let ada = store.agent("Ada");
    let at = |store: &Store| activity(&store.conn, store.tenant, ada.id).unwrap();
    assert_eq!(at(&store), None);
    for (noted, expected) in [(5, 5), (3, 5), (7, 7)] {
        set_activity(&store.conn, store.tenant, ada.id, Time(noted)).unwrap();
        assert_eq!(at(&store), Some(Time(expected)));
    }
}

#[test]
fn settings_are_the_defaults_until_somebody_chooses() {
    let mut store = Store::new();
    assert_eq!(
        settings::load(&store.conn, store.tenant).unwrap(),
        DeskSettings::default()
    );
    let chosen = DeskSettings {
        name: "Ünsere Hilfe".to_owned(),
        capacity: Some(4),
        ..DeskSettings::default()
    };
    let body = SettingsChanged {
        settings: Box::new(chosen.clone()),
    };
    store.append(Subject::Desk, EventBody::SettingsChanged(body));
    assert_eq!(settings::load(&store.conn, store.tenant).unwrap(), chosen);
}
