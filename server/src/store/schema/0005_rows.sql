-- Rows of the tables that the fifth step brought, as its program wrote them, beside those of 0003_rows.sql and 0004_rows.sql.
INSERT INTO bot_vectors (tenant, encoder, text, vector) VALUES (1, 7, zeroblob(32), x'0102');
CREATE VIRTUAL TABLE found_text_0 USING fts5 (words, content = '', tokenize = 'ascii', prefix = '2 3');
INSERT INTO found_text_0 (found_text_0, rank) VALUES ('secure-delete', 1);
INSERT INTO found_parts (part) VALUES (0);
