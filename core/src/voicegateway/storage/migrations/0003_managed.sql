-- Providers, models and projects that were made through the API and not in a YAML file. body is
-- JSON without anything secret; sealed is what is, encrypted. revision counts the changes.
CREATE TABLE managed_resources (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  sealed TEXT,
  revision BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
){clustered};

-- Every change of the above, written in its transaction. JSON with secrets masked.
CREATE TABLE audit_log (
  id {identity},
  at_us BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  kind TEXT NOT NULL,
  resource TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT
);

CREATE INDEX audit_log_by_resource ON audit_log (kind, resource);
