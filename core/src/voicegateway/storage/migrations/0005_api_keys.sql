-- Keys to the server. hash is scrypt's, with its parameters; sign is a short digest that tells a
-- wrong key without that work. A key that was revoked stays, so that the log can be read.
CREATE TABLE api_keys (
  id TEXT{bytewise} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  hash TEXT NOT NULL,
  sign TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT,
  revoked_us BIGINT,
  used_us BIGINT
);
