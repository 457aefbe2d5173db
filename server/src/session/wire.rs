//! The socket itself: text in and text out, with a bound on every write and an orderly end. It refuses to know what
//! the frames say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use minicom_protocol::{
    close::CloseCode,
    codec,
    frame::{Agents, ToClient},
    refusal::Refusal,
};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes, protocol::CloseFrame};

use super::{
    end::{End, Goodbye},
    fragments::TooMany,
    upgrade::Socket,
};
use crate::{limits, run_limits::RunLimits};

/// What came in.
pub enum Heard {
    /// A text message.
    Text(Utf8Bytes),
    /// A ping or pong of WebSocket itself; pings are answered by the library.
    Control,
}

/// A socket.
pub struct Wire {
    socket: Socket,
    write_timeout: Duration,
    linger: Duration,
    /// Nothing can be read any more: what came was not what this side reads.
    deaf: bool,
    /// Messages that came in.
    pub frames_in: u64,
    /// Messages that went out.
    pub frames_out: u64,
}

impl Wire {
    /// Over an upgraded socket.
    pub fn new(socket: Socket, limits: &RunLimits) -> Wire {
        Wire {
            socket,
            write_timeout: limits.write_timeout,
            linger: limits.close_linger,
            deaf: false,
            frames_in: 0,
            frames_out: 0,
        }
    }

    /// Sends a frame. Returns when the network has taken it; one that takes too long ends the connection.
    pub async fn send(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), End> {
        let sending = self.socket.send(Message::Text(text.into()));
        match timeout(self.write_timeout, sending).await {
            Ok(Ok(())) => {
                self.frames_out += 1;
                Ok(())
            }
            Ok(Err(_)) => Err(End::Lost),
            Err(_) => Err(End::with(CloseCode::Slow)),
        }
    }

    /// The next message, or why there is none. May be dropped while it waits.
    pub async fn next(&mut self) -> Result<Heard, End> {
        let Some(received) = self.socket.next().await else {
            return Err(End::Lost);
        };
        self.frames_in += 1;
        match received {
            Ok(Message::Text(text)) => Ok(Heard::Text(text)),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Ok(Heard::Control),
            Ok(Message::Binary(_)) => Err(End::with(CloseCode::Unsupported)),
            Ok(Message::Close(frame)) => Err(End::Peer(frame.map(|frame| frame.code.into()))),
            Err(error) => {
                self.deaf = true;
                Err(why(&error))
            }
        }
    }

    /// Says why, closes, and gives the other side a moment to read it.
    pub async fn finish(&mut self, end: &End) {
        let linger = self.linger;
        let finishing = async {
            match end {
                End::Ours(bye) => {
                    let frame = bye_frame(bye);
                    let close = CloseFrame {
                        code: bye.code.code().into(),
                        reason: bye.code.words().into(),
                    };
                    self.socket.send(Message::Text(frame.into())).await?;
                    self.socket.send(Message::Close(Some(close))).await?;
                    self.frames_out += 1;
                    if self.deaf {
                        // What lies unread would make the end a reset, which takes the last words with it.
                        sleep(linger).await;
                    }
                }
                // The library has queued the answer to the other side's close frame.
                End::Peer(_) => self.socket.flush().await?,
                End::Lost => return Ok(()),
            }
            while let Some(Ok(_)) = self.socket.next().await {}
            Result::<(), tungstenite::Error>::Ok(())
        };
        // Whoever does not take it in time does not get it.
        let _ = timeout(linger, finishing).await;
    }
}

fn bye_frame(bye: &Goodbye) -> String {
    // The frame is the same for both audiences.
    codec::encode::<Agents>(&ToClient::Bye {
        code: bye.code,
        retryable: bye.retryable,
        retry_after_ms: bye.retry_after_ms,
        refusal: bye.refusal.clone(),
    })
}

fn why(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::Io(error) if error.get_ref().is_some_and(|why| why.is::<TooMany>()) => {
            End::with(CloseCode::TooBig)
        }
        tungstenite::Error::Capacity(_) => End::refused(
            CloseCode::TooBig,
            Refusal::TooLarge {
                limit: limits::FRAME_BYTES_MAX as u64,
            },
        ),
        tungstenite::Error::Utf8(_) => End::with(CloseCode::BadUtf8),
        tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => End::Lost,
        tungstenite::Error::Protocol(_) => End::with(CloseCode::Protocol),
        _ => End::Lost,
    }
}

#[cfg(test)]
mod tests {
    /// The WebSocket library logs whole frames at `trace`, with tokens and texts. No filter of the log may bring them back, so
    /// they are left out when the program is built.
    #[test]
    fn whole_frames_cannot_be_logged() {
        assert!(log::STATIC_MAX_LEVEL < log::LevelFilter::Trace);
    }
}
