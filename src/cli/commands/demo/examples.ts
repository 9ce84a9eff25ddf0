/** The published example: its configuration, its prompts, and where each was promised to go. */
import { type BuiltinDialect, dialects } from "../../../dialects/registry.ts";

export interface Example {
  readonly prompt: string;
  /** The dialect of the request, and the model that it names, as such a client would. */
  readonly dialect: BuiltinDialect;
  readonly model: string;
  readonly stream?: boolean;
  /** The kind of work, as `X-Route` has it. */
  readonly route: string;
  /** `X-Routed-Model`. */
  readonly target: string;
}

const OPUS = { route: "think", target: "anthropic/claude-3-opus" } as const;
const HAIKU = { route: "plan_implementation", target: "anthropic/claude-3.5-haiku" } as const;
const LLAMA = { route: "background", target: "llama-3.1-8b-instant" } as const;
const CLAUDE = { dialect: "anthropic-messages", model: "claude-3-opus" } as const;
const GPT = { dialect: "openai-chat", model: "gpt-4" } as const;
const CODEX = { dialect: "openai-responses", model: "gpt-5.5" } as const;
const OPENCLAW = { dialect: "openai-chat", model: "terraphim/smart-router" } as const;

export const EXAMPLES: readonly Example[] = [
  { prompt: "plan webhook architecture", ...CLAUDE, ...OPUS },
  { prompt: "plan implementation of webhook handler", ...CLAUDE, ...HAIKU },
  { prompt: "plan implementation of a todo app", ...GPT, ...HAIKU },
  { prompt: "plan the architecture", ...CLAUDE, stream: true, ...OPUS },
  {
    prompt:
      "plan a scalable webhook architecture for handling 10,000 Stripe events per minute with idempotency and retry logic",
    ...OPENCLAW,
    stream: true,
    ...OPUS,
  },
  { prompt: "plan implementation of the API", ...CODEX, stream: true, ...HAIKU },
  {
    prompt:
      "plan implementation of the webhook handler in Node.js with Express, including signature verification and idempotent processing",
    ...OPENCLAW,
    ...HAIKU,
  },
  { prompt: "plan implementation of user auth", ...CODEX, ...HAIKU },
  { prompt: "build this feature", ...CLAUDE, stream: true, ...LLAMA },
];

/** A prompt of the published example, whose provider refuses by then: the fallback answers. */
export const FAILOVER: Example & { readonly refused: string; readonly path: string } = {
  prompt: "build this feature",
  ...CLAUDE,
  route: "background",
  target: HAIKU.target,
  refused: "groq",
  path: "/openai/v1",
};

/** The request's path and body. */
export function requestOf(
  { prompt, dialect: name, model, stream = false }: Example,
): { path: string; body: unknown } {
  const { paths, example } = dialects[name];
  return { path: `/v1${paths.generate}`, body: { ...example(prompt, model), ...(stream && { stream }) } };
}

/** The key of the published example, which clients send. */
export const DEMO_KEY = "my-backup-key";

/** The TOML text: the names, routes and models of the published example, and a fallback. `provider`: the fake one's URL. */
export const demoConfig = (provider: string, port: number): string =>
  `[proxy]
host = "127.0.0.1"
port = ${port}
api_key = "${DEMO_KEY}"

[router]
think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
background = "groq,llama-3.1-8b-instant"
fallback = "openrouter,${HAIKU.target}"

[[providers]]
name = "openrouter"
api_base_url = "${provider}/api/v1"
api_key = "a-made-up-key"
models = ["anthropic/claude-3-opus", "anthropic/claude-3.5-haiku"]

[[providers]]
name = "groq"
api_base_url = "${provider}${FAILOVER.path}"
api_key = "a-made-up-key"
models = ["llama-3.1-8b-instant"]
`;
