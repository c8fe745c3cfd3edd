-- A page that a person corrected stands in place of the machine's reading of it, which stays in the case beside it.
DROP VIEW standing;
CREATE VIEW standing AS
  SELECT r.* FROM records r LEFT JOIN tasks t ON t.id = r.task
  WHERE t.id IS NULL OR (t.replaced = 0 AND NOT (
    t.stage = 'read' AND r.kind IN ('pages', 'tables') AND EXISTS (
      SELECT 1 FROM tasks c JOIN records n ON n.task = c.id
      WHERE c.subject = t.subject AND c.stage = 'read.correct' AND c.replaced = 0
        AND n.kind = 'pages' AND n.page = r.page)));
