import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fakeProvider, json } from "../../support/provider.ts";
import { proxyFrom, type TestProxy, type TestProxyOptions } from "../../support/proxy.ts";
import { tempFolder } from "../../support/disposable.ts";

const CONFIG = `# mine
[router]
think = "there,opus" # the best
default = "there,haiku"

[[providers]]
name = "there"
api_base_url = "http://127.0.0.1:1/v1"
api_keys = ["secret-key-number-1", "secret-key-number-2"]
dialects = ["openai-chat"]
`;

interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.json(),
});

/** A proxy with this configuration, in a file that it watches or in none, and with a data folder. */
function acting(
  { config = CONFIG, inFile = false, ...options }:
    & TestProxyOptions
    & { readonly config?: string; readonly inFile?: boolean } = {},
) {
  const folder = tempFolder();
  const file = folder.at("config.toml");
  const proxy = proxyFrom(config, { dataFolder: folder.at("data"), ...(inFile && { file }), ...options });
  return {
    proxy,
    folder,
    file,
    act: async (name: string, body: unknown, headers?: Record<string, string>): Promise<Answer> =>
      answerOf(await proxy.post(`/dashboard/acts/${name}`, body, headers)),
    async [Symbol.asyncDispose]() {
      await proxy.close();
      folder[Symbol.dispose]();
    },
  };
}

const logged = ({ log }: TestProxy) => log.map(({ message }) => message);

describe("who may act", () => {
  test("a page of another origin may not, whatever it sends", async () => {
    await using world = acting({ config: `[proxy]\ncors_origins = ["https://trusted.example"]\n${CONFIG}` });
    const { proxy, act } = world;
    const foreign: readonly Record<string, string>[] = [
      { origin: "https://elsewhere.example" },
      { origin: "http://127.0.0.1:1" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://trusted.example" },
    ];
    for (const headers of foreign) {
      assert.equal(
        (await act("pause", { provider: "there" }, headers)).status,
        403,
        JSON.stringify(headers),
      );
    }
    const form = { "content-type": "text/plain" };
    assert.equal((await act("pause", { provider: "there" }, form)).status, 415, "what a form can send");
    assert.deepEqual(proxy.context.state.cooldowns.list(Date.now()), []);
    const own = { origin: proxy.url, "sec-fetch-site": "same-origin" };
    assert.equal((await act("pause", { provider: "there" }, own)).status, 200);
  });

  test("dashboard_actions = false switches every act off", async () => {
    await using world = acting({ config: `${CONFIG}\n[telemetry]\ndashboard_actions = false\n` });
    const { act, proxy } = world;
    for (const name of ["pause", "try", "keys", "route", "pin"]) {
      const { status, body } = await act(name, {});
      assert.equal(status, 403, name);
      assert.match(body.error.message, /dashboard_actions = false/);
    }
    const data = await (await fetch(`${proxy.url}/dashboard/data`)).json();
    assert.equal(data.acts, "none");
  });

  test("a viewer sees and tries, and changes nothing; a client's key does nothing", async () => {
    await using world = acting({ config: `[proxy]\nadmin_key = "an-admin-key-of-mine"\n${CONFIG}` });
    const { proxy, act } = world;
    const admin = { "x-proxy-key": "an-admin-key-of-mine" };
    const made = async (name: string, role: string) =>
      (await act("keys-add", { name, role }, admin)).body.key as string;
    const viewer = { "x-proxy-key": await made("vera", "viewer") };
    const client = { "x-proxy-key": await made("carl", "client") };
    const acts: [string, unknown][] = [
      ["pause", { provider: "there" }],
      ["resume", {}],
      ["reset", {}],
      ["pin", { session: "s", route: "think" }],
      ["unpin", {}],
      ["keys", {}],
      ["keys-add", { name: "eve", role: "admin" }],
      ["keys-rotate", { name: "vera" }],
      ["keys-revoke", { name: "vera" }],
      ["route-preview", { route: "think", targets: ["there,haiku"] }],
      ["route", { route: "think", targets: ["there,haiku"], of: "" }],
    ];
    const login = await fetch(`${proxy.url}/dashboard/login`, {
      method: "POST",
      headers: { origin: proxy.url },
      body: new URLSearchParams({ key: viewer["x-proxy-key"] }),
    });
    const signedIn = {
      cookie: login.headers.getSetCookie()[0]!.split(";")[0]!,
      "x-dashboard-page": (await login.json()).page as string,
    };
    for (const [name, body] of acts) {
      for (const who of [viewer, signedIn, client]) {
        assert.equal((await act(name, body, who)).status, 403, `${name} ${Object.keys(who)}`);
      }
      assert.equal((await act(name, body)).status, 401, name);
    }
    const words = (await act("pause", { provider: "there" }, signedIn)).body.error.message;
    assert.match(words, /viewer: it changes nothing/);
    assert.equal((await act("try", { prompt: "hello" }, signedIn)).status, 200);
    assert.equal((await act("try", { prompt: "hello" }, { cookie: signedIn.cookie })).status, 401);
    assert.equal((await act("try", { prompt: "hello" }, client)).status, 403);
    const data = await (await fetch(`${proxy.url}/dashboard/data`, { headers: signedIn })).json();
    assert.equal(data.acts, "view");
  });

  test("what no act knows is refused with what would be right", async () => {
    await using world = acting();
    const { act } = world;
    assert.equal((await act("toString", {})).status, 404);
    const { status, body } = await act("pause", { provider: "there", forever: true });
    assert.equal(status, 400);
    assert.match(body.error.message, /Unknown key "forever"/);
  });
});

describe("what the acts do", () => {
  test("a provider, or one of its keys, is paused, resumed and reset, and the log says by whom", async () => {
    await using world = acting();
    const { proxy, act } = world;
    const { state } = proxy.context.dispatch;
    assert.equal((await act("pause", { provider: "there", seconds: 60 })).status, 200);
    assert.equal(state.cooldowns.list(Date.now())[0]!.class, "paused");
    assert.deepEqual((await act("resume", { provider: "there" })).body, { resumed: 1 });

    const { state: shown } = await (await fetch(`${proxy.url}/dashboard/data`)).json();
    const [, second] = shown.providers[0].accounts as string[];
    assert.equal((await act("pause", { provider: "there", key: second })).status, 200);
    assert.equal(state.cooldowns.list(Date.now())[0]!.key, second);
    const { state: paused } = await (await fetch(`${proxy.url}/dashboard/data`)).json();
    assert.equal(paused.providers[0].cooldowns[0].account, 2);
    assert.equal((await act("pause", { provider: "there", key: "deadbeef" })).status, 400);
    assert.deepEqual((await act("resume", { provider: "there", key: second })).body, { resumed: 1 });

    state.cooldowns.failed(
      { provider: "there", model: "opus", key: second! },
      { class: "quota_exhausted", provider: "there", model: "opus", message: "spent" },
      Date.now(),
    );
    assert.deepEqual((await act("reset", { provider: "there" })).body, { reset: 1 });
    assert.deepEqual(logged(proxy).filter((line) => line.includes("(dashboard)")), [
      "there paused for 1 min without a key (dashboard)",
      "1 pause of there ended without a key (dashboard)",
      `there, key ${second} paused without a key (dashboard)`,
      `1 pause of there, key ${second} ended without a key (dashboard)`,
      "1 cooldown of there ended without a key (dashboard)",
    ]);
  });

  test("a session is pinned and released", async () => {
    await using world = acting();
    const { proxy, act } = world;
    assert.equal((await act("pin", { session: "s-1", route: "think" })).status, 200);
    const { state } = await (await fetch(`${proxy.url}/dashboard/data`)).json();
    assert.deepEqual(state.pins.map(({ session, route }: Record<string, string>) => [session, route]), [
      ["s-1", "think"],
    ]);
    const { status, body } = await act("pin", { session: "s-1", route: "nowhere" });
    assert.equal(status, 400);
    assert.match(body.error.message, /expected a route/);
    assert.deepEqual((await act("unpin", { session: "s-1" })).body, { unpinned: 1 });
  });

  test("the script of the configuration has its say when a prompt is tried", async () => {
    using folder = tempFolder();
    const path = folder.write(
      "route.js",
      'export default () => ({ route: "think", reason: "all is hard" });',
    );
    const config = CONFIG.replace(
      "[[providers]]",
      `[router.script]\npath = ${JSON.stringify(path)}\n[[providers]]`,
    );
    await using world = acting({ config });
    const { act } = world;
    const { body } = await act("try", { prompt: "hello" });
    assert.equal(body.targets[0].model, "opus");
    assert.match(body.why.join("; "), /the script route.js leads to the route think: all is hard/);
  });

  test("a prompt or a conversation is tried, and nothing is sent", async () => {
    await using provider = await fakeProvider(json({}));
    const config = CONFIG.replace("http://127.0.0.1:1", provider.url);
    await using world = acting({ config });
    const { act, proxy } = world;
    const { body } = await act("try", { prompt: "plan the architecture" });
    assert.equal(body.route, "think");
    assert.deepEqual(body.targets[0], {
      provider: "there",
      model: "opus",
      from: "chain",
      skip: null,
      price: null,
    });
    assert.ok(body.why.length > 0 && body.weights !== undefined);
    const bare = await act("try", { prompt: "yes" });
    const answer = await act("try", {
      prompt: "yes",
      previous: ["plan the architecture of the billing service"],
      before: "Shall I plan it in detail?",
    });
    assert.notDeepEqual(answer.body.why, bare.body.why, "what came before counts");
    const request = JSON.stringify({
      model: "there,haiku",
      messages: [{ role: "user", content: "plan the architecture" }],
    });
    const asRequest = await act("try", { request });
    assert.equal(asRequest.body.targets[0].model, "haiku");
    for (
      const wrong of [{}, { prompt: " " }, { request: "{" }, { prompt: 1 }, { prompt: "x", previous: 1 }]
    ) {
      assert.equal((await act("try", wrong)).status, 400, JSON.stringify(wrong));
    }
    assert.equal(provider.arrived.length, 0);
    assert.equal(proxy.records.length, 0);
    assert.ok(!JSON.stringify(proxy.log).includes("architecture"), "no prompt is logged");
  });

  test("a thumb and another route for a request are taken where learning is on", async () => {
    await using provider = await fakeProvider();
    const config = CONFIG.replace("http://127.0.0.1:1", provider.url);
    await using world = acting({ config: `${config}\n[learning]\nenabled = true\n` });
    const { act, proxy } = world;
    const messages = [{ role: "user", content: "look at the menu and say what you see there" }];
    await (await proxy.post("/v1/chat/completions", { model: "auto", messages })).text();
    const [{ id } = { id: "" }] = await proxy.ended(1);
    assert.deepEqual((await act("feedback", { request_id: id, thumb: "up" })).body, {
      request_id: id,
      thumb: "up",
    });
    assert.equal((await act("feedback", { request_id: id, route: "think" })).body.route, "think");
    assert.equal((await act("feedback", { request_id: "gone", thumb: "up" })).status, 404);
    assert.deepEqual(logged(proxy).filter((line) => line.includes("(dashboard)")), [
      `the request ${id} got a thumb up without a key (dashboard)`,
      `the request ${id} got the route think without a key (dashboard)`,
    ]);
    await using unlearned = acting({ config });
    const { status, body } = await unlearned.act("feedback", { request_id: "r", thumb: "up" });
    assert.equal(status, 409);
    assert.match(body.error.message, /enabled = true in \[learning\]/);
  });

  test("a key is added, shown once, rotated and revoked", async () => {
    await using world = acting();
    const { proxy, folder, act } = world;
    assert.match(
      (await act("keys-add", { name: "bob" })).body.error.message,
      /first key must have the role admin/,
    );
    const added = await act("keys-add", { name: "Ada", role: "admin", budget: "5/day", rpm: "60" });
    assert.equal(added.status, 200);
    const { key } = added.body as { key: string };
    const admin = { "x-proxy-key": key };
    assert.equal((await act("keys", {})).status, 401, "the proxy is locked from now on");
    const list = await act("keys", {}, admin);
    assert.ok(!JSON.stringify(list.body).includes(key.slice(-20)));
    assert.deepEqual(list.body.keys[0].limits, ["$5.00 a day", "60 requests a minute"]);
    assert.equal(list.body.keys[0].state.words, "valid");
    assert.ok(!readFileSync(folder.at("data", "keys.json"), "utf8").includes(key.slice(-20)));

    for (
      const wrong of [{ name: "ada" }, { name: "no good" }, { name: "bob", budget: "lots" }, {
        name: "bob",
        rpm: "-1",
      }, { name: "bob", role: "king" }]
    ) {
      const { status, body } = await act("keys-add", wrong, admin);
      assert.equal(status, 400, JSON.stringify(wrong));
      assert.ok(body.error.message.length > 10);
    }
    const rotated = await act("keys-rotate", { name: "ada", keep: "1h" }, admin);
    const next = { "x-proxy-key": rotated.body.key as string };
    assert.equal((await act("keys", {}, admin)).status, 200, "the old one is valid for an hour");
    assert.equal((await act("keys-add", { name: "bob" }, next)).status, 200);
    assert.equal((await act("keys-revoke", { name: "bob" }, next)).status, 200);
    assert.match((await act("keys", {}, next)).body.keys[1].state.words, /^revoked on /);
    assert.ok(logged(proxy).includes("the key bob revoked by ada (dashboard)"));
  });

  test("a proxy without a data folder keeps no keys, and says so", async () => {
    await using world = acting({ dataFolder: undefined as unknown as string });
    const { act } = world;
    const { status, body } = await act("keys-add", { name: "ada", role: "admin" });
    assert.equal(status, 400);
    assert.match(body.error.message, /no data folder/);
  });
});

describe("a route is changed", () => {
  const change = { route: "think", targets: ["there,haiku", "there,opus?effort=low"] };

  test("after its difference was shown; comments stay, and the reload takes it over", async () => {
    await using world = acting({ inFile: true });
    const { proxy, act, file } = world;
    const swapped = new Promise<void>((resolve) => proxy.context.source.onSwap(() => resolve()));
    const shown = await act("route-preview", change);
    assert.equal(shown.status, 200);
    assert.deepEqual(shown.body.lines.filter((line: { mark: string } | null) => line?.mark !== " "), [
      { mark: "-", text: 'think = "there,opus" # the best' },
      { mark: "+", text: 'think = "there,haiku | there,opus?effort=low" # the best' },
    ]);
    assert.equal(readFileSync(file, "utf8"), CONFIG, "nothing is written yet");
    const { status } = await act("route", { ...change, of: shown.body.of });
    assert.equal(status, 200);
    assert.equal(
      readFileSync(file, "utf8"),
      CONFIG.replace('"there,opus"', '"there,haiku | there,opus?effort=low"'),
    );
    await swapped;
    assert.equal((await act("try", { prompt: "plan the architecture" })).body.targets[0].model, "haiku");
    assert.ok(
      logged(proxy).includes(
        `the route think set to there,haiku | there,opus?effort=low in ${file} without a key (dashboard)`,
      ),
    );
  });

  test("the difference shows no key of the lines around it", async () => {
    await using world = acting({
      inFile: true,
      config: `[[providers]]
name = "there"
api_base_url = "http://127.0.0.1:1/v1"
api_keys = ["secret-key-number-1", "secret-key-number-2"]
[router]
think = "there,opus"
`,
    });
    const { act } = world;
    const { body } = await act("route-preview", { route: "think", targets: ["there,haiku"] });
    assert.match(JSON.stringify(body.lines), /api_keys/);
    assert.ok(!JSON.stringify(body).includes("secret-key-number"));
  });

  test("not where the file has changed since, and not where check would fail", async () => {
    await using world = acting({ inFile: true });
    const { act, file } = world;
    const { of } = (await act("route-preview", change)).body;
    writeFileSync(file, `${CONFIG}# more\n`);
    assert.equal((await act("route", { ...change, of })).status, 409);
    const wrong: [unknown, RegExp][] = [
      [{ route: "think", targets: ["nobody,opus"] }, /nobody/],
      [
        { route: "think", targets: ["groq,llama-3.1-8b-instant"] },
        /think would have no usable target.*GROQ_API_KEY/,
      ],
      [{ route: "think", targets: [" "] }, /needs a target/],
      [{ route: "thnk", targets: ["there,opus"] }, /must be one of think/],
    ];
    for (const [body, said] of wrong) {
      const answer = await act("route-preview", body);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error.message, said);
    }
    assert.equal(readFileSync(file, "utf8"), `${CONFIG}# more\n`);
  });

  test("not where the file is read-only, broken, or not there", async () => {
    await using world = acting({ inFile: true });
    const { act, file } = world;
    chmodSync(file, 0o444);
    assert.match((await act("route-preview", change)).body.error.message, /is read-only/);
    chmodSync(file, 0o600);
    writeFileSync(file, "[router\n");
    const { status, body } = await act("route-preview", change);
    assert.equal(status, 400);
    assert.match(body.error.message, /cannot be changed here/);
    await using fileless = acting();
    const refused = await fileless.act("route-preview", change);
    assert.equal(refused.status, 400);
    assert.match(refused.body.error.message, /does not come from a file/);
  });
});
