-- Open to other programs: tenants that come and go, what signs people in, who may not come in, who did what, and whom other
-- programs are told. What must be read back and is secret is sealed with a key that is not in this file.

ALTER TABLE tenants ADD COLUMN disabled_at INTEGER;                    -- NULL: served
ALTER TABLE tenants ADD COLUMN deleted_at INTEGER;                     -- its rows are being deleted
ALTER TABLE tenants ADD COLUMN quotas TEXT NOT NULL DEFAULT '{}';      -- JSON: how much it may have at most; absent: no bound
ALTER TABLE tenants ADD COLUMN audit INTEGER NOT NULL DEFAULT 0;       -- the newest audit entry's number
ALTER TABLE tenants ADD COLUMN audit_digest BLOB NOT NULL DEFAULT x''; -- of that entry

-- The newest key of a tenant: a key is never used again, so that nothing that knows an old one can meet a new tenant.
CREATE TABLE tenant_keys (newest INTEGER NOT NULL) STRICT;

INSERT INTO tenant_keys SELECT coalesce(max(key), 0) FROM tenants;

-- Signing in. The local token of a start is in memory only.
DELETE FROM agent_tokens WHERE local = 1;
ALTER TABLE agent_tokens ADD COLUMN id BLOB;                           -- by which a token is named without being known; NULL: from before
ALTER TABLE agent_tokens ADD COLUMN kind TEXT NOT NULL DEFAULT 'login';   -- login, machine
ALTER TABLE agent_tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'admin';  -- read, write, admin: at most what the role may
ALTER TABLE agent_tokens ADD COLUMN idle_ms INTEGER;                   -- ends when it was not used for so long; NULL: never by that
ALTER TABLE agent_tokens ADD COLUMN last_used_at INTEGER;
ALTER TABLE agent_tokens ADD COLUMN last_address TEXT;
ALTER TABLE agent_tokens ADD COLUMN only_for TEXT;                     -- new_password, totp_setup: good for that alone; NULL: for all

UPDATE agent_tokens SET id = randomblob(16), last_used_at = created_at;

CREATE UNIQUE INDEX agent_tokens_by_id ON agent_tokens (tenant, id);

ALTER TABLE agents ADD COLUMN totp BLOB;                               -- the sealed secret of the second factor; NULL: none
ALTER TABLE agents ADD COLUMN totp_new BLOB;                           -- one that is not confirmed yet
ALTER TABLE agents ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;    -- the newest step that was taken: a code is good once
ALTER TABLE agents ADD COLUMN reset_digest BLOB;                       -- of the one-time code of an admin
ALTER TABLE agents ADD COLUMN reset_expires_at INTEGER;
ALTER TABLE agents ADD COLUMN deleted_at INTEGER;                      -- nobody's any more: without name and address

-- What signs in once in place of a code of the second factor.
CREATE TABLE recovery_codes (
    tenant     INTEGER NOT NULL,
    agent      BLOB    NOT NULL,
    digest     BLOB    NOT NULL,           -- SHA-256 of the code
    PRIMARY KEY (tenant, agent, digest),
    FOREIGN KEY (tenant, agent) REFERENCES agents (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- From where an agent has signed in: there nobody else's tries keep the agent out.
CREATE TABLE known_addresses (
    tenant     INTEGER NOT NULL,
    agent      BLOB    NOT NULL,
    network    TEXT    NOT NULL,           -- an address; of IPv6 its network of 64 bits
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent, network),
    FOREIGN KEY (tenant, agent) REFERENCES agents (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- What is erased when its time is over, and what an erasure looks for.
ALTER TABLE conversations ADD COLUMN closed_at INTEGER;                -- NULL: it is open
ALTER TABLE conversations ADD COLUMN erased INTEGER NOT NULL DEFAULT 0; -- 1: nothing that was said in it is left

UPDATE conversations SET closed_at = summary ->> '$.at' WHERE stage = 'closed';

CREATE INDEX conversations_to_erase ON conversations (tenant, closed_at) WHERE closed_at IS NOT NULL AND erased = 0;
CREATE INDEX events_by_subject ON events (tenant, subject, rev) WHERE subject IS NOT NULL;

-- Customers.
ALTER TABLE customers ADD COLUMN consented_at INTEGER;                 -- when the consent text was agreed to
ALTER TABLE customers ADD COLUMN consented_to BLOB;                    -- SHA-256 of that text
ALTER TABLE customers ADD COLUMN blocked_at INTEGER;                   -- kept out since then; NULL: not kept out
ALTER TABLE customers ADD COLUMN blocked_until INTEGER;                -- NULL: for good
ALTER TABLE customers ADD COLUMN erased_at INTEGER;

-- The secrets of a customer's further devices, each made by the device.
CREATE TABLE customer_devices (
    tenant       INTEGER NOT NULL,
    customer     BLOB    NOT NULL,
    digest       BLOB    NOT NULL,         -- SHA-256 of the secret
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, customer, digest),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_codes (
    tenant     INTEGER NOT NULL,
    digest     BLOB    NOT NULL,           -- SHA-256 of the code
    customer   BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL,           -- wrong ones, by whoever knows the customer's name
    PRIMARY KEY (tenant, digest),
    UNIQUE (tenant, customer),             -- a newer code ends an older one
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)
) STRICT, WITHOUT ROWID;

-- The keys with which a tenant's site signs who its customers are.
CREATE TABLE identity_keys (
    tenant     INTEGER NOT NULL REFERENCES tenants (key),
    id         TEXT    NOT NULL,
    secret     BLOB    NOT NULL,           -- sealed
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked_networks (
    tenant     INTEGER NOT NULL REFERENCES tenants (key),
    network    TEXT    NOT NULL,           -- an address with the length of its prefix
    reason     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (tenant, network)
) STRICT, WITHOUT ROWID;

-- Who did what. Append-only; the digests are a chain.
CREATE TABLE audit (
    tenant  INTEGER NOT NULL REFERENCES tenants (key),
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,              -- JSON
    action  TEXT    NOT NULL,              -- agent.disabled, token.made, ...
    object  TEXT    NOT NULL,              -- what it was done to, as its id or address
    detail  TEXT    NOT NULL,              -- JSON, without a secret
    address TEXT,                          -- where the actor's connection came from
    digest  BLOB    NOT NULL,              -- SHA-256 (previous digest, all columns before)
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_action ON audit (tenant, action, number);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;

-- Other programs that are told.
CREATE TABLE webhooks (
    tenant      INTEGER NOT NULL REFERENCES tenants (key),
    id          BLOB    NOT NULL,
    url         TEXT    NOT NULL,
    kinds       TEXT    NOT NULL,          -- JSON array of event kinds; empty: all
    secret      BLOB    NOT NULL,          -- sealed
    enabled     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    failing_since INTEGER,
    disabled_for TEXT,                     -- why the server disabled it: gone, failing; NULL: it did not
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- What a webhook is still to be told, or was: written in the transaction of the event.
CREATE TABLE deliveries (
    tenant       INTEGER NOT NULL,
    webhook      BLOB    NOT NULL,
    rev          INTEGER NOT NULL,         -- the event
    state        TEXT    NOT NULL,         -- due, done, failed
    attempts     INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    first_at     INTEGER NOT NULL,
    last_at      INTEGER,
    status       INTEGER,                  -- HTTP status of the newest answer
    error        TEXT,                     -- why there was none
    PRIMARY KEY (tenant, webhook, rev),
    FOREIGN KEY (tenant, webhook) REFERENCES webhooks (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_due ON deliveries (tenant, webhook, due, rev) WHERE state = 'due';

-- Answers to what is no command of the desk and came with an Idempotency-Key, without any secret.
CREATE TABLE repeats (
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    sender BLOB    NOT NULL,
    key    BLOB    NOT NULL,               -- SHA-256 of the key
    digest BLOB    NOT NULL,               -- SHA-256 of what was asked
    at     INTEGER NOT NULL,
    answer TEXT    NOT NULL,
    PRIMARY KEY (tenant, sender, key)
) STRICT, WITHOUT ROWID;

-- What is deleted leaves no word in the index either.
INSERT INTO replies_text (replies_text, rank) VALUES ('secure-delete', 1);
INSERT INTO articles_text (articles_text, rank) VALUES ('secure-delete', 1);

-- How much a tenant may have is looked at where it is written, so that no way in goes around it.
CREATE TRIGGER quota_of_agents AFTER INSERT ON agents
WHEN (SELECT quotas ->> '$.agents' FROM tenants WHERE key = NEW.tenant)
   < (SELECT count(*) FROM agents WHERE tenant = NEW.tenant AND deleted_at IS NULL)
BEGIN SELECT raise(ABORT, 'quota_exceeded agents'); END;

CREATE TRIGGER quota_of_customers AFTER INSERT ON customers
WHEN (SELECT quotas ->> '$.customers' FROM tenants WHERE key = NEW.tenant)
   < (SELECT count(*) FROM customers WHERE tenant = NEW.tenant)
BEGIN SELECT raise(ABORT, 'quota_exceeded customers'); END;

CREATE TRIGGER quota_of_open_conversations AFTER INSERT ON conversations
WHEN NEW.stage <> 'closed' AND (SELECT quotas ->> '$.open_conversations' FROM tenants WHERE key = NEW.tenant)
   < (SELECT count(*) FROM conversations WHERE tenant = NEW.tenant AND stage <> 'closed')
BEGIN SELECT raise(ABORT, 'quota_exceeded open_conversations'); END;

CREATE TRIGGER quota_of_replies AFTER INSERT ON replies
WHEN (SELECT quotas ->> '$.replies' FROM tenants WHERE key = NEW.tenant)
   < (SELECT count(*) FROM replies WHERE tenant = NEW.tenant)
BEGIN SELECT raise(ABORT, 'quota_exceeded replies'); END;

CREATE TRIGGER quota_of_articles AFTER INSERT ON articles
WHEN (SELECT quotas ->> '$.articles' FROM tenants WHERE key = NEW.tenant)
   < (SELECT count(*) FROM articles WHERE tenant = NEW.tenant)
BEGIN SELECT raise(ABORT, 'quota_exceeded articles'); END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('agent_tokens', 'agent_tokens_by_id', '200 200 1'),
    ('recovery_codes', 'recovery_codes', '400 400 8 1'),
    ('known_addresses', 'known_addresses', '200 200 4 1'),
    ('conversations', 'conversations_to_erase', '50000 50000 1'),
    ('events', 'events_by_subject', '100000 100000 3 1'),
    ('customer_devices', 'customer_devices', '5000 5000 1 1'),
    ('link_codes', 'link_codes', '20 20 1'),
    ('link_codes', 'sqlite_autoindex_link_codes_2', '20 20 1'),
    ('identity_keys', 'identity_keys', '3 3 1'),
    ('blocked_networks', 'blocked_networks', '50 50 1'),
    ('audit', 'audit', '100000 100000 1'),
    ('audit', 'audit_by_action', '100000 100000 5000 1'),
    ('webhooks', 'webhooks', '5 5 1'),
    ('deliveries', 'deliveries', '100000 100000 20000 1'),
    ('deliveries', 'deliveries_by_due', '100 50 20 2 1'),
    ('repeats', 'repeats', '10000 10000 500 1');

ANALYZE sqlite_schema;
