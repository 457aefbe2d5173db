//! The list: order, sections, the row that is held, folding, numbers, scrolling.

use minicom_protocol::{
    event::{EventBody, PriorityChanged},
    intake::Priority,
    search::SavedView,
    stage::Closer,
};
use minicom_tui_kit::testing::BENCH_START;
use proptest::prelude::*;

use super::*;
use crate::testing::{ADA, BO, Desk, agent, client_start};

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
        bed.list.pass_time(Time(BENCH_START), &bed.replica);
        bed
    }

    fn happens(&mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) -> &mut Self {
        what(&mut self.desk);
        let batch = self.desk.batch();
        let _ = self.replica.apply(batch, client_start());
        self.list.refresh(&self.replica);
        self
    }

    fn shape(&mut self, height: usize, row: usize, gaps: bool) -> &mut Self {
        let waiting_row = row;
        let shape = Shape {
            height,
            row,
            waiting_row,
            gaps,
        };
        self.list.set_shape(shape, &self.replica);
        self
    }

    fn filter(&mut self, line: &str) -> &mut Self {
        self.list.set_filter(line.parse().unwrap(), &self.replica);
        self
    }

    fn go(&mut self, spot: Option<Spot>) -> &mut Self {
        match spot {
            Some(Spot::Row(row, view)) => self.list.select_in(row, view, &self.replica),
            Some(Spot::Title(part)) => self.list.select_title(part, &self.replica),
            None => {}
        }
        self
    }

    fn select(&mut self, name: &str) -> &mut Self {
        self.list.select(self.desk.conversation(name), &self.replica);
        self
    }

    fn moving(&self, part: Part) -> &'static str {
        match self.list.moving(part) {
            Moving::Nothing => "",
            Moving::Leaving => "+1",
            Moving::Coming => "-1",
        }
    }

    /// Under every title stand as many rows as it says.
    fn agrees(&self) -> Result<(), TestCaseError> {
        let by = |moving: Moving| match moving {
            Moving::Nothing => 0,
            Moving::Leaving => 1,
            Moving::Coming => -1,
        };
        let rows = |at: usize| {
            let rest = (at + 1..self.list.lines.len()).map_while(|at| self.list.lines.get(at));
            rest.take_while(|it| matches!(it, Item::Row(_))).count() as isize
        };
        for at in 0..self.list.lines.len() {
            let told = match self.list.lines.get(at) {
                Some(Item::Title(part)) if !self.list.is_folded(part) => {
                    let number = match part {
                        Part::Section(section) => self.list.fitting(section),
                        Part::View(view) => self.list.views()[view].count,
                    };
                    let stand = self.list.rows_of(part).len() as isize;
                    Some((stand, number as isize + by(self.list.moving(part))))
                }
                Some(Item::Group(priority)) => {
                    let number = self.list.grouped(priority) as isize;
                    Some((rows(at), number + by(self.list.moving_in(priority))))
                }
                _ => None,
            };
            if let Some((stand, said)) = told {
                prop_assert_eq!(stand, said, "under item {} of {}", at, self.told());
            }
        }
        Ok(())
    }

    /// The list as words: titles with counts and what the held row adds or takes, names, the cursor's with a sign before it.
    fn told(&self) -> String {
        let name = |item: &Item| match item {
            Item::Gap => "|".to_owned(),
            Item::AsOf => "past".to_owned(),
            Item::Filter => format!("[{}]", self.list.filter()),
            Item::Group(priority) => format!("({})", priority.word()),
            Item::Title(part @ Part::Section(section)) => {
                let count = self.list.count(*section);
                format!("{section:?}{count}{}", self.moving(*part))
            }
            Item::Title(Part::View(view)) => {
                let view = &self.list.views()[*view];
                format!("{}={}", view.name, view.count)
            }
            Item::Row(row) => {
                let mark = if self.list.is_marked(*row) { "*" } else { "" };
                format!("{mark}{}", self.replica.summary(*row).unwrap().customer.name)
            }
        };
        let sign = |at: usize| if self.list.at == Some(at) { ">" } else { "" };
        let items = (0..self.list.lines.len()).filter_map(|at| Some((at, self.list.lines.get(at)?)));
        let words: Vec<String> = items.map(|(at, item)| format!("{}{}", sign(at), name(&item))).collect();
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
    bed.is("Waiting1+1 >carol dmitri Mine2 bob alice Bot1 frank Others2 Done1");
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
        bed.go(Some(spot));
        path.push(
            bed.told()
                .split_whitespace()
                .find(|word| word.starts_with('>'))
                .unwrap()[1..]
                .to_owned(),
        );
    }
    assert_eq!(path.join(" "), "carol dmitri bob alice frank Others1 Done1 Done1 Done1");
    assert_eq!(bed.list.step(-1), Some(Spot::Title(Part::Section(Section::Others))));
    assert_eq!(bed.list.first(), Some(Spot::Row(bed.desk.conversation("carol"), None)));
    assert_eq!(bed.list.last(), Some(Spot::Title(Part::Section(Section::Done))));
}

#[test]
fn sections_fold_and_the_cursor_goes_to_the_title() {
    let mut bed = Bed::new(desk());
    bed.list.fold(Part::Section(Section::Others), &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank Others1 heidi Done1");
    bed.select("heidi");
    bed.list.fold(Part::Section(Section::Others), &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank >Others1 Done1");
    bed.list.fold(Part::Section(Section::Waiting), &bed.replica);
    bed.is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank >Others1 Done1");
    bed.select("judy")
        .is("Waiting2 carol dmitri Mine2 bob alice Bot1 frank Others1 Done1 >judy");
}

#[test]
fn numbers_are_those_on_the_screen() {
    let bed = Bed::new(desk());
    assert_eq!(bed.list.numbered(0), None);
    assert_eq!(
        bed.list.numbered(3),
        Some(Spot::Row(bed.desk.conversation("bob"), None))
    );
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
    bed.shape(4, 1, false);
    let top = |bed: &Bed| bed.list.visible().next().map(|it| (it.item, it.line)).unwrap();
    bed.select("frank");
    assert_eq!(
        bed.list.visible().last().unwrap().item,
        Item::Row(bed.desk.conversation("frank"))
    );
    bed.list.scroll(-100);
    assert_eq!(top(&bed), (Item::Title(Part::Section(Section::Waiting)), 0));
    bed.happens(|desk| desk.says("zoe", "hi").asks("zoe"));
    assert_eq!(
        top(&bed),
        (Item::Title(Part::Section(Section::Waiting)), 0),
        "the cursor is out of view: nothing jumps"
    );
    bed.select("carol");
    assert_eq!(
        top(&bed),
        (Item::Title(Part::Section(Section::Waiting)), 0),
        "the title above the first row is shown too"
    );
    bed.list.scroll(100);
    assert_eq!(
        bed.list.visible().last().unwrap().item,
        Item::Title(Part::Section(Section::Done))
    );
}

#[test]
fn what_comes_above_moves_no_row_under_the_cursor_of_a_list_that_is_scrolled() {
    let mut bed = Bed::new(desk());
    bed.shape(4, 1, false).select("frank");
    let row = |bed: &Bed| bed.list.visible().position(|it| it.at_cursor);
    bed.list.scroll(2);
    assert_eq!(row(&bed), Some(1));
    for name in ["zoe", "yann", "xara"] {
        bed.happens(|desk| desk.says(name, "hi").asks(name));
        assert_eq!(row(&bed), Some(1), "{name}");
    }
    for name in ["zoe", "yann", "xara"] {
        bed.happens(|desk| desk.closed(name, Closer::Customer));
        assert_eq!(row(&bed), Some(1), "{name}");
    }
    // From the top the titles stay in sight, as long as the row does.
    bed.list.scroll(-100);
    bed.shape(6, 1, false).select("carol").select("bob");
    assert_eq!(row(&bed), Some(4));
    for name in ["vera", "walt"] {
        bed.happens(|desk| desk.says(name, "hi").asks(name));
        assert_eq!(row(&bed), Some(5), "{name}");
    }
}

#[test]
fn tall_rows_and_gaps() {
    let mut bed = Bed::new(desk());
    bed.shape(40, 2, true);
    bed.is("Waiting2 carol dmitri | Mine2 bob alice | Bot1 frank | Others1 | Done1");
    let lines: Vec<usize> = bed.list.visible().take(5).map(|it| it.line).collect();
    assert_eq!(lines, [0, 0, 1, 0, 1]);
}

fn skills(desk: &mut Desk) -> &mut Desk {
    desk.ago(500)
        .with(|intake| intake.priority = Priority::High)
        .says("zoe", "help")
        .asks("zoe");
    desk.ago(100)
        .with(|intake| intake.priority = Priority::Low)
        .says("yann", "hi")
        .asks("yann");
    desk.tagged("carol", BO, &["vip"])
}

#[test]
fn the_queue_is_in_its_order_and_can_be_grouped() {
    let mut desk = desk();
    skills(&mut desk);
    let mut bed = Bed::new(desk);
    bed.is("Waiting4 zoe carol dmitri yann Mine2 bob alice Bot1 frank Others1 Done1");
    bed.filter("group:priority").is(
        "[group:priority] Waiting4 (high) zoe (medium) carol dmitri (low) yann Mine2 bob alice Bot1 frank Others1 Done1",
    );
    bed.select("dmitri")
        .happens(|desk| desk.closed("carol", Closer::Customer));
    bed.is("[group:priority] Waiting3 (high) zoe (medium) >dmitri (low) yann Mine2 bob alice Bot1 frank Others1 Done2");
    bed.happens(|desk| desk.taken("dmitri", BO));
    bed.is(
        "[group:priority] Waiting2+1 (high) zoe (medium) >dmitri (low) yann Mine2 bob alice Bot1 frank Others2 Done2",
    );
    bed.select("yann")
        .is("[group:priority] Waiting2 (high) zoe (low) >yann Mine2 bob alice Bot1 frank Others2 Done2");
}

#[test]
fn a_filter_leaves_out_rows_and_sections_without_one() {
    let mut desk = desk();
    skills(&mut desk);
    let mut bed = Bed::new(desk);
    bed.filter("tag:vip").is("[tag:vip] Waiting4 carol Mine2 Others1 Done1");
    assert_eq!(
        (bed.list.fitting(Section::Waiting), bed.list.fitting(Section::Mine)),
        (1, 0)
    );
    bed.happens(|desk| desk.tagged("frank", BO, &["vip"]))
        .is("[tag:vip] Waiting4 carol Mine2 Bot1 frank Others1 Done1");
    bed.filter("sort:newest hello")
        .is("[hello sort:newest] Waiting4 dmitri carol Mine2 bob Others1 Done1");
    bed.filter("")
        .is("Waiting4 zoe carol dmitri yann Mine2 bob alice Bot1 frank Others1 Done1");
}

#[test]
fn a_row_that_does_not_fit_is_shown_while_the_cursor_stands_on_it() {
    let mut bed = Bed::new(desk());
    bed.filter("carol")
        .select("dmitri")
        .is("[carol] Waiting2+1 >dmitri carol Mine2 Others1 Done1");
    bed.select("carol").is("[carol] Waiting2 >carol Mine2 Others1 Done1");
    bed.select("alice")
        .filter("priority:urgent")
        .is("[priority:urgent] Waiting2 Mine2+1 >alice Others1 Done1");
}

#[test]
fn who_has_waited_long_enough_comes_by_itself() {
    let mut bed = Bed::new(desk());
    bed.filter("wait>390s stage:waiting");
    bed.is("[stage:waiting wait>390s] Waiting2 carol Mine2 Others1 Done1");
    let at = bed.list.changes_at().unwrap();
    assert_eq!(
        at.since(Time(BENCH_START)),
        91_000_000,
        "dmitri has waited 300 s by now"
    );
    bed.list.pass_time(Time(at.0 - 1), &bed.replica);
    bed.is("[stage:waiting wait>390s] Waiting2 carol Mine2 Others1 Done1");
    bed.list.pass_time(at, &bed.replica);
    bed.is("[stage:waiting wait>390s] Waiting2 carol dmitri Mine2 Others1 Done1");
}

#[test]
fn marks_are_on_what_is_shown_and_come_in_its_order() {
    let mut bed = Bed::new(desk());
    for name in ["dmitri", "carol", "frank"] {
        bed.list.mark(bed.desk.conversation(name));
    }
    bed.is("Waiting2 *carol *dmitri Mine2 bob alice Bot1 *frank Others1 Done1");
    let names = ["carol", "dmitri", "frank"].map(|name| bed.desk.conversation(name));
    assert_eq!(bed.list.marked(), names);
    bed.list.mark(names[2]);
    bed.list.mark(bed.desk.conversation("heidi"));
    assert_eq!(bed.list.marks(), 2, "what is folded is not marked");
    bed.filter("dmitri");
    assert_eq!(
        bed.list.marked(),
        names[1..2],
        "what is left out is not marked any more"
    );
    bed.filter("");
    bed.list.mark_all(Part::Section(Section::Waiting));
    bed.is("Waiting2 *carol *dmitri Mine2 bob alice Bot1 frank Others1 Done1");
    bed.list.mark_all(Part::Section(Section::Waiting));
    bed.is(ALL);
    bed.list.mark_all(Part::Section(Section::Mine));
    assert!(bed.list.unmark_all());
    assert!(!bed.list.unmark_all());
}

#[test]
fn the_list_in_numbers() {
    let mut desk = desk();
    skills(&mut desk);
    let bed = Bed::new(desk);
    let overview = bed.list.overview();
    assert_eq!(overview.waiting(), 4);
    assert_eq!(Priority::ALL.map(|it| overview.of_priority(it)), [0, 1, 2, 1]);
    let now = Time(BENCH_START);
    assert_eq!(overview.longest(now), Some(500_000_000));
    assert_eq!(overview.average(now), Some((500 + 400 + 300 + 100) * 1_000_000 / 4));
    assert_eq!(Bed::new(Desk::new()).list.overview().average(now), None);
}

/// Ten thousand wait.
fn crowd() -> Desk {
    let mut desk = Desk::new();
    for number in 0..10_000 {
        let name = format!("c{number}");
        desk.ago(20_000 - number).says(&name, "hello").asks(&name);
    }
    desk
}

#[test]
fn moving_among_ten_thousand_looks_at_no_row() {
    let mut bed = Bed::new(crowd());
    bed.shape(20, 1, false);
    let made = bed.list.work();
    assert!(made >= 10_000);
    let mut path = Vec::new();
    for step in [1, 1, 1, 50, -1, 9_000, -3, 1] {
        let spot = bed.list.step(step);
        bed.go(spot);
        assert!(bed.list.is_cursor_in_view());
        let name = bed.replica.summary(bed.list.rows().next().unwrap()).unwrap();
        assert_eq!(name.customer.name.as_str(), "c0");
        path.push(match bed.list.cursor() {
            Some(Spot::Row(row, _)) => bed.replica.summary(row).unwrap().customer.name.to_string(),
            other => format!("{other:?}"),
        });
    }
    assert_eq!(path.join(" "), "c0 c1 c2 c52 c51 c9051 c9048 c9049");
    let (first, last) = (bed.list.first(), bed.list.last());
    bed.go(last).go(first);
    bed.list.scroll(5_000);
    assert_eq!(bed.list.visible().count(), 20);
    assert_eq!(bed.list.work(), made, "the lines were made once");

    bed.happens(|desk| desk.ago(1).says("c5000", "still there?"));
    let after_event = bed.list.work();
    assert!(after_event <= 2 * made, "an event makes them anew, once");
    bed.list.refresh(&bed.replica);
    for _ in 0..2 {
        let spot = bed.list.step(1);
        bed.go(spot);
    }
    assert_eq!(bed.list.work(), after_event);
}

/// What may happen to a list.
#[derive(Debug, Clone)]
enum Step {
    Says(usize),
    Asks(usize),
    Bot(usize),
    Taken(usize, &'static str),
    Back(usize),
    Closed(usize),
    Urgent(usize, Priority),
    Tagged(usize),
    Go(isize),
    Select(usize),
    Anew(usize),
    Fold(Part),
    Filter(&'static str),
    Waits(i64),
}

const PEOPLE: [&str; 5] = ["carol", "dmitri", "alice", "frank", "zoe"];

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE.len();
    let part = prop_oneof![
        Just(Part::Section(Section::Others)),
        Just(Part::Section(Section::Done)),
        Just(Part::View(0)),
        Just(Part::View(1)),
    ];
    let filters = [
        "",
        "tag:vip",
        "group:priority",
        "carol",
        "wait>400s",
        "sort:newest group:priority",
        "priority:high",
    ];
    prop_oneof![
        2 => who.clone().prop_map(Step::Says),
        3 => who.clone().prop_map(Step::Asks),
        1 => who.clone().prop_map(Step::Bot),
        3 => (who.clone(), prop::sample::select(&[ADA, BO][..])).prop_map(|(who, by)| Step::Taken(who, by)),
        2 => who.clone().prop_map(Step::Back),
        2 => who.clone().prop_map(Step::Closed),
        1 => (who.clone(), prop::sample::select(&Priority::ALL[..])).prop_map(|(who, it)| Step::Urgent(who, it)),
        2 => who.clone().prop_map(Step::Tagged),
        3 => (-3..4_isize).prop_map(Step::Go),
        3 => who.clone().prop_map(Step::Select),
        1 => who.prop_map(Step::Anew),
        2 => part.prop_map(Step::Fold),
        2 => prop::sample::select(filters.to_vec()).prop_map(Step::Filter),
        1 => (0..500_i64).prop_map(Step::Waits),
    ]
}

/// What a server would let happen.
fn happens(desk: &mut Desk, step: &Step) {
    let stage = |desk: &Desk, who: usize| desk.knows(PEOPLE[who]).map(|row| row.stage.clone());
    match *step {
        Step::Says(who) => _ = desk.says(PEOPLE[who], "hello"),
        Step::Bot(who) if stage(desk, who) == Some(Stage::Bot) => _ = desk.bot(PEOPLE[who], "Hi."),
        Step::Asks(who) if stage(desk, who) == Some(Stage::Bot) => _ = desk.asks(PEOPLE[who]),
        Step::Taken(who, by) if matches!(stage(desk, who), Some(Stage::Bot | Stage::Waiting { .. })) => {
            desk.taken(PEOPLE[who], by);
        }
        Step::Back(who) => {
            if let Some(Stage::Active { agent, .. }) = stage(desk, who) {
                desk.handed_back(PEOPLE[who], agent.name.as_str());
            }
        }
        Step::Closed(who) if stage(desk, who).is_some_and(|stage| stage.is_open()) => {
            desk.closed(PEOPLE[who], Closer::Customer);
        }
        Step::Urgent(who, to) if stage(desk, who).is_some() => {
            let changed = PriorityChanged {
                agent: agent(BO),
                priority: to,
                respond_by: None,
            };
            desk.happens(PEOPLE[who], EventBody::PriorityChanged(changed));
        }
        Step::Tagged(who) if stage(desk, who).is_some() => _ = desk.tagged(PEOPLE[who], BO, &["vip"]),
        _ => {}
    }
}

proptest! {
    /// Whatever happens while the cursor stands on a row: the number of each title, what it says of the row that is held, and the
    /// rows below it are the same thing.
    #[test]
    fn titles_say_what_stands_below_them(steps in prop::collection::vec(step(), 1..40)) {
        let mut bed = Bed::new(desk());
        let view = |name: &str, filter: &str| SavedView { name: name.to_owned(), filter: filter.to_owned() };
        bed.list.set_views(&[view("vips", "tag:vip"), view("queue", "stage:waiting")], &bed.replica);
        for step in &steps {
            match *step {
                Step::Go(by) => _ = bed.go(bed.list.step(by)),
                Step::Select(who) if bed.desk.knows(PEOPLE[who]).is_some() => _ = bed.select(PEOPLE[who]),
                Step::Anew(who) if bed.desk.knows(PEOPLE[who]).is_some() => {
                    let conversation = bed.desk.conversation(PEOPLE[who]);
                    bed.list.place_anew(conversation, &bed.replica);
                }
                Step::Fold(part) => bed.list.fold(part, &bed.replica),
                Step::Filter(line) => _ = bed.filter(line),
                Step::Waits(seconds) => {
                    let time = Time(bed.list.time.0.max(BENCH_START) + seconds * 1_000_000);
                    bed.list.pass_time(time, &bed.replica);
                }
                _ => {
                    happens(&mut bed.desk, step);
                    bed.happens(|desk| desk);
                }
            }
            bed.agrees()?;
        }
    }
}
