//! A desk over a database in a temporary folder, for tests.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done},
    ids::{AgentId, CommandId, CustomerId, Mark, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
    text::{CustomerName, DisplayName},
};
use uuid::Uuid;

use crate::{
    decide::Settings,
    desk::{Desk, WriterThread},
    faults::Faults,
    limits,
    order::{Caller, Order, Who},
    store::{self, TenantKey, people},
};

/// See the module.
pub struct TestDesk {
    pub desk: Desk,
    pub writer: Option<WriterThread>,
    pub folder: store::open::DataFolder,
    pub dir: tempfile::TempDir,
}

impl TestDesk {
    pub fn new() -> Self {
        Self::with(Faults::default())
    }

    pub fn with(faults: Faults) -> Self {
        Self::at(tempfile::tempdir().unwrap(), faults, 6_000)
    }

    pub fn with_deadline(bot_deadline_ms: i64) -> Self {
        Self::at(tempfile::tempdir().unwrap(), Faults::default(), bot_deadline_ms)
    }

    fn at(dir: tempfile::TempDir, faults: Faults, bot_deadline_ms: i64) -> Self {
        let (folder, conn) = store::open::open(dir.path()).unwrap();
        let settings = Settings {
            bot: true,
            bot_deadline_ms,
        };
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, faults).unwrap();
        Self {
            desk,
            writer: Some(writer),
            folder,
            dir,
        }
    }

    /// Ends the desk and starts it again over the same folder.
    pub fn restart(self) -> Self {
        let Self {
            desk,
            writer,
            folder,
            dir,
        } = self;
        let deadline = desk.settings().bot_deadline_ms;
        drop(desk);
        writer.unwrap().join().unwrap().unwrap();
        drop(folder);
        Self::at(dir, Faults::default(), deadline)
    }

    pub fn tenant(&self) -> TenantKey {
        self.desk.tenant(&TenantId::default_tenant()).unwrap()
    }

    /// The same with one more tenant, which has a customer.
    pub async fn with_tenant(self, id: &str, customer: &str) -> (Self, TenantKey, Caller) {
        let id = TenantId::parse(id).unwrap();
        let new = id.clone();
        let made = self.desk.write(self.tenant(), move |scope| {
            store::tenants::ensure(scope.conn, &new, Mark(7), scope.now).map(drop)
        });
        made.await.unwrap();
        let test = self.restart();
        let key = test.desk.tenant(&id).unwrap();
        let name = CustomerName::try_from(customer.to_owned()).unwrap();
        let found = test.desk.first_use(key, name, [7; 32]).await.unwrap();
        (test, key, Caller::new(id, Who::Customer(found.customer)))
    }

    /// Keeps the writer at one piece of work until the result is dropped: what is put behind it waits.
    pub async fn hold_writer(&self) -> std::sync::mpsc::Sender<()> {
        let (held, until_dropped) = std::sync::mpsc::channel();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (desk, tenant) = (self.desk.clone(), self.tenant());
        tokio::spawn(async move {
            let work = move |_: &mut crate::execute::Scope<'_>| {
                let _ = begun.send(());
                let _ = until_dropped.recv();
                Ok(())
            };
            desk.write(tenant, work).await
        });
        has_begun.await.unwrap();
        held
    }

    /// Waits until so much work waits for the writer.
    pub async fn until_waiting(&self, jobs: usize) {
        let there = async {
            while self.desk.waiting_jobs() != jobs {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(std::time::Duration::from_secs(30), there);
        in_time.await.expect("the work comes to the writer");
    }

    /// Fills the lane of a tenant, whose work is done when the writer goes on.
    pub async fn flood(&self, tenant: TenantKey) -> tokio::task::JoinSet<Result<(), Refusal>> {
        let mut flood = tokio::task::JoinSet::new();
        for _ in 0..limits::TENANT_LANE_MAX {
            let desk = self.desk.clone();
            flood.spawn(async move { desk.write(tenant, |_| Ok(())).await });
        }
        self.until_waiting(limits::TENANT_LANE_MAX).await;
        flood
    }

    pub async fn customer(&self, name: &str) -> Caller {
        let name = CustomerName::try_from(name.to_owned()).unwrap();
        let found = self.desk.first_use(self.tenant(), name, [7; 32]).await.unwrap();
        Caller::new(TenantId::default_tenant(), Who::Customer(found.customer))
    }

    pub async fn agent(&self, name: &str) -> Caller {
        self.member(name, Role::Agent).await
    }

    pub async fn admin(&self, name: &str) -> Caller {
        self.member(name, Role::Admin).await
    }

    async fn member(&self, name: &str, role: Role) -> Caller {
        let agent = AgentRef {
            id: AgentId(Uuid::new_v4()),
            name: DisplayName::try_from(name.to_owned()).unwrap(),
        };
        let (tenant, row) = (self.tenant(), agent.clone());
        let email = format!("{name}@desk.test");
        self.desk
            .write(tenant, move |scope| {
                let it = people::Agent {
                    agent: row,
                    email,
                    role,
                    password_hash: None,
                    enabled: true,
                    created_at: Time(0),
                };
                people::save_agent(scope.conn, tenant, &it)
            })
            .await
            .unwrap();
        Caller::new(TenantId::default_tenant(), Who::Agent { agent, role })
    }

    pub async fn post(&self, caller: &Caller, id: u64, text: &str) -> Done {
        let order = Order::Customer(CustomerCommand::Post {
            text: text.to_owned(),
            quote: None,
            file: None,
        });
        self.desk.submit(caller, command_id(id), order).await.unwrap()
    }

    pub async fn ask(&self, caller: &Caller, id: u64, command: AgentCommand) -> Result<Done, Refusal> {
        self.desk.submit(caller, command_id(id), Order::Agent(command)).await
    }
}

impl Caller {
    pub fn customer(&self) -> CustomerId {
        match &self.who {
            Who::Customer(customer) => customer.id,
            other => panic!("{other:?} is no customer"),
        }
    }
}

pub fn command_id(n: u64) -> CommandId {
    CommandId(Uuid::from_u128(n.into()))
}
