/**
 * Fake providers with caches as the real ones have them: of OpenAI's kind, where requests with one key reach one machine, and
 * of Anthropic's, where only what is marked is kept. Both count tokens by characters, and call a tool until a turn is over.
 */
import { createHash } from "node:crypto";
import { type Arrived, type FakeProvider, fakeProvider, json } from "./provider.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

/** Tokens of all requests so far. */
export interface CacheCounts {
  input: number;
  read: number;
}

export interface CachingProvider extends FakeProvider {
  readonly counts: CacheCounts;
}

const tokensOf = (text: string): number => Math.ceil(text.length / 4);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Machines, and what each holds: lists of the parts of requests. */
const MACHINES = 8;
const STEP = 128;
const LEAST = 1024;

/** Chat Completions with automatic caches on several machines. A request without a key reaches any of them. */
export async function openAiCache(callsPerTurn = 2): Promise<CachingProvider> {
  const machines: string[][][] = Array.from({ length: MACHINES }, () => []);
  const counts = { input: 0, read: 0 };
  let next = 0;
  const provider = await fakeProvider((arrived, res) => {
    const body: Body = arrived.json;
    const parts = [
      JSON.stringify(body.tools ?? []),
      ...body.messages.map((one: Body) => JSON.stringify(one)),
    ];
    const key: string | undefined = body.prompt_cache_key;
    const at = key === undefined ? next++ % MACHINES : parseInt(hash(key).slice(0, 6), 16) % MACHINES;
    const held = machines[at]!;
    const same = Math.max(0, ...held.map((other) => sum(commonPart(parts, other).map(tokensOf))));
    const read = same < LEAST ? 0 : same - same % STEP;
    const input = sum(parts.map(tokensOf));
    held.push(parts);
    counts.input += input;
    counts.read += read;
    const done = callsSince(body.messages, (one) => one.role === "user", (one) => one.role === "tool");
    return json({
      id: `chatcmpl-${provider.arrived.length}`,
      object: "chat.completion",
      model: body.model,
      choices: [{
        index: 0,
        finish_reason: done < callsPerTurn ? "tool_calls" : "stop",
        message: done < callsPerTurn
          ? {
            role: "assistant",
            content: null,
            tool_calls: [{
              id: `call_${provider.arrived.length}`,
              type: "function",
              function: { name: body.tools[0].function.name, arguments: '{"file_path":"a.ts"}' },
            }],
          }
          : { role: "assistant", content: "Done." },
      }],
      usage: {
        prompt_tokens: input,
        completion_tokens: 20,
        total_tokens: input + 20,
        prompt_tokens_details: { cached_tokens: read },
      },
    })(arrived, res);
  });
  return Object.assign(provider, { counts });
}

/** Blocks that are looked at before a mark. https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const LOOK_BACK = 20;
const MOST_MARKS = 4;

/** Messages with a cache that keeps what is marked. */
export async function anthropicCache(callsPerTurn = 2): Promise<CachingProvider> {
  const kept = new Set<string>();
  const counts = { input: 0, read: 0 };
  const provider = await fakeProvider((arrived: Arrived, res) => {
    const body: Body = arrived.json;
    const blocks: Body[] = [
      ...body.tools ?? [],
      ...listed(body.system),
      ...body.messages.flatMap((one: Body) =>
        listed(one.content).map((block) => ({ role: one.role, ...block }))
      ),
    ];
    const texts = blocks.map(({ cache_control: _mark, ...rest }) => JSON.stringify(rest));
    const marks = blocks.flatMap(({ cache_control: mark }, at) => mark === undefined ? [] : [at]);
    if (marks.length > MOST_MARKS) {
      const error = {
        type: "invalid_request_error",
        message: "A maximum of 4 blocks with cache_control may be provided",
      };
      return json({ type: "error", error }, 400)(arrived, res);
    }
    const prefixes = texts.map((_, at) => hash(texts.slice(0, at + 1).join("\n")));
    const sizes = texts.map((_, at) => sum(texts.slice(0, at + 1).map(tokensOf)));
    const found = Math.max(
      -1,
      ...marks.flatMap((mark) =>
        Array.from({ length: LOOK_BACK }, (_, back) => mark - back).filter((at) =>
          at >= 0 && kept.has(prefixes[at]!)
        )
      ),
    );
    const read = found === -1 ? 0 : sizes[found]!;
    const written = Math.max(read, ...marks.map((mark) => sizes[mark]!));
    for (const mark of marks) if (sizes[mark]! >= LEAST) kept.add(prefixes[mark]!);
    counts.input += sizes.at(-1)!;
    counts.read += read;
    const done = callsSince(
      body.messages,
      (one) => one.role === "user" && !listed(one.content).some((block) => block.type === "tool_result"),
      (one) => one.role === "user",
    );
    return json({
      id: `msg_${provider.arrived.length}`,
      type: "message",
      role: "assistant",
      model: body.model,
      stop_reason: done < callsPerTurn ? "tool_use" : "end_turn",
      content: done < callsPerTurn
        ? [{
          type: "tool_use",
          id: `toolu_${provider.arrived.length}`,
          name: body.tools[0].name,
          input: { file_path: "a.ts" },
        }]
        : [{ type: "text", text: "Done." }],
      usage: {
        input_tokens: sizes.at(-1)! - written,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written - read,
        output_tokens: 20,
      },
    })(arrived, res);
  });
  return Object.assign(provider, { counts });
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

const listed = (content: Body): Body[] =>
  content === undefined ? [] : typeof content === "string" ? [{ type: "text", text: content }] : content;

/** The parts that two requests have in common at their beginning. */
function commonPart(parts: readonly string[], other: readonly string[]): readonly string[] {
  const at = parts.findIndex((part, index) => part !== other[index]);
  return at === -1 ? parts : parts.slice(0, at);
}

/** Results of tools since the user's last words. */
function callsSince(
  messages: readonly Body[],
  isPrompt: (message: Body) => boolean,
  isResult: (message: Body) => boolean,
): number {
  const from = messages.findLastIndex(isPrompt);
  return messages.slice(from + 1).filter(isResult).length;
}
