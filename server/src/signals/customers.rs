//! What customers are told: that the other side types, and their place in the queue. One watch for each customer who is
//! connected, read by each of the customer's windows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use minicom_protocol::{frame::CustomerSignal, ids::CustomerId};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

use super::{Floor, lock};
use crate::limits;

/// The customers of a tenant who are connected.
#[derive(Default)]
pub struct Windows {
    /// Std mutex: nothing awaits while it is held.
    open: Mutex<HashMap<CustomerId, (watch::Sender<Values>, usize)>>,
    /// Woken when somebody came whose place is not known yet.
    pub came: Notify,
}

/// The newest value of each signal.
#[derive(Clone, Default)]
struct Values {
    typing: Option<Typing>,
    /// `None` until the first pass over the queue.
    place: Option<Option<u64>>,
}

#[derive(Clone)]
struct Typing {
    version: u64,
    said_at: Instant,
    signal: CustomerSignal,
}

impl Windows {
    /// The other side types, or has stopped.
    pub fn typing(&self, customer: CustomerId, signal: CustomerSignal) {
        if let Some((values, _)) = lock(&self.open).get(&customer) {
            values.send_modify(|values| {
                let version = values.typing.as_ref().map_or(1, |typing| typing.version + 1);
                values.typing = Some(Typing {
                    version,
                    said_at: Instant::now(),
                    signal,
                });
            });
        }
    }

    /// Whether anybody is connected.
    pub fn any(&self) -> bool {
        !lock(&self.open).is_empty()
    }

    /// Gives each customer who is connected a place, by the order of the queue.
    pub fn places(&self, queue: impl Iterator<Item = CustomerId>) {
        let places: HashMap<CustomerId, u64> = queue.zip(1..).collect();
        for (customer, (values, _)) in lock(&self.open).iter() {
            let place = Some(places.get(customer).copied());
            values.send_if_modified(|values| {
                let moved = values.place != place;
                values.place = place;
                moved
            });
        }
    }
}

/// What one window of a customer is told.
pub struct CustomerSignals {
    floor: Arc<Floor>,
    customer: CustomerId,
    every: Duration,
    values: watch::Receiver<Values>,
    /// Which version of the typing signal was told, and when.
    typing_told: Option<(u64, Instant)>,
    place_told: Option<(Option<u64>, Instant)>,
}

impl CustomerSignals {
    pub(super) fn new(floor: Arc<Floor>, customer: CustomerId, every: Duration) -> CustomerSignals {
        let values = {
            let mut open = lock(&floor.customers.open);
            let (values, windows) = open
                .entry(customer)
                .or_insert_with(|| (watch::Sender::new(Values::default()), 0));
            *windows += 1;
            values.subscribe()
        };
        floor.customers.came.notify_one();
        CustomerSignals {
            floor,
            customer,
            every,
            values,
            typing_told: None,
            place_told: None,
        }
    }

    /// The next signal: other than what was told, and at most one of each kind in `signal_every`. May be dropped while it waits.
    pub async fn next(&mut self) -> CustomerSignal {
        loop {
            let values = self.values.borrow_and_update().clone();
            let later = match self.take(values, Instant::now()) {
                Ok(signal) => return signal,
                Err(later) => later,
            };
            // The sender stays until this window's count is given back, so a watch never ends.
            match later {
                Some(at) => tokio::select! {
                    _ = self.values.changed() => {}
                    () = sleep_until(at) => {}
                },
                None => drop(self.values.changed().await),
            }
        }
    }

    fn take(&mut self, values: Values, now: Instant) -> Result<CustomerSignal, Option<Instant>> {
        let mut later = None;
        if let Some(place) = values.place
            && self.place_told.is_none_or(|(told, _)| told != place)
        {
            match self.place_told.map(|(_, at)| at + self.every) {
                Some(due) if due > now => later = Some(due),
                _ => {
                    self.place_told = Some((place, now));
                    return Ok(CustomerSignal::Place { place });
                }
            }
        }
        if let Some(typing) = values.typing
            && now < typing.said_at + limits::TYPING_FOR
            && self.typing_told.is_none_or(|(told, _)| told != typing.version)
        {
            match self.typing_told.map(|(_, at)| at + self.every) {
                Some(due) if due > now => later = Some(later.map_or(due, |earliest: Instant| earliest.min(due))),
                _ => {
                    self.typing_told = Some((typing.version, now));
                    return Ok(typing.signal);
                }
            }
        }
        Err(later)
    }
}

impl Drop for CustomerSignals {
    fn drop(&mut self) {
        let mut open = lock(&self.floor.customers.open);
        if let Some((_, windows)) = open.get_mut(&self.customer) {
            *windows -= 1;
            if *windows == 0 {
                open.remove(&self.customer);
            }
        }
    }
}
