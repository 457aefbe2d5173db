-- What the bot learns.

-- Questions that an article or a saved reply answers, as a JSON array: what the bot and the suggestions learn from.
ALTER TABLE articles ADD COLUMN questions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE replies ADD COLUMN questions TEXT NOT NULL DEFAULT '[]';

-- Which saved reply was sent last in a conversation, until it is known what the conversation teaches.
CREATE TABLE reply_uses (
    tenant       INTEGER NOT NULL,
    conversation BLOB    NOT NULL,
    reply        BLOB    NOT NULL,
    used_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, conversation)
) STRICT, WITHOUT ROWID;

-- Examples that a conversation proposes: a question of the customer's, masked, and what answered it. What a person accepts becomes a
-- question of the article or the saved reply, and its row goes; what a person drops stays, so that it is not proposed again.
CREATE TABLE bot_examples (
    tenant       INTEGER NOT NULL,
    id           INTEGER NOT NULL,         -- the event that proposed it
    conversation BLOB    NOT NULL,
    question     TEXT    NOT NULL,
    article      TEXT,                     -- the slug, or NULL and
    reply        BLOB,
    dropped      INTEGER NOT NULL DEFAULT 0,
    made_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bot_examples_by_conversation ON bot_examples (tenant, conversation);

-- Questions that the bot handed over because it knew no answer, masked. Those of near meaning are one gap, named by its first.
CREATE TABLE bot_unanswered (
    tenant       INTEGER NOT NULL,
    id           INTEGER NOT NULL,         -- the event that handed over
    gap          INTEGER NOT NULL,
    conversation BLOB    NOT NULL,
    customer     BLOB    NOT NULL,
    question     TEXT    NOT NULL,
    dismissed    INTEGER NOT NULL DEFAULT 0,
    asked_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bot_unanswered_by_gap ON bot_unanswered (tenant, gap);
CREATE INDEX bot_unanswered_by_conversation ON bot_unanswered (tenant, conversation);

-- What the bot's last models were trained on: the newest, and the one before to go back to.
CREATE TABLE bot_models (
    tenant    INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    made_at   INTEGER NOT NULL,
    inputs    BLOB    NOT NULL,            -- SHA-256 of the knowledge and of what was trained
    heads     BLOB    NOT NULL,            -- SHA-256 of what training made of it
    articles  INTEGER NOT NULL,
    examples  INTEGER NOT NULL,
    knowledge TEXT    NOT NULL,            -- JSON array of the articles
    instead   BLOB,                        -- it is used in the place of the model with these inputs, until there are others
    PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

-- What the bot spends.

-- Of a provider of language models, by month ('2026-11', in UTC). No text stands here.
CREATE TABLE bot_spending (
    tenant   INTEGER NOT NULL,
    month    TEXT    NOT NULL,
    tokens   INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (tenant, month)
) STRICT, WITHOUT ROWID;
