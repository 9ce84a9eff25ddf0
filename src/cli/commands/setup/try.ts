/** Whether the proxy answers, and one real request through it. */
import { z } from "zod";
import { defaultDialect, dialects } from "../../../dialects/registry.ts";
import { PROGRAM } from "../../command.ts";
import { askHealth, askProxy } from "../status/health.ts";
import { AUTO } from "./client.ts";

export interface Line {
  readonly ok: boolean;
  readonly text: string;
}

/** A request that costs next to nothing. */
const PROMPT = "Answer with the word ready.";
/** Milliseconds for its answer: some models think first. */
const PATIENCE_MS = 30_000;

const failure = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** @param key the proxy's own. Never throws */
export async function tried(
  { url, key, model, config }: {
    readonly url: string;
    readonly key: string | undefined;
    readonly model: string | undefined;
    /** The configuration's path, for the hint how it is started. */
    readonly config: string | undefined;
  },
): Promise<readonly Line[]> {
  const health = await askHealth(url, key);
  if (!health.ok) {
    if (health.listens) return [{ ok: false, text: health.problem }];
    const start = config === undefined ? PROGRAM : `${PROGRAM} --config ${config}`;
    return [
      { ok: false, text: `No proxy answers at ${url} yet. Start it: ${start}` },
    ];
  }
  const dialect = defaultDialect(dialects);
  const began = performance.now();
  const asked = await askProxy({
    url,
    key,
    path: dialect.paths.generate,
    body: dialect.example(PROMPT, model ?? AUTO),
    patienceMs: PATIENCE_MS,
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (!asked.ok) return [{ ok: false, text: `A test request failed: ${asked.problem}` }];
  if (asked.status !== 200) {
    const why = failure.safeParse(asked.body).data?.error.message ?? `status ${asked.status}`;
    return [{ ok: false, text: `A test request failed: ${why}` }];
  }
  const by = [asked.headers.get("x-routed-provider"), asked.headers.get("x-routed-model")]
    .filter((one) => one !== null).join(",");
  return [{ ok: true, text: `A test request was answered${by === "" ? "" : ` by ${by}`} in ${seconds} s.` }];
}
