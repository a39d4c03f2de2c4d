-- A restored database has forgotten who logged out, was thrown out or had a token stolen after its backup was taken: a
-- session that was ended must not come back, so all end, and everybody logs in again.
WITH ended AS (
  UPDATE session SET ended_at = now(), end_reason = 'REVOKED' WHERE ended_at IS NULL AND live_until > now()
  RETURNING id, account_id
)
INSERT INTO login_history (id, account_id, kind, outcome, reason, session_id, happened_at)
SELECT gen_random_uuid(), account_id, 'LOGOUT', 'SUCCESS', 'REVOKED', id, now() FROM ended;
