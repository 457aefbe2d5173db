use super::*;
use crate::{desk_setup::Setup, server::TestServer};

fn load(in_flight: usize, amount: Amount, rate: Option<f64>) -> Load {
    Load {
        customers: 20,
        agents: 3,
        in_flight,
        bytes: 128,
        amount,
        rate,
    }
}

async fn on_a_server(load: &Load) -> Figures {
    let mut server = TestServer::start(Setup::for_load(&["Ada", "Bo"])).await.unwrap();
    let target = Target {
        server: server.url(),
        tokens: server.agents.iter().map(|agent| agent.token.clone()).collect(),
        data: Some(server.data().to_owned()),
        pid: Some(std::process::id()),
    };
    let figures = run(load, &target).await.unwrap();
    server.stop().await.unwrap();
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_sent_is_durable_and_seen_by_everybody() {
    for in_flight in [1, 64] {
        let figures = on_a_server(&load(in_flight, Amount::Messages(1_000), None)).await;
        assert_eq!(figures.messages, 1_000);
        assert_eq!(figures.answered.len(), 1_000);
        assert_eq!(figures.seen.len(), 3_000, "three agents see all of them");
        assert_eq!(figures.on_disk, Some(1_020), "and one that opened each conversation");
        assert!(figures.delivered_in >= figures.durable_in);
        let told = figures.to_string();
        assert!(told.contains("nothing lost, doubled or out of order"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pace_is_kept() {
    let figures = on_a_server(&load(8, Amount::Messages(200), Some(400.0))).await;
    assert_eq!((figures.messages, figures.late.len()), (200, 200));
    // The last of ten of each customer is due 9 x 50 ms after the first.
    assert!(figures.durable_in >= Duration::from_millis(450), "{figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_ends_it_too() {
    let figures = on_a_server(&load(2, Amount::Time(Duration::from_millis(300)), None)).await;
    assert!(figures.messages > 0);
    assert_eq!(figures.seen.len(), 3 * figures.messages);
}

#[tokio::test]
async fn other_computers_are_left_alone() {
    let target = Target {
        server: ServerUrl::parse("http://192.0.2.1:8000", true).unwrap(),
        tokens: Vec::new(),
        data: None,
        pid: None,
    };
    let refused = run(&load(1, Amount::Messages(1), None), &target).await.unwrap_err();
    assert!(refused.to_string().contains("on this computer only"), "{refused}");
}
