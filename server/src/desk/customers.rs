//! Customers, as those who manage them see them: found, kept out, let in again, erased.

use ipnet::IpNet;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{CustomerId, Time},
    people::{AgentRef, CustomerRef, Realm},
    refusal::Refusal,
    text::CustomerName,
};
use serde_json::json;

use super::{Desk, Once};
use crate::{
    execute::erase,
    kept_out::{Doors, KeptOut},
    limits,
    order::{Caller, Order, Who},
    store::{
        TenantKey,
        admission::{self, BlockedNetwork},
        audit::By,
        customers::{self, CustomerRow, Find},
        factors,
        people::{self, Customer},
    },
};

impl Desk {
    /// Makes a customer at the first use of a name. If somebody was faster, that customer is returned and the caller
    /// compares the secrets.
    pub async fn first_use(
        &self,
        tenant: TenantKey,
        name: CustomerName,
        secret_digest: [u8; 32],
    ) -> Result<Customer, Refusal> {
        self.write(tenant, move |scope| {
            if let Some(found) = people::customer_by_name(scope.conn, tenant, Realm::Named, &name)? {
                return Ok(found);
            }
            let id = CustomerId(uuid::Uuid::new_v4());
            let customer = CustomerRef {
                id,
                name,
                realm: Realm::Named,
            };
            let new = Customer {
                customer,
                secret_digest: Some(secret_digest),
            };
            people::insert_customer(scope.conn, tenant, &new, scope.now)?;
            Ok(new)
        })
        .await
    }

    /// Makes a customer, unless the name is taken in its realm. Whether it was free.
    pub async fn new_customer(&self, tenant: TenantKey, new: Customer) -> Result<bool, Refusal> {
        self.write(tenant, move |scope| {
            let CustomerRef { name, realm, .. } = &new.customer;
            if people::customer_by_name(scope.conn, tenant, *realm, name)?.is_some() {
                return Ok(false);
            }
            people::insert_customer(scope.conn, tenant, &new, scope.now)?;
            Ok(true)
        })
        .await
    }

    /// Who closes connections of those who are kept out.
    pub fn doors(&self) -> &Doors {
        &self.shared.doors
    }

    /// Ends the connections of those whom a command that is done keeps out.
    pub(super) async fn after(&self, caller: &Caller, tenant: TenantKey, kept_out: Option<Leaving>) {
        let Some(leaving) = kept_out else { return };
        match (leaving, &caller.who) {
            (Leaving::Blocked(customer), _) => self.doors().close(&KeptOut::Customer(tenant, customer)),
            (Leaving::Device(device), Who::Customer(customer)) => {
                self.doors().close(&KeptOut::Device(tenant, customer.id, device));
            }
            (Leaving::OneFactor, _) => {
                // Who signs in from here on is told anyway; those who are there must not stay because of a read that failed.
                while let Err(refusal) = self.one_factor_leaves(tenant).await {
                    if !refusal.retryable() {
                        tracing::error!(code = refusal.code(), "agents without a second factor stay connected");
                        return;
                    }
                    tokio::time::sleep(limits::LOOK_AGAIN_AFTER).await;
                }
            }
            (Leaving::Forgotten, Who::Customer(customer)) => self.leaves(tenant, customer.id),
            (Leaving::Lines, _) => self.files_may_be_gone().notify_one(),
            (Leaving::Device(_) | Leaving::Forgotten, _) => {}
        }
    }

    /// Woken when timers were set.
    pub(crate) fn timers_set(&self) -> &tokio::sync::Notify {
        &self.shared.timers
    }

    /// Woken when the bytes of files may have to be removed.
    pub(crate) fn files_may_be_gone(&self) -> &tokio::sync::Notify {
        &self.shared.files_gone
    }

    async fn one_factor_leaves(&self, tenant: TenantKey) -> Result<(), Refusal> {
        let agents = self.read(move |conn| factors::without(conn, tenant)).await?;
        self.doors().close(&KeptOut::OneFactor(tenant, agents));
        Ok(())
    }

    /// Something was erased: the log of the database is to be emptied, for it still holds it.
    pub(crate) fn erased(&self) {
        self.shared
            .counts
            .erased
            .store(true, std::sync::atomic::Ordering::Release);
        self.shared.counts.committed.notify_one();
        self.files_may_be_gone().notify_one();
    }

    /// Customers by name or address, a page.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn customers(&self, tenant: TenantKey, find: Find) -> Result<Vec<CustomerRow>, Refusal> {
        self.read(move |conn| customers::find(conn, tenant, &find)).await
    }

    /// A customer by id.
    ///
    /// # Errors
    /// `not_found`, or what kept the store from answering.
    pub async fn customer_row(&self, tenant: TenantKey, customer: CustomerId) -> Result<CustomerRow, Refusal> {
        self.read(move |conn| customers::load(conn, tenant, customer))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// Erases all that is kept of a customer, provably: afterwards its words are in no page of the database, and in no file of it as
    /// soon as the write-ahead log is emptied and the files are swept, which both begin at once. Copies made before have them.
    ///
    /// # Errors
    /// `not_found` for one whom nobody knows or who is erased already; what kept it from being written.
    pub async fn erase_customer(
        &self,
        tenant: TenantKey,
        who: Whom,
        agent: AgentRef,
        caller: &Caller,
        once: Option<Once>,
    ) -> Result<(), Refusal> {
        let by = caller.by.clone().unwrap_or_else(By::server);
        let done = self.write_once(tenant, caller.sender(), once, move |scope| {
            // Here and not before: the repeat comes when the name is nobody's any more.
            let found = match who {
                Whom::Id(id) => Some(id),
                Whom::Named(name) => {
                    let found = people::customer_by_name(scope.conn, tenant, Realm::Named, &name)?;
                    found.map(|it| it.customer.id)
                }
            };
            Ok(match found {
                Some(id) if erase::customer(scope, id, Some(&agent), &by, None)? => Ok(id),
                _ => Err(Refusal::NotFound),
            })
        });
        let customer = done.await??;
        self.leaves(tenant, customer);
        Ok(())
    }

    fn leaves(&self, tenant: TenantKey, customer: CustomerId) {
        self.erased_with(tenant, &[customer]);
    }

    /// Something was erased, and with it all that is kept of these customers: who of them is connected leaves.
    pub(crate) fn erased_with(&self, tenant: TenantKey, customers: &[CustomerId]) {
        self.erased();
        for customer in customers {
            self.doors().close(&KeptOut::Erased(tenant, *customer));
        }
    }

    /// Erases what was said in conversations that ended before this time, as much as fits one transaction. How many
    /// conversations there were; none when nothing is left.
    ///
    /// # Errors
    /// What kept it from being written.
    pub async fn erase_ended(&self, tenant: TenantKey, before: Time) -> Result<usize, Refusal> {
        let done = self.write(tenant, move |scope| erase::old(scope, before, &By::server()));
        let count = done.await?;
        if count > 0 {
            self.erased();
        }
        Ok(count)
    }

    /// The networks from which no customer comes in.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn blocked_networks(&self, tenant: TenantKey) -> Result<Vec<BlockedNetwork>, Refusal> {
        self.read(move |conn| admission::networks(conn, tenant, crate::clock::now()))
            .await
    }

    /// Keeps a network out, for some minutes or for good; who is connected from there leaves.
    ///
    /// # Errors
    /// `too_many`, or what kept it from being written.
    pub async fn block_network(
        &self,
        tenant: TenantKey,
        network: IpNet,
        (reason, minutes): (String, Option<u32>),
        caller: &Caller,
        once: Option<Once>,
    ) -> Result<(), Refusal> {
        let by = caller.by.clone().unwrap_or_else(By::server);
        let written = self.write_once(tenant, caller.sender(), once, move |scope| {
            if admission::networks(scope.conn, tenant, scope.now)?.len() >= limits::BLOCKED_NETWORKS_MAX {
                let limit = limits::BLOCKED_NETWORKS_MAX as u64;
                return Ok(Err(Refusal::TooMany { limit }));
            }
            let blocked = BlockedNetwork {
                network: network.trunc(),
                reason,
                created_at: scope.now,
                expires_at: minutes.map(|it| Time(scope.now.0 + i64::from(it) * 60_000_000)),
            };
            admission::block_network(scope.conn, tenant, &blocked)?;
            let detail = json!({"minutes": minutes});
            scope.audit(&by, "network.blocked", blocked.network.to_string(), detail)?;
            Ok(Ok(()))
        });
        written.await??;
        self.doors().close(&KeptOut::Network(tenant, network));
        Ok(())
    }

    /// Lets a network in again.
    ///
    /// # Errors
    /// `not_found`, or what kept it from being written.
    pub async fn unblock_network(
        &self,
        tenant: TenantKey,
        network: IpNet,
        caller: &Caller,
        once: Option<Once>,
    ) -> Result<(), Refusal> {
        let by = caller.by.clone().unwrap_or_else(By::server);
        let done = self.write_once(tenant, caller.sender(), once, move |scope| {
            let network = network.trunc();
            if !admission::unblock_network(scope.conn, tenant, network)? {
                return Ok(Err(Refusal::NotFound));
            }
            scope
                .audit(&by, "network.unblocked", network.to_string(), json!({}))
                .map(Ok)
        });
        done.await?
    }
}

/// A customer, as a request names one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whom {
    /// By the id.
    Id(CustomerId),
    /// By the name that the customer chose.
    Named(CustomerName),
}

/// Who leaves when a command is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Leaving {
    Blocked(CustomerId),
    Device(String),
    Forgotten,
    /// What stood in a line, with its file.
    Lines,
    /// The tenant asks for a second factor.
    OneFactor,
}

impl Leaving {
    /// Of an order, before it is done.
    pub(super) fn of(order: &Order) -> Option<Leaving> {
        match order {
            Order::Agent(AgentCommand::BlockCustomer { customer, .. }) => Some(Leaving::Blocked(*customer)),
            Order::Agent(AgentCommand::Configure { settings }) if settings.require_totp => Some(Leaving::OneFactor),
            Order::Customer(CustomerCommand::RevokeDevice { device }) => Some(Leaving::Device(device.clone())),
            Order::Customer(CustomerCommand::Forget {}) => Some(Leaving::Forgotten),
            Order::Agent(AgentCommand::WithdrawLine { .. } | AgentCommand::BlankLine { .. })
            | Order::Customer(CustomerCommand::WithdrawLine { .. }) => Some(Leaving::Lines),
            _ => None,
        }
    }
}
