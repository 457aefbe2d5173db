-- The bot.

-- What a text that it learnt from means, as numbers: by the text's digest and by the encoder that worked them out. There is no text
-- here, and nothing that a customer wrote.
CREATE TABLE bot_vectors (
    tenant  INTEGER NOT NULL,
    encoder INTEGER NOT NULL,              -- tells encoders apart
    text    BLOB    NOT NULL,              -- SHA-256 of the text
    vector  BLOB    NOT NULL,
    PRIMARY KEY (tenant, encoder, text)
) STRICT, WITHOUT ROWID;

-- Search.

-- The index was one table, in which a search took longer the older the desk was. Now it is one for every so many positions of the
-- journals; the program makes them, and what is in them follows from the journal: it begins anew.
DROP TABLE found_text;
DELETE FROM followers WHERE name = 'search';

CREATE TABLE found_parts (
    part INTEGER NOT NULL PRIMARY KEY      -- the table found_text_<part> is there
) STRICT;
