//! How often one address may try: to sign in, and to make new customers. It counts tries and refuses to know who
//! they were for.
//!
//! Logins are counted by account and address together, so that whoever hammers an account from elsewhere does not lock
//! out the agent at the desk; and, wider, by address alone, so that one address cannot try one password on every account.

use std::net::IpAddr;

use minicom_protocol::refusal::Refusal;

use super::{NewCustomerRates, is_loopback};
use crate::{buckets::Buckets, limits, store::TenantKey};

/// How many more tries an address has for all accounts together than for one: an office behind one address.
const ACCOUNTS_PER_ADDRESS: u32 = 10;
/// Bytes of an account's name that count. Longer ones are no account's.
const NAME_BYTES_MAX: usize = 254;

/// See the module.
pub struct Throttle {
    account: Buckets<(String, IpAddr)>,
    /// By account, from all addresses where it is not known.
    strangers: Buckets<(String, String)>,
    second: Buckets<(String, String)>,
    audited: Buckets<TenantKey>,
    address: Buckets<IpAddr>,
    new_customer: Buckets<IpAddr>,
    new_customer_loopback: Buckets<IpAddr>,
    link_code: Buckets<IpAddr>,
}

impl Throttle {
    /// With the bounds of [`limits`] for logins and these for new customers.
    pub fn new(rates: NewCustomerRates) -> Throttle {
        let (burst, refill) = (
            limits::LOGIN_BURST_PER_ADDRESS,
            limits::LOGIN_REFILL_PER_ADDRESS_PER_MIN,
        );
        Throttle {
            account: Buckets::per_minute(refill, burst),
            address: Buckets::per_minute(refill * ACCOUNTS_PER_ADDRESS, burst * ACCOUNTS_PER_ADDRESS),
            strangers: Buckets::per_minute(
                limits::LOGIN_REFILL_PER_ACCOUNT_PER_MIN,
                limits::LOGIN_BURST_PER_ACCOUNT,
            ),
            second: Buckets::per_minute(limits::TOTP_REFILL_PER_ACCOUNT_PER_MIN, limits::TOTP_BURST_PER_ACCOUNT),
            audited: Buckets::per_minute(
                limits::FAILED_LOGINS_AUDITED_PER_MIN,
                limits::FAILED_LOGINS_AUDITED_BURST,
            ),
            new_customer: Buckets::per_minute(rates.per_address_per_min, rates.per_address_per_min),
            new_customer_loopback: Buckets::per_minute(
                rates.per_loopback_address_per_min,
                rates.per_loopback_address_per_min,
            ),
            link_code: Buckets::per_minute(
                limits::LINK_CODE_TRIES_PER_ADDRESS_PER_MIN,
                limits::LINK_CODE_TRIES_PER_ADDRESS_PER_MIN,
            ),
        }
    }

    /// Counts a code that a device came with.
    pub fn link_code(&self, peer: IpAddr) -> Result<(), Refusal> {
        self.link_code.take(&network(peer)).map(drop)
    }

    /// Counts a try to sign in. The name is that which was given, whether or not there is such an account.
    pub fn login(&self, name: &str, peer: IpAddr) -> Result<(), Refusal> {
        let network = network(peer);
        self.address.take(&network)?;
        self.account.take(&(cut(name), network)).map(drop)
    }

    /// Counts a try to sign in to an account from where it is not known. Who guesses from many addresses is stopped here; the
    /// agent is not, whose addresses and devices are known.
    pub fn stranger(&self, tenant: &str, name: &str) -> Result<(), Refusal> {
        self.strangers.take(&(cut(tenant), cut(name))).map(drop)
    }

    /// Counts a code of a second factor before it is looked at, whoever gives it: the password was right.
    pub fn code(&self, tenant: &str, name: &str) -> Result<(), Refusal> {
        self.second.take(&(cut(tenant), cut(name))).map(drop)
    }

    /// Whether one more failed login of this tenant is written into the audit log.
    pub fn audits(&self, tenant: TenantKey) -> bool {
        self.audited.take(&tenant).is_ok()
    }

    /// Counts a customer that is new.
    pub fn new_customer(&self, peer: IpAddr) -> Result<(), Refusal> {
        let limiter = if is_loopback(peer) {
            &self.new_customer_loopback
        } else {
            &self.new_customer
        };
        limiter.take(&network(peer)).map(drop)
    }
}

/// As much of a name as counts.
fn cut(name: &str) -> String {
    name[..name.floor_char_boundary(NAME_BYTES_MAX)].to_owned()
}

/// What counts as one address: an IPv6 network of 64 bits is one customer of a provider, who has all addresses in it. This
/// computer itself is in no network.
pub fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let mut bytes = address.octets();
            bytes[8..].fill(0);
            IpAddr::from(bytes)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn refused_after(throttle: &Throttle, name: &str, peer: IpAddr) -> u32 {
        (0..1_000).find(|_| throttle.login(name, peer).is_err()).unwrap()
    }

    #[test]
    fn a_burst_is_refused_and_told_when_to_come_back() {
        let throttle = Throttle::new(NewCustomerRates::default());
        assert_eq!(
            refused_after(&throttle, "ada@x", ip("192.0.2.1")),
            limits::LOGIN_BURST_PER_ADDRESS
        );
        let Err(Refusal::RateLimited { retry_after_ms }) = throttle.login("ada@x", ip("192.0.2.1")) else {
            panic!("the burst was over");
        };
        assert!((1..=6_001).contains(&retry_after_ms), "{retry_after_ms}");
    }

    #[test]
    fn hammering_from_elsewhere_locks_nobody_out() {
        let throttle = Throttle::new(NewCustomerRates::default());
        refused_after(&throttle, "ada@x", ip("192.0.2.1"));
        assert_eq!(throttle.login("ada@x", ip("192.0.2.2")), Ok(()));
        assert_eq!(throttle.login("bo@x", ip("192.0.2.1")), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let throttle = Throttle::new(NewCustomerRates::default());
        let tries = (0..1_000).find(|n| throttle.login(&format!("{n}@x"), ip("2001:db8::1")).is_err());
        assert_eq!(tries, Some(100));
        assert!(throttle.login("new@x", ip("2001:db8::2")).is_err(), "the same network");
        assert_eq!(throttle.login("new@x", ip("2001:db8:0:1::2")), Ok(()));
    }

    #[test]
    fn guessing_from_a_thousand_addresses_ends_soon() {
        let throttle = Throttle::new(NewCustomerRates::default());
        let tries = (0..1_000).find(|_| throttle.stranger("default", "ada@x").is_err());
        assert_eq!(tries, Some(limits::LOGIN_BURST_PER_ACCOUNT));
        assert_eq!(throttle.stranger("default", "bo@x"), Ok(()));
        assert_eq!(throttle.stranger("acme", "ada@x"), Ok(()));
    }

    #[test]
    fn the_names_of_a_stranger_are_bounded() {
        let throttle = Throttle::new(NewCustomerRates::default());
        let long = "ä".repeat(10_000);
        assert_eq!(
            refused_after(&throttle, &long, ip("192.0.2.1")),
            limits::LOGIN_BURST_PER_ADDRESS
        );
    }

    #[test]
    fn new_customers_come_faster_from_this_computer() {
        let rates = NewCustomerRates {
            per_address_per_min: 2,
            per_loopback_address_per_min: 5,
        };
        let throttle = Throttle::new(rates);
        let until_refused = |peer| (0..10).find(|_| throttle.new_customer(peer).is_err());
        assert_eq!(until_refused(ip("192.0.2.1")), Some(2));
        assert_eq!(until_refused(ip("::ffff:127.0.0.1")), Some(5));
    }
}
