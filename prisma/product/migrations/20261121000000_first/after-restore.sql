-- A restored database has forgotten what happened after its backup was taken; KOS has not.

-- What was only requested by then may have been sent since: KOS is asked before anything is said about it, and its
-- "not found" is believed only when the quarantine is over, counted from now.
WITH sent AS (
  UPDATE product_order SET state = 'SENT', sent_at = now(), due_at = now() WHERE state = 'REQUESTED'
  RETURNING id, line_id
)
INSERT INTO order_step (line_id, sequence, order_id, state, taken_at)
SELECT line_id, (SELECT max(sequence) + 1 FROM order_step WHERE order_step.line_id = sent.line_id), id, 'SENT', now()
  FROM sent;

-- Versions that were given out since must not come again with another meaning, neither in a client's hand nor in Redis:
-- no change goes through, and no plan is shown, on what was known before.
UPDATE customer_line SET product_version = product_version + 1000;
DELETE FROM kept_answer WHERE question LIKE 'standing:%';
