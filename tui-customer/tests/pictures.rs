//! The pictures of the README. `UPDATE_EXPECT=1 cargo test pictures` draws them anew; without it they are compared, so that no
//! picture can show what the program does not.

mod rig;

use expect_test::expect_file;
use minicom_tui_kit::{Theme, testing::Paper};
use rig::Rig;

#[test]
fn pictures_of_a_chat() {
    let mut rig = Rig::story(80, 24, Theme::ansi());
    rig.bench.press("by Friday would be great");
    expect_file!["../../docs/pictures/chat.svg"].assert_eq(&rig.bench.picture(Paper::Dark));
}
