//! How often one token and one address may call, for reads and for writes. Every answer tells how much is left, as the IETF's
//! draft on rate limit headers has it. Health routes and sockets are not counted: machinery asks the former, and the latter
//! have bounds of their own.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
};
use minicom_protocol::refusal::Refusal;

use super::super::{App, extract::bearer};
use crate::{
    accounts::{is_loopback, network},
    buckets::Buckets,
    limits,
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Calls in a minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HttpRates {
    /// Reads with one token.
    pub reads_per_token: u32,
    /// Writes with one token.
    pub writes_per_token: u32,
    /// Calls from one address.
    pub per_address: u32,
    /// Calls from one loopback address.
    pub per_loopback_address: u32,
}

impl Default for HttpRates {
    fn default() -> Self {
        let of = |bound: limits::Adjustable| u32::try_from(bound.default).unwrap_or(u32::MAX);
        Self {
            reads_per_token: of(limits::HTTP_READS_PER_TOKEN_PER_MIN),
            writes_per_token: of(limits::HTTP_WRITES_PER_TOKEN_PER_MIN),
            per_address: of(limits::HTTP_PER_ADDRESS_PER_MIN),
            per_loopback_address: of(limits::HTTP_PER_LOOPBACK_ADDRESS_PER_MIN),
        }
    }
}

/// A bucket for each key, with its name and its size.
struct Counter<K: Hash + Eq + Clone> {
    name: &'static str,
    per_minute: u32,
    buckets: Buckets<K>,
}

/// How a caller stands with the bucket that is told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    name: &'static str,
    per_minute: u32,
    left: u32,
}

impl Standing {
    /// Puts it into headers.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Standing { name, per_minute, left } = self;
        let used = u64::from(per_minute.saturating_sub(*left));
        // Until the bucket is full again.
        let full_in_s = (used * 60).div_ceil(u64::from((*per_minute).max(1)));
        let policy = format!("\"{name}\";q={per_minute};w=60");
        let limit = format!("\"{name}\";r={left};t={full_in_s}");
        for (header, text) in [(POLICY, policy), (LIMIT, limit)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header, value);
            }
        }
    }
}

/// What counting a request came to.
#[derive(Default)]
pub struct Counted {
    /// What is told of it; `None` where nothing is counted.
    pub standing: Option<Standing>,
    /// Why it is not answered.
    pub refused: Option<Refusal>,
}

/// See the module.
pub struct Rates {
    reads: Counter<u64>,
    writes: Counter<u64>,
    addresses: Counter<IpAddr>,
    loopback: Counter<IpAddr>,
    /// Tokens are remembered by a digest that nobody outside can choose, never by themselves.
    digests: RandomState,
}

impl Rates {
    /// With these.
    pub fn new(rates: HttpRates) -> Rates {
        Rates {
            reads: Counter::new("reads", rates.reads_per_token),
            writes: Counter::new("writes", rates.writes_per_token),
            addresses: Counter::new("address", rates.per_address),
            loopback: Counter::new("address", rates.per_loopback_address),
            digests: RandomState::new(),
        }
    }

    /// Counts a request. The operator of this very computer is not counted.
    pub fn count(&self, app: &App, request: &Request, route: &str) -> Counted {
        if ["/healthz", "/readyz", "/ws"]
            .iter()
            .any(|free| route.starts_with(free))
        {
            return Counted::default();
        }
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>() else {
            return Counted::default();
        };
        let (token, address) = (bearer(request.headers()), peer.ip());
        if token.is_some_and(|token| app.accounts.is_operators(token, address)) {
            return Counted::default();
        }
        let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        self.count_of(token, address, writes)
    }

    /// First the address: whoever makes up tokens has a new bucket for each, but one address.
    fn count_of(&self, token: Option<&str>, address: IpAddr, writes: bool) -> Counted {
        let addresses = match is_loopback(address) {
            true => &self.loopback,
            false => &self.addresses,
        };
        let by_address = addresses.count(&network(address));
        let Some(token) = token.filter(|_| by_address.refused.is_none()) else {
            return by_address;
        };
        let tokens = if writes { &self.writes } else { &self.reads };
        tokens.count(&self.digests.hash_one(token))
    }
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(name: &'static str, per_minute: u32) -> Counter<K> {
        Counter {
            name,
            per_minute,
            buckets: Buckets::per_minute(per_minute, per_minute),
        }
    }

    fn count(&self, key: &K) -> Counted {
        let (left, refused) = match self.buckets.take(key) {
            Ok(left) => (left, None),
            Err(refusal) => (0, Some(refusal)),
        };
        let (name, per_minute) = (self.name, self.per_minute);
        Counted {
            standing: Some(Standing { name, per_minute, left }),
            refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: HttpRates = HttpRates {
        reads_per_token: 5,
        writes_per_token: 2,
        per_address: 8,
        per_loopback_address: 100,
    };

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn allowed(rates: &Rates, token: Option<&str>, address: &str, writes: bool) -> usize {
        let passes = |_: &usize| rates.count_of(token, ip(address), writes).refused.is_none();
        (0..1_000).take_while(passes).count()
    }

    #[test]
    fn a_token_has_its_reads_and_its_writes_wherever_it_comes_from() {
        let rates = Rates::new(RATES);
        assert_eq!(allowed(&rates, Some("a"), "127.0.0.1", true), 2);
        assert_eq!(allowed(&rates, Some("a"), "192.0.2.1", true), 0);
        assert_eq!(allowed(&rates, Some("a"), "127.0.0.1", false), 5);
        assert_eq!(allowed(&rates, Some("b"), "127.0.0.1", false), 5);
    }

    #[test]
    fn made_up_tokens_do_not_help_an_address() {
        let rates = Rates::new(RATES);
        let passes = |n: &usize| {
            let counted = rates.count_of(Some(&n.to_string()), ip("2001:db8::1"), false);
            counted.refused.is_none()
        };
        assert_eq!((0..1_000).take_while(passes).count(), 8);
        assert_eq!(allowed(&rates, None, "2001:db8::2", false), 0, "the same network");
        assert_eq!(allowed(&rates, None, "2001:db8:0:1::1", false), 8);
    }

    #[test]
    fn what_is_left_is_told() {
        let rates = Rates::new(RATES);
        let told = |counted: &Counted| {
            let mut headers = HeaderMap::new();
            counted.standing.unwrap().tell(&mut headers);
            [POLICY, LIMIT].map(|name| headers[name].to_str().unwrap().to_owned())
        };
        let first = rates.count_of(Some("a"), ip("127.0.0.1"), false);
        assert_eq!(told(&first), ["\"reads\";q=5;w=60", "\"reads\";r=4;t=12"]);
        allowed(&rates, Some("a"), "127.0.0.1", false);
        let over = rates.count_of(Some("a"), ip("127.0.0.1"), false);
        assert_eq!(told(&over), ["\"reads\";q=5;w=60", "\"reads\";r=0;t=60"]);
        let Some(Refusal::RateLimited { retry_after_ms }) = over.refused else {
            panic!("the bucket was empty");
        };
        assert!((1..=12_001).contains(&retry_after_ms), "{retry_after_ms}");
    }
}
