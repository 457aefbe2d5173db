-- Finding, files and figures: what the search knows of the lines, files by their content, and what was counted for whom.

-- Webhooks.

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

-- Figures.
