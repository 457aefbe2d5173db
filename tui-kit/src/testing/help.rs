//! The help of a program, read as a person does who looks for a key.

use super::Bench;
use crate::runtime::App;

/// Reads the help that is open line by line to its end.
///
/// # Panics
/// Something in it is cut, or `End` does not lead to its end.
pub fn help_is_whole<A: App>(bench: &mut Bench<A>) {
    let mut seen = String::new();
    while seen != bench.screen() {
        seen = bench.screen();
        let help = seen.lines().skip_while(|row| !row.contains("Keys: Esc closes"));
        for row in help {
            assert!(!row.contains('›'), "cut: {row}\n{seen}");
        }
        bench.press("<down>");
    }
    bench.press("<home><end>");
    assert_eq!(bench.screen(), seen, "the end");
}
