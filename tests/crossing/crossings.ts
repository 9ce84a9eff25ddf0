/** Single requests through the proxy at strict providers: what they hold, and the test that each of them becomes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/model/json.ts";
import type { Dialect } from "../support/houses/rules.ts";
import { PATHS } from "../support/speech.ts";
import { DIALECTS, startWorld } from "./worlds.ts";

const VERSION = { "anthropic-version": "2023-06-01" };

/** A request that was refused, and where it goes. */
export interface Crossing {
  readonly name: string;
  readonly to: readonly string[];
  /** What a client of each dialect sends; without a model. */
  readonly sends: Partial<Readonly<Record<Dialect, Json>>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Looks at what the provider got. */
  readonly sees?: (body: Json, model: string) => void;
  /** What is reported as dropped or changed. @default not looked at */
  readonly drops?: string;
  /** The rule for which the provider refuses it once, and takes it repaired. @default none */
  readonly repairedAfter?: string;
}

/** The arguments of a shell. */
export const SCHEMA = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
/** The user greets. */
export const HI = [{ role: "user", content: "Hi" }];

/** A tool, as each dialect has it. */
export const chatTool = (name: string, parameters: Json = SCHEMA) => ({
  type: "function",
  function: { name, description: "Does it.", parameters },
});
export const messagesTool = (name: string, schema: Json = SCHEMA) => ({
  name,
  description: "Does it.",
  input_schema: schema,
});
export const responsesTool = (name: string, parameters: Json = SCHEMA) => ({
  type: "function",
  name,
  description: "Does it.",
  parameters,
});

/** A tool of each dialect. */
export const offering = (name: string, schema: Json = SCHEMA): Readonly<Record<Dialect, Json>> => ({
  "anthropic-messages": { messages: HI, tools: [messagesTool(name, schema)] },
  "openai-chat": { messages: HI, tools: [chatTool(name, schema)] },
  "openai-responses": { input: HI, tools: [responsesTool(name, schema)] },
});

/** One test a request: in every dialect that it has, streamed and whole. */
export function crosses(crossings: readonly Crossing[]): void {
  for (const { name, to, sends, headers, sees, drops, repairedAfter } of crossings) {
    test(name, async () => {
      await using world = await startWorld();
      for (const model of to) {
        const house = world.houses.get(model.slice(0, model.indexOf(",")))!;
        for (const dialect of DIALECTS) {
          if (sends[dialect] === undefined) continue;
          for (const stream of [true, false]) {
            house.arrived.length = house.refusals.length = 0;
            const least = dialect === "anthropic-messages" ? { max_tokens: 4096 } : {};
            const response = await world.proxy.post(
              PATHS[dialect],
              { model, ...least, ...sends[dialect], stream },
              dialect === "anthropic-messages" ? { ...VERSION, ...headers } : {},
            );
            const answer = await response.text();
            const at = `${dialect} to ${model}, ${stream ? "streamed" : "whole"}: ${answer.slice(0, 300)}`;
            const refused = house.refusals.filter(({ rule }) => rule.id !== repairedAfter);
            assert.deepEqual(refused.map(({ id, message }) => `${id}: ${message}`), [], at);
            assert.equal(response.status, 200, at);
            if (drops !== undefined) {
              assert.ok(response.headers.get("x-translation-dropped")?.includes(drops), `${at}: dropped`);
            }
            sees?.(house.arrived.at(-1)!.json, model);
          }
        }
      }
    });
  }
}
