import { test } from "node:test";
import assert from "node:assert/strict";
import type { Classification } from "../../src/classifier/classification.ts";
import type { Rule } from "../../src/config/config.ts";
import type { RequestFacts } from "../../src/model/request-facts.ts";
import type { Session } from "../../src/model/session.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { byRules } from "../../src/router/rules.ts";
import { globPattern } from "../../src/text/match.ts";
import { requestFacts } from "../support/request-facts.ts";
import { classified, conditionsOf, configOf, plan, rule } from "./world.ts";

const HOUR = 60;
const [SUN, THU, FRI, SAT] = [0, 4, 5, 6];

interface Case {
  readonly when: Rule["when"];
  readonly words?: Partial<Classification>;
  readonly facts?: Partial<RequestFacts>;
  readonly now?: Partial<Conditions>;
}
const says = (prompt: string) => ({ words: { prompt } });
const at = (hour: number, day = THU) => ({ now: { minuteOfDay: hour * HOUR, day } });

const NONE = { think: 0, plan_implementation: 0, build: 0, background: 0, default: 0 };
const IN_SHOP = "# Environment\n - Primary working directory: /work/shop\n - Is a git repository: true";
const said = (...prompts: string[]): RequestFacts["messages"] =>
  prompts.flatMap((
    text,
  ) => [{ role: "user" as const, texts: [text] }, { role: "assistant" as const, texts: ["ok"] }])
    .slice(0, -1);
const CALLED: RequestFacts["messages"] = [
  { role: "user", texts: ["do it"] },
  {
    role: "assistant",
    texts: [],
    calls: [{ id: "1", name: "Read", input: {} }, { id: "2", name: "Bash", input: {} }],
  },
];
const sessionFrom = (started: number): Session => ({
  prefixes: [{ target: { provider: "groq", model: "m" }, tokens: 1, time: started }],
  context: 1,
  perEstimate: 1,
  time: started,
  kind: "build",
  route: "build",
  started,
  requests: 1,
  turnRequests: 1,
  oneTarget: true,
});

const MATCHES: Record<string, Case> = {
  "no condition at all": { when: {} },
  "any of the words": { when: { any: ["deploy", "release"] }, ...says("Release it") },
  "a phrase over a line end": { when: { any: ["root cause"] }, ...says("the root\n  cause?") },
  "all of the words": { when: { all: ["rust", "async"] }, ...says("async in Rust") },
  "none of the words": { when: { none: ["urgent"] }, ...says("when you can") },
  "a word with signs": { when: { any: ["c++"] }, ...says("port it to C++, please") },
  "a word outside ASCII": { when: { any: ["größe"] }, ...says("die Größe ändern") },
  "a word in a script without spaces": { when: { any: ["翻译"] }, ...says("请翻译这个文件") },
  "an expression": { when: { regex: /ticket-\d+/i }, ...says("see TICKET-12") },
  "a language": { when: { language: ["rust", "zig"] }, words: { language: "rust" } },
  "a complexity between": { when: { minComplexity: 0.2, maxComplexity: 0.6 }, words: { complexity: 0.6 } },
  "hours, from their first minute": { when: { hours: [9 * HOUR, 17 * HOUR] }, ...at(9) },
  "hours over midnight, before it": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(23) },
  "hours over midnight, after it": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(5) },
  "hours until midnight": { when: { hours: [18 * HOUR, 24 * HOUR] }, ...at(23) },
  "hours with equal ends": { when: { hours: [8 * HOUR, 8 * HOUR] }, ...at(3) },
  "a day": { when: { days: [SAT, SUN] }, ...at(12, SUN) },
  "the night of a day, after midnight": {
    when: { days: [FRI], hours: [22 * HOUR, 6 * HOUR] },
    ...at(3, SAT),
  },
  "the night of a Saturday, on Sunday": {
    when: { days: [SAT], hours: [22 * HOUR, 6 * HOUR] },
    ...at(3, SUN),
  },
  "a client in any case": { when: { client: ["Codex"] }, facts: { client: "codex" } },
  "the model asked for": { when: { model: /^claude-haiku.*$/i }, facts: { model: "claude-haiku-4-5" } },
  "the agent that asks": { when: { agent: ["main"] } },
  "a subagent": { when: { agent: ["subagent", "workflow"] }, words: { isSubagent: true } },
  "a class that the client names": {
    when: { agent: ["workflow"] },
    facts: { hints: { requestClass: "workflow" } },
  },
  "a client's own use": {
    when: { agent: ["auxiliary"] },
    words: { isHousekeeping: true, housekeeping: "title" },
  },
  "a summary of the conversation": {
    when: { agent: ["compaction"] },
    words: { isHousekeeping: true, housekeeping: "compaction" },
  },
  "the type of an agent": {
    when: { agentType: [globPattern("expl*")] },
    facts: { hints: { agentType: "Explore" } },
  },
  "plan mode": { when: { mode: "plan" }, facts: { hints: { mode: "plan" } } },
  "no plan mode": { when: { mode: "normal" } },
  "a header": {
    when: { headers: [{ name: "x-team", pattern: globPattern("a*") }] },
    now: { headers: { "x-team": "apps" } },
  },
  "a key": { when: { key: [globPattern("ab12*")] }, now: { clientKey: "ab12cd34" } },
  "the age of a session": {
    when: { sessionAge: { above: 60_000 } },
    now: { now: 100_000, session: sessionFrom(39_999) },
  },
  "a session's first request": { when: { sessionAge: { to: 0 } } },
  "a late turn": { when: { turn: { from: 2 } }, facts: { messages: said("one", "two") } },
  "a tool that is offered": {
    when: { toolOffered: [globPattern("mcp__*")] },
    facts: { toolNames: ["Bash", "mcp__files__read"] },
  },
  "the tool that was called last": {
    when: { toolCalled: [globPattern("bash")] },
    facts: { messages: CALLED },
  },
  "a doubtful kind": { when: { confidence: { below: 0.5 } }, words: { scores: { ...NONE, default: 0.4 } } },
  "a kind that a rule of the classifier decided": { when: { confidence: { from: 1, to: 1 } } },
  "a turn that is stuck": { when: { escalated: true }, words: { stuck: { times: 3, because: "" } } },
  "a turn that is not stuck": { when: { escalated: false } },
  "the name of a project": { when: { project: [globPattern("shop")] }, facts: { system: [IN_SHOP] } },
  "the folder of a project": { when: { project: [globPattern("/work/*")] }, facts: { system: [IN_SHOP] } },
  "all of several conditions": {
    when: { allOf: [{ any: ["rust"] }, { client: ["codex"] }] },
    words: { prompt: "in Rust" },
    facts: { client: "codex" },
  },
  "one of several conditions": {
    when: { anyOf: [{ any: ["zig"] }, { allOf: [{ any: ["rust"] }] }] },
    ...says("in Rust"),
  },
  "tokens from a number on": { when: { minTokens: 500 }, facts: { approxTokens: 500 } },
};

const DOES_NOT: Record<string, Case> = {
  "a part of a word": { when: { any: ["plan"] }, ...says("the planet and the airplane") },
  "one of all words missing": { when: { all: ["rust", "async"] }, ...says("Rust") },
  "one of the words that must not be": { when: { none: ["urgent"] }, ...says("URGENT: now") },
  "an empty list of words": { when: { any: [] }, ...says("anything") },
  "an expression that is not found": { when: { regex: /ticket-\d+/ }, ...says("ticket") },
  "another language": { when: { language: ["rust"] }, words: { language: "go" } },
  "no language": { when: { language: ["rust"] } },
  "too simple": { when: { minComplexity: 0.5 }, words: { complexity: 0.49 } },
  "too hard": { when: { maxComplexity: 0.5 }, words: { complexity: 0.51 } },
  "the minute at which the hours end": { when: { hours: [9 * HOUR, 17 * HOUR] }, ...at(17) },
  "noon for hours over midnight": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(12) },
  "the end of hours over midnight": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(6) },
  "another day": { when: { days: [SAT, SUN] }, ...at(12, FRI) },
  "the night before a day": { when: { days: [FRI], hours: [22 * HOUR, 6 * HOUR] }, ...at(3, FRI) },
  "another client": { when: { client: ["codex"] }, facts: { client: "curl" } },
  "another model": { when: { model: /^claude-haiku.*$/i }, facts: { model: "gpt-5" } },
  "too few tokens": { when: { minTokens: 500 }, facts: { approxTokens: 499 } },
  "another agent": { when: { agent: ["subagent"] } },
  "another type of agent": { when: { agentType: [globPattern("Explore")] } },
  "another mode": { when: { mode: "plan" } },
  "a header that is missing": { when: { headers: [{ name: "x-team", pattern: globPattern("*") }] } },
  "no key": { when: { key: [globPattern("*")] } },
  "a young session": {
    when: { sessionAge: { above: 60_000 } },
    now: { now: 100_000, session: sessionFrom(40_000) },
  },
  "an early turn": { when: { turn: { from: 3 } }, facts: { messages: said("one", "two") } },
  "a tool that is not offered": {
    when: { toolOffered: [globPattern("mcp__*")] },
    facts: { toolNames: ["Bash"] },
  },
  "another tool before the last": {
    when: { toolCalled: [globPattern("Read")] },
    facts: { messages: CALLED },
  },
  "a sure kind": { when: { confidence: { below: 0.5 } } },
  "another project": { when: { project: [globPattern("sho")] }, facts: { system: [IN_SHOP] } },
  "no project": { when: { project: [globPattern("*")] } },
  "one of all that is missing": {
    when: { allOf: [{ any: ["rust"] }, { any: ["zig"] }] },
    ...says("in Rust"),
  },
  "none of several": { when: { anyOf: [{ any: ["go"] }, { any: ["zig"] }] }, ...says("in Rust") },
  "one of two conditions": {
    when: { any: ["hello"], language: ["rust"] },
    words: { prompt: "hello", language: "go" },
  },
  "words where the request holds none": { when: { any: ["title"] }, words: { prompt: undefined } },
  "missing words where the request holds none": { when: { none: ["title"] }, words: { prompt: undefined } },
};

/** What matched, for people; undefined: the rule does not match. */
const matches = ({ when, words, facts, now }: Case) => {
  const why: string[] = [];
  byRules({
    facts: requestFacts(facts),
    classification: classified(words),
    config: configOf({ rules: [rule("r", when, "think")] }),
    conditions: conditionsOf(now),
    why,
  });
  return /^rule "r" matches \(([^]*)\) and leads to the route think$/.exec(why[0] ?? "")?.[1];
};

for (const [about, one] of Object.entries(MATCHES)) {
  test(`a rule matches: ${about}`, () => {
    assert.equal(typeof matches(one), "string");
    assert.equal(typeof matches(one), "string", "and once more");
  });
}
for (const [about, one] of Object.entries(DOES_NOT)) {
  test(`a rule does not match: ${about}`, () => assert.equal(matches(one), undefined));
}

test("a rule says what matched, as the user wrote it", () => {
  const when = { any: ["deploy"], language: ["rust"], minTokens: 5 };
  const words = { prompt: "Deploy the crate", language: "rust" };
  assert.equal(
    matches({ when, words, facts: { approxTokens: 1200 } }),
    `language rust, about 1,200 tokens, word "Deploy"`,
  );
});

const effects = (rules: Rule[], asked: Parameters<typeof plan>[0] = {}) =>
  plan({ ...asked, config: { routes: { think: "anthropic,a", default: "groq,g" }, ...asked.config, rules } });

test("a rule without a route sets an effort and lets the next rules and the content decide", () => {
  const planned = effects([{ name: "r", when: {}, effort: "low", reason: "nights are cheap" }]);
  assert.equal(planned.route, "default");
  assert.deepEqual(planned.targets[0]!.settings, { effort: "low" });
  assert.deepEqual(planned.rules, ["r"]);
  assert.ok(planned.why.includes('rule "r" matches (any request) and sets the effort low: nights are cheap'));
});

test("a rule's effort is in place of a target's, and what the request asks for before both", () => {
  const setting = { routes: { think: "anthropic,a" } };
  const rules: Rule[] = [{ name: "r", when: {}, effort: "low" }, { name: "s", when: {}, effort: "high" }];
  assert.equal(effects(rules, { config: setting }).targets[0]!.settings?.effort, "low");
  const asked = effects(rules, { config: setting, facts: { model: "think?effort=max" } });
  assert.equal(asked.targets[0]!.settings?.effort, "max");
});

test("a rule refuses with its text, and later rules are not looked at", () => {
  const planned = effects([{ name: "no", when: {}, refuse: "not here" }, rule("r", {}, "think")]);
  assert.equal(planned.refuse, "not here");
  assert.deepEqual(planned.rules, ["no"]);
});

test("a rule refuses a request that names its target, too, and does nothing else to it", () => {
  const rules: Rule[] = [{ name: "low", when: {}, effort: "low" }, {
    name: "no",
    when: { any: ["iban"] },
    refuse: "not here",
  }];
  const facts = { model: "groq,g" };
  assert.equal(effects(rules, { facts, words: { prompt: "the iban" } }).refuse, "not here");
  const free = effects(rules, { facts });
  assert.deepEqual([free.refuse, free.rules, free.targets[0]!.settings], [undefined, undefined, undefined]);
});

test("words beside a script without spaces are words of their own", () => {
  assert.equal(matches({ when: { any: ["redis"] }, ...says("用redis做缓存") }), 'word "redis"');
});
