/** What a refusal concerns, and that alone, is left alone: for every dialect, streamed and whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { good } from "../../support/faults.ts";
import { type Answer, fakeProvider, json, sse } from "../../support/provider.ts";
import { testClock } from "../../support/proxy.ts";
import { DIALECTS, hear, PATHS, request, spoken, written } from "../../support/speech.ts";
import { type ProviderSetting, proxyWith } from "../../support/world.ts";

const CASES = DIALECTS.flatMap((dialect) => [false, true].map((stream) => ({ dialect, stream })));
const HOUR = 3_600_000;

const refusal = (status: number, message: string, code?: string, headers: Record<string, string> = {}) =>
  json({ type: "error", error: { type: code ?? "error", code, message } }, status, headers);

interface Refusing {
  readonly dialect: BuiltinDialect;
  readonly stream: boolean;
  /** The primary's answer. */
  readonly answer: Answer;
  /** @default "primary,m | backup,b" */
  readonly chain?: string;
  /** The primary's key, and what else it has. */
  readonly primary?: ProviderSetting;
}

/** A primary that refuses, and a backup that answers. */
async function refusing({ dialect, stream, answer, chain = "primary,m | backup,b", primary = {} }: Refusing) {
  const clock = testClock();
  const world = await proxyWith({
    primary: { answer, ...primary },
    backup: good(dialect, stream, "backup"),
  }, { dialect, router: `default = "${chain}"`, clock });
  const send = (model = "auto", headers: Record<string, string> = {}) =>
    world.post(PATHS[dialect], { ...request(dialect, stream), model }, headers);
  return Object.assign(world, {
    clock,
    send,
    reply: async (model = "auto") => (await hear(dialect, await send(model))).text,
    good: (text: string) => good(dialect, stream, text),
  });
}

/** A test for every dialect, streamed and whole. */
function everywhere(
  name: string,
  run: (place: { dialect: BuiltinDialect; stream: boolean }) => Promise<void>,
) {
  for (const place of CASES) {
    test(`${name} (${place.dialect}${place.stream ? ", streamed" : ""})`, () => run(place));
  }
}

everywhere("a rate limit with status 413 goes to the next target, and alone is a 429", async (place) => {
  const words =
    "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Used 100, Requested 5950, please reduce your message size";
  const answer = refusal(413, words, "rate_limit_exceeded");
  await using two = await refusing({ ...place, answer });
  assert.equal(await two.reply(), "backup");
  await using alone = await refusing({ ...place, answer, chain: "primary,m" });
  assert.equal((await alone.send()).status, 429);
});

everywhere("a 413 as a page goes to the next target", async (place) => {
  await using it = await refusing({
    ...place,
    answer: json("<html><title>413 Request Entity Too Large</title></html>", 413, {
      "content-type": "text/html",
    }),
  });
  assert.equal(await it.reply(), "backup");
});

everywhere("an overload beside a quota that is not used up ends in seconds", async (place) => {
  await using it = await refusing({ ...place, answer: () => {} });
  it.primary.answer(refusal(529, "Overloaded", "overloaded_error", {
    "anthropic-ratelimit-unified-status": "allowed",
    "anthropic-ratelimit-unified-reset": String(Math.floor(it.clock.now() / 1000) + 14_400),
  }));
  assert.equal(await it.reply(), "backup");
  it.primary.answer(it.good("primary"));
  it.clock.advance(11_000);
  assert.equal(await it.reply(), "primary");
});

everywhere("a quota for one model leaves the key's other models open", async (place) => {
  const words =
    "Rate limit reached for model `large-model` on tokens per day (TPD): Limit 100, Used 100, Requested 1.";
  await using it = await refusing({
    ...place,
    chain: "primary,large-model | primary,small-model | backup,b",
    answer: (arrived, res) =>
      arrived.json.model === "large-model"
        ? refusal(429, words, "rate_limit_exceeded", { "retry-after": "7200" })(arrived, res)
        : good(place.dialect, place.stream, "small")(arrived, res),
  });
  assert.equal(await it.reply(), "small");
  assert.equal(await it.reply(), "small");
  assert.equal(it.primary.arrived.length, 3, "the used-up model is not asked again");
});

for (
  const words of ["This organization has been disabled.", "User location is not supported for the API use."]
) {
  everywhere(`"${words}" goes to the next target`, async (place) => {
    await using it = await refusing({ ...place, answer: refusal(400, words, "invalid_request_error") });
    assert.equal(await it.reply(), "backup");
  });
}

everywhere("an unknown refusal goes to the next target", async (place) => {
  for (const status of [405, 407, 409, 410, 412, 421, 423, 425, 451, 499]) {
    await using it = await refusing({ ...place, answer: refusal(status, "no") });
    assert.equal(await it.reply(), "backup", `${status}`);
  }
});

everywhere("a 407 or 421 never reaches a client as it is", async (place) => {
  for (const status of [407, 421]) {
    await using it = await refusing({ ...place, chain: "primary,m", answer: refusal(status, "no") });
    assert.equal((await it.send()).status, 502);
  }
});

everywhere("what one request needs and a target lacks starts no cooldown", async (place) => {
  await using it = await refusing({
    ...place,
    answer: refusal(404, "No endpoints found that support image input"),
  });
  assert.equal(await it.reply(), "backup");
  it.primary.answer(it.good("primary"));
  assert.equal(await it.reply(), "primary");
});

everywhere("a key without access to a model leaves the model to the other key", async (place) => {
  for (const status of [400, 403, 404]) {
    await using it = await refusing({
      ...place,
      chain: "primary,m",
      primary: { key: ["key-a", "key-b"] },
      answer: (arrived, res) =>
        JSON.stringify(arrived.headers).includes("key-a")
          ? refusal(status, "Your project does not have access to model `m`.", "model_not_found")(
            arrived,
            res,
          )
          : good(place.dialect, place.stream, "b")(arrived, res),
    });
    assert.equal(await it.reply(), "b");
    assert.equal(await it.reply(), "b");
  }
});

everywhere("a prompt that is too long goes to a target whose window is not known", async (place) => {
  await using it = await refusing({ ...place, answer: refusal(400, "Input token length too long") });
  assert.equal(await it.reply(), "backup");
});

everywhere("three failures of one model leave the provider's other models open", async (place) => {
  await using it = await refusing({
    ...place,
    chain: "primary,bad | primary,well",
    answer: (arrived, res) =>
      arrived.json.model === "bad"
        ? refusal(502, "upstream failed")(arrived, res)
        : good(place.dialect, place.stream, "well")(arrived, res),
  });
  for (let i = 0; i < 5; i++) assert.equal(await it.reply(), "well");
  const bad = it.primary.arrived.filter((one) => one.json.model === "bad");
  assert.equal(bad.length, 3, "then the model is left alone");
});

const EMPTY: readonly (readonly [name: string, body: unknown])[] = [
  ["choices that are empty", { choices: [] }],
  ["choices that are null", { choices: null }],
  ["an empty object", {}],
  ["a code and a message", { code: 1113, msg: "insufficient balance" }],
  ["a vendor's status", {
    choices: null,
    base_resp: { status_code: 1008, status_msg: "insufficient balance" },
  }],
  ["success that is false", { success: false }],
  ["a detail", { detail: "not found" }],
  ["an error in its only choice", { choices: [{ error: { message: "broke", code: 502 } }] }],
  ["content that is null", { type: "message", role: "assistant", content: null }],
  ["a cancelled response", { object: "response", status: "cancelled", output: [] }],
];
for (const [name, body] of EMPTY) {
  for (const place of CASES) {
    const how = `${place.dialect}${place.stream ? ", asked to stream" : ""}`;
    test(`a 200 with ${name} goes to the next target (${how})`, async () => {
      await using it = await refusing({ ...place, answer: json(body) });
      assert.equal(await it.reply(), "backup");
    });
  }
}

for (const dialect of DIALECTS) {
  const { prelude, end } = spoken(dialect, "");
  const last = end.at(-1) ?? "";
  for (
    const [name, events] of [["its end mark alone", [last]], ["its beginning and its end", [
      ...prelude,
      last,
    ]]] as const
  ) {
    test(`a stream of ${name} goes to the next target (${dialect})`, async () => {
      await using it = await refusing({ dialect, stream: true, answer: sse(events) });
      assert.equal(await it.reply(), "backup");
    });
  }
}

/** A whole answer without output that ends in a word. */
function ended(dialect: BuiltinDialect, word: string): unknown {
  const answer = written(dialect, "") as Record<string, unknown>;
  if (dialect === "anthropic-messages") return { ...answer, content: [], stop_reason: word };
  return {
    ...answer,
    choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: word }],
  };
}

for (const dialect of ["anthropic-messages", "openai-chat"] as const) {
  for (const stream of [false, true]) {
    for (
      const word of [
        "model_context_window_exceeded",
        "network_error",
        "insufficient_system_resource",
        "abort",
        "unheard_of",
      ]
    ) {
      test(`an answer of the end "${word}" alone goes to the next target (${dialect}, ${stream})`, async () => {
        await using it = await refusing({ dialect, stream, answer: json(ended(dialect, word)) });
        assert.equal(await it.reply(), "backup");
      });
    }
    test(`an empty answer that says that its tokens ran out is handed on (${dialect}, ${stream})`, async () => {
      const word = dialect === "openai-chat" ? "length" : "max_tokens";
      await using it = await refusing({ dialect, stream, answer: json(ended(dialect, word)) });
      assert.equal((await it.send()).status, 200);
      assert.equal(it.backup.arrived.length, 0);
    });
  }
}

everywhere("a lone target with a guessed cooldown is asked again after seconds", async (place) => {
  for (const [status, words] of [[404, "model not found"], [402, "no credit"], [401, "bad key"]] as const) {
    await using it = await refusing({ ...place, chain: "primary,m", answer: refusal(status, words) });
    assert.equal((await it.send()).status, status);
    it.primary.answer(it.good("well again"));
    const refused = await it.send();
    // Only a payment can be waited for.
    assert.equal(refused.headers.get("retry-after"), status === 402 ? "3" : null);
    await refused.body?.cancel();
    it.clock.advance(4000);
    assert.equal(await it.reply(), "well again");
  }
});

everywhere(
  "a quota for days is asked where nothing else remains, and where it is named",
  async (place) => {
    const answer = refusal(429, "You exceeded your current quota", "insufficient_quota", {
      "retry-after": "604800",
    });
    await using alone = await refusing({ ...place, chain: "primary,m", answer });
    assert.equal((await alone.send()).status, 429);
    alone.primary.answer(alone.good("raised"));
    assert.equal(await alone.reply(), "raised");

    await using two = await refusing({ ...place, answer });
    assert.equal(await two.reply(), "backup");
    two.primary.answer(two.good("raised"));
    assert.equal(await two.reply(), "backup");
    assert.equal(await two.reply("primary,m"), "raised");
    assert.equal(await two.reply(), "raised", "from then on for all");
  },
);

everywhere("a quota for days is looked at after an hour", async (place) => {
  const answer = refusal(429, "You exceeded your current quota", "insufficient_quota", {
    "retry-after": "604800",
  });
  await using it = await refusing({ ...place, answer });
  assert.equal(await it.reply(), "backup");
  it.primary.answer(it.good("raised"));
  it.clock.advance(HOUR);
  assert.equal(await it.reply(), "raised");
});

test("a trial that a target cannot carry is given back", async () => {
  const dialect = "openai-responses";
  const clock = testClock();
  await using world = await proxyWith({ chat: refusal(529, "Overloaded") }, {
    dialect: "openai-chat",
    clock,
  });
  const post = (more: object) => world.post(PATHS[dialect], { ...request(dialect, false), ...more });
  assert.equal((await post({})).status, 529);
  clock.advance(11_000);
  world.chat.answer(good("openai-chat", false, "well"));
  for (const more of [{ previous_response_id: "r" }, { background: true }, { conversation: "c" }]) {
    assert.equal((await post(more)).status, 400);
  }
  assert.equal((await hear(dialect, await post({}))).text, "well");
});

test("a request that one target cannot carry goes to one of its own dialect", async () => {
  await using world = await proxyWith({
    chat: { dialect: "openai-chat" },
    own: { answer: good("openai-responses", false, "own"), dialect: "openai-responses" },
  });
  const body = { ...request("openai-responses", false), previous_response_id: "r" };
  assert.equal(
    (await hear("openai-responses", await world.post(PATHS["openai-responses"], body))).text,
    "own",
  );
});

everywhere("a client's own login that is refused is reported once, then the chain goes on", async (place) => {
  await using it = await refusing({
    ...place,
    primary: { key: [], toml: 'passthrough = ["claude-code"]' },
    answer: refusal(401, "OAuth token has expired", "authentication_error"),
  });
  const agent = { "user-agent": "claude-cli/2.1.330" };
  const own = { ...agent, authorization: "Bearer login-1" };
  assert.equal((await it.send("auto", own)).status, 401);
  assert.equal((await hear(place.dialect, await it.send("auto", own))).text, "backup");
  it.primary.answer(it.good("primary"));
  const renewed = await it.send("auto", { ...agent, authorization: "Bearer login-2" });
  assert.equal((await hear(place.dialect, renewed)).text, "primary");
});

test("each provider's keys take turns, in any pattern of requests", async () => {
  const used = new Map<string, Set<string>>();
  const answer: Answer = (arrived, res) => {
    const keys = used.get(arrived.json.model) ?? new Set();
    used.set(arrived.json.model, keys.add(arrived.headers["authorization"] ?? ""));
    return good("openai-chat", false)(arrived, res);
  };
  await using provider = await fakeProvider(answer);
  const { url } = provider;
  await using world = await proxyWith({
    one: { url, key: ["one-1", "one-2"] },
    two: { url, key: ["two-1", "two-2"] },
  }, { dialect: "openai-chat" });
  for (let i = 0; i < 4; i++) {
    for (const model of ["one,a", "two,b"]) {
      const response = await world.post(PATHS["openai-chat"], { ...request("openai-chat", false), model });
      await response.text();
    }
  }
  assert.deepEqual([...used.values()].map(({ size }) => size), [2, 2]);
});

for (
  const [what, status, words, code] of [
    [
      "the length of its requests",
      429,
      "Extra usage is required for long context requests.",
      "rate_limit_error",
    ],
    ["the size of its requests", 413, "Request too large: Limit 6000, Requested 9000", "rate_limit_exceeded"],
    [
      "a model",
      403,
      "key not allowed to access model. This key can only access a, b",
      "key_model_access_denied",
    ],
  ] as const
) {
  everywhere(`where a key's account limits ${what}, the provider's other key is tried`, async (place) => {
    await using it = await refusing({
      ...place,
      primary: { key: ["small", "large"] },
      answer: (arrived, res) =>
        (JSON.stringify(arrived.headers).includes("small")
          ? refusal(status, words, code)
          : good(place.dialect, place.stream, "large"))(arrived, res),
    });
    assert.equal(await it.reply(), "large");
    assert.equal(it.backup.arrived.length, 0);
  });
}

everywhere("Z.AI's reset without a zone is China's time", async (place) => {
  for (
    const words of [
      "[1308][Usage limit reached for 5 hour. Your limit will reset at 2026-11-22 22:30:00][1]",
      "已达到 5 小时的使用上限。您的限额将在 2026-11-22 22:30:00 重置。",
    ]
  ) {
    await using it = await refusing({ ...place, answer: refusal(429, words, "1308") });
    assert.equal(await it.reply(), "backup");
    const [cooldown] = it.state.cooldowns.list(it.clock.now());
    assert.equal(cooldown?.until, Date.UTC(2026, 10, 22, 14, 30));
  }
});

everywhere("what a gateway quotes as JSON between its own words is understood", async (place) => {
  const quoted = JSON.stringify({
    error: { message: "x", code: "insufficient_quota", resets_in_seconds: 7200 },
  });
  const answer = refusal(400, `litellm.BadRequestError: OpenAIException - ${quoted}`, "400");
  await using it = await refusing({ ...place, answer });
  assert.equal(await it.reply(), "backup");
  const [cooldown] = it.state.cooldowns.list(it.clock.now());
  assert.deepEqual([cooldown?.class, cooldown?.until], ["quota_exhausted", it.clock.now() + 7_200_000]);
});

everywhere("a refusal whose body hangs is decided by its status in seconds", async (place) => {
  await using it = await refusing({
    ...place,
    answer: (_arrived, res) => {
      res.writeHead(429, { "content-type": "application/json" });
      res.write('{"error":');
    },
  });
  assert.equal(await it.reply(), "backup");
});

everywhere("what the model wrote badly goes to the next target, and starts no cooldown", async (place) => {
  const words =
    "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.";
  await using it = await refusing({ ...place, answer: refusal(400, words, "tool_use_failed") });
  for (let i = 0; i < 4; i++) assert.equal(await it.reply(), "backup");
  assert.equal(it.primary.arrived.length, 4);
});

const BLOCKS: readonly (readonly [how: string, body: unknown, type: string])[] = [
  ["as JSON", {
    title: "Error 1010: Access denied",
    status: 403,
    detail: "The site owner has blocked access based on your browser's signature.",
    error_code: 1010,
    cloudflare_error: true,
  }, "application/problem+json"],
  ["as text", "error code: 1010", "text/plain"],
];
for (const [how, body, type] of BLOCKS) {
  everywhere(`a block by Cloudflare ${how} does not blame the key`, async (place) => {
    const answer = json(body, 403, { "content-type": type });
    await using two = await refusing({ ...place, answer });
    assert.equal(await two.reply(), "backup");
    assert.deepEqual(two.state.cooldowns.list(two.clock.now()), []);
    await using alone = await refusing({ ...place, answer, chain: "primary,m" });
    const { error } = await hear(place.dialect, await alone.send());
    assert.match(error, /Cloudflare answered in the provider's place: error (?:code: )?1010/i);
    assert.doesNotMatch(error, /key/);
  });
}

everywhere(
  "what a gateway's own account lacks behind it holds for the model, and blames no key",
  async (place) => {
    for (
      const [status, words] of [
        [402, "Upstream request failed: Insufficient account funds"],
        [429, "Error from provider (Moonshot): Your account is suspended due to insufficient balance"],
        [401, "Provider returned error: Incorrect API key provided"],
      ] as const
    ) {
      await using it = await refusing({
        ...place,
        chain: "primary,m | primary,other",
        answer: (arrived, res) =>
          (arrived.json.model === "m" ? refusal(status, words) : good(place.dialect, place.stream, "other"))(
            arrived,
            res,
          ),
      });
      assert.equal(await it.reply(), "other", words);
      await using alone = await refusing({ ...place, chain: "primary,m", answer: refusal(status, words) });
      assert.doesNotMatch((await hear(place.dialect, await alone.send())).error, /; check /);
    }
  },
);

everywhere("a filter's refusal that calls itself one of permission is the client's", async (place) => {
  const answer = json({ code: "permission-denied", error: "Content violates usage guidelines. " }, 403);
  await using it = await refusing({ ...place, answer });
  assert.equal((await it.send()).status, 403);
  assert.equal(it.backup.arrived.length, 0);
  assert.deepEqual(it.state.cooldowns.list(it.clock.now()), []);
});

everywhere("a used-up quota behind a general code is one", async (place) => {
  for (
    const [status, code, words] of [
      [403, "permission_error", "You've reached your usage limit for this billing cycle."],
      [429, "rate_limit_error", "[1310][Weekly/Monthly Limit Exhausted.][20261122]"],
      [429, "rate_limit_error", "Number of request tokens has exceeded your daily rate limit"],
    ] as const
  ) {
    await using it = await refusing({ ...place, answer: refusal(status, words, code) });
    assert.equal(await it.reply(), "backup");
    assert.equal(it.state.cooldowns.list(it.clock.now())[0]?.class, "quota_exhausted", words);
  }
});

everywhere("a minute's limit of one of Google's quotas ends in seconds", async (place) => {
  const words =
    "Quota exceeded for aiplatform.googleapis.com/online_prediction_input_tokens_per_minute_per_base_model with base model: x. Please submit a quota increase request.";
  await using it = await refusing({ ...place, answer: refusal(429, words, "RESOURCE_EXHAUSTED") });
  assert.equal(await it.reply(), "backup");
  it.primary.answer(it.good("primary"));
  it.clock.advance(31_000);
  assert.equal(await it.reply(), "primary");
});

everywhere("a number that two providers use is read by its status", async (place) => {
  const minimax = (code: number, words: string) =>
    json({ choices: null, base_resp: { status_code: code, status_msg: words } });
  for (
    const [kind, answer] of [
      ["rate_limited", minimax(1002, "rate limit")],
      ["rate_limited", minimax(1039, "token limit")],
      [undefined, minimax(1000, "unknown error, 794")],
      ["refused_credentials", refusal(401, "no", "1002")],
    ] as const
  ) {
    await using it = await refusing({ ...place, answer });
    assert.equal(await it.reply(), "backup");
    assert.equal(it.state.cooldowns.list(it.clock.now())[0]?.class, kind);
  }
});

for (const dialect of DIALECTS) {
  test(`an error that is plain JSON under a stream's type is understood (${dialect})`, async () => {
    const answer = json({ error: { message: "Please recharge.", code: "1113" } }, 200, {
      "content-type": "text/event-stream",
    });
    await using it = await refusing({ dialect, stream: true, answer });
    assert.equal(await it.reply(), "backup");
    assert.equal(it.state.cooldowns.list(it.clock.now())[0]?.class, "quota_exhausted");
  });
}

test("a failure that a stream reports as a vendor's status is understood", async () => {
  const status = { choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } };
  const answer = sse([`data: ${JSON.stringify(status)}\n\n`]);
  await using it = await refusing({ dialect: "openai-chat", stream: true, answer });
  assert.equal(await it.reply(), "backup");
  assert.equal(it.state.cooldowns.list(it.clock.now())[0]?.class, "quota_exhausted");
});

everywhere("an error inside another one's message is read with its details", async (place) => {
  const inner = {
    code: 429,
    message: "You exceeded your current quota",
    status: "RESOURCE_EXHAUSTED",
    details: [{ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel" }] }, {
      retryDelay: "11s",
    }],
  };
  const answer = json({ error: { message: JSON.stringify({ error: inner }), code: 429 } }, 429);
  await using it = await refusing({ ...place, answer });
  assert.equal(await it.reply(), "backup");
  const [cooldown] = it.state.cooldowns.list(it.clock.now());
  assert.deepEqual([cooldown?.class, cooldown?.model], ["quota_exhausted", "m"]);
  assert.equal(cooldown!.until - it.clock.now(), HOUR);
});

everywhere("a thing of the request that a provider does not have is not a missing model", async (place) => {
  for (
    const [status, words] of [
      [404, "Item with id 'msg_68a0' not found. Items are not persisted when `store` is set to false."],
      [404, "File not found: file_011CNha8iCJcU1wXNR6q4V8w"],
      [403, "You do not have permission to access the File abc-123 or it may not exist."],
    ] as const
  ) {
    await using it = await refusing({ ...place, answer: refusal(status, words) });
    assert.equal((await it.send()).status, status, words);
    assert.deepEqual(it.state.cooldowns.list(it.clock.now()), []);
  }
});
