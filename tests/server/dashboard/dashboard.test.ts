import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS } from "../../../src/server/dashboard/report-cache.ts";
import { startOf } from "../../../src/ledger/period.ts";
import { MOST_LISTENERS } from "../../../src/server/dashboard/live.ts";
import { SIGNED_IN_MS } from "../../../src/server/dashboard/sign-in.ts";
import { nextEvent } from "../../support/events.ts";
import { type FakeProvider, fakeProvider, json } from "../../support/provider.ts";
import { startProxy, testClock, type TestProxy } from "../../support/proxy.ts";

const KEYED = '[proxy]\napi_key = "proxy-key"\n';

const configOf = (provider: string, rest = "") =>
  `${rest}
[router]
think = "there,opus"
default = "there,haiku"
[[providers]]
name = "there"
api_base_url = "${provider}/v1"
api_key = "secret-key"
dialects = ["openai-chat"]
[[prices]]
provider = "there"
model = "opus"
input = 15
output = 75
[[prices]]
provider = "there"
model = "haiku"
input = 1
output = 5
`;

const ANSWER = {
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "done" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 200 },
};

async function withProxy(
  run: (proxy: TestProxy, provider: FakeProvider, clock: ReturnType<typeof testClock>) => Promise<void>,
  rest = "",
): Promise<void> {
  await using provider = await fakeProvider(json(ANSWER));
  const clock = testClock();
  await using proxy = startProxy(configOf(provider.url, rest), { clock });
  await run(proxy, provider, clock);
}

const ask = (proxy: TestProxy, content: string, headers: Record<string, string> = {}) =>
  proxy.post("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content }] }, headers)
    .then((response) => response.text());

const get = (proxy: TestProxy, path: string, headers: Record<string, string> = {}) =>
  fetch(proxy.url + path, { headers, redirect: "manual" });

const login = (proxy: TestProxy, key: string, headers: Record<string, string> = {}) =>
  fetch(`${proxy.url}/dashboard/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: proxy.url, ...headers },
    body: new URLSearchParams({ key }),
  });

/** The cookie that an answer sets, as a browser sends it back. */
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]!.split(";")[0]!;

/** The headers of a page that signed in. */
async function signedIn(proxy: TestProxy) {
  const response = await login(proxy, "proxy-key");
  assert.equal(response.status, 200);
  return { cookie: cookieOf(response), "x-dashboard-page": (await response.json()).page as string };
}

test("without a key the dashboard is open, and its policy allows its own files only", async () => {
  await withProxy(async (proxy) => {
    const page = await get(proxy, "/dashboard");
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
      const part = await get(proxy, `/${path}`);
      assert.equal(part.status, 200, path);
      assert.ok((await part.text()).length > 100);
      const again = await get(proxy, `/${path}`, { "if-none-match": part.headers.get("etag")! });
      assert.equal(again.status, 304);
    }
    assert.equal((await get(proxy, "/dashboard/assets/nothing.js")).status, 404);
    assert.equal((await get(proxy, "/dashboard/assets/toString")).status, 404);
  });
});

test("every module that an asset imports is an asset", async () => {
  await withProxy(async (proxy) => {
    const seen = new Set<string>();
    const visit = async (name: string): Promise<void> => {
      if (seen.has(name)) return;
      seen.add(name);
      const response = await get(proxy, `/dashboard/assets/${name}`);
      assert.equal(response.status, 200, name);
      const text = await response.text();
      for (const [, other] of text.matchAll(/from "\.\/([^"]+)"/g)) await visit(other!);
    };
    await visit("app.js");
    assert.ok(seen.size > 5);
  });
});

test("the data are those of the report, and hold no key", async () => {
  await withProxy(async (proxy, _provider, clock) => {
    for (const words of ["plan the architecture", "hello", "hello again"]) {
      await ask(proxy, words, { "x-api-key": "proxy-key" });
    }
    await proxy.ended(3);
    const response = await get(proxy, "/dashboard/data?period=week", { "x-api-key": "proxy-key" });
    const text = await response.text();
    for (const secret of ["proxy-key", "secret-key"]) assert.ok(!text.includes(secret), secret);
    const data = JSON.parse(text);
    const report = await proxy.context.ledger()!.report({
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
  }, KEYED);
});

test("an unknown period is refused, and quoted", async () => {
  await withProxy(async (proxy) => {
    const response = await get(proxy, "/dashboard/data?period=year");
    assert.equal(response.status, 400);
    assert.match((await response.json()).error.message, /today, week, month.*"year"/);
  });
});

test("with a key there is a form, and the right key sets a cookie that scripts cannot read", async () => {
  await withProxy(async (proxy) => {
    const first = await get(proxy, "/dashboard");
    assert.equal(first.status, 303);
    assert.equal(new URL(first.headers.get("location")!, first.url).pathname, "/dashboard/login");
    assert.match(await (await get(proxy, "/dashboard/login")).text(), /<input[^>]*type="password"/s);
    for (const path of ["/dashboard/data", "/dashboard/events"]) {
      assert.equal((await get(proxy, path)).status, 401);
    }

    const wrong = await login(proxy, "guess");
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.getSetCookie().length, 0);
    assert.match((await wrong.json()).error.message, /^That is not one/);

    const right = await login(proxy, "proxy-key");
    assert.equal(right.status, 200);
    assert.equal(right.headers.get("cache-control"), "no-store");
    const { page } = await right.json();
    const set = right.headers.getSetCookie()[0]!;
    assert.match(set, /HttpOnly/);
    assert.match(set, /SameSite=Strict/);
    assert.match(set, /Path=\/dashboard/);
    assert.ok(!set.includes("proxy-key"));
    const cookie = cookieOf(right);
    assert.equal((await get(proxy, "/dashboard", { cookie })).status, 200);
    const all = { cookie, "x-dashboard-page": page };
    assert.equal((await get(proxy, "/dashboard/data", all)).status, 200);
    assert.equal(
      (await get(proxy, "/v1/models", all)).status,
      401,
      "the cookie is for the dashboard alone",
    );
    assert.equal((await get(proxy, "/metrics", all)).status, 401);

    const out = await fetch(`${proxy.url}/dashboard/logout`, {
      method: "POST",
      headers: { cookie },
      redirect: "manual",
    });
    assert.equal(out.status, 303);
    assert.equal((await get(proxy, "/dashboard/data", all)).status, 401);
  }, KEYED);
});

test("a cookie alone opens no data: other servers of the machine are sent it too", async () => {
  await withProxy(async (proxy) => {
    const { cookie, "x-dashboard-page": secret } = await signedIn(proxy);
    const another = await signedIn(proxy);
    const wrong: Record<string, string>[] = [
      { cookie },
      { "x-dashboard-page": secret },
      { cookie, "x-dashboard-page": another["x-dashboard-page"] },
      { cookie: `${cookie}; x-dashboard-page=${secret}` },
    ];
    for (const path of ["/dashboard/data", "/dashboard/requests", "/dashboard/events"]) {
      for (const headers of wrong) {
        const response = await get(proxy, path, headers);
        assert.equal(response.status, 401, `${path} ${Object.keys(headers)}`);
        await response.body?.cancel();
      }
      const response = await get(proxy, path, { cookie, "x-dashboard-page": secret });
      assert.equal(response.status, 200, path);
      await response.body?.cancel();
    }
    const form = await get(proxy, "/dashboard/login", { cookie });
    assert.equal(form.status, 200, "a tab without the secret can sign in");
    await form.body?.cancel();
  }, KEYED);
});

test("a form that another site sends opens nothing", async () => {
  await withProxy(async (proxy) => {
    const response = await login(proxy, "proxy-key", { origin: "https://elsewhere.example" });
    assert.equal(response.status, 403);
    assert.equal(response.headers.getSetCookie().length, 0);
  }, KEYED);
});

test("after a few wrong keys in a minute no key is accepted, not even the right one", async () => {
  await withProxy(async (proxy, _provider, clock) => {
    for (let i = 0; i < 5; i++) assert.equal((await login(proxy, `guess-${i}`)).status, 401);
    const refused = await login(proxy, "proxy-key");
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "60");
    clock.advance(60_000);
    assert.equal((await login(proxy, "proxy-key")).status, 200);
  }, KEYED);
});

test("a browser is signed out after its time, and with the key that it signed in with", async () => {
  await withProxy(async (proxy, provider, clock) => {
    const headers = await signedIn(proxy);
    const other = configOf(provider.url, '[proxy]\napi_keys = ["another-key"]\n');
    proxy.swap(other);
    assert.equal((await get(proxy, "/dashboard/data", headers)).status, 401);
    proxy.swap(configOf(provider.url, KEYED));
    assert.equal((await get(proxy, "/dashboard/data", headers)).status, 200);
    clock.advance(SIGNED_IN_MS + 1);
    assert.equal((await get(proxy, "/dashboard/data", headers)).status, 401);
  }, KEYED);
});

test("a listener receives the state, every request as it ends, and changes", async () => {
  await withProxy(async (proxy, provider) => {
    const response = await get(proxy, "/dashboard/events");
    assert.match(response.headers.get("content-type") ?? "", /text\/event-stream/);
    const reader = response.body!.getReader();
    const state = await nextEvent(reader, "state");
    assert.deepEqual(state.providers.map(({ name }: { name: string }) => name), ["there"]);
    await ask(proxy, "plan the architecture");
    const { rows, skipped } = await nextEvent(reader, "requests");
    assert.equal(skipped, 0);
    assert.equal(rows[0].route, "think");
    assert.equal(rows[0].cost_usd, 0.03);
    assert.ok(!JSON.stringify(rows).includes("plan the architecture"), "no prompt is told");
    provider.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "60" }));
    await ask(proxy, "hello");
    const changed = await nextEvent(reader, "state");
    assert.equal(changed.providers[0].cooldowns[0].class, "rate_limited");
    await reader.cancel();
  });
});

test("the number of listeners is bounded; a place that is left is free", async () => {
  await withProxy(async (proxy) => {
    const open = await Promise.all(
      Array.from({ length: MOST_LISTENERS }, () => get(proxy, "/dashboard/events")),
    );
    assert.ok(open.every(({ status }) => status === 200));
    const refused = await get(proxy, "/dashboard/events");
    assert.equal(refused.status, 503);
    await refused.body?.cancel();
    await Promise.all(open.map(({ body }) => body!.cancel()));
    let status = 503;
    while (status === 503) {
      const again = await get(proxy, "/dashboard/events");
      status = again.status;
      await again.body?.cancel();
    }
    assert.equal(status, 200);
  });
});

test("signing out ends the events", async () => {
  await withProxy(async (proxy) => {
    const headers = await signedIn(proxy);
    const reader = (await get(proxy, "/dashboard/events", headers)).body!.getReader();
    await nextEvent(reader, "state");
    const { cookie } = headers;
    await fetch(`${proxy.url}/dashboard/logout`, { method: "POST", headers: { cookie }, redirect: "manual" });
    for (;;) if ((await reader.read()).done) break;
  }, KEYED);
});

test("a dashboard that is switched off answers 404", async () => {
  await withProxy(async (proxy) => {
    for (const path of ["", "/data", "/events", "/login", "/assets/app.js"]) {
      const response = await get(proxy, `/dashboard${path}`);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /dashboard = false/);
    }
  }, "[telemetry]\ndashboard = false\n");
});

test("without a ledger there are no figures, but everything else", async () => {
  await withProxy(async (proxy) => {
    const data = await (await get(proxy, "/dashboard/data")).json();
    assert.equal(data.figures, null);
    assert.equal(data.state.ledger, null);
    assert.equal(data.state.providers[0].name, "there");
  }, "[ledger]\nenabled = false\n");
});

test("older requests come in pages, by filters, and only for those who may see them", async () => {
  await withProxy(async (proxy) => {
    await ask(proxy, "plan the architecture");
    await proxy.ended(1);
    const page = async (query: string) => await (await get(proxy, `/dashboard/requests?${query}`)).json();
    assert.equal((await page("route=think")).rows.length, 1);
    assert.deepEqual(await page("route=build"), { rows: [], next: null });
    assert.equal((await page("text=think%20there")).rows.length, 1);
    for (const wrong of ["before=x", "status=lost", `text=${"x".repeat(201)}`]) {
      const response = await get(proxy, `/dashboard/requests?${wrong}`);
      assert.equal(response.status, 400, wrong);
      await response.body?.cancel();
    }
  });
  await withProxy(async (proxy) => {
    const response = await get(proxy, "/dashboard/requests");
    assert.equal(response.status, 401);
    await response.body?.cancel();
  }, KEYED);
});
