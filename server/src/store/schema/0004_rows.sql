-- Rows of the tables that the fourth step brought, as its program wrote them, beside those of 0003_rows.sql.
INSERT INTO views (tenant, agent, name, filter, place) SELECT tenant, id, 'mine', 'owner:me', 1 FROM agents ORDER BY tenant, id LIMIT 1;
INSERT INTO files (tenant, id, digest, size, name, mime, customer, created_at)
SELECT tenant, x'0102030405060708090a0b0c0d0e0f10', zeroblob(32), 5, 'note.txt', 'text/plain', id, 1700000000000000
FROM customers ORDER BY tenant, id LIMIT 1;
INSERT INTO figures (tenant, kind, grain, at, who, counts, times) VALUES (1, 'desk', 1, 472222, x'', x'', x'');
INSERT INTO figure_stories (tenant, conversation, story, counts, times)
SELECT tenant, id, '{}', x'', x'' FROM conversations ORDER BY tenant, id LIMIT 1;
