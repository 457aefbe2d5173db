-- The desk: skills, groups, what agents chose, customers' profiles, saved replies, articles, tickets, mentions; and lines that
-- are changed, taken back and blanked out.

ALTER TABLE tenants ADD COLUMN tickets INTEGER NOT NULL DEFAULT 0;     -- the newest ticket's number

ALTER TABLE agents ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';       -- JSON array, sorted
ALTER TABLE agents ADD COLUMN capacity INTEGER;                        -- NULL: the tenant's limit
ALTER TABLE agents ADD COLUMN intent TEXT NOT NULL DEFAULT 'available';
ALTER TABLE agents ADD COLUMN mentions_read INTEGER NOT NULL DEFAULT 0; -- the newest note read
ALTER TABLE agents ADD COLUMN last_assigned INTEGER NOT NULL DEFAULT 0; -- the event by which the agent last became an owner
ALTER TABLE agents ADD COLUMN last_activity_at INTEGER;

ALTER TABLE customers ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';   -- Profile, as of the newest customer.changed
ALTER TABLE customers ADD COLUMN person BLOB;                          -- customers with the same one are one person; NULL: alone

CREATE INDEX customers_by_person ON customers (tenant, person) WHERE person IS NOT NULL;

-- What an event is about that is neither a conversation nor an agent; JSON. It belongs to the header.
ALTER TABLE events ADD COLUMN subject TEXT;
-- What is left of a line whose body is erased: the body without its text, so that nobody who reads the thread finds a gap. It is in
-- no digest, for it is written with the erasure.
ALTER TABLE events ADD COLUMN rest TEXT;

-- A line with all that became of it, and notes: both are asked for without reading their thread.
CREATE INDEX events_by_line ON events (tenant, thread, side, line) WHERE side IS NOT NULL;
CREATE INDEX events_by_note ON events (tenant, thread, rev) WHERE kind = 'noted';

-- Who had it last: a returning customer is offered to this agent first.
ALTER TABLE conversations ADD COLUMN last_owner BLOB;

UPDATE conversations SET last_owner = had.agent
FROM (SELECT tenant, conversation, agent, max(rev) FROM events WHERE kind = 'taken_over' GROUP BY tenant, conversation) AS had
WHERE had.tenant = conversations.tenant AND had.conversation = conversations.id;

UPDATE agents SET last_assigned = had.rev
FROM (SELECT tenant, agent, max(rev) AS rev FROM events WHERE kind = 'taken_over' GROUP BY tenant, agent) AS had
WHERE had.tenant = agents.tenant AND had.agent = agents.id;

-- Who owns how many.
CREATE INDEX conversations_by_owner ON conversations (tenant, owner, stage) WHERE owner IS NOT NULL;

CREATE TABLE groups (
    tenant  INTEGER NOT NULL REFERENCES tenants (key),
    id      BLOB    NOT NULL,
    name    TEXT    NOT NULL,
    members TEXT    NOT NULL,              -- JSON array of agents' ids
    skills  TEXT    NOT NULL,              -- JSON array, sorted
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    tenant INTEGER NOT NULL,
    agent  BLOB    NOT NULL,
    rev    INTEGER NOT NULL,               -- the note
    PRIMARY KEY (tenant, agent, rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE replies (
    key     INTEGER PRIMARY KEY,
    tenant  INTEGER NOT NULL REFERENCES tenants (key),
    id      BLOB    NOT NULL,
    owner   BLOB    NOT NULL,              -- the agent whose it is; empty: everybody's
    code    TEXT    NOT NULL,
    title   TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    actions TEXT    NOT NULL,              -- JSON array of what is done with it
    uses    INTEGER NOT NULL,
    UNIQUE (tenant, id),
    UNIQUE (tenant, owner, code)
) STRICT;

CREATE TABLE articles (
    key        INTEGER PRIMARY KEY,
    tenant     INTEGER NOT NULL REFERENCES tenants (key),
    slug       TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    tags       TEXT    NOT NULL,           -- JSON array, sorted
    published  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT,                       -- AgentRef
    UNIQUE (tenant, slug)
) STRICT;

CREATE INDEX articles_by_update ON articles (tenant, updated_at);

-- The words of both, for search. They hold no text of their own: an excerpt is cut from the row.
CREATE VIRTUAL TABLE replies_text USING fts5 (code, title, text,
    content = 'replies', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
CREATE VIRTUAL TABLE articles_text USING fts5 (title, tags, body,
    content = 'articles', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

CREATE TABLE tickets (
    tenant       INTEGER NOT NULL REFERENCES tenants (key),
    number       INTEGER NOT NULL,
    conversation BLOB    NOT NULL,
    customer     BLOB    NOT NULL,
    status       TEXT    NOT NULL,
    assignee     BLOB,
    updated_at   INTEGER NOT NULL,
    ticket       TEXT    NOT NULL,         -- Ticket, as of the newest ticket.changed
    PRIMARY KEY (tenant, number),
    UNIQUE (tenant, conversation)
) STRICT, WITHOUT ROWID;

CREATE INDEX tickets_by_update ON tickets (tenant, updated_at);
CREATE INDEX tickets_by_status ON tickets (tenant, status, updated_at);
CREATE INDEX tickets_by_assignee ON tickets (tenant, assignee, updated_at) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_by_customer ON tickets (tenant, customer, number);

CREATE TABLE ticket_comments (
    tenant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    rev    INTEGER NOT NULL,               -- the event that made it
    by     TEXT    NOT NULL,               -- AgentRef
    at     INTEGER NOT NULL,
    text   TEXT    NOT NULL,
    PRIMARY KEY (tenant, number, rev)
) STRICT, WITHOUT ROWID;

-- What the planner is to assume, instead of its own guess that a tenant has ten rows: that guess has it read all of a tenant where an
-- index holds the few rows that are asked for. Rows in all, then rows for each value of the first column, of the first two, ...
ANALYZE sqlite_schema;

DELETE FROM sqlite_stat1;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('tenants', NULL, '2'),
    ('agents', 'agents', '50 50 1'),
    ('agents', 'sqlite_autoindex_agents_2', '50 50 1'),
    ('agent_tokens', 'agent_tokens', '200 200 1'),
    ('agent_tokens', 'agent_tokens_by_agent', '200 200 4'),
    ('customers', 'customers', '20000 20000 1'),
    ('customers', 'sqlite_autoindex_customers_2', '20000 20000 5000 1'),
    ('customers', 'customers_by_person', '1000 1000 2'),
    ('threads', 'threads', '20000 20000 1'),
    ('conversations', 'conversations', '100000 100000 1'),
    ('conversations', 'sqlite_autoindex_conversations_2', '100000 100000 5 1'),
    ('conversations', 'conversations_open', '1000 1000 1'),
    ('conversations', 'conversations_by_stage', '100000 100000 1000 1'),
    ('conversations', 'conversations_by_owner', '1000 1000 20 10'),
    ('events', 'events', '1000000 1000000 1'),
    ('events', 'events_by_thread', '1000000 1000000 50 1'),
    ('events', 'events_by_seq', '900000 900000 45 1'),
    ('events', 'events_by_line', '500000 500000 25 12 1'),
    ('events', 'events_by_note', '10000 10000 2 1'),
    ('commands', 'commands', '1000000 1000000 50 1'),
    ('timers', 'timers', '1000 1000 200 1 1'),
    ('timers', 'timers_by_due', '1000 1'),
    ('followers', 'followers', '5 5 1'),
    ('groups', 'groups', '10 10 1'),
    ('groups', 'sqlite_autoindex_groups_2', '10 10 1'),
    ('mentions', 'mentions', '10000 10000 200 1'),
    ('replies', 'sqlite_autoindex_replies_1', '1000 1000 1'),
    ('replies', 'sqlite_autoindex_replies_2', '1000 1000 20 1'),
    ('articles', 'sqlite_autoindex_articles_1', '1000 1000 1'),
    ('articles', 'articles_by_update', '1000 1000 1'),
    ('tickets', 'tickets', '10000 10000 1'),
    ('tickets', 'sqlite_autoindex_tickets_2', '10000 10000 1'),
    ('tickets', 'tickets_by_update', '10000 10000 1'),
    ('tickets', 'tickets_by_status', '10000 10000 3000 1'),
    ('tickets', 'tickets_by_assignee', '5000 5000 100 1'),
    ('tickets', 'tickets_by_customer', '10000 10000 2 1'),
    ('ticket_comments', 'ticket_comments', '20000 20000 2 1');

ANALYZE sqlite_schema;
