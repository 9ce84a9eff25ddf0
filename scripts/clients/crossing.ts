/** One session of a client over several strict providers: each turn goes to the next one, thinks and calls the shell. */
import { join } from "node:path";
import type { Json } from "../../src/model/json.ts";
import type { Said } from "../../tests/support/houses/answers.ts";
import { type StrictHouse, strictHouse } from "../../tests/support/houses/house.ts";
import { HOUSES } from "../../tests/support/houses/houses.ts";
import { type Asked, list, messagesOf, toolsOf } from "../../tests/support/houses/rules.ts";
import { agent } from "./agents.ts";
import type { Case } from "./case.ts";
import { PROXY_KEY } from "./configuration.ts";
import { startGateway } from "./gateway.ts";
import type { run } from "./processes.ts";
import { type Runtime, startProxy } from "./proxy.ts";
import { FINAL, TOOL_OUTPUT } from "./stand-in.ts";

/** One turn of the client, with settings of this turn. */
type Turn = (
  one: Case,
  url: string,
  home: string,
  env: Readonly<Record<string, string>>,
) => ReturnType<typeof run>;

/** Milliseconds for a turn that a running gateway takes. */
const GATEWAY_TURN_MS = 90_000;

const COMMAND = `echo ${TOOL_OUTPUT}`;

/** The shells of the agents, with what each takes. */
const SHELLS: Readonly<Record<string, Json>> = {
  Bash: { command: COMMAND, description: "Echo a word" },
  exec_command: { cmd: COMMAND },
  exec: { command: COMMAND },
  bash: { command: COMMAND, description: "Echo a word" },
};

/** By which arguments or settings an agent goes on with its last session. */
const GOING_ON: readonly (readonly [agent: string, args: string])[] = [
  ["Claude Code", "--continue"],
  ["Codex", "resume --last"],
  ["opencode", "--continue"],
];

/** The results of the shell in a request; some agents put more of the user's messages behind them. */
function resultsIn(asked: Asked): number {
  const results = messagesOf(asked).flatMap((message) =>
    message?.role === "tool" || /_output$/.test(message?.type ?? "")
      ? [message]
      : list(message?.content).filter(({ type }) => type === "tool_result")
  );
  return results.filter((result) => JSON.stringify(result).includes(TOOL_OUTPUT)).length;
}

/** It thinks and calls the agent's shell, once in each turn; after that, and where there is none, it says its last words. */
const answerIn = (turn: number) => (asked: Asked): Said => {
  const shell = toolsOf(asked).find(({ name }) => Object.hasOwn(SHELLS, name))?.name;
  if (shell === undefined || resultsIn(asked) > turn) {
    return { thinking: "The shell has told me.", text: FINAL, calls: [] };
  }
  const call = { mark: shell, named: true, arguments: SHELLS[shell] };
  return { thinking: "A shell will tell.", text: "I look.", calls: [call] };
};

function configurationOf(houses: readonly StrictHouse[]): string {
  const blocks = houses.map(({ name, url }) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${url}"\napi_key = "k"\n${HOUSES[name]!.block ?? ""}`
  );
  const rules = houses.map(({ name }, turn) =>
    `[[router.rules]]\nname = "turn ${turn + 1}"\nwhen = { regex = "question ${
      turn + 1
    }:" }\nroute = "${name},${HOUSES[name]!.models[0]}"`
  );
  return [
    `[proxy]\nhost = "127.0.0.1"\nport = 0\napi_key = "${PROXY_KEY}"`,
    `[router]\ndefault = "${houses[0]!.name},${HOUSES[houses[0]!.name]!.models[0]}"`,
    ...rules,
    ...blocks,
  ].join("\n\n");
}

/** A session of an agent. */
interface Conversation {
  /** @returns what went wrong in the turn; undefined: it ended with the last words */
  take(prompt: string, at: number): Promise<string | undefined>;
  end(): Promise<void>;
}

/** The agent is started for each turn, and goes on with its last session. */
function byItself(
  turn: (env: Readonly<Record<string, string>>) => ReturnType<typeof run>,
  one: Case,
): Conversation {
  return {
    async take(prompt, at) {
      const args = at === 0 ? undefined : GOING_ON.find(([agent]) => one.agent.startsWith(agent))?.[1];
      const { code, output, timedOut } = await turn({
        PROMPT: prompt,
        ...(args === undefined ? {} : { EXTRA_ARGS: args }),
      });
      return code !== 0 || timedOut ? output.trim().slice(-400) : undefined;
    },
    end: () => Promise.resolve(),
  };
}

/** OpenClaw's gateway runs for the whole session, as it does for its users. */
async function throughGateway(one: Case, url: string, home: string): Promise<Conversation> {
  const { env } = agent(one.agent);
  const gateway = await startGateway({
    home,
    key: PROXY_KEY,
    config: openclawConfig({ url, api: env?.API ?? "", model: env?.MODEL ?? "", work: join(home, "work") }),
  });
  return {
    async take(prompt) {
      try {
        const answer = await gateway.say(prompt, GATEWAY_TURN_MS);
        return answer.includes(FINAL) ? undefined : answer.slice(-400);
      } catch (error) {
        return `${error instanceof Error ? error.message : error} ${gateway.output().trim().slice(-400)}`;
      }
    },
    end: () => gateway.stop(),
  };
}

/** The proxy as a provider of the user's own, as run-openclaw.sh writes it. */
function openclawConfig(
  { url, api, model, work }: Readonly<Record<"url" | "api" | "model" | "work", string>>,
) {
  return {
    agents: { defaults: { workspace: work, skipBootstrap: true, model: { primary: `router/${model}` } } },
    models: {
      mode: "merge",
      providers: {
        router: {
          baseUrl: api === "anthropic-messages" ? url : `${url}/v1`,
          apiKey: "${PROXY_API_KEY}",
          api,
          models: [{
            id: model,
            name: model,
            reasoning: false,
            input: ["text"],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: 200_000,
            maxTokens: 8192,
          }],
        },
      },
    },
  };
}

/** Plays a session. `wrong`: what was refused, or did not end as it should, a line each. */
export async function crossed(
  one: Case,
  names: readonly string[],
  home: string,
  runtime: Runtime,
  turn: Turn,
): Promise<{ readonly wrong: readonly string[]; readonly requests: number }> {
  let last = 0;
  const houses = await Promise.all(names.map((name) => strictHouse(name, { count: () => ++last })));
  for (const [turn, house] of houses.entries()) house.says(answerIn(turn));
  const proxy = await startProxy(configurationOf(houses), join(home, "proxy"), runtime);
  const wrong: string[] = [];
  let end: Conversation["end"] | undefined;
  try {
    const talk = agent(one.agent).known === "openclaw"
      ? await throughGateway(one, proxy.url, home)
      : byItself((env) => turn(one, proxy.url, home, env), one);
    end = talk.end;
    for (const [at, house] of houses.entries()) {
      const fault = await talk.take(`Question ${at + 1}: what does the shell say?`, at);
      if (fault !== undefined) wrong.push(`turn ${at + 1} at ${house.name} did not end: ${fault}`);
      wrong.push(...turnFaults(house, at));
    }
  } finally {
    await end?.();
    await proxy.stop();
    await Promise.all(houses.map((house) => house[Symbol.asyncDispose]()));
  }
  const refused = houses.flatMap(({ refusals }) => refusals.map(({ id, message }) => `${id}: ${message}`));
  const requests = houses.reduce((sum, { arrived }) => sum + arrived.length, 0);
  return { wrong: [...new Set([...refused, ...wrong])], requests };
}

/** The provider called a tool in its turn, its result came, and the turns before are in what it read. */
function turnFaults({ name, answered, arrived }: StrictHouse, at: number): string[] {
  const sent = arrived.at(-1)?.text ?? "";
  return [
    ...(answered.some(({ calls }) => calls.length > 0) ? [] : [`${name} called no tool`]),
    ...(answered.some(({ thinking }) => thinking !== undefined) || !answered.some(thinks)
      ? []
      : [`${name} did not think`]),
    ...(sent.includes(TOOL_OUTPUT) ? [] : [`${name} got no tool's result`]),
    ...(at === 0 || sent.includes("Question 1:") ? [] : [`${name} did not read the first turn`]),
  ];
}

/** Whether an answer shows thinking: some models have none, and some endpoints show it where they are asked to. */
function thinks({ asked: { dialect, model, body }, style }: StrictHouse["answered"][number]): boolean {
  const kind = Object.values(HOUSES).find(({ models }) => models.includes(model));
  if (kind?.reasons?.test(model) === false) return false;
  return dialect !== "anthropic-messages" || style.thinksUnasked === true || body.thinking !== undefined;
}
