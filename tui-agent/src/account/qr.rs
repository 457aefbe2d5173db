//! A text as a picture that a phone reads off the terminal: half blocks, light on dark, with the light border that readers
//! need.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

/// The picture; `None` if the text is too long for one.
pub fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    // A terminal is mostly dark: what is light in the picture is what is drawn.
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .quiet_zone(true)
        .build();
    Some(format!("{drawn}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_on_a_terminal() {
        let uri = "otpauth://totp/Support:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Support";
        let drawn = picture(uri).unwrap();
        assert!(drawn.lines().count() <= 24, "{}", drawn.lines().count());
        assert!(drawn.lines().all(|line| line.chars().count() <= 60));
        assert!(drawn.starts_with('█') && drawn.chars().all(|c| " ▀▄█\n".contains(c)));
        assert_eq!(picture(&"x".repeat(10_000)), None);
    }
}
