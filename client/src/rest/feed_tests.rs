use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

/// A server that answers one connection after the other with these bodies, which end where they end. Tells what was asked.
async fn server(bodies: Vec<String>) -> (FeedOf, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let (asked_in, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for body in bodies {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let read = stream.read_buf(&mut request).await.expect("read");
                assert_ne!(read, 0, "the request ended early");
            }
            let head = String::from_utf8_lossy(&request);
            let _ = asked_in.send(head.lines().next().unwrap_or_default().to_owned());
            let status = match body.strip_prefix("!") {
                Some(_) => "410 Gone",
                None => "200 OK",
            };
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
            for part in [head.as_str(), body.trim_start_matches('!')] {
                stream.write_all(part.as_bytes()).await.expect("written");
            }
        }
    });
    let of = FeedOf {
        server: ServerUrl::parse(&addr.to_string(), false).expect("an address"),
        tenant: TenantId::default_tenant(),
        token: Secret::new("mca_x"),
        kinds: "a,b".to_owned(),
    };
    (of, asked)
}

fn cursor(at: u64) -> String {
    format!("{at}.00000000000000aa")
}

fn event(at: u64) -> String {
    format!("{{\"cursor\":\"{}\",\"event\":{{\"rev\":{at}}}}}", cursor(at))
}

/// What was told until the feed ended: cursors of events, and words.
async fn told(of: FeedOf) -> (Vec<String>, FeedEnded) {
    let mut feed = Feed::after(of, "0".to_owned());
    let mut told = vec![];
    loop {
        match feed.next().await {
            Ok(FeedNews::Lines(lines)) => told.extend(lines.into_iter().map(|it| match it.event {
                Some(_) => it.cursor,
                None => format!("({})", it.cursor),
            })),
            Ok(FeedNews::Away { .. }) => told.push("away".to_owned()),
            Ok(FeedNews::Back) => told.push("back".to_owned()),
            Err(ended) => return (told, ended),
        }
    }
}

#[tokio::test]
async fn it_goes_on_after_the_last_whole_line() {
    let end =
        r#"{"cursor":"5.00000000000000aa","end":{"code":"stopping","message":"","retryable":true,"retry_after_ms":1}}"#;
    let signed_out = r#"{"cursor":"7.00000000000000aa","end":{"code":"sign_in","message":"","retryable":false}}"#;
    let (first, second, third) = (event(1), event(2), event(3));
    let bodies = vec![
        format!("{first}\n{second}\n{}", &third[..20]),
        format!("{third}\n{{\"cursor\":\"{}\"}}\n{end}\n", cursor(5)),
        String::new(),
        format!("{}\n{signed_out}\n", event(7)),
        format!("{signed_out}\n"),
    ];
    let (of, mut asked) = server(bodies).await;
    let (told, ended) = told(of).await;
    let [one, two, three, five, seven] = [1, 2, 3, 5, 7].map(cursor);
    let expected = [
        one,
        two.clone(),
        "away".into(),
        "back".into(),
        three,
        format!("({five})"),
        seven.clone(),
    ];
    let only: Vec<&String> = told.iter().collect();
    assert_eq!(only.iter().filter(|it| it.contains('.')).count(), 5, "{told:?}");
    assert_eq!(&told[..expected.len() - 1], &expected[..expected.len() - 1]);
    assert!(
        matches!(ended, FeedEnded::Server(LoginError::Refused(Refusal::SignIn))),
        "{ended}"
    );
    for since in ["0", &two, &five, &five, &seven] {
        let line = asked.recv().await.expect("a request");
        let wanted = format!("/events?follow=true&since={}&kinds=a%2Cb ", segment(since));
        assert!(line.contains(&wanted), "{line} is not {wanted}");
    }
}

#[tokio::test]
async fn what_was_never_there_is_told_at_once() {
    let reset = r#"!{"code":"reset","message":"","retryable":false,"cursor":"1.00000000000000aa"}"#;
    let (of, _asked) = server(vec![reset.to_owned()]).await;
    assert!(matches!(told(of.clone()).await, (told, FeedEnded::Reset) if told.is_empty()));
    // The server is gone now.
    let (told, ended) = told(of).await;
    assert!(
        told.is_empty() && matches!(ended, FeedEnded::Server(LoginError::Unreachable { .. })),
        "{ended}"
    );
}

#[tokio::test]
async fn what_is_no_feed_is_told() {
    let (of, _asked) = server(vec!["<html>\n".to_owned()]).await;
    let (_, ended) = told(of).await;
    assert!(
        matches!(ended, FeedEnded::Server(LoginError::Strange { .. })),
        "{ended}"
    );
}
