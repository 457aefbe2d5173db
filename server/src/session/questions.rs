//! Questions, each answered by the desk and cut to what one reply may have. They are answered beside each other and beside
//! everything else on a connection: one that takes its time holds up nobody.

use minicom_protocol::{
    context::CustomerContext,
    frame::{AgentQuestion, AgentReply, Agents, CustomerQuestion, CustomerReply},
    ids::{AgentId, ConversationId, CustomerId, Rev, TenantId, TicketNo, Time},
    people::{CustomerRef, Role},
    refusal::Refusal,
    search::FoundArticle,
    ticket::TicketStatus,
    words::Tag,
};

use super::{
    Shared,
    encode::{self, Cut},
    guest::{Asked, page},
};
use crate::{
    accounts::Accounts,
    bot::drafting,
    desk::{Desk, ExportFor, SearchIn, StatisticsFor},
    limits::{CONTEXT_LIST_BYTES_MAX, FIGURES_ROWS_BYTES_MAX, PAGE_OF_LONG_MAX, QUERY_CHARS_MAX},
    order::{Caller, Who},
    signals::Signals,
    store::TenantKey,
};

/// Answers an agent's question.
pub fn by_agent(
    cx: &Shared,
    tenant: TenantKey,
    caller: &Caller,
    agent: AgentId,
    question: AgentQuestion,
) -> Asked<Agents> {
    let asking = AgentAsking {
        desk: cx.desk.clone(),
        signals: cx.signals.clone(),
        id: caller.tenant.clone(),
        tenant,
        agent,
        admin: matches!(caller.who, Who::Agent { role: Role::Admin, .. }),
    };
    Box::pin(asking.reply(question))
}

/// A customer who asks: about the own thread and account, and about what is published.
pub struct CustomerAsking {
    /// Where it is known.
    pub desk: Desk,
    /// Where devices are known.
    pub accounts: Accounts,
    /// In which tenant.
    pub tenant: TenantKey,
    /// Who.
    pub customer: CustomerRef,
    /// On which device.
    pub device: Option<[u8; 32]>,
}

impl CustomerAsking {
    /// Answers it.
    pub async fn reply(self, question: CustomerQuestion) -> Result<CustomerReply, Refusal> {
        let (tenant, customer) = (self.tenant, self.customer.id);
        match question {
            CustomerQuestion::Thread { before, limit } => {
                let page = self.desk.customer_thread(tenant, customer, before, page(limit)?);
                let (mut events, more) = page.await?;
                let cut = encode::fit(&mut events, Cut::First);
                Ok(CustomerReply::Thread {
                    events,
                    more: more || cut,
                })
            }
            CustomerQuestion::Article { slug } => {
                let article = self.desk.published_article(tenant, slug).await?;
                encode::whole(CustomerReply::Article { article })
            }
            CustomerQuestion::Articles { query, limit } => {
                let found = self
                    .desk
                    .published_articles(tenant, search(query)?, page_of_long(limit)?);
                let found = found.await?.into_iter().map(|it| FoundArticle {
                    slug: it.slug,
                    title: it.title,
                    excerpt: it.excerpt,
                });
                let mut articles: Vec<FoundArticle> = found.collect();
                encode::fit(&mut articles, Cut::Last);
                Ok(CustomerReply::Articles { articles })
            }
            CustomerQuestion::Link {} => {
                let (code, expires_at) = self.accounts.link_code(tenant, &self.customer).await?;
                let code = code.reveal();
                Ok(CustomerReply::Link { code, expires_at })
            }
            CustomerQuestion::Devices {} => {
                let devices = self.accounts.devices(tenant, customer, self.device).await?;
                Ok(CustomerReply::Devices { devices })
            }
            CustomerQuestion::Export { after } => {
                let page = self.desk.export_customer(tenant, customer, after, ExportFor::Customer);
                let (rows, after) = page.await?;
                encode::whole(CustomerReply::Export { rows, after })
            }
        }
    }
}

/// An agent who asks.
struct AgentAsking {
    desk: Desk,
    signals: Signals,
    id: TenantId,
    tenant: TenantKey,
    agent: AgentId,
    /// Whether it is an admin.
    admin: bool,
}

impl AgentAsking {
    async fn reply(self, question: AgentQuestion) -> Result<AgentReply, Refusal> {
        match question {
            AgentQuestion::Thread {
                customer,
                before,
                limit,
            } => self.thread(customer, before, page(limit)?).await,
            AgentQuestion::Summary { conversation } => {
                let summary = Box::new(self.desk.summary(self.tenant, conversation).await?);
                Ok(AgentReply::Summary { summary })
            }
            AgentQuestion::Closed { before, limit } => self.closed(before, page(limit)?).await,
            AgentQuestion::Customer { customer } => self.customer(customer).await,
            AgentQuestion::Extra { customer } => {
                let (lines, trouble) = self.desk.extra(&self.id, customer).await?;
                encode::whole(AgentReply::Extra { lines, trouble })
            }
            AgentQuestion::Queue {} => {
                let stats = self.desk.queue_stats(self.tenant).await?;
                Ok(AgentReply::Queue { stats })
            }
            AgentQuestion::Workload { agent } => self.workload(agent).await,
            AgentQuestion::Why { conversation } => self.why(conversation).await,
            AgentQuestion::Suggestions { conversation } => {
                let found = self.desk.suggestions(self.tenant, self.agent, conversation).await?;
                let suggestions = Box::new(found);
                Ok(AgentReply::Suggestions { suggestions })
            }
            AgentQuestion::Recap { conversation, words } => {
                let recap = match words {
                    false => self.desk.recap(self.tenant, conversation).await?,
                    true => self.desk.recap_in_words(self.tenant, self.agent, conversation).await?,
                };
                let recap = Box::new(recap);
                Ok(AgentReply::Recap { recap })
            }
            AgentQuestion::Draft { conversation } => {
                let draft = drafting::draft(&self.desk, self.tenant, self.agent, conversation).await?;
                encode::whole(AgentReply::Draft { draft })
            }
            AgentQuestion::Replies { query, after, limit } => {
                self.replies(search(query)?, after, page_of_long(limit)?).await
            }
            AgentQuestion::Articles { query, limit } => self.articles(search(query)?, page_of_long(limit)?).await,
            AgentQuestion::AllArticles { after, limit } => self.all_articles(after, page_of_long(limit)?).await,
            AgentQuestion::Article { slug } => {
                let (article, row) = self.desk.article(self.tenant, slug).await?;
                encode::whole(AgentReply::Article { article, row })
            }
            AgentQuestion::Tickets {
                status,
                assignee,
                before,
                limit,
            } => self.tickets(status, assignee, before, page_of_long(limit)?).await,
            AgentQuestion::Ticket { number } => self.ticket(number).await,
            AgentQuestion::Mentions { before, limit } => self.mentions(before, page_of_long(limit)?).await,
            AgentQuestion::Search {
                query,
                customer,
                conversation,
                before,
                limit,
            } => {
                let place = SearchIn {
                    customer,
                    conversation,
                    before,
                    limit: page_of_long(limit)?,
                };
                self.search(search(query)?, place).await
            }
            AgentQuestion::Views {} => {
                let views = self.desk.views(self.tenant, self.agent).await?;
                Ok(AgentReply::Views { views })
            }
            AgentQuestion::Statistics { range, by } => {
                let asked = StatisticsFor {
                    me: self.agent,
                    all: self.admin,
                    range,
                    by,
                };
                let mut statistics = Box::new(self.desk.statistics(self.tenant, asked).await?);
                encode::fit_in(FIGURES_ROWS_BYTES_MAX, &mut statistics.rows, Cut::Last);
                encode::whole(AgentReply::Statistics { statistics })
            }
        }
    }

    async fn thread(self, customer: CustomerId, before: Option<Rev>, limit: usize) -> Result<AgentReply, Refusal> {
        let (mut events, more) = self.desk.thread(self.tenant, customer, before, limit).await?;
        let more = encode::fit(&mut events, Cut::First) || more;
        Ok(AgentReply::Thread { customer, events, more })
    }

    async fn closed(self, before: Option<Rev>, limit: usize) -> Result<AgentReply, Refusal> {
        let (mut conversations, more) = self.desk.closed(self.tenant, before, limit).await?;
        let more = encode::fit(&mut conversations, Cut::Last) || more;
        Ok(AgentReply::Closed { conversations, more })
    }

    async fn customer(self, customer: CustomerId) -> Result<AgentReply, Refusal> {
        let mut context = Box::new(self.desk.customer_context(self.tenant, customer).await?);
        let CustomerContext {
            newest,
            newest_tickets,
            notes,
            ..
        } = context.as_mut();
        encode::fit_in(CONTEXT_LIST_BYTES_MAX, newest, Cut::Last);
        encode::fit_in(CONTEXT_LIST_BYTES_MAX, newest_tickets, Cut::Last);
        encode::fit_in(CONTEXT_LIST_BYTES_MAX, notes, Cut::Last);
        encode::whole(AgentReply::Customer { context })
    }

    async fn workload(self, agent: Option<AgentId>) -> Result<AgentReply, Refusal> {
        let presence = self.signals.presence(self.tenant);
        let mut agents = self.desk.workload(self.tenant, presence, agent).await?;
        encode::fit(&mut agents, Cut::Last);
        Ok(AgentReply::Workload { agents })
    }

    async fn why(self, conversation: ConversationId) -> Result<AgentReply, Refusal> {
        let presence = self.signals.presence(self.tenant);
        let mut why = Box::new(self.desk.why(self.tenant, presence, conversation).await?);
        encode::fit(&mut why.agents, Cut::Last);
        Ok(AgentReply::Why { why })
    }

    async fn replies(self, query: String, after: Option<Tag>, limit: usize) -> Result<AgentReply, Refusal> {
        let found = self.desk.replies(self.tenant, self.agent, query, after, limit);
        let (mut replies, more) = found.await?;
        let more = encode::fit(&mut replies, Cut::Last) || more;
        Ok(AgentReply::Replies { replies, more })
    }

    async fn articles(self, query: String, limit: usize) -> Result<AgentReply, Refusal> {
        let mut articles = self.desk.articles(self.tenant, query, limit).await?;
        encode::fit(&mut articles, Cut::Last);
        Ok(AgentReply::Articles { articles })
    }

    async fn all_articles(self, after: Option<Tag>, limit: usize) -> Result<AgentReply, Refusal> {
        let mut articles = self.desk.all_articles(self.tenant, after, limit).await?;
        encode::fit(&mut articles, Cut::Last);
        Ok(AgentReply::Articles { articles })
    }

    async fn tickets(
        self,
        status: Option<TicketStatus>,
        assignee: Option<AgentId>,
        before: Option<Time>,
        limit: usize,
    ) -> Result<AgentReply, Refusal> {
        let found = self.desk.tickets(self.tenant, status, assignee, before, limit);
        let (mut tickets, more) = found.await?;
        let more = encode::fit(&mut tickets, Cut::Last) || more;
        Ok(AgentReply::Tickets { tickets, more })
    }

    async fn search(self, query: String, place: SearchIn) -> Result<AgentReply, Refusal> {
        let mut found = self.desk.search(self.tenant, self.agent, query, place).await?;
        if encode::fit(&mut found.hits, Cut::Last) {
            found.next = found.hits.last().map(|hit| hit.at);
        }
        Ok(AgentReply::Search { found })
    }

    async fn mentions(self, before: Option<Rev>, limit: usize) -> Result<AgentReply, Refusal> {
        let found = self.desk.mentions(self.tenant, self.agent, before, limit);
        let (mut mentions, more) = found.await?;
        let more = encode::fit(&mut mentions, Cut::Last) || more;
        Ok(AgentReply::Mentions { mentions, more })
    }

    async fn ticket(self, number: TicketNo) -> Result<AgentReply, Refusal> {
        let (ticket, mut comments) = self.desk.ticket(self.tenant, number).await?;
        // A ticket's own fields are short; the newest comments are those that are wanted.
        encode::fit(&mut comments, Cut::First);
        Ok(AgentReply::Ticket { ticket, comments })
    }
}

/// The length of a page of what can be long each.
fn page_of_long(limit: u32) -> Result<usize, Refusal> {
    match usize::try_from(limit) {
        Ok(limit) if (1..=PAGE_OF_LONG_MAX).contains(&limit) => Ok(limit),
        _ => Err(Refusal::BadField {
            why: format!("`limit` is 1 to {PAGE_OF_LONG_MAX}"),
        }),
    }
}

/// A search as it may be.
fn search(query: String) -> Result<String, Refusal> {
    match query.chars().nth(QUERY_CHARS_MAX) {
        None => Ok(query),
        Some(_) => Err(Refusal::BadField {
            why: format!("`query` has more than {QUERY_CHARS_MAX} characters"),
        }),
    }
}
