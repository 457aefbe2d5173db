//! What customers are told: that the other side types, their place in the queue, what has come to a person's screen, whether
//! the desk is open, and how it looks when that changes. One watch for each customer who is connected, read by each of the customer's windows.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use minicom_protocol::{
    frame::{CustomerSignal, DeskLook, Estimate},
    ids::{CustomerId, LineNo},
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::{Floor, floor::lock, looks, opening::Open, places::Place};
use crate::{clock::until, limits};

/// The customers of a tenant who are connected, and what those who are not will be told.
#[derive(Default)]
pub struct Windows {
    /// Std mutex: nothing awaits while it is held.
    state: Mutex<State>,
    /// Woken when somebody came whose place is not known yet.
    pub came: Notify,
}

#[derive(Default)]
struct State {
    open: HashMap<CustomerId, (watch::Sender<Values>, usize)>,
    /// How far customers' lines have come on their owners' screens.
    delivered: HashMap<CustomerId, LineNo>,
    /// Those of whom something is known to have come, the longest ago first.
    in_order: VecDeque<CustomerId>,
}

/// The newest value of each signal.
#[derive(Clone, Default)]
struct Values {
    typing: Option<Typing>,
    /// What the bot is saying.
    says: Option<Typing>,
    /// `None` until the first pass over the queue.
    place: Option<Place>,
    delivered: Option<LineNo>,
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
        if let Some((values, _)) = lock(&self.state).open.get(&customer) {
            values.send_modify(|values| values.say(signal));
        }
    }

    /// The bot's typing is over, if it was going on.
    pub fn end_bot_typing(&self, customer: CustomerId) {
        if let Some((values, _)) = lock(&self.state).open.get(&customer) {
            values.send_if_modified(|values| match values.typing.as_ref().map(|typing| &typing.signal) {
                Some(CustomerSignal::Typing {
                    name: None,
                    on: true,
                    at,
                }) => {
                    let (name, on, at) = (None, false, *at);
                    values.say(CustomerSignal::Typing { name, on, at });
                    true
                }
                _ => false,
            });
        }
    }

    /// The bot is saying something, or says no more.
    pub fn says(&self, customer: CustomerId, signal: CustomerSignal) {
        if let Some((values, _)) = lock(&self.state).open.get(&customer) {
            values.send_modify(|values| Typing::put(&mut values.says, signal));
        }
    }

    /// The bot says no more, if it was saying something.
    pub fn end_saying(&self, customer: CustomerId) {
        if let Some((values, _)) = lock(&self.state).open.get(&customer) {
            values.send_if_modified(|values| match values.says.as_ref().map(|says| &says.signal) {
                Some(CustomerSignal::BotDelta { at, .. }) => {
                    let at = *at;
                    Typing::put(&mut values.says, CustomerSignal::BotDone { at });
                    true
                }
                _ => false,
            });
        }
    }

    /// Ends when the last of a customer's windows closes; never for one who has none.
    pub fn left(&self, customer: CustomerId) -> impl Future<Output = ()> + Send + use<> {
        let values = lock(&self.state)
            .open
            .get(&customer)
            .map(|(values, _)| values.subscribe());
        async move {
            let Some(mut values) = values else {
                return std::future::pending().await;
            };
            while values.changed().await.is_ok() {}
        }
    }

    /// Whether anybody is connected.
    pub fn any(&self) -> bool {
        !lock(&self.state).open.is_empty()
    }

    /// Whether this customer is connected.
    pub fn has(&self, customer: CustomerId) -> bool {
        lock(&self.state).open.contains_key(&customer)
    }

    /// Gives each customer who is connected a place, by the order of the queue.
    pub fn places(&self, queue: impl Iterator<Item = CustomerId>, estimate: impl Fn(u64) -> Option<Estimate>) {
        let places: HashMap<CustomerId, u64> = queue.zip(1..).collect();
        for (customer, (values, _)) in &lock(&self.state).open {
            let place = places.get(customer).copied();
            let place = Some(Place {
                place,
                estimate: place.and_then(&estimate),
            });
            values.send_if_modified(|values| {
                let moved = values.place != place;
                values.place = place;
                moved
            });
        }
    }

    /// The customer's lines have come up to this one.
    pub fn delivered(&self, customer: CustomerId, up_to: LineNo) {
        let mut state = lock(&self.state);
        match state.delivered.insert(customer, up_to) {
            Some(known) if known >= up_to => {
                state.delivered.insert(customer, known);
                return;
            }
            Some(_) => {}
            None => state.in_order.push_back(customer),
        }
        while state.in_order.len() > limits::DELIVERED_MAX {
            let oldest = state.in_order.pop_front();
            oldest.and_then(|oldest| state.delivered.remove(&oldest));
        }
        if let Some((values, _)) = state.open.get(&customer) {
            values.send_modify(|values| values.delivered = Some(up_to));
        }
    }

    /// What was delivered up to here, or at all, is not worth telling any more.
    pub fn overtaken(&self, customer: CustomerId, up_to: Option<LineNo>) {
        let mut state = lock(&self.state);
        let line = state.delivered.get(&customer).copied();
        if line.is_some_and(|line| up_to.is_none_or(|up_to| up_to >= line)) {
            state.delivered.remove(&customer);
            state.in_order.retain(|it| *it != customer);
            if let Some((values, _)) = state.open.get(&customer) {
                // Nobody is woken: there is nothing to tell.
                values.send_if_modified(|values| {
                    values.delivered = None;
                    false
                });
            }
        }
    }
}

impl Values {
    fn say(&mut self, signal: CustomerSignal) {
        Typing::put(&mut self.typing, signal);
    }
}

impl Typing {
    fn put(place: &mut Option<Typing>, signal: CustomerSignal) {
        let version = place.as_ref().map_or(1, |before| before.version + 1);
        *place = Some(Typing {
            version,
            said_at: Instant::now(),
            signal,
        });
    }

    /// It ends by itself, in the clients too; there is nothing to tell of it any more.
    fn lasts(&self, now: Instant) -> bool {
        now < self.said_at + limits::TYPING_FOR
    }
}

/// What one window of a customer is told.
pub struct CustomerSignals {
    floor: Arc<Floor>,
    customer: CustomerId,
    every: Duration,
    values: watch::Receiver<Values>,
    open: watch::Receiver<Option<Open>>,
    look: watch::Receiver<Option<Arc<DeskLook>>>,
    told: Told,
}

/// What was told, and when.
#[derive(Default)]
struct Told {
    /// From the beginning: the welcome told it.
    look: Once<Arc<DeskLook>>,
    open: Once<Open>,
    place: Once<Place>,
    delivered: Once<LineNo>,
    /// The version.
    typing: Once<u64>,
    /// The version.
    says: Once<u64>,
}

type Once<T> = Option<(T, Instant)>;

impl CustomerSignals {
    pub(super) fn new(
        floor: Arc<Floor>,
        customer: CustomerId,
        every: Duration,
        welcome: Arc<DeskLook>,
    ) -> CustomerSignals {
        let values = {
            let mut state = lock(&floor.customers.state);
            let delivered = state.delivered.get(&customer).copied();
            let (values, windows) = state.open.entry(customer).or_insert_with(|| {
                let values = Values {
                    delivered,
                    ..Values::default()
                };
                (watch::Sender::new(values), 0)
            });
            *windows += 1;
            values.subscribe()
        };
        floor.customers.came.notify_one();
        CustomerSignals {
            customer,
            every,
            values,
            open: floor.open.subscribe(),
            look: floor.look.subscribe(),
            floor,
            told: Told {
                look: Some((welcome, Instant::now())),
                ..Told::default()
            },
        }
    }

    /// The next signal: other than what was told, and at most one of each kind in `signal_every`. May be dropped while it waits.
    pub async fn next(&mut self) -> CustomerSignal {
        loop {
            let now = Instant::now();
            let look = self.look.borrow_and_update().clone();
            let mut later = Later(None);
            if let Some(signal) = self.take_look(look, &mut later, now) {
                return signal;
            }
            let open = *self.open.borrow_and_update();
            let values = self.values.borrow_and_update().clone();
            let later = match self.take(open, values, later, now) {
                Ok(signal) => return signal,
                Err(later) => later,
            };
            // The senders stay until this window's count is given back, so a watch never ends.
            tokio::select! {
                _ = self.values.changed() => {}
                _ = self.open.changed() => {}
                _ = self.look.changed() => {}
                () = until(later) => {}
            }
        }
    }

    /// How the desk looks now, if it is another look than was told and may be told.
    fn take_look(&mut self, look: Option<Arc<DeskLook>>, later: &mut Later, now: Instant) -> Option<CustomerSignal> {
        let before = self.told.look.as_ref().map(|(look, _)| look.clone())?;
        let look = later.due(&mut self.told.look, look, self.every, now)?;
        Some(looks::told(&look, &before))
    }

    /// A signal that is due; else when the next one is, of those that were told too recently.
    fn take(
        &mut self,
        open: Option<Open>,
        values: Values,
        mut later: Later,
        now: Instant,
    ) -> Result<CustomerSignal, Option<Instant>> {
        let (told, every) = (&mut self.told, self.every);
        if let Some(open) = later.due(&mut told.open, open, every, now) {
            return Ok(open.into());
        }
        if let Some(Place { place, estimate }) = later.due(&mut told.place, values.place, every, now) {
            return Ok(CustomerSignal::Place { place, estimate });
        }
        if let Some(up_to) = later.due(&mut told.delivered, values.delivered, every, now) {
            return Ok(CustomerSignal::Delivered { up_to });
        }
        let says = values.says.filter(|it| it.lasts(now));
        let version = says.as_ref().map(|it| it.version);
        if let (Some(_), Some(says)) = (
            later.due(&mut told.says, version, every.min(limits::DELTA_EVERY), now),
            says,
        ) {
            return Ok(says.signal);
        }
        let typing = values.typing.filter(|it| it.lasts(now));
        let version = typing.as_ref().map(|it| it.version);
        match (later.due(&mut told.typing, version, every, now), typing) {
            (Some(_), Some(typing)) => Ok(typing.signal),
            _ => Err(later.0),
        }
    }
}

/// The earliest moment at which something that was held back may be told.
struct Later(Option<Instant>);

impl Later {
    /// The value, if it is another than was told and may be told now; it counts as told.
    fn due<T: Clone + PartialEq>(
        &mut self,
        told: &mut Once<T>,
        value: Option<T>,
        every: Duration,
        now: Instant,
    ) -> Option<T> {
        let value = value?;
        match told {
            Some((before, _)) if *before == value => None,
            Some((_, at)) if *at + every > now => {
                let due = *at + every;
                self.0 = Some(self.0.map_or(due, |earliest| earliest.min(due)));
                None
            }
            _ => {
                *told = Some((value.clone(), now));
                Some(value)
            }
        }
    }
}

impl Drop for CustomerSignals {
    fn drop(&mut self) {
        let mut state = lock(&self.floor.customers.state);
        if let Some((_, windows)) = state.open.get_mut(&self.customer) {
            *windows -= 1;
            if *windows == 0 {
                state.open.remove(&self.customer);
            }
        }
    }
}
