-- The first schema. Every key begins with the tenant: tenants are walls.
-- Times are microseconds since 1970-01-01 UTC. Marks are random 64 bits, stored as signed integers.

CREATE TABLE tenants (
    key        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    birth_mark INTEGER NOT NULL,           -- the mark of position 0
    rev        INTEGER NOT NULL,           -- head of the journal
    mark       INTEGER NOT NULL,           -- the mark at the head
    digest     BLOB    NOT NULL,           -- of the newest event that belongs to no thread
    settings   TEXT    NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE agents (
    tenant        INTEGER NOT NULL REFERENCES tenants (key),
    id            BLOB    NOT NULL,
    email         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT,                    -- a PHC string; NULL: no password yet
    enabled       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_tokens (
    tenant     INTEGER NOT NULL REFERENCES tenants (key),
    digest     BLOB    NOT NULL,           -- SHA-256 of the token; the token itself is nowhere
    agent      BLOB    NOT NULL,
    label      TEXT    NOT NULL,
    local      INTEGER NOT NULL,           -- 1: good from loopback only
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, agent) REFERENCES agents (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX agent_tokens_by_agent ON agent_tokens (tenant, agent);

CREATE TABLE customers (
    tenant        INTEGER NOT NULL REFERENCES tenants (key),
    id            BLOB    NOT NULL,
    realm         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    secret_digest BLOB    NOT NULL,        -- SHA-256 of the secret of first use
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, realm, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
    tenant   INTEGER NOT NULL,
    customer BLOB    NOT NULL,
    mark     INTEGER NOT NULL,             -- the mark at the thread's head (its position is in the view)
    digest   BLOB    NOT NULL,             -- of the thread's newest event
    view     TEXT    NOT NULL,             -- ThreadView, the fold of what the customer may see
    PRIMARY KEY (tenant, customer),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    tenant   INTEGER NOT NULL,
    id       BLOB    NOT NULL,
    customer BLOB    NOT NULL,
    number   INTEGER NOT NULL,
    stage    TEXT    NOT NULL,             -- bot, waiting, active, closed
    owner    BLOB,                         -- the agent, in stage active
    rev      INTEGER NOT NULL,             -- its newest event
    summary  TEXT    NOT NULL,             -- Summary, the fold of its events
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, customer, number),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)
) STRICT, WITHOUT ROWID;

-- A customer has at most one conversation that is not closed.
CREATE UNIQUE INDEX conversations_open ON conversations (tenant, customer) WHERE stage <> 'closed';
CREATE INDEX conversations_by_stage ON conversations (tenant, stage, rev);

-- The journal. The header of a row (all but body and salt) is append-only and has no name or text in it. The body
-- may be erased (body and salt NULL) or superseded by a later event; the digest holds after both.
CREATE TABLE events (
    tenant        INTEGER NOT NULL,
    rev           INTEGER NOT NULL,
    seq           INTEGER,                 -- exactly if the customer may see the event
    mark          INTEGER NOT NULL,
    time          INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    thread        BLOB,                    -- the customer whose thread it is
    conversation  BLOB,
    agent         BLOB,                    -- the agent it is about, or who wrote the line
    side          TEXT,                    -- of a line: customer or desk
    line          INTEGER,                 -- its number on that side
    command       BLOB,
    body_digest   BLOB    NOT NULL,        -- SHA-256 (salt, body); stays when both are erased
    digest        BLOB    NOT NULL,        -- SHA-256 (previous digest of the thread, header, body_digest)
    body          TEXT,
    salt          BLOB,
    superseded_by INTEGER,
    PRIMARY KEY (tenant, rev)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_by_thread ON events (tenant, thread, rev) WHERE thread IS NOT NULL;
CREATE UNIQUE INDEX events_by_seq ON events (tenant, thread, seq) WHERE seq IS NOT NULL;

-- Each command's final answer, for ever.
CREATE TABLE commands (
    tenant INTEGER NOT NULL,
    sender BLOB    NOT NULL,               -- a byte for the kind, then the id
    id     BLOB    NOT NULL,
    digest BLOB    NOT NULL,               -- SHA-256 of what was asked
    answer TEXT    NOT NULL,
    PRIMARY KEY (tenant, sender, id)
) STRICT, WITHOUT ROWID;

-- Everything that time will cause.
CREATE TABLE timers (
    tenant       INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    conversation BLOB    NOT NULL,
    set_by       INTEGER NOT NULL,         -- the event that set it
    due          INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, conversation, set_by)
) STRICT, WITHOUT ROWID;

CREATE INDEX timers_by_due ON timers (due);

-- How far those who follow the journal have come.
CREATE TABLE followers (
    tenant INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    rev    INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
