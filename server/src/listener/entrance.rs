//! How many connections there are, in all and from each address, and the place that each holds.

use std::{
    net::IpAddr,
    sync::{Arc, LazyLock},
};

use axum::{
    Json,
    http::{StatusCode, header},
    response::IntoResponse,
};
use minicom_protocol::refusal::Refusal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    accounts::{is_loopback, network},
    limits,
    places::{self, Places},
    run_limits::RunLimits,
};

/// Counts connections.
pub struct Entrance {
    total: Arc<Semaphore>,
    turning: Arc<Semaphore>,
    addresses: Places<IpAddr>,
    per_address: usize,
    per_loopback_address: usize,
}

/// A connection's place, given back when its last clone is gone.
#[derive(Clone)]
pub struct Place {
    _held: Arc<Held>,
}

impl Place {
    fn of(held: Held) -> Place {
        Place { _held: Arc::new(held) }
    }
}

/// What a place is made of. A proxy's connection has no count of its own: each of its requests has one.
struct Held {
    _counted: Option<places::Place<IpAddr>>,
    _permit: Option<OwnedSemaphorePermit>,
    /// The place of the connection that a request came on.
    _on: Option<Place>,
}

/// One that is turned away and told why.
pub struct Turned {
    _permit: OwnedSemaphorePermit,
}

impl Turned {
    /// A whole answer of HTTP/1.1.
    pub fn words(&self) -> &'static [u8] {
        static WORDS: LazyLock<String> = LazyLock::new(|| {
            let body = refusal().to_wire().to_string();
            format!(
                "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        });
        WORDS.as_bytes()
    }
}

fn refusal() -> Refusal {
    Refusal::Unknown {
        code: "too_many_connections".to_owned(),
        message: "There are too many connections from here, or to this server. Close some, or try again later."
            .to_owned(),
        retryable: true,
    }
}

/// The same as [`Turned::words`], for a request on a connection that goes on.
pub fn too_many() -> impl IntoResponse {
    let headers = [(header::RETRY_AFTER, "5")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, Json(refusal().to_wire()))
}

impl Entrance {
    /// With nobody inside.
    pub fn new(limits: &RunLimits) -> Self {
        Self {
            total: Arc::new(Semaphore::new(limits.sockets_total)),
            turning: Arc::new(Semaphore::new(limits::TURNED_AWAY_MAX)),
            addresses: Places::default(),
            per_address: limits.sockets_per_address,
            per_loopback_address: limits.sockets_per_loopback_address,
        }
    }

    /// A place for a connection from this address; else a chance to say why not, while not too many are being told.
    pub fn admit(&self, address: IpAddr) -> Result<Place, Option<Turned>> {
        self.place(address).ok_or_else(|| self.turned())
    }

    /// A place for a connection from a proxy, which counts in all but for no address.
    pub fn admit_proxy(&self) -> Result<Place, Option<Turned>> {
        let permit = self.total.clone().try_acquire_owned().ok();
        let permit = permit.ok_or_else(|| self.turned())?;
        Ok(Place::of(Held {
            _counted: None,
            _permit: Some(permit),
            _on: None,
        }))
    }

    /// A place for a request from this address on a proxy's connection, which has the place `on`.
    pub fn admit_behind(&self, address: IpAddr, on: Place) -> Option<Place> {
        let counted = self.counted(address)?;
        Some(Place::of(Held {
            _counted: Some(counted),
            _permit: None,
            _on: Some(on),
        }))
    }

    fn turned(&self) -> Option<Turned> {
        let permit = self.turning.clone().try_acquire_owned().ok();
        permit.map(|permit| Turned { _permit: permit })
    }

    fn place(&self, address: IpAddr) -> Option<Place> {
        let permit = self.total.clone().try_acquire_owned().ok()?;
        let counted = self.counted(address)?;
        Some(Place::of(Held {
            _counted: Some(counted),
            _permit: Some(permit),
            _on: None,
        }))
    }

    fn counted(&self, address: IpAddr) -> Option<places::Place<IpAddr>> {
        let most = if is_loopback(address) {
            self.per_loopback_address
        } else {
            self.per_address
        };
        self.addresses.take(network(address), most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entrance(total: usize, per_address: usize) -> Entrance {
        Entrance::new(&RunLimits {
            sockets_total: total,
            sockets_per_address: per_address,
            sockets_per_loopback_address: per_address + 1,
            ..RunLimits::default()
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let entrance = entrance(100, 2);
        let first = entrance.place(ip("192.0.2.1")).unwrap();
        let second = entrance.place(ip("::ffff:192.0.2.1")).unwrap();
        assert!(entrance.place(ip("192.0.2.1")).is_none());
        assert!(entrance.place(ip("192.0.2.2")).is_some());
        let kept = second.clone();
        drop(second);
        assert!(
            entrance.place(ip("192.0.2.1")).is_none(),
            "the upgraded socket still holds it"
        );
        drop(kept);
        assert!(entrance.place(ip("192.0.2.1")).is_some());
        drop(first);
        assert!(entrance.addresses.is_empty(), "nothing is remembered of who left");
    }

    #[test]
    fn one_network_of_ipv6_is_one_address() {
        let entrance = entrance(100, 1);
        let _place = entrance.place(ip("2001:db8::1")).unwrap();
        assert!(entrance.place(ip("2001:db8::2")).is_none());
        assert!(entrance.place(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn loopback_has_its_own_bound_and_the_total_holds_for_all() {
        let entrance = entrance(3, 1);
        let places: Vec<Place> = (0..2).filter_map(|_| entrance.place(ip("127.0.0.1"))).collect();
        assert_eq!(places.len(), 2);
        assert!(entrance.place(ip("127.0.0.1")).is_none());
        let _other = entrance.place(ip("192.0.2.1")).unwrap();
        assert!(entrance.place(ip("192.0.2.2")).is_none(), "three in all");
    }

    #[test]
    fn behind_a_proxy_each_address_has_its_places() {
        let entrance = entrance(3, 2);
        let proxy = entrance.admit_proxy().ok().unwrap();
        let client = |address| entrance.admit_behind(ip(address), proxy.clone());
        let (one, _two) = (client("192.0.2.1").unwrap(), client("192.0.2.1").unwrap());
        assert!(client("192.0.2.1").is_none());
        assert!(client("192.0.2.2").is_some());
        drop(one);
        assert!(client("192.0.2.1").is_some());
        let _others = [entrance.admit_proxy(), entrance.admit_proxy()];
        assert!(entrance.admit_proxy().is_err(), "connections count in all");
    }

    #[test]
    fn not_everybody_who_is_turned_away_is_told_why() {
        let entrance = entrance(0, 0);
        let told: Vec<_> = (0..limits::TURNED_AWAY_MAX)
            .map(|_| entrance.admit(ip("192.0.2.1")).err().unwrap().unwrap())
            .collect();
        assert!(entrance.admit(ip("192.0.2.1")).err().unwrap().is_none());
        assert!(String::from_utf8_lossy(told[0].words()).contains("too_many_connections"));
    }
}
