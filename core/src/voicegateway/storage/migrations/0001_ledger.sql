-- Plain SQL that SQLite and PostgreSQL share. {identity} is an integer key the database hands
-- out, {clustered} keeps a table in the order of its primary key where the engine can, and
-- {bytewise} orders a text by its bytes, as Python does.
-- Times are microseconds since 1970 UTC, money is nano-dollars, quantities are millionths.
-- A unit column that is NULL was not measured, which is not 0; cost_nano NULL is not priced.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE projects (
  id {identity},
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE legs (
  id {identity},
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  modality TEXT NOT NULL,
  UNIQUE (provider, model, modality)
);

CREATE TABLE sessions (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  project_id BIGINT NOT NULL
);

CREATE INDEX sessions_by_project ON sessions (project_id, id);

-- What is the same in many quotes: source, dates, rates. Found by the digest of its content.
CREATE TABLE rate_cards (
  id {identity},
  digest TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL
);

-- One row a ledger that wrote here. lease_until_us is NULL once the row has been settled.
CREATE TABLE processes (
  id {identity},
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  started TEXT,
  opened_us BIGINT NOT NULL,
  lease_until_us BIGINT,
  lost BIGINT NOT NULL DEFAULT 0,
  last_error TEXT
);

-- Attempts that have ended. Those still running are in open_attempts: a row that grew when it
-- was closed would leave the pages of this table a third empty.
CREATE TABLE attempts (
  call_id TEXT{bytewise} NOT NULL,
  attempt BIGINT NOT NULL,
  started_us BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  session_id BIGINT,
  outcome BIGINT NOT NULL,
  unit_basis BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  cost_nano BIGINT,
  ttfb_us BIGINT,
  duration_us BIGINT,
  speech_id TEXT,
  fallback_from TEXT,
  error TEXT,
  vendor_request_id TEXT,
  process_id BIGINT,
  held_nano BIGINT,
  rate_card_id BIGINT,
  quote TEXT,
  audio_seconds BIGINT,
  session_seconds BIGINT,
  characters BIGINT,
  input_tokens BIGINT,
  cached_input_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  input_audio_tokens BIGINT,
  cached_input_audio_tokens BIGINT,
  output_audio_tokens BIGINT,
  credits BIGINT,
  requests BIGINT,
  PRIMARY KEY (call_id, attempt)
);

CREATE INDEX attempts_by_time ON attempts (started_us);
CREATE INDEX attempts_by_project ON attempts (project_id, started_us);
CREATE INDEX attempts_by_leg ON attempts (leg_id, started_us);
CREATE INDEX attempts_by_session ON attempts (session_id, started_us);
CREATE INDEX attempts_not_completed ON attempts (outcome, started_us) WHERE outcome <> 1;

CREATE TABLE open_attempts (
  call_id TEXT{bytewise} NOT NULL,
  attempt BIGINT NOT NULL,
  started_us BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  session_id BIGINT,
  fallback_from TEXT,
  process_id BIGINT NOT NULL,
  held_nano BIGINT,
  checkpoint_us BIGINT,
  unit_basis BIGINT,
  cost_nano BIGINT,
  audio_seconds BIGINT,
  session_seconds BIGINT,
  characters BIGINT,
  input_tokens BIGINT,
  cached_input_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  input_audio_tokens BIGINT,
  cached_input_audio_tokens BIGINT,
  output_audio_tokens BIGINT,
  credits BIGINT,
  requests BIGINT,
  PRIMARY KEY (call_id, attempt)
);

CREATE INDEX open_attempts_by_process ON open_attempts (process_id);

-- Rollups. day counts calendar days since 1970 in the zone named in meta, quarter counts
-- quarter-hours since 1970 UTC. cost_nano is the sum of the costs that are known.
CREATE TABLE rollup_days (
  day BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  outcome BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  audio_seconds BIGINT,
  session_seconds BIGINT,
  characters BIGINT,
  input_tokens BIGINT,
  cached_input_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  input_audio_tokens BIGINT,
  cached_input_audio_tokens BIGINT,
  output_audio_tokens BIGINT,
  credits BIGINT,
  requests BIGINT,
  PRIMARY KEY (day, project_id, leg_id, outcome)
){clustered};

CREATE TABLE rollup_quarters (
  quarter BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  outcome BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  audio_seconds BIGINT,
  session_seconds BIGINT,
  characters BIGINT,
  input_tokens BIGINT,
  cached_input_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  input_audio_tokens BIGINT,
  cached_input_audio_tokens BIGINT,
  output_audio_tokens BIGINT,
  credits BIGINT,
  requests BIGINT,
  PRIMARY KEY (quarter, project_id, leg_id, outcome)
){clustered};

-- One row a session and day, so that a month by session is read without its attempts.
-- session_id 0: attempts without a session.
CREATE TABLE rollup_sessions (
  day BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  audio_seconds BIGINT,
  session_seconds BIGINT,
  characters BIGINT,
  input_tokens BIGINT,
  cached_input_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  input_audio_tokens BIGINT,
  cached_input_audio_tokens BIGINT,
  output_audio_tokens BIGINT,
  credits BIGINT,
  requests BIGINT,
  PRIMARY KEY (day, session_id, project_id)
){clustered};

CREATE INDEX rollup_sessions_by_session ON rollup_sessions (session_id);
CREATE INDEX rollup_sessions_by_cost ON rollup_sessions (day, cost_nano);

-- The rows of sessions that have more than one: all others' cost is that of their only row, so
-- the costliest of a month are found without adding all of them up.
CREATE TABLE straddling_sessions (
  day BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  PRIMARY KEY (day, session_id, project_id)
){clustered};

-- measure 0 is the time to first byte, 1 the duration; bucket b holds [1.02^b, 1.02^(b+1)) us.
CREATE TABLE latency_days (
  day BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  measure BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (day, leg_id, measure, bucket)
){clustered};

CREATE TABLE latency_quarters (
  quarter BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  measure BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (quarter, leg_id, measure, bucket)
){clustered};
