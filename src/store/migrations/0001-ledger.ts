/** The ledger: a row for each request, in a table for each month, and sums of each hour that reports read. */

/** What an hour of a label adds up, and the expression over its rows. */
const SUMS = {
  requests: "count(*)",
  failures: "sum(failed)",
  fallbacks: "sum(fallback)",
  cancelled: "sum(cancelled)",
  input: "coalesce(sum(input), 0)",
  cache_read: "coalesce(sum(cache_read), 0)",
  cache_write: "coalesce(sum(cache_write), 0)",
  output: "coalesce(sum(output), 0)",
  reasoning: "coalesce(sum(reasoning), 0)",
  cost: "coalesce(sum(cost), 0)",
  baseline: "coalesce(sum(CASE WHEN cost IS NOT NULL THEN coalesce(baseline, cost) END), 0)",
  unpriced: "count(*) FILTER (WHERE cost IS NULL)",
  no_baseline: "count(*) FILTER (WHERE cost IS NOT NULL AND baseline IS NULL)",
  estimated: "sum(estimated)",
  lost: "coalesce(sum(lost), 0)",
  estimated_baseline: "count(*) FILTER (WHERE basis = 2)",
  old_baseline: "count(*) FILTER (WHERE basis = 0 AND baseline > 0)",
  plan: "sum(on_plan)",
  plan_tokens: "coalesce(sum(input + cache_read + cache_write + output) FILTER (WHERE on_plan = 1), 0)",
  clean: "count(*) FILTER (WHERE failed = 0 AND fallback = 0)",
} as const;

/** The columns of an hour, in order, and how they are made of requests. */
export const HOUR_SUMS: Readonly<Record<string, string>> = SUMS;

/** The milliseconds to each first output of some requests, as an array. */
export const HOUR_FIRST_TOKENS =
  "coalesce(array_agg(least(first_token_ms, 2147483647)::integer) FILTER (WHERE first_token_ms IS NOT NULL), '{}')";

const NAMES = Object.keys(SUMS);

const LABELS = [
  "client",
  "client_key",
  "client_dialect",
  "operation",
  "kind",
  "route",
  "provider",
  "model",
  "provider_dialect",
  "baseline_model",
];

/** The columns of a request that a replica sends, with their types. */
const COLUMNS = {
  time: "bigint NOT NULL", // arrival, epoch milliseconds
  uid: "uuid NOT NULL", // given where the request ended: a row that arrives twice is stored once
  id: "text NOT NULL",
  session: "text",
  stream: "smallint NOT NULL",
  model_asked: "text NOT NULL",
  why: "text NOT NULL", // JSON: the router's reasons, in order
  attempts: "text NOT NULL", // JSON: every try at a target
  input: "bigint", // fresh tokens; all token counts are NULL where unknown
  cache_read: "bigint",
  cache_write: "bigint",
  cache_write_1h: "bigint", // part of cache_write
  output: "bigint",
  reasoning: "bigint", // part of output
  estimated: "smallint NOT NULL",
  cost: "bigint", // billionths of a dollar, as the next three; NULL where unknown
  baseline: "bigint",
  reported_cost: "bigint",
  lost: "bigint",
  basis: "smallint NOT NULL", // 0: tokens, 1: session, 2: estimate, 3: nothing to reckon
  on_plan: "smallint NOT NULL",
  status: "integer NOT NULL",
  failure: "text",
  failed: "smallint NOT NULL",
  cancelled: "smallint NOT NULL",
  fallback: "smallint NOT NULL",
  first_token_ms: "bigint",
  duration_ms: "bigint NOT NULL",
  overhead_us: "bigint NOT NULL",
  rules: "text", // JSON: the names of the rules that matched; NULL where none did
} as const;

const SENT = Object.keys(COLUMNS);
const record = [
  ...Object.entries(COLUMNS).map(([name, type]) => `${name} ${type.replace(" NOT NULL", "")}`),
  "hash uuid",
  ...LABELS.map((name) => `${name} text`),
].join(", ");

/** The number under which replicas that write wait for each other: "tlpy" in ASCII. */
const WRITING = 0x746c7079;

export const ledger = `
-- Each combination of the columns that take few values, once.
CREATE TABLE labels (
  label integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash uuid NOT NULL UNIQUE,           -- of all the other columns: together they may be too long for an index
  ${LABELS.map((name) => `${name} text NOT NULL`).join(",\n  ")}
);

CREATE SEQUENCE requests_seq;
CREATE TABLE requests (
  seq bigint NOT NULL DEFAULT nextval('requests_seq'), -- the order of writing
  label integer NOT NULL,
  ${Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`).join(",\n  ")},
  PRIMARY KEY (time, uid)
) PARTITION BY RANGE (time);
CREATE INDEX requests_order ON requests (seq);
CREATE INDEX requests_trouble ON requests (time) WHERE failed = 1 OR fallback = 1;

-- What reports add up, for each hour (its first epoch millisecond) and label. It is written with the rows that it counts.
CREATE TABLE hours (
  hour bigint NOT NULL,
  label integer NOT NULL,
  ${NAMES.map((name) => `${name} bigint NOT NULL`).join(",\n  ")},
  first_tokens integer[] NOT NULL,     -- the milliseconds to each first output: percentiles are exact
  PRIMARY KEY (hour, label)
) WITH (fillfactor = 60);

CREATE VIEW spending AS
  SELECT r.seq, to_timestamp(r.time / 1000.0) AS at, r.id, l.client, l.client_key, r.session, r.model_asked, l.kind, l.route,
    l.provider, l.model, r.input, r.cache_read, r.cache_write, r.output, r.reasoning, r.estimated,
    r.cost / 1e9 AS cost_usd, r.baseline / 1e9 AS baseline_usd, (r.baseline - r.cost) / 1e9 AS saved_usd,
    r.lost / 1e9 AS lost_by_switching_usd,
    CASE r.basis WHEN 0 THEN 'tokens' WHEN 1 THEN 'session' WHEN 2 THEN 'estimate' END AS baseline_basis, r.on_plan,
    r.status, r.failure, r.fallback, r.first_token_ms, r.duration_ms, r.why
  FROM requests r JOIN labels l USING (label);

-- The first millisecond of the month (UTC) that holds a moment.
CREATE FUNCTION month_of(moment bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (extract(epoch FROM date_trunc('month', to_timestamp(moment / 1000) AT TIME ZONE 'UTC')) * 1000)::bigint
$$;

-- Makes the table of a month, where it is not there.
CREATE FUNCTION make_month(month bigint) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  part text := 'requests_' || to_char(to_timestamp(month / 1000) AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  PERFORM pg_advisory_xact_lock(${WRITING});
  IF to_regclass(quote_ident(part)) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF requests FOR VALUES FROM (%s) TO (%s)',
      part, month, month_of(month + 32 * 86400000::bigint));
  END IF;
END $$;

-- Stores requests and counts them in their hours, all or none; those that are there already are left as they are.
-- One replica after the other: seq is the order in which rows become visible. Returns how many are new.
CREATE FUNCTION add_requests(sent jsonb) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  month bigint;
  stored integer;
BEGIN
  PERFORM pg_advisory_xact_lock(${WRITING});
  FOR month IN SELECT DISTINCT month_of((one->>'time')::bigint) FROM jsonb_array_elements(sent) one LOOP
    PERFORM make_month(month);
  END LOOP;
  INSERT INTO labels (hash, ${LABELS.join(", ")})
    SELECT DISTINCT ON (hash) hash, ${LABELS.join(", ")}
    FROM jsonb_to_recordset(sent) AS one (${record})
    WHERE NOT EXISTS (SELECT FROM labels known WHERE known.hash = one.hash);
  WITH added AS (
    INSERT INTO requests (label, ${SENT.join(", ")})
      SELECT l.label, ${SENT.map((name) => `one.${name}`).join(", ")}
      FROM ROWS FROM (jsonb_to_recordset(sent) AS (${record})) WITH ORDINALITY AS one
      JOIN labels l USING (hash) ORDER BY one.ordinality
      ON CONFLICT DO NOTHING
      RETURNING *
  ), counted AS (
    INSERT INTO hours (hour, label, ${NAMES.join(", ")}, first_tokens)
      SELECT time - mod(time, 3600000), label, ${Object.values(SUMS).join(", ")}, ${HOUR_FIRST_TOKENS}
      FROM added GROUP BY 1, 2
      ON CONFLICT (hour, label) DO UPDATE SET ${
  NAMES.map((name) => `${name} = hours.${name} + excluded.${name}`).join(", ")
}, first_tokens = hours.first_tokens || excluded.first_tokens
  )
  SELECT count(*) INTO stored FROM added;
  RETURN stored;
END $$;

-- Drops the months that ended before a moment, and their hours. Returns how many.
CREATE FUNCTION forget_months(before bigint) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  part text;
  dropped integer := 0;
BEGIN
  SET LOCAL lock_timeout = '5s';
  FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'requests'::regclass LOOP
    IF to_date(right(part, 7), 'YYYY_MM') < to_date(to_char(to_timestamp(before / 1000) AT TIME ZONE 'UTC', 'YYYY_MM'), 'YYYY_MM') THEN
      EXECUTE 'DROP TABLE ' || part;
      dropped := dropped + 1;
    END IF;
  END LOOP;
  DELETE FROM hours WHERE hour < month_of(before);
  RETURN dropped;
END $$;
`;
