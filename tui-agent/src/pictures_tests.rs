//! The pictures of the README. `UPDATE_EXPECT=1 cargo test pictures` draws them anew; without it they are compared, so that no
//! picture can show what the program does not.

use expect_test::expect_file;
use minicom_protocol::{
    figures::Range,
    frame::{AgentQuestion, AgentReply},
};
use minicom_tui_kit::testing::Paper;

use crate::{figures::tests::week, testing::ADA, view::tests::seat};

#[test]
fn pictures_of_a_desk_at_work() {
    let mut seat = seat(120, 36);
    seat.happens(|desk| {
        desk.taken("carol", ADA)
            .replies("carol", ADA, "Hi Carol, Ada here. I am looking at order 48213 now.")
    });
    seat.happens(|desk| desk.says("carol", "thank you! it was a birthday present"));
    seat.press("It left us this morning and should be with you by");
    expect_file!["../../docs/pictures/agent.svg"].assert_eq(&seat.bench.picture(Paper::Dark));
    expect_file!["../../docs/pictures/agent-light.svg"].assert_eq(&seat.bench.picture(Paper::Light));
    seat.press("<ctrl-k>take");
    expect_file!["../../docs/pictures/palette.svg"].assert_eq(&seat.bench.picture(Paper::Dark));
}

#[test]
fn pictures_of_figures() {
    let mut seat = seat(100, 30);
    let range = Range::Week;
    let mut statistics = Box::new(week());
    (statistics.by, statistics.rows) = (None, vec![]);
    let reply = AgentReply::Statistics { statistics };
    seat.desk
        .replies
        .push((AgentQuestion::Statistics { range, by: None }, reply));
    seat.press("<esc>%").press("<pgdn>");
    expect_file!["../../docs/pictures/figures.svg"].assert_eq(&seat.bench.picture(Paper::Dark));
}
