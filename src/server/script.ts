/**
 * Runs the user's routing function in QuickJS, a JavaScript interpreter as WebAssembly: it has no file, no network, no
 * environment and no clock, and ends after a time. Loaded only where `[router.script]` is set.
 */
import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSRuntime,
  QuickJSWASMModule,
} from "quickjs-emscripten-core";
import process from "node:process";
import type { Config, RouterScript } from "../config/config.ts";
import { messageOf } from "../files/errors.ts";
import type { Log } from "../log/log.ts";
import type { Conditions } from "../router/plan.ts";
import type { Script, ScriptFacts, ScriptRun } from "../model/script.ts";

/** Milliseconds of the processor's time for one run, and for the text of the script itself when it is loaded. */
const LIMIT_MS = 5;
const LOAD_LIMIT_MS = 100;
/** A run that exceeds its limit by this, within one call of a built-in function, is the script's last. Milliseconds. */
const LAST_MS = 250;
const MEMORY_BYTES = 4 * 1024 * 1024;
const STACK_BYTES = 256 * 1024;
/** Jumps and calls of the script between two looks at the clock. */
const STEPS = 4;
/** Different failures of one script that are logged. */
const MOST_LOGGED = 20;

/**
 * QuickJS looks at the clock after 10,000 jumps and calls only, each of which may be a built-in function over megabytes. How many are
 * left is a 32-bit number in the context (`interrupt_counter` in quickjs.c), here in words; where that is another one in a
 * later version, the script does not load.
 */
const COUNTER_AT = 58;

/** No clock and no chance: the same facts give the same answer. */
const PREPARE = "delete globalThis.Date; delete Math.random; delete globalThis.performance;";
const CALL = `(route, text) => {
  const answer = route(JSON.parse(text));
  if (typeof answer?.then === "function") throw new TypeError("it must answer at once, not with a promise");
  return JSON.stringify(answer ?? null);
}`;

/** Where configurations come from. */
interface Source {
  readonly current: Config;
  onSwap(listener: (next: Config) => void): unknown;
}

/** Scripts of configurations, each loaded once. */
export class Scripts {
  readonly #log: Log;
  readonly #loaded = new WeakMap<RouterScript, Promise<Script>>();

  /** Loads the script of the configuration, and of each that replaces it, before a request waits for it. */
  constructor(source: Source, log: Log) {
    this.#log = log;
    const load = ({ router: { script } }: Config) => void (script !== undefined && this.of(script));
    load(source.current);
    source.onSwap(load);
  }

  /** The script, once it is loaded. One that does not load has no opinion on any request, and is logged once. */
  of(script: RouterScript): Promise<Script> {
    let loaded = this.#loaded.get(script);
    if (loaded === undefined) {
      loaded = loadScript(script, this.#log).catch((error): Script => {
        this.#log("error", `the script ${script.name} does not load: ${messageOf(error)}`);
        return { name: script.name, run: () => ({ failed: `it does not load: ${messageOf(error)}` }) };
      });
      this.#loaded.set(script, loaded);
    }
    return loaded;
  }
}

/** The script of a configuration, for decisions outside of a running proxy. */
export async function scriptIn({ router: { script } }: Config): Promise<Pick<Conditions, "script">> {
  return script === undefined ? {} : { script: await loadScript(script) };
}

/** @throws Error where the script does not load, or exports no function as its default */
export async function loadScript(script: RouterScript, log: Log = () => {}): Promise<Script> {
  const { newQuickJSWASMModuleFromVariant } = await import("quickjs-emscripten-core");
  const { default: variant } = await import("@jitl/quickjs-singlefile-mjs-release-sync");
  const running = new RunningScript(await newQuickJSWASMModuleFromVariant(variant), script);
  const logged = new Set<string>();
  return {
    name: script.name,
    run(facts) {
      const ran = running.run(facts);
      if ("failed" in ran && logged.size < MOST_LOGGED && !logged.has(ran.failed)) {
        logged.add(ran.failed);
        log("warn", `the script ${script.name} has no opinion: ${ran.failed}`);
      }
      return ran;
    },
  };
}

interface Machine {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly rearm: () => void;
  readonly call: QuickJSHandle;
  readonly route: QuickJSHandle;
}

/** A made-up request, for a first run whose answer nobody uses. */
const ANY_FACTS: ScriptFacts = {
  prompt: "hello",
  kind: "default",
  next: "build",
  confidence: 1,
  language: null,
  complexity: 0,
  client: "unknown",
  model: "auto",
  tokens: 1000,
  agent: "main",
  agentType: null,
  mode: "normal",
  headers: {},
  key: null,
  sessionAgeMs: 0,
  turn: 1,
  toolsOffered: [],
  toolCalled: null,
  escalated: false,
  project: null,
  hasImages: false,
  hasDocuments: false,
  minuteOfDay: 720,
  day: 1,
};

class RunningScript {
  readonly #engine: QuickJSWASMModule;
  readonly #script: RouterScript;
  #machine: Machine;
  /** `performance.now` after which the time that this thread has worked is looked at, and the end of it. Milliseconds. */
  #looksFrom = Infinity;
  #endsAt = Infinity;
  #isOver = false;

  constructor(engine: QuickJSWASMModule, script: RouterScript) {
    this.#engine = engine;
    this.#script = script;
    this.#machine = this.#start();
  }

  run(facts: ScriptFacts): ScriptRun {
    if (this.#isOver) {
      return { failed: `it took more than ${LAST_MS} ms before; it is not run until it changes` };
    }
    const { context, rearm, call, route } = this.#machine;
    const text = context.newString(JSON.stringify(facts));
    const started = workedMs();
    rearm();
    const result = this.#timed(LIMIT_MS, () => context.callFunction(call, context.undefined, route, text));
    text.dispose();
    if (workedMs() - started > LAST_MS) this.#isOver = true;
    if (result.error === undefined) {
      const answer = context.dump(result.value);
      result.value.dispose();
      return { answer: JSON.parse(answer) };
    }
    const failed = saidBy(context, result.error);
    if (!/^InternalError/.test(failed)) return { failed };
    // What it has left in its memory may be anything.
    this.#stop();
    this.#machine = this.#start();
    return { failed: /interrupted/.test(failed) ? `it took more than ${LIMIT_MS} ms` : failed };
  }

  /** @throws Error where the script throws, or has no function as its default export */
  #start(): Machine {
    const runtime = this.#engine.newRuntime();
    runtime.setMemoryLimit(MEMORY_BYTES);
    runtime.setMaxStackSize(STACK_BYTES);
    const context = runtime.newContext();
    const evaluated = (code: string, type: "global" | "module") => {
      const result = context.evalCode(code, this.#script.name, { type });
      if (result.error === undefined) return result.value;
      throw new Error(saidBy(context, result.error));
    };
    evaluated(PREPARE, "global").dispose();
    const rearm = rearming(this.#engine, context);
    runtime.setInterruptHandler(() => {
      rearm();
      return performance.now() > this.#looksFrom && workedMs() > this.#endsAt;
    });
    const call = evaluated(CALL, "global");
    const module = this.#timed(LOAD_LIMIT_MS, () => evaluated(this.#script.source, "module"));
    const route = context.getProp(module, "default");
    module.dispose();
    if (context.typeof(route) === "function") {
      // The engine compiles its own parts when they are first used: that time is not one of a request's.
      const text = context.newString(JSON.stringify(ANY_FACTS));
      const tried = this.#timed(
        LOAD_LIMIT_MS,
        () => context.callFunction(call, context.undefined, route, text),
      );
      for (const one of [text, tried.error ?? tried.value]) one.dispose();
      return { runtime, context, rearm, call, route };
    }
    throw new Error(
      "its default export is not a function; expected: export default function route(facts) { … }",
    );
  }

  #stop(): void {
    const { runtime, context, call, route } = this.#machine;
    for (const one of [route, call, context, runtime]) one.dispose();
  }

  #timed<T>(ms: number, work: () => T): T {
    this.#looksFrom = performance.now() + ms;
    this.#endsAt = workedMs() + ms;
    try {
      return work();
    } finally {
      this.#looksFrom = Infinity;
    }
  }
}

/** Milliseconds that this thread has worked: while others have the processor, a script's time stands still. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Makes the engine look at the clock soon. @throws Error where its counter is not where it should be */
function rearming(engine: QuickJSWASMModule, context: QuickJSContext): () => void {
  const memory = engine.getWasmMemory();
  const { ctx } = context as unknown as { readonly ctx: { readonly value: number } };
  const at = (ctx.value >> 2) + COUNTER_AT;
  let words = new Int32Array(memory.buffer);
  const current = () => words.buffer === memory.buffer ? words : words = new Int32Array(memory.buffer);
  const left = (): number => current()[at]!;
  const loop = () => context.unwrapResult(context.evalCode("for (let i = 0; i < 100; i++);")).dispose();
  loop(); // the counter begins with the first look
  const before = left();
  loop();
  const steps = before - left();
  if (before > 10_000 || steps < 100 || steps > 400) {
    throw new Error(
      "the interpreter counts its steps in another way; its version must be the one of this program",
    );
  }
  return () => void (current()[at] = STEPS);
}

/** An error of the script in one line; the engine's value is freed. */
function saidBy(context: QuickJSContext, error: QuickJSHandle): string {
  const thrown = context.dump(error);
  error.dispose();
  if (typeof thrown !== "object" || thrown === null) return String(thrown).slice(0, 200);
  const { name = "Error", message = "", stack = "" } = thrown as Record<string, unknown>;
  const line = /:(\d+)(?::\d+)?\)?\s*$/m.exec(String(stack))?.[1];
  return `${name}: ${message}${line === undefined ? "" : ` (line ${line})`}`.slice(0, 200);
}
