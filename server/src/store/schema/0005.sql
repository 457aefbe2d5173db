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
