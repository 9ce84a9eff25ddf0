/**
 * Fills a PostgreSQL store with requests and measures how its reports grow: `deno run -A scripts/store-growth.ts URL
 * [--millions 1,2,5,10] [--days 365]`. The database must be empty. Rows are generated in the database, over the
 * days before now, by fifty people in working hours; docs/team.md has the result.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { startOf } from "../src/ledger/period.ts";
import { type Connection, connectTo } from "../src/store/connection.ts";
import { readReport, readSpent } from "../src/store/ledger.ts";
import { HOUR_FIRST_TOKENS, HOUR_SUMS } from "../src/store/migrations/0001-ledger.ts";

const DAY = 86_400_000;
/** Milliseconds for a step of the generation. */
const PATIENCE_MS = 3_600_000;

const LABELS = `
  INSERT INTO labels (hash, client, client_key, client_dialect, operation, kind, route, provider, model, provider_dialect, baseline_model)
  SELECT md5(person || kind || provider)::uuid, (ARRAY['claude-code', 'codex', 'opencode'])[1 + person % 3],
    'person' || person, 'anthropic-messages', 'generate', kind, kind, provider, 'model-of-' || provider, 'openai-chat',
    'anthropic,claude-opus-4.8'
  FROM generate_series(1, 50) person, unnest(ARRAY['build', 'background', 'think', 'default']) WITH ORDINALITY kinds(kind, a),
    unnest(ARRAY['anthropic', 'openrouter', 'groq']) WITH ORDINALITY providers(provider, b) ORDER BY person, a, b`;

/** Requests \`from\` to \`to\` of the whole, as they would be sent: the texts have the length of real ones. */
const REQUESTS = `
  INSERT INTO requests (label, time, uid, id, session, stream, model_asked, why, attempts, input, cache_read, cache_write,
    cache_write_1h, output, reasoning, estimated, cost, baseline, reported_cost, lost, basis, on_plan, status, failure, failed,
    cancelled, fallback, first_token_ms, duration_ms, overhead_us, rules)
  SELECT (floor(random() * 50)::int * 12 + (CASE WHEN i % 10 < 5 THEN 0 WHEN i % 10 < 8 THEN 3 WHEN i % 10 < 9 THEN 6 ELSE 9 END)
      + CASE WHEN random() < 0.94 THEN 1 WHEN random() < 0.7 THEN 2 ELSE 3 END), $3::bigint + (i * $4::float8)::bigint, gen_random_uuid(), 'req_' || i, 's' || i / 25, 1, 'auto',
    '["the words \\"fix\\" and \\"test\\": build","stays on model-of-anthropic: about $0.012 against $0.034 elsewhere"]',
    '[{"provider":"anthropic","model":"model-of-anthropic","dialect":"anthropic-messages","status":200,"startMs":1.2,"ms":812}'
      || CASE WHEN i % 40 = 0 THEN ',{"provider":"groq","model":"m","dialect":"openai-chat","status":429,"failure":"rate_limited","message":"slow down","startMs":1,"ms":80}' ELSE '' END || ']',
    (random() * 3000)::int, (random() * 80000)::int, (random() * 2000)::int, 0, (random() * 1500)::int, 0, 0,
    (random() * 4e7)::bigint, (random() * 9e7)::bigint, NULL, 0, 1, 0, CASE WHEN i % 97 = 0 THEN 502 ELSE 200 END,
    CASE WHEN i % 97 = 0 THEN 'unreachable' END, (i % 97 = 0)::int, 0, (i % 40 = 0)::int, 200 + (exp(random() * 4) * 60)::int,
    1000 + (random() * 20000)::int, 200, NULL
  FROM generate_series($1::bigint, $2::bigint) i`;

const HOURS = `
  INSERT INTO hours (hour, label, ${Object.keys(HOUR_SUMS).join(", ")}, first_tokens)
  SELECT time - mod(time, 3600000), label, ${Object.values(HOUR_SUMS).join(", ")}, ${HOUR_FIRST_TOKENS}
  FROM requests WHERE time >= $1 AND time < $2 GROUP BY 1, 2
  ON CONFLICT (hour, label) DO UPDATE SET ${
  Object.keys(HOUR_SUMS).map((name) => `${name} = hours.${name} + excluded.${name}`).join(", ")
}, first_tokens = hours.first_tokens || excluded.first_tokens`;

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  const value = await work();
  return [value, Math.round(performance.now() - began)];
}

/** What the store takes on the disk, in bytes. */
async function sizeOf(connection: Connection): Promise<{ requests: number; hours: number }> {
  const [row] = await connection.query<{ requests: number; hours: number }>({
    text: `SELECT sum(pg_total_relation_size(inhrelid)) AS requests, pg_total_relation_size('hours') AS hours
      FROM pg_inherits WHERE inhparent = 'requests'::regclass`,
  });
  return row ?? { requests: 0, hours: 0 };
}

/** Times that people wait for: the best of three, milliseconds. */
async function measured(connection: Connection, now: number): Promise<Record<string, number>> {
  const best = async (work: () => Promise<unknown>) =>
    Math.min(...[(await timed(work))[1], (await timed(work))[1], (await timed(work))[1]]);
  const { query } = connection;
  const month = now - 30 * DAY;
  return {
    "today by hours": await best(() => readReport(query, { since: startOf("today", now), series: "hour" })),
    "30 days": await best(() => readReport(query, { since: month })),
    "30 days by days": await best(() => readReport(query, { since: month, series: "day" })),
    "30 days by session": await best(() => readReport(query, { since: month, groups: ["session"] })),
    "a budget of 30 days": await best(() => readSpent(query, month, { keys: ["person7"] })),
  };
}

async function main(): Promise<void> {
  const { values, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: { millions: { type: "string", default: "1,2,5,10" }, days: { type: "string", default: "365" } },
  });
  if (url === undefined) throw new Error("give the URL of an empty database: postgres://…");
  const goals = values.millions.split(",").map((text) => Number(text) * 1e6);
  const [rows, days] = [goals.at(-1) ?? 0, Number(values.days)];
  const connection = connectTo(url, { log: (_level, message) => console.error(message) });
  await connection.tried;
  const run = (text: string, given: readonly unknown[] = []) =>
    connection.query({ text, values: given, query_timeout: PATIENCE_MS });
  const now = Date.now();
  const began = now - days * DAY;
  const each = (days * DAY) / rows;
  await run(LABELS);
  for (let day = -1; day <= days + 31; day += 27) {
    await run("SELECT make_month(month_of($1))", [began + day * DAY]);
  }
  // The newest come first: the last thirty days are full from the start, and what grows is what lies before them.
  let made = 0;
  for (const goal of goals) {
    const [from, to] = [rows - goal + 1, rows - made];
    const [, ms] = await timed(() => run(REQUESTS, [from, to, began, each]));
    const at = (i: number) => Math.round(began + i * each);
    await run(HOURS, [at(from), made === 0 ? Number.MAX_SAFE_INTEGER : at(to + 1)]);
    made = goal;
    await run("VACUUM ANALYZE requests");
    await run("VACUUM ANALYZE hours");
    const { requests, hours } = await sizeOf(connection);
    console.log(JSON.stringify({
      rows: made,
      seconds: Math.round(ms / 1000),
      bytes_a_row: Math.round(requests / made),
      hours_mb: Math.round(hours / 1e6),
      ms: await measured(connection, now),
    }));
  }
  await connection.close();
}

await main();
process.exit(0);
