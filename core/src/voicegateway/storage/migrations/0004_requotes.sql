-- Rows priced anew: quotes beside those of the attempts, which stay as they were. A batch is one
-- run; as_of is the day whose rates were asked for, NULL the day of each attempt; finished_us is
-- NULL until all its quotes are there.
CREATE TABLE requote_batches (
  id {identity},
  made_us BIGINT NOT NULL,
  reason TEXT NOT NULL,
  as_of TEXT,
  finished_us BIGINT
);

CREATE TABLE requotes (
  call_id TEXT{bytewise} NOT NULL,
  attempt BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  cost_nano BIGINT,
  rate_card_id BIGINT NOT NULL,
  quote TEXT NOT NULL,
  PRIMARY KEY (call_id, attempt, batch_id)
){clustered};

-- What summaries still need of attempts that are no longer kept: when each session began and
-- ended, and the latencies by project, which the other buckets do not tell apart.
CREATE TABLE pruned_sessions (
  session_id BIGINT NOT NULL PRIMARY KEY,
  first_us BIGINT NOT NULL,
  last_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL
);

CREATE TABLE pruned_latency (
  project_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  measure BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (project_id, day, leg_id, measure, bucket)
){clustered};
