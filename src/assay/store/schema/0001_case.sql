-- The first shape of a case. Append only: triggers refuse to change or remove what was written.
CREATE TABLE records (
  seq       INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL,
  id        TEXT NOT NULL,
  exhibit   TEXT NOT NULL,
  page      INTEGER NOT NULL,
  task      TEXT NOT NULL,
  payload   BLOB NOT NULL,
  words     BLOB,
  UNIQUE (kind, id, task)
) STRICT;
CREATE INDEX records_by_exhibit ON records (exhibit, kind, page);
CREATE INDEX records_by_id ON records (id);
CREATE INDEX records_by_task ON records (task);

-- generation: tasks that were planned together for one subject. A later generation replaces an earlier one whole.
CREATE TABLE tasks (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  stage      TEXT NOT NULL,
  subject    TEXT NOT NULL,
  inputs     TEXT NOT NULL,
  generation TEXT NOT NULL,
  payload    BLOB NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('todo', 'done', 'quarantined')),
  replaced   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tasks_by_state ON tasks (stage, state, seq);
CREATE INDEX tasks_by_subject ON tasks (subject, stage);

-- What the machine went through: not part of the chain, for it differs from run to run.
CREATE TABLE attempts (
  task    TEXT NOT NULL,
  at      TEXT NOT NULL,
  outcome TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;

CREATE TABLE log (
  seq    INTEGER PRIMARY KEY,
  at     TEXT NOT NULL,
  action TEXT NOT NULL,
  about  TEXT NOT NULL,
  task   TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev   TEXT NOT NULL,
  hash   TEXT NOT NULL
) STRICT;

CREATE TRIGGER records_stay BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records are append only'); END;
CREATE TRIGGER records_kept BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records are append only'); END;
CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append only'); END;
CREATE TRIGGER log_kept BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append only'); END;

CREATE VIEW standing AS
  SELECT r.* FROM records r LEFT JOIN tasks t ON t.id = r.task WHERE t.id IS NULL OR t.replaced = 0;
