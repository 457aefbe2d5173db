-- Finding, files and figures: what the search knows of the lines, files by their content, and what was counted for whom.

-- Webhooks.

-- The secret from before the newest rotation, sealed, and until when it signs beside the new one.
ALTER TABLE webhooks ADD COLUMN old_secret BLOB;
ALTER TABLE webhooks ADD COLUMN old_until INTEGER;

-- Tokens.

-- The program's token by which this one was made: it ends with it.
ALTER TABLE agent_tokens ADD COLUMN made_by BLOB;

-- Search.

-- The words of everything that can be found, by its event: the key is the tenant's, times 2^40, plus the event's position, so that a
-- tenant is a range of keys and what is newest is found first. There is no text in it, only words that the program made (so the
-- tokenizer has nothing to do but to part them); who wrote, and in whose thread, are words too, after a sign that no text's word
-- begins with. A text that goes is given to it once more, and with secure-delete its words leave the pages at once.
CREATE VIRTUAL TABLE found_text USING fts5 (words, content = '', tokenize = 'ascii', prefix = '2 3');
INSERT INTO found_text (found_text, rank) VALUES ('secure-delete', 1);

-- A name for a filter of the list, of one agent.
CREATE TABLE views (
    tenant INTEGER NOT NULL,
    agent  BLOB    NOT NULL,
    name   TEXT    NOT NULL,               -- lower case
    filter TEXT    NOT NULL,               -- as it is typed; what it means is the program's matter that shows the list
    place  INTEGER NOT NULL,               -- its place among the agent's views, from 1
    PRIMARY KEY (tenant, agent, name),
    FOREIGN KEY (tenant, agent) REFERENCES agents (tenant, id)
) STRICT, WITHOUT ROWID;

-- Files.
-- The bytes stand in the data folder under their SHA-256, each tenant's apart. A row is written when they are whole and on the disk.
ALTER TABLE tenants ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0;  -- of all its files that are not gone

CREATE TABLE files (
    tenant       INTEGER NOT NULL,
    id           BLOB    NOT NULL,
    digest       BLOB    NOT NULL,         -- SHA-256 of the bytes
    size         INTEGER NOT NULL,
    name         TEXT    NOT NULL,         -- as its sender named it
    mime         TEXT    NOT NULL,
    customer     BLOB    NOT NULL,         -- for whose thread it is
    conversation BLOB,                     -- NULL: a customer's, not sent yet
    agent        BLOB,                     -- who uploaded it; NULL: the customer
    created_at   INTEGER NOT NULL,
    line         INTEGER,                  -- the event of the line that it stands in; NULL: it is not sent yet
    gone_at      INTEGER,                  -- nobody may have it any more, and its bytes are to be removed
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_digest ON files (tenant, digest) WHERE gone_at IS NULL;
CREATE INDEX files_of_customer ON files (tenant, customer) WHERE gone_at IS NULL;
CREATE INDEX files_not_sent ON files (created_at) WHERE line IS NULL AND gone_at IS NULL;
CREATE INDEX files_to_remove ON files (gone_at) WHERE gone_at IS NOT NULL;

-- How much a tenant's files are is counted where they come and go, so that no way around the quota is left.
CREATE TRIGGER files_come AFTER INSERT ON files WHEN NEW.gone_at IS NULL
BEGIN
    UPDATE tenants SET file_bytes = file_bytes + NEW.size WHERE key = NEW.tenant;
    SELECT raise(ABORT, 'quota_exceeded file_bytes') FROM tenants
    WHERE key = NEW.tenant AND quotas ->> '$.file_bytes' < file_bytes;
END;

CREATE TRIGGER files_are_gone AFTER UPDATE OF gone_at ON files WHEN OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL
BEGIN UPDATE tenants SET file_bytes = file_bytes - OLD.size WHERE key = OLD.tenant; END;

CREATE TRIGGER files_are_removed AFTER DELETE ON files WHEN OLD.gone_at IS NULL
BEGIN UPDATE tenants SET file_bytes = file_bytes - OLD.size WHERE key = OLD.tenant; END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('files', 'files', '20000 20000 1'),
    ('files', 'files_by_digest', '20000 20000 1'),
    ('files', 'files_of_customer', '20000 20000 4'),
    ('files', 'files_not_sent', '50 1'),
    ('files', 'files_to_remove', '20 1');

-- Figures.

-- What was counted in each hour and each day of UTC: of the desk, and of each agent, group and tag. A row says all of it in few bytes,
-- so that a range of days is a range of the key and costs what its days do, however much happened in them.
CREATE TABLE figures (
    tenant INTEGER NOT NULL,
    kind   TEXT    NOT NULL,               -- desk, agent, group, tag
    grain  INTEGER NOT NULL,               -- hours of a row: 1 or 24
    at     INTEGER NOT NULL,               -- the how-manieth of them since 1970
    who    BLOB    NOT NULL,               -- the agent's or group's id, the tag; nothing for the desk
    counts BLOB    NOT NULL,
    times  BLOB    NOT NULL,               -- durations, in buckets
    PRIMARY KEY (tenant, kind, grain, at, who)
) STRICT, WITHOUT ROWID;

-- The story of each conversation as far as it is counted, with its own figures: no name and no text.
CREATE TABLE figure_stories (
    tenant       INTEGER NOT NULL,
    conversation BLOB    NOT NULL,
    story        TEXT    NOT NULL,
    counts       BLOB    NOT NULL,
    times        BLOB    NOT NULL,
    PRIMARY KEY (tenant, conversation)
) STRICT, WITHOUT ROWID;
