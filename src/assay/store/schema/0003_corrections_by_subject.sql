-- The same view, with the order of its search laid down: the tasks of the exhibit first, then their records. Left to
-- itself the planner walks all pages for each page.
DROP VIEW standing;
CREATE VIEW standing AS
  SELECT r.* FROM records r LEFT JOIN tasks t ON t.id = r.task
  WHERE t.id IS NULL OR (t.replaced = 0 AND NOT (
    t.stage = 'read' AND r.kind IN ('pages', 'tables') AND EXISTS (
      SELECT 1 FROM tasks c CROSS JOIN records n
      WHERE c.subject = t.subject AND c.stage = 'read.correct' AND c.replaced = 0
        AND n.task = c.id AND n.kind = 'pages' AND n.page = r.page)));
