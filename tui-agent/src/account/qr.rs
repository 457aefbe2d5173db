//! A text as a picture that a phone reads off the terminal: half blocks, light on dark, with the light border that readers
//! need.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the picture.
const BORDER: isize = 2;

/// The picture; `None` if the text is too long for one.
pub fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let size = code.width().cast_signed();
    let inside = 0..size;
    // A terminal is mostly dark: what is light in the picture is what is drawn.
    let light = |x: isize, y: isize| {
        !(inside.contains(&x) && inside.contains(&y)) || code[(x.cast_unsigned(), y.cast_unsigned())] == Color::Light
    };
    let mut drawn = String::new();
    for y in (-BORDER..size + BORDER).step_by(2) {
        for x in -BORDER..size + BORDER {
            let below = y + 1 < size + BORDER && light(x, y + 1);
            drawn.push(match (light(x, y), below) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push('\n');
    }
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_on_a_terminal() {
        let uri = "otpauth://totp/Support:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Support";
        let drawn = picture(uri).unwrap();
        // With a line of words, the key and the question.
        assert!(drawn.lines().count() + 3 <= 24, "{}", drawn.lines().count());
        assert!(drawn.lines().all(|line| line.chars().count() <= 60));
        assert!(drawn.starts_with('█') && drawn.chars().all(|c| " ▀▄█\n".contains(c)));
        assert_eq!(picture(&"x".repeat(10_000)), None);
    }
}
