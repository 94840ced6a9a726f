-- What each process may still spend of a project's budget: drawn ahead of need, and smaller by
-- every cost that its process books. Settled costs and all leases together never pass the cap.
CREATE TABLE budget_leases (
  project_id BIGINT NOT NULL,
  process_id BIGINT NOT NULL,
  amount_nano BIGINT NOT NULL,
  PRIMARY KEY (project_id, process_id)
){clustered};

-- One row a project that has a budget. Whoever draws changes it first, so that where writers
-- overlap the draws of one project come one after the other.
CREATE TABLE budget_draws (
  project_id BIGINT NOT NULL PRIMARY KEY,
  draws BIGINT NOT NULL
);

-- Rate limits, one row a limit. tat_us is when the bucket will be full again: each request that
-- is let through moves it on by the time that one request is worth.
CREATE TABLE rate_buckets (
  scope TEXT NOT NULL PRIMARY KEY,
  tat_us BIGINT NOT NULL
);

-- Streams that are open now, by limit and process.
CREATE TABLE rate_streams (
  scope TEXT NOT NULL,
  process_id BIGINT NOT NULL,
  streams BIGINT NOT NULL,
  PRIMARY KEY (scope, process_id)
){clustered};
