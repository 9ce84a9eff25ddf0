/** What replicas share: values of which the latest counts, and limits of which each replica holds a part. */
export const shared = `
CREATE SEQUENCE shared_seq;
CREATE TABLE shared (
  kind text NOT NULL,
  id text NOT NULL,
  value jsonb,             -- NULL: it is over
  time bigint NOT NULL,    -- of the change, epoch milliseconds: the later one counts
  until bigint NOT NULL,   -- epoch milliseconds from which on nobody needs it
  seq bigint NOT NULL,     -- the order in which changes became visible
  replica uuid NOT NULL,   -- that made the change
  PRIMARY KEY (kind, id)
);
CREATE INDEX shared_order ON shared (seq);
CREATE INDEX shared_until ON shared (until);

-- Stores values, those that are older than what is there excepted. One replica after the other, so that seq is the order in
-- which rows become visible.
CREATE FUNCTION share(sent jsonb, who uuid) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${0x746c707a});
  INSERT INTO shared (kind, id, value, time, until, seq, replica)
    SELECT kind, id, value, time, until, nextval('shared_seq'), who
    FROM jsonb_to_recordset(sent) AS one (kind text, id text, value jsonb, time bigint, until bigint)
    ON CONFLICT (kind, id) DO UPDATE
      SET value = excluded.value, time = excluded.time, until = excluded.until, seq = excluded.seq, replica = excluded.replica
      WHERE shared.time <= excluded.time;
  PERFORM pg_notify('shared', who::text);
END $$;

-- The first value that was offered.
CREATE FUNCTION agreed(what text, which text, offered jsonb, who uuid) RETURNS jsonb LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${0x746c707a});
  INSERT INTO shared (kind, id, value, time, until, seq, replica)
    VALUES (what, which, offered, 0, ${Number.MAX_SAFE_INTEGER}, nextval('shared_seq'), who) ON CONFLICT DO NOTHING;
  RETURN (SELECT value FROM shared WHERE kind = what AND id = which);
END $$;

-- What is used of a limit: dollars of a budget's period, or requests and tokens of a minute, which flow back evenly.
CREATE TABLE limits (
  id text PRIMARY KEY,
  used double precision NOT NULL,  -- at the moment in "at"
  at bigint NOT NULL,              -- epoch milliseconds
  until bigint NOT NULL            -- epoch milliseconds from which on nobody needs it
);
-- What each replica has used of a limit since it started, and the part that it may use without asking.
CREATE TABLE limit_holds (
  id text NOT NULL,
  replica uuid NOT NULL,
  spent double precision NOT NULL,
  held double precision NOT NULL,
  seen bigint NOT NULL,            -- epoch milliseconds: what a replica holds that ended without a word is free again
  PRIMARY KEY (id, replica)
);

-- Takes what a replica has used, and gives it a part of what is free: what it needs, and a quarter where it wants more. What is
-- sent twice counts once. A limit that is not known, without a seed, gives NULL.
CREATE FUNCTION settle_limits(sent jsonb, who uuid)
  RETURNS TABLE (of_limit text, used_now double precision, others_hold double precision, held_now double precision)
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  moment bigint := extract(epoch FROM clock_timestamp()) * 1000;
  one record;
  known limits;
  counted double precision;
  free double precision;
BEGIN
  PERFORM pg_advisory_xact_lock(${0x746c707b});
  FOR one IN SELECT * FROM jsonb_to_recordset(sent) AS of_replica (id text, most double precision, per_ms double precision,
    seed double precision, spent double precision, settled double precision, need double precision, more boolean, least double precision, until bigint)
  LOOP
    IF one.seed IS NOT NULL THEN
      INSERT INTO limits VALUES (one.id, one.seed, moment, one.until) ON CONFLICT DO NOTHING;
    END IF;
    SELECT * INTO known FROM limits WHERE limits.id = one.id;
    of_limit := one.id;
    IF NOT FOUND THEN
      used_now := NULL; others_hold := 0; held_now := 0;
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT spent INTO counted FROM limit_holds h WHERE h.id = one.id AND h.replica = who;
    used_now := greatest(0, known.used - greatest(0, moment - known.at) * one.per_ms)
      + greatest(0, one.spent - coalesce(counted, one.settled));
    -- A replica that was killed may not have said what it used; its requests are in the ledger.
    used_now := greatest(used_now, one.least);
    SELECT coalesce(sum(h.held), 0) INTO others_hold FROM limit_holds h
      WHERE h.id = one.id AND h.replica <> who AND h.seen > moment - 30000;
    free := greatest(0, one.most - used_now - others_hold);
    held_now := least(free, CASE WHEN one.more THEN greatest(one.need, free / 4) ELSE one.need END);
    UPDATE limits SET used = used_now, at = moment, until = one.until WHERE limits.id = one.id;
    INSERT INTO limit_holds VALUES (one.id, who, one.spent, held_now, moment)
      ON CONFLICT (id, replica) DO UPDATE SET spent = excluded.spent, held = excluded.held, seen = excluded.seen;
    IF one.more AND held_now < one.need AND others_hold > 0 THEN
      PERFORM pg_notify('limits', who::text || ' ' || one.id);
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

-- Deletes what nobody needs any more.
CREATE FUNCTION forget_shared(moment bigint) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
  DELETE FROM shared WHERE until < moment;
  DELETE FROM limits WHERE until < moment;
  DELETE FROM limit_holds h WHERE h.seen < moment - 86400000 AND NOT EXISTS (SELECT FROM limits l WHERE l.id = h.id);
$$;
`;
