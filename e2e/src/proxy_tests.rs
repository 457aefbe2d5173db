use super::*;

/// A server that sends everything back, and the proxy before it.
async fn echo() -> FlakyProxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    FlakyProxy::start(addr).await.expect("a proxy")
}

async fn connect(proxy: &FlakyProxy) -> TcpStream {
    TcpStream::connect(proxy.addr()).await.expect("a connection")
}

async fn round_trip(stream: &mut TcpStream, text: &[u8]) {
    stream.write_all(text).await.expect("written");
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back).await.expect("read");
    assert_eq!(back, text);
}

/// What still comes before the end, and whether the end was a reset.
async fn rest(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    let reset = match stream.read_to_end(&mut all).await {
        Ok(_) => false,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    };
    (all, reset)
}

#[tokio::test]
async fn it_carries_and_lets_each_side_end() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    round_trip(&mut stream, b"hello").await;
    proxy.one_byte_writes(true);
    round_trip(&mut stream, b"byte by byte").await;
    stream.write_all(b"last").await.expect("written");
    stream.shutdown().await.expect("shut down");
    assert_eq!(rest(&mut stream).await, (b"last".to_vec(), false));
    assert_eq!(proxy.cuts(), 0);
}

#[tokio::test]
async fn it_cuts_all_by_end_or_by_reset() {
    let proxy = echo().await;
    for reset in [false, true] {
        proxy.reset_on_cut(reset);
        let (mut one, mut two) = (connect(&proxy).await, connect(&proxy).await);
        round_trip(&mut one, b"1").await;
        round_trip(&mut two, b"2").await;
        let before = proxy.cuts();
        proxy.cut_all();
        assert_eq!(rest(&mut one).await, (vec![], reset));
        assert_eq!(rest(&mut two).await, (vec![], reset));
        proxy.wait_for(|counts| counts.cuts == before + 2).await;
        round_trip(&mut connect(&proxy).await, b"a new one is whole").await;
    }
}

#[tokio::test]
async fn it_cuts_at_an_exact_byte_in_each_direction() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    round_trip(&mut stream, b"before").await;
    proxy.cut_after(Way::Down, 4);
    stream.write_all(b"123456").await.expect("written");
    assert_eq!(rest(&mut stream).await.0, b"1234");

    let mut stream = connect(&proxy).await;
    let up = proxy.counts().up;
    proxy.cut_after(Way::Up, 3);
    stream.write_all(b"abcdef").await.expect("written");
    rest(&mut stream).await;
    let counts = proxy.wait_for(|counts| counts.cuts == 2).await;
    assert_eq!(counts.up, up + 3);
    round_trip(&mut connect(&proxy).await, b"and only once").await;
}

#[tokio::test]
async fn it_swallows_answers_and_then_cuts() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    round_trip(&mut stream, b"heard").await;
    let swallowing = proxy.swallow_answers_and_cut(7);
    let writing = async { stream.write_all(b"unheard").await.expect("written") };
    tokio::join!(swallowing, writing);
    assert_eq!(rest(&mut stream).await, (vec![], false));
    assert_eq!(proxy.counts().swallowed, 7);
    round_trip(&mut connect(&proxy).await, b"heard again").await;
}

#[tokio::test]
async fn it_holds_and_releases() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    proxy.hold(Way::Up);
    stream.write_all(b"late").await.expect("written");
    // Another connection is held as well; nothing of either has come through when both are released.
    let mut other = connect(&proxy).await;
    other.write_all(b"too").await.expect("written");
    proxy.wait_for(|counts| counts.connections == 2).await;
    assert_eq!(proxy.counts().up, 0);
    proxy.release();
    let mut back = [0; 4];
    stream.read_exact(&mut back).await.expect("read");
    assert_eq!(&back, b"late");
}

#[tokio::test]
async fn it_refuses() {
    let proxy = echo().await;
    proxy.refuse(true);
    // The reset can come as early as in connect.
    if let Ok(mut stream) = TcpStream::connect(proxy.addr()).await {
        assert!(stream.read_u8().await.is_err());
    }
    proxy.wait_for(|counts| counts.refused == 1).await;
    proxy.refuse(false);
    round_trip(&mut connect(&proxy).await, b"open again").await;
}

/// Bytes that come back on each of ten connections before it is cut.
async fn random_cuts(seed: u64) -> Vec<u64> {
    let proxy = echo().await;
    proxy.cut_randomly(seed, 200);
    let mut carried = Vec::new();
    for n in 1..=10 {
        let mut stream = connect(&proxy).await;
        let before = proxy.counts().up;
        let _ = stream.write_all(&[7; 100_000]).await;
        rest(&mut stream).await;
        let counts = proxy.wait_for(|counts| counts.cuts == n).await;
        carried.push(counts.up - before);
    }
    proxy.stop_cutting();
    round_trip(&mut connect(&proxy).await, &[1; 3_000]).await;
    carried
}

#[tokio::test]
async fn random_cuts_repeat_with_their_seed() {
    // Which direction is cut first is a matter of time; what a direction allows at most is not.
    let allowed = |seed| -> Vec<u64> {
        let draw = |number| RandomCut::new(Way::Up, number).draw((seed, 200));
        (1..=10).map(draw).collect()
    };
    let carried = random_cuts(42).await;
    assert!(
        carried
            .iter()
            .zip(allowed(42))
            .all(|(carried, allowed)| *carried <= allowed),
        "{carried:?}"
    );
    assert_eq!(allowed(42), allowed(42));
    assert_ne!(allowed(42), allowed(43));
}
