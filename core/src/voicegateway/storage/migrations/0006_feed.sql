-- What happened, in the order it was written down, for those who follow it live: one row a
-- transaction, kept for a quarter of an hour. Ids are given out in order; where writers overlap a
-- lower one may be committed after a higher one. body is JSON and depends on kind: rows, budget,
-- config.
CREATE TABLE feed (
  id {identity},
  at_us BIGINT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
);

-- Records that wait to be written, as their process last said.
ALTER TABLE processes ADD COLUMN queued BIGINT NOT NULL DEFAULT 0;

-- What was counted for rows that a reaper had settled too early and that were taken back since:
-- rollups have it no longer, counters that may never fall still do.
CREATE TABLE taken_back (
  project_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  outcome BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  PRIMARY KEY (project_id, leg_id, outcome)
){clustered};
