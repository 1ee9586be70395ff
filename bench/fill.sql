-- Invented conversations, two messages each, up to a number; run by bench/fill.py. Ends each statement with a semicolon.
INSERT INTO inbox_person (name, language, markers, created_at)
  SELECT 'Bench ' || n, '', '[]', now() - n * interval '7 seconds' FROM generate_series(%(a)s, %(b)s) n;

INSERT INTO inbox_handle (person_id, channel, key, name, address, first_seen_at)
  SELECT p.id, %(channel)s, 'bench-' || p.name, p.name, '@' || replace(lower(p.name), ' ', '_'), now()
  FROM inbox_person p WHERE p.name LIKE 'Bench %%' AND NOT EXISTS (SELECT 1 FROM inbox_handle h WHERE h.person_id = p.id);

INSERT INTO inbox_conversation (account_id, person_id, thread_key, visibility, subject, excerpt, excerpt_marks, state,
    urgency, score, unjudged, tags, fence, version, created_at, waiting_since, last_message_at, reply_trouble,
    escalation_pending, incident_number, outcome, outcome_reason, resolved_at, first_reply_due_at)
  SELECT %(account)s, p.id, 'bench-' || p.id, 'public', '', 'An invented contact about ' || (%(words)s::text[])[1 + p.id %% 80], '[]',
    CASE WHEN p.id %% 10 < 2 THEN 'open' WHEN p.id %% 10 = 2 THEN 'waiting' ELSE 'resolved' END,
    CASE WHEN p.id %% 200 = 0 THEN 3 WHEN p.id %% 50 = 0 THEN 2 ELSE 1 END, 1.0, false, '{}', 0, 1,
    now() - p.id * interval '7 seconds',
    CASE WHEN p.id %% 10 < 2 THEN now() - p.id * interval '7 seconds' END,
    now() - p.id * interval '7 seconds', false, false, '',
    CASE WHEN p.id %% 10 > 2 THEN 'answered' ELSE '' END, CASE WHEN p.id %% 10 > 2 THEN 'Invented' ELSE '' END,
    CASE WHEN p.id %% 10 > 2 THEN now() END, now()
  FROM inbox_person p WHERE p.name LIKE 'Bench %%'
    AND NOT EXISTS (SELECT 1 FROM inbox_conversation c WHERE c.person_id = p.id);

INSERT INTO inbox_message (conversation_id, account_id, remote_id, direction, visibility, handle_id, in_reply_to, known_as, subject,
    text, quoted, html, url, altered, unreadable, automatic, written_at, received_at, terms, level, score, verdict)
  SELECT c.id, c.account_id, 'bench-' || c.id || '-' || k, 'in', 'public', h.id, '', '', '',
    (SELECT string_agg((%(words)s::text[])[1 + floor(random() * 80 + 0 * (c.id + k + w))::int], ' ') FROM generate_series(1, 14) w),
    '', '', '', false, false, false, c.created_at, c.created_at, '{"public_target": "1", "private_target": "1"}', 1, 1.0,
    '{"level": "routine", "score": 1.0, "reasons": [], "floor": null, "version": "bench", "incomplete": false, "language": "en", "tags": []}'
  FROM inbox_conversation c JOIN inbox_handle h ON h.person_id = c.person_id CROSS JOIN generate_series(1, 2) k
  WHERE c.thread_key LIKE 'bench-%%' AND NOT EXISTS (SELECT 1 FROM inbox_message m WHERE m.conversation_id = c.id);
