//! Pictures in the terminal, where it is known to show them.
//!
//! Owns which terminals do and by which means, and that a stranger's picture costs a bounded amount of memory and no key: it is decoded in
//! a thread of its own, whose panic ends nothing but the picture. It refuses to know where pictures come from.

use std::fmt;
use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::widgets::Widget;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::sliced::{SignedPosition, SlicedImage, SlicedProtocol};
use tokio::sync::oneshot;

use crate::terminal::HARMLESS_THREAD;
use crate::variable::Variable;

/// The variable that says it where it cannot be known, or that there are to be none: `kitty`, `iterm2`, `sixel`, `blocks` or `off`.
pub const VARIABLE: Variable = Variable {
    name: "MINICOM_IMAGES",
    takes: &["kitty", "iterm2", "sixel", "blocks", "off"],
};
/// Pixels of a side. A small file can say that it is huge.
const SIDE_MAX: u32 = 10_000;
/// Bytes that decoding may take.
const DECODED_MAX: u64 = 64 * 1_024 * 1_024;
/// Cells that a picture takes in a chat.
const CELLS_MAX: Size = Size { width: 48, height: 12 };
/// Pixels of a cell where the terminal does not say it.
const CELL: (u16, u16) = (8, 16);

/// How this terminal shows pictures.
#[derive(Debug, Clone)]
pub struct Pictures {
    picker: Picker,
}

/// A picture made ready for the terminal.
pub struct Picture {
    sliced: SlicedProtocol,
    pixels: (u32, u32),
}

impl Pictures {
    /// How this terminal shows pictures, by its environment; `None` if it is not known to. `cell` is the size of a cell in pixels.
    pub fn of(environment: impl Fn(&str) -> Option<String>, cell: Option<(u16, u16)>) -> Option<Pictures> {
        let protocol = protocol_of(environment)?;
        // The library would ask the terminal, and wait for an answer that the reader of keys takes.
        #[expect(deprecated, reason = "the other ways ask the terminal, or know no size of a cell")]
        let mut picker = Picker::from_fontsize(cell.unwrap_or(CELL).into());
        picker.set_protocol_type(protocol);
        Some(Pictures { picker })
    }

    /// The same for the process's own terminal.
    pub fn of_terminal() -> Option<Pictures> {
        let cell = crossterm::terminal::window_size().ok().and_then(|size| {
            let cell = (
                size.width.checked_div(size.columns)?,
                size.height.checked_div(size.rows)?,
            );
            (cell.0 > 0 && cell.1 > 0).then_some(cell)
        });
        Pictures::of(|name| std::env::var(name).ok(), cell)
    }

    /// Makes a picture ready. Takes as long as it takes, in a thread of its own.
    ///
    /// # Errors
    /// Why it is not shown, in words.
    pub async fn ready(&self, bytes: Vec<u8>) -> Result<Picture, Shown> {
        let (tell, told) = oneshot::channel();
        let picker = self.picker.clone();
        let work = move || drop(tell.send(make(&picker, &bytes)));
        let started = std::thread::Builder::new().name(HARMLESS_THREAD.into()).spawn(work);
        match (started, told.await) {
            (Ok(_), Ok(made)) => made,
            _ => Err(Shown::fixed("a picture that cannot be read")),
        }
    }
}

/// `640 x 480 pixels`, from the beginning of a picture; `None` if that does not say it.
pub fn size_words(beginning: &[u8]) -> Option<Shown> {
    let reader = ImageReader::new(Cursor::new(beginning)).with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    Some(Shown::line(&format!("{width} x {height} pixels")))
}

fn protocol_of(environment: impl Fn(&str) -> Option<String>) -> Option<ProtocolType> {
    match VARIABLE.says(&environment) {
        Some("kitty") => return Some(ProtocolType::Kitty),
        Some("iterm2") => return Some(ProtocolType::Iterm2),
        Some("sixel") => return Some(ProtocolType::Sixel),
        Some("blocks") => return Some(ProtocolType::Halfblocks),
        Some("off") => return None,
        _ => {}
    }
    // Inside a multiplexer a picture would be lost, or stay where it was when the text moves on.
    if ["TMUX", "ZELLIJ", "STY"].iter().any(|name| environment(name).is_some()) {
        return None;
    }
    let (term, program) = (environment("TERM"), environment("TERM_PROGRAM"));
    match (term.as_deref(), program.as_deref()) {
        (Some("xterm-kitty" | "xterm-ghostty"), _) | (_, Some("ghostty")) => Some(ProtocolType::Kitty),
        (_, Some("iTerm.app" | "WezTerm")) => Some(ProtocolType::Iterm2),
        (Some("foot" | "foot-extra"), _) => Some(ProtocolType::Sixel),
        _ => None,
    }
}

fn make(picker: &Picker, bytes: &[u8]) -> Result<Picture, Shown> {
    let image = decode(bytes)?;
    let pixels = (image.width(), image.height());
    let sliced = SlicedProtocol::new(picker, image, Some(CELLS_MAX))
        .map_err(|_| Shown::fixed("a picture that cannot be shown"))?;
    Ok(Picture { sliced, pixels })
}

/// The first picture of a file, if it is no larger than it may be.
fn decode(bytes: &[u8]) -> Result<DynamicImage, Shown> {
    let unread = |_| Shown::fixed("a picture that cannot be read");
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| unread(()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODED_MAX);
    reader.limits(limits.clone());
    let decoder = reader.into_decoder().map_err(|_| unread(()))?;
    let (width, height) = decoder.dimensions();
    // Not every decoder counts what it takes.
    if decoder.total_bytes() > DECODED_MAX {
        return Err(Shown::line(&format!("{width} x {height} pixels, too many to be shown")));
    }
    DynamicImage::from_decoder(decoder).map_err(|_| unread(()))
}

impl Picture {
    /// Rows of cells that it takes.
    pub fn rows(&self) -> usize {
        usize::from(self.sliced.size().height)
    }

    /// What it was before it was made to fit.
    pub fn pixels(&self) -> (u32, u32) {
        self.pixels
    }

    /// Draws what is inside an area, `above` rows of it being above that.
    pub(crate) fn draw(&self, area: Rect, above: usize, buffer: &mut Buffer) {
        let above = i16::try_from(above).unwrap_or(i16::MAX);
        SlicedImage::new(&self.sliced, SignedPosition::from((0, -above))).render(area, buffer);
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Picture({} x {})", self.pixels.0, self.pixels.1)
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Picture) -> bool {
        std::ptr::eq(self, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plain;

    fn of(variables: &[(&str, &str)]) -> Option<ProtocolType> {
        protocol_of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn blocks() -> Pictures {
        Pictures::of(|name| (name == VARIABLE.name).then(|| "blocks".to_owned()), None).unwrap()
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = DynamicImage::new_rgb8(width, height);
        image
            .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn only_terminals_that_are_known_are_given_pictures() {
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(ProtocolType::Kitty));
        assert_eq!(of(&[("TERM_PROGRAM", "WezTerm")]), Some(ProtocolType::Iterm2));
        assert_eq!(of(&[("TERM", "foot")]), Some(ProtocolType::Sixel));
        assert_eq!(of(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/x")]), None);
        assert_eq!(of(&[("TERM", "xterm-kitty"), (VARIABLE.name, "off")]), None);
        assert_eq!(
            of(&[("TMUX", "/tmp/x"), (VARIABLE.name, "sixel")]),
            Some(ProtocolType::Sixel)
        );
    }

    #[tokio::test]
    async fn a_picture_fits_and_parts_of_it_are_drawn() {
        let picture = blocks().ready(png(640, 480)).await.unwrap();
        assert_eq!(picture.pixels(), (640, 480));
        assert!(
            (4..=usize::from(CELLS_MAX.height)).contains(&picture.rows()),
            "{}",
            picture.rows()
        );
        let area = Rect::new(0, 0, 50, 3);
        let mut buffer = Buffer::empty(area);
        picture.draw(area, picture.rows() - 2, &mut buffer);
        let drawn = plain(&buffer);
        let rows: Vec<bool> = drawn.lines().map(|row| !row.is_empty()).collect();
        assert!(!rows[2], "only two rows are left: {drawn}");
    }

    #[tokio::test]
    async fn what_is_no_picture_or_a_bomb_costs_nothing() {
        for bytes in [
            b"".to_vec(),
            b"\x89PNG\r\n\x1a\nrest".to_vec(),
            png(20, 20)[..40].to_vec(),
        ] {
            assert!(blocks().ready(bytes).await.is_err());
        }
        // A head that promises more pixels than memory.
        let mut bomb = png(1, 1);
        bomb[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        let told = blocks().ready(bomb).await.unwrap_err();
        assert!(told.as_str().contains("10000 x 10000 pixels, too many"), "{told}");
        assert_eq!(size_words(&png(64, 48)).unwrap().as_str(), "64 x 48 pixels");
        assert_eq!(size_words(b"no picture"), None);
    }

    /// The check of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| {
            if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            }
        };
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = step(crc);
            }
        }
        !crc
    }
}
