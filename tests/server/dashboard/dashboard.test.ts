import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS } from "../../../src/server/dashboard/report-cache.ts";
import { startOf } from "../../../src/ledger/period.ts";
import { MOST_LISTENERS } from "../../../src/server/dashboard/live.ts";
import { SIGNED_IN_MS } from "../../../src/server/dashboard/sign-in.ts";
import { nextEvent } from "../../support/events.ts";
import { json } from "../../support/provider.ts";
import { testClock } from "../../support/proxy.ts";
import { proxyWith, type ProxyWorld } from "../../support/world.ts";
import { written } from "../../support/speech.ts";

const KEYED = '[proxy]\napi_key = "proxy-key"\n';

const ANSWER = {
  ...written("openai-chat", "done") as object,
  usage: { prompt_tokens: 1000, completion_tokens: 200 },
};

const price = (model: string, input: number, output: number) =>
  `[[prices]]\nprovider = "there"\nmodel = "${model}"\ninput = ${input}\noutput = ${output}\n`;

/** A proxy before a provider whose prices are known. */
const priced = (toml = "", clock = testClock()) =>
  proxyWith({ there: { answer: json(ANSWER), key: "secret-key" } }, {
    dialect: "openai-chat",
    router: 'think = "there,opus"\ndefault = "there,haiku"',
    toml: toml + price("opus", 15, 75) + price("haiku", 1, 5),
    clock,
  });

const ask = (world: ProxyWorld, content: string, headers: Record<string, string> = {}) =>
  world.post("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content }] }, headers)
    .then((response) => response.text());

const get = (world: ProxyWorld, path: string, headers: Record<string, string> = {}) =>
  fetch(world.url + path, { headers, redirect: "manual" });

const login = (world: ProxyWorld, key: string, headers: Record<string, string> = {}) =>
  fetch(`${world.url}/dashboard/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: world.url, ...headers },
    body: new URLSearchParams({ key }),
  });

/** The cookie that an answer sets, as a browser sends it back. */
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]!.split(";")[0]!;

/** The headers of a page that signed in. */
async function signedIn(world: ProxyWorld) {
  const response = await login(world, "proxy-key");
  assert.equal(response.status, 200);
  return { cookie: cookieOf(response), "x-dashboard-page": (await response.json()).page as string };
}

test("without a key the dashboard is open, and its policy allows its own files only", async () => {
  await using world = await priced();
  const page = await get(world, "/dashboard");
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /text\/html/);
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.ok(!policy.includes("unsafe"), policy);
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  const html = await page.text();
  assert.ok(!/(src|href|action)="(https?:)?\/\//.test(html), "nothing is from elsewhere");
  assert.ok(!/<script>|<style|style="| on\w+="/.test(html), "nothing is inline");
  const parts = [...html.matchAll(/(?:src|href)="(dashboard\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  assert.ok(parts.length >= 5);
  for (const path of parts) {
    const part = await get(world, `/${path}`);
    assert.equal(part.status, 200, path);
    assert.ok((await part.text()).length > 100);
    const again = await get(world, `/${path}`, { "if-none-match": part.headers.get("etag")! });
    assert.equal(again.status, 304);
  }
  assert.equal((await get(world, "/dashboard/assets/nothing.js")).status, 404);
  assert.equal((await get(world, "/dashboard/assets/toString")).status, 404);
});

test("the data are those of the report, and hold no key", async () => {
  const clock = testClock();
  await using world = await priced(KEYED, clock);
  for (const words of ["plan the architecture", "hello", "hello again"]) {
    await ask(world, words, { "x-api-key": "proxy-key" });
  }
  await world.ended(3);
  const response = await get(world, "/dashboard/data?period=week", { "x-api-key": "proxy-key" });
  const text = await response.text();
  for (const secret of ["proxy-key", "secret-key"]) assert.ok(!text.includes(secret), secret);
  const data = JSON.parse(text);
  const report = await world.context.ledger()!.report({
    since: startOf("week", clock.now()),
    groups: GROUPS,
  });
  assert.deepEqual(data.figures.report, JSON.parse(JSON.stringify(report)));
  assert.equal(data.figures.savings.saved_usd, report.saved_usd);
  assert.equal(data.figures.chart.slots.length, 7);
  const slots: { figures?: { requests: number } }[] = data.figures.chart.slots;
  const sum = slots.reduce((all, { figures }) => all + (figures?.requests ?? 0), 0);
  assert.equal(sum, 3);
  assert.equal(data.recent.length, 3);
  assert.equal(data.recent[2].route, "think");
  assert.equal(data.state.config.baseline, "there,opus");
  assert.equal(data.locked, true);
});

test("an unknown period is refused, and quoted", async () => {
  await using world = await priced();
  const response = await get(world, "/dashboard/data?period=year");
  assert.equal(response.status, 400);
  assert.match((await response.json()).error.message, /today, week, month.*"year"/);
});

test("with a key there is a form, and the right key sets a cookie that scripts cannot read", async () => {
  await using world = await priced(KEYED);
  const first = await get(world, "/dashboard");
  assert.equal(first.status, 303);
  assert.equal(new URL(first.headers.get("location")!, first.url).pathname, "/dashboard/login");
  assert.match(await (await get(world, "/dashboard/login")).text(), /<input[^>]*type="password"/s);
  for (const path of ["/dashboard/data", "/dashboard/events"]) {
    assert.equal((await get(world, path)).status, 401);
  }

  const wrong = await login(world, "guess");
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.getSetCookie().length, 0);
  assert.match((await wrong.json()).error.message, /^That is not one/);

  const right = await login(world, "proxy-key");
  assert.equal(right.status, 200);
  assert.equal(right.headers.get("cache-control"), "no-store");
  const { page } = await right.json();
  const set = right.headers.getSetCookie()[0]!;
  assert.match(set, /HttpOnly/);
  assert.match(set, /SameSite=Strict/);
  assert.match(set, /Path=\/dashboard/);
  assert.ok(!set.includes("proxy-key"));
  const cookie = cookieOf(right);
  assert.equal((await get(world, "/dashboard", { cookie })).status, 200);
  const all = { cookie, "x-dashboard-page": page };
  assert.equal((await get(world, "/dashboard/data", all)).status, 200);
  assert.equal(
    (await get(world, "/v1/models", all)).status,
    401,
    "the cookie is for the dashboard alone",
  );
  assert.equal((await get(world, "/metrics", all)).status, 401);

  const out = await fetch(`${world.url}/dashboard/logout`, {
    method: "POST",
    headers: { cookie },
    redirect: "manual",
  });
  assert.equal(out.status, 303);
  assert.equal((await get(world, "/dashboard/data", all)).status, 401);
});

test("a cookie alone opens no data: other servers of the machine are sent it too", async () => {
  await using world = await priced(KEYED);
  const { cookie, "x-dashboard-page": secret } = await signedIn(world);
  const another = await signedIn(world);
  const wrong: Record<string, string>[] = [
    { cookie },
    { "x-dashboard-page": secret },
    { cookie, "x-dashboard-page": another["x-dashboard-page"] },
    { cookie: `${cookie}; x-dashboard-page=${secret}` },
  ];
  for (const path of ["/dashboard/data", "/dashboard/requests", "/dashboard/events"]) {
    for (const headers of wrong) {
      const response = await get(world, path, headers);
      assert.equal(response.status, 401, `${path} ${Object.keys(headers)}`);
      await response.body?.cancel();
    }
    const response = await get(world, path, { cookie, "x-dashboard-page": secret });
    assert.equal(response.status, 200, path);
    await response.body?.cancel();
  }
  const form = await get(world, "/dashboard/login", { cookie });
  assert.equal(form.status, 200, "a tab without the secret can sign in");
  await form.body?.cancel();
});

test("a form that another site sends opens nothing", async () => {
  await using world = await priced(KEYED);
  const response = await login(world, "proxy-key", { origin: "https://elsewhere.example" });
  assert.equal(response.status, 403);
  assert.equal(response.headers.getSetCookie().length, 0);
});

test("after a few wrong keys in a minute no key is accepted, not even the right one", async () => {
  const clock = testClock();
  await using world = await priced(KEYED, clock);
  for (let i = 0; i < 5; i++) assert.equal((await login(world, `guess-${i}`)).status, 401);
  const refused = await login(world, "proxy-key");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "60");
  clock.advance(60_000);
  assert.equal((await login(world, "proxy-key")).status, 200);
});

test("a browser is signed out after its time, and with the key that it signed in with", async () => {
  const clock = testClock();
  await using world = await priced(KEYED, clock);
  const headers = await signedIn(world);
  world.reload({}, { toml: '[proxy]\napi_keys = ["another-key"]\n' });
  assert.equal((await get(world, "/dashboard/data", headers)).status, 401);
  world.reload({}, { toml: KEYED });
  assert.equal((await get(world, "/dashboard/data", headers)).status, 200);
  clock.advance(SIGNED_IN_MS + 1);
  assert.equal((await get(world, "/dashboard/data", headers)).status, 401);
});

test("a listener receives the state, every request as it ends, and changes", async () => {
  await using world = await priced();
  const response = await get(world, "/dashboard/events");
  assert.match(response.headers.get("content-type") ?? "", /text\/event-stream/);
  const reader = response.body!.getReader();
  const state = await nextEvent(reader, "state");
  assert.deepEqual(state.providers.map(({ name }: { name: string }) => name), ["there"]);
  await ask(world, "plan the architecture");
  const { rows, skipped } = await nextEvent(reader, "requests");
  assert.equal(skipped, 0);
  assert.equal(rows[0].route, "think");
  assert.equal(rows[0].cost_usd, 0.03);
  assert.ok(!JSON.stringify(rows).includes("plan the architecture"), "no prompt is told");
  world.there.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "60" }));
  await ask(world, "hello");
  const changed = await nextEvent(reader, "state");
  assert.equal(changed.providers[0].cooldowns[0].class, "rate_limited");
  await reader.cancel();
});

test("the number of listeners is bounded; a place that is left is free", async () => {
  await using world = await priced();
  const open = await Promise.all(
    Array.from({ length: MOST_LISTENERS }, () => get(world, "/dashboard/events")),
  );
  assert.ok(open.every(({ status }) => status === 200));
  const refused = await get(world, "/dashboard/events");
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  await Promise.all(open.map(({ body }) => body!.cancel()));
  let status = 503;
  while (status === 503) {
    const again = await get(world, "/dashboard/events");
    status = again.status;
    await again.body?.cancel();
  }
  assert.equal(status, 200);
});

test("signing out ends the events", async () => {
  await using world = await priced(KEYED);
  const headers = await signedIn(world);
  const reader = (await get(world, "/dashboard/events", headers)).body!.getReader();
  await nextEvent(reader, "state");
  const { cookie } = headers;
  await fetch(`${world.url}/dashboard/logout`, { method: "POST", headers: { cookie }, redirect: "manual" });
  for (;;) if ((await reader.read()).done) break;
});

test("a dashboard that is switched off answers 404", async () => {
  await using world = await priced("[telemetry]\ndashboard = false\n");
  for (const path of ["", "/data", "/events", "/login", "/assets/app.js"]) {
    const response = await get(world, `/dashboard${path}`);
    assert.equal(response.status, 404, path);
    assert.match(await response.text(), /dashboard = false/);
  }
});

test("without a ledger there are no figures, but everything else", async () => {
  await using world = await priced("[ledger]\nenabled = false\n");
  const data = await (await get(world, "/dashboard/data")).json();
  assert.equal(data.figures, null);
  assert.equal(data.state.ledger, null);
  assert.equal(data.state.providers[0].name, "there");
});

test("older requests come in pages, by filters, and only for those who may see them", async () => {
  await using world = await priced();
  await ask(world, "plan the architecture");
  await world.ended(1);
  const page = async (query: string) => await (await get(world, `/dashboard/requests?${query}`)).json();
  assert.equal((await page("route=think")).rows.length, 1);
  assert.deepEqual(await page("route=build"), { rows: [], next: null });
  assert.equal((await page("text=think%20there")).rows.length, 1);
  for (const wrong of ["before=x", "status=lost", `text=${"x".repeat(201)}`]) {
    const response = await get(world, `/dashboard/requests?${wrong}`);
    assert.equal(response.status, 400, wrong);
    await response.body?.cancel();
  }
  await using keyed = await priced(KEYED);
  const response = await get(keyed, "/dashboard/requests");
  assert.equal(response.status, 401);
  await response.body?.cancel();
});
