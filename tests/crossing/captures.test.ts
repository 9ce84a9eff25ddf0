/** Requests as real clients sent them, to every provider that refuses what the real one does. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Json } from "../../src/model/json.ts";
import { type ClientRequest, clientRequests } from "../support/client-requests.ts";
import { judge, type Refusal } from "../support/houses/house.ts";
import { HOUSES } from "../support/houses/houses.ts";
import type { Dialect } from "../support/houses/rules.ts";
import { seals } from "../support/houses/seals.ts";
import { DIALECTS, MAKERS, startWorld, type World } from "./worlds.ts";
import { shared, withoutShared } from "../support/shared.ts";

const CAPTURED = "fixtures/client-requests/";

const dialectOf = ({ path }: ClientRequest): Dialect =>
  path.includes("/messages")
    ? "anthropic-messages"
    : path.includes("/chat/")
    ? "openai-chat"
    : "openai-responses";

/** What Claude Code sends; the headers of the project's own fixtures are shortened. */
const BETAS =
  "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,per-turn-control-2026-07-01,advanced-tool-use-2025-11-20,effort-2025-11-24,dangerous-tool-use-2026-09-03";

function headersOf(request: ClientRequest): Record<string, string> {
  const own = Object.entries(request.headers).filter(([key]) => /^(anthropic|x)-/.test(key));
  const headers = Object.fromEntries(own) as Record<string, string>;
  if (dialectOf(request) !== "anthropic-messages") return headers;
  const betas = [BETAS, headers["anthropic-beta"]].filter(Boolean).join(",");
  return { "anthropic-version": "2023-06-01", ...headers, "anthropic-beta": betas };
}

/** The captured request as it is: what the maker of its dialect refuses in it is not the proxy's doing. */
function isExcused({ dialect, headers, id, model, rule }: Refusal, request: ClientRequest): boolean {
  const name = id.slice(0, id.indexOf("/"));
  if (dialect !== dialectOf(request) || !MAKERS[dialect].includes(name)) return false;
  if (!["order", "schemas", "empty", "signatures"].includes(rule.kind)) return false;
  const body = { ...request.body as Record<string, Json>, model };
  return judge(name, { dialect, headers, model, body, query: new URLSearchParams(), seals: seals(name) })
    .some((broken) => broken.rule === rule);
}

/** Sends a request to every model of these providers; gives what was refused. */
async function refused(world: World, request: ClientRequest, names: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const name of names) {
    const house = world.houses.get(name)!;
    for (const model of HOUSES[name]!.models) {
      house.refusals.length = 0;
      const body = { ...request.body as Record<string, Json>, model: `${name},${model}` };
      const response = await world.proxy.post(request.path, body, headersOf(request));
      await response.body?.cancel();
      if (response.status !== 200) world.rest();
      faults.push(
        ...house.refusals.filter((one) => !isExcused(one, request))
          .map(({ id, message }) => `${request.name} to ${model}: ${id}: ${message}`),
      );
    }
  }
  return faults;
}

const isGenerating = ({ method, path, body }: ClientRequest): boolean =>
  method === "POST" && Boolean(body) && !path.endsWith("/count_tokens");

/** Each test asks some of the providers: on a busy machine, too, it is over within a minute. */
const PARTS = 3;

for (const dialect of DIALECTS) {
  for (let part = 0; part < PARTS; part++) {
    test(`every provider takes what clients of ${dialect} send, part ${part + 1}`, async () => {
      await using world = await startWorld();
      // The maker first: what it encrypted before the proxy was there is tried once, and then known to be another's.
      const [maker = ""] = MAKERS[dialect];
      const names = [
        maker,
        ...Object.keys(HOUSES).filter((name, at) => at % PARTS === part && name !== maker),
      ];
      const faults: string[] = [];
      const requests = clientRequests().filter((one) => isGenerating(one) && dialectOf(one) === dialect);
      for (const request of requests) faults.push(...await refused(world, request, names));
      assert.equal(faults.length, 0, `${faults.length} refusals:\n${faults.slice(0, 20).join("\n")}`);
    });
  }
}

test("the makers of the dialects take the captured requests as they are", {
  skip: withoutShared(CAPTURED),
}, () => {
  const requests = readdirSync(shared(CAPTURED)).map((name) =>
    JSON.parse(readFileSync(shared(CAPTURED + name), "utf8")) as ClientRequest
  );
  const faults = requests.filter(isGenerating).flatMap((request) => {
    const model = String((request.body as Json).model);
    if (!/^(claude|gpt)-/.test(model)) return [];
    const dialect = dialectOf(request);
    const maker = MAKERS[dialect][0]!;
    const headers = request.headers as Record<string, string>;
    const asked = {
      dialect,
      model,
      headers,
      body: request.body,
      query: new URLSearchParams(),
      seals: seals(maker),
    };
    return judge(maker, asked).map(({ rule, violation }) =>
      `${request.name}: ${rule.id}: ${violation.message}`
    );
  });
  assert.deepEqual(faults, []);
});
