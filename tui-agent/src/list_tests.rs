//! The list: order, sections, the row that is held, folding, numbers, scrolling.

use minicom_protocol::stage::Closer;

use super::*;
use crate::testing::{ADA, BO, Desk, client_start};

struct Bed {
    desk: Desk,
    replica: AgentReplica,
    list: List,
}

impl Bed {
    fn new(desk: Desk) -> Bed {
        let mut bed = Bed {
            desk,
            replica: AgentReplica::new(),
            list: List::default(),
        };
        let fresh = bed.desk.fresh();
        let _ = bed.replica.apply(fresh, client_start());
        bed.list.rebuild(&bed.replica);
        bed
    }

    fn happens(&mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) -> &mut Self {
        what(&mut self.desk);
        let batch = self.desk.batch();
        let _ = self.replica.apply(batch, client_start());
        self.list.rebuild(&self.replica);
        self
    }

    fn select(&mut self, name: &str) -> &mut Self {
        self.list.select(self.desk.conversation(name), &self.replica);
        self
    }

    /// The list as words: titles with counts, names, the cursor's with a sign before it.
    fn told(&self) -> String {
        let name = |item: &Item| match item {
            Item::Gap => "|".to_owned(),
            Item::Title(section) => format!("{section:?}{}", self.list.count(*section)),
            Item::Row(row) => self.replica.summary(*row).unwrap().customer.name.to_string(),
        };
        let sign = |item: &Item| if self.list.is_at_cursor(*item) { ">" } else { "" };
        let words: Vec<String> = self
            .list
            .items
            .iter()
            .map(|item| format!("{}{}", sign(item), name(item)))
            .collect();
        words.join(" ")
    }

    #[track_caller]
    fn is(&mut self, expected: &str) -> &mut Self {
        assert_eq!(self.told(), expected);
        self
    }
}

/// Two wait, two are Ada's, one is the bot's, one is Bo's, one is closed.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(400).says("carol", "hello").asks("carol");
    desk.ago(300).says("dmitri", "hello").asks("dmitri");
    desk.ago(290)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi.");
    desk.ago(280).says("bob", "hello").taken("bob", ADA);
    desk.ago(270).says("frank", "hello").bot("frank", "Hi.");
    desk.ago(260).says("heidi", "hello").taken("heidi", BO);
    desk.ago(250).says("judy", "bye").closed("judy", Closer::Customer);
    desk
}

const ALL: &str = "Waiting2 carol dmitri Mine2 bob alice Bot1 frank Others1 Done1";

#[test]
fn sections_in_order_and_what_is_folded_is_only_counted() {
    Bed::new(desk()).is(ALL);
    Bed::new(Desk::new()).is("Waiting0 Mine0");
}

#[test]
fn whoever_spoke_last_comes_first_in_mine() {
    Bed::new(desk())
        .happens(|desk| desk.ago(200).replies("bob", ADA, "Hi.").says("alice", "and?"))
        .is("Waiting2 carol dmitri Mine2 alice bob Bot1 frank Others1 Done1");
}

#[test]
fn the_row_under_the_cursor_stays_where_it_is() {
    let mut bed = Bed::new(desk());
    bed.select("alice")
        .is("Waiting2 carol dmitri Mine2 bob >alice Bot1 frank Others1 Done1");
    bed.happens(|desk| desk.ago(200).replies("bob", ADA, "Hi.").says("alice", "and?"))
        .is("Waiting2 carol dmitri Mine2 bob >alice Bot1 frank Others1 Done1");
    bed.select("bob")
        .is("Waiting2 carol dmitri Mine2 alice >bob Bot1 frank Others1 Done1");
}

#[test]
fn whoever_is_taken_by_a_colleague_stays_until_the_cursor_leaves() {
    let mut bed = Bed::new(desk());
    bed.select("carol").happens(|desk| desk.taken("carol", BO));
    bed.is("Waiting1 >carol dmitri Mine2 bob alice Bot1 frank Others2 Done1");
    bed.select("dmitri")
        .is("Waiting1 >dmitri Mine2 bob alice Bot1 frank Others2 Done1");
}

#[test]
fn what_the_agent_moves_goes_where_it_belongs() {
    let mut bed = Bed::new(desk());
    bed.select("carol").happens(|desk| desk.taken("carol", ADA));
    let carol = bed.desk.conversation("carol");
    bed.list.place_anew(carol, &bed.replica);
    bed.is("Waiting1 dmitri Mine3 >carol bob alice Bot1 frank Others1 Done1");
}

#[test]
fn new_rows_appear_in_their_place() {
    let mut bed = Bed::new(desk());
    bed.select("dmitri")
        .happens(|desk| desk.ago(10).says("erin", "hi").asks("erin"));
    bed.is("Waiting3 carol >dmitri erin Mine2 bob alice Bot1 frank Others1 Done1");
}

#[test]
fn the_cursor_goes_over_rows_and_over_titles_that_fold() {
    let mut bed = Bed::new(desk());
    let mut path = Vec::new();
    for _ in 0..9 {
        let spot = bed.list.step(1).unwrap();
        match spot {
            Spot::Row(row) => bed.list.select(row, &bed.replica),
            Spot::Title(section) => bed.list.select_title(section, &bed.replica),
        }
        path.push(
            bed.told()
                .split_whitespace()
                .find(|word| word.starts_with('>'))
                .unwrap()[1..]
                .to_owned(),
        );
    }
    assert_eq!(path.join(" "), "carol dmitri bob alice frank Others1 Done1 Done1 Done1");
    assert_eq!(bed.list.step(-1), Some(Spot::Title(Section::Others)));
    assert_eq!(bed.list.first(), Some(Spot::Row(bed.desk.conversation("carol"))));
    assert_eq!(bed.list.last(), Some(Spot::Title(Section::Done)));
}

#[test]
fn sections_fold_and_the_cursor_goes_to_the_title() {
    let mut bed = Bed::new(desk());
    bed.list.fold(Section::Others, &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank Others1 heidi Done1");
    bed.select("heidi");
    bed.list.fold(Section::Others, &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank >Others1 Done1");
    bed.list.fold(Section::Waiting, &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank >Others1 Done1");
    bed.select("judy")
        .is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank Others1 Done1 >judy");
}

#[test]
fn numbers_are_those_on_the_screen() {
    let bed = Bed::new(desk());
    assert_eq!(bed.list.numbered(0), None);
    assert_eq!(bed.list.numbered(3), Some(bed.desk.conversation("bob")));
    assert_eq!(bed.list.numbered(6), None, "what is folded has no number");
}

#[test]
fn a_conversation_that_is_not_known_any_more_has_no_cursor() {
    let mut bed = Bed::new(desk());
    bed.select("judy");
    bed.desk = Desk::new();
    bed.desk.says("zoe", "hi");
    let fresh = bed.desk.fresh();
    let _ = bed.replica.apply(fresh, client_start());
    bed.list.rebuild(&bed.replica);
    bed.is("Waiting0 Mine0 Bot1 zoe");
    assert_eq!(bed.list.cursor(), None);
}

#[test]
fn the_view_follows_the_cursor_and_can_be_scrolled_without_it() {
    let mut bed = Bed::new(desk());
    bed.list.set_size(4, 1, false, &bed.replica);
    let top = |bed: &Bed| bed.list.visible().next().unwrap();
    bed.select("frank");
    assert_eq!(
        bed.list.visible().last().unwrap().0,
        Item::Row(bed.desk.conversation("frank"))
    );
    bed.list.scroll(-100);
    assert_eq!(top(&bed), (Item::Title(Section::Waiting), 0));
    bed.happens(|desk| desk.says("zoe", "hi").asks("zoe"));
    assert_eq!(
        top(&bed),
        (Item::Title(Section::Waiting), 0),
        "the cursor is out of view: nothing jumps"
    );
    bed.select("carol");
    assert_eq!(
        top(&bed),
        (Item::Title(Section::Waiting), 0),
        "the title above the first row is shown too"
    );
    bed.list.scroll(100);
    assert_eq!(bed.list.visible().last().unwrap().0, Item::Title(Section::Done));
}

#[test]
fn tall_rows_and_gaps() {
    let mut bed = Bed::new(desk());
    bed.list.set_size(40, 2, true, &bed.replica);
    bed.is("Waiting2 carol dmitri | Mine2 bob alice | Bot1 frank | Others1 | Done1");
    let lines: Vec<usize> = bed.list.visible().take(5).map(|(_, line)| line).collect();
    assert_eq!(lines, [0, 0, 1, 0, 1]);
}
