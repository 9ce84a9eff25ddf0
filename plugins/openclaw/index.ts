/**
 * The OpenClaw plugin: the proxy as the provider `terraphim` with its models, `/route` for the session's route, what was
 * saved in `/status`, and heartbeats on the route `background`.
 *
 * It imports nothing of OpenClaw's, so that the packed file is all of it. The shapes below are the parts of OpenClaw's plugin interface
 * (2026.9.6, docs/plugins of its package) that it uses.
 */
import process from "node:process";

const PROVIDER = "terraphim";
/** Where the key is, as everywhere in the proxy's documents. */
const KEY_VARIABLE = "PROXY_API_KEY";
/** What a proxy without a key gets; it accepts any. Listed in the manifest as not secret. */
const NO_KEY = "terraphim-no-key";
const URL_BY_DEFAULT = "http://127.0.0.1:3456";
/** Milliseconds; `/status` waits 3500 at most. */
const PATIENCE_MS = 3000;
/** What is offered while the proxy does not answer. */
const ALWAYS: readonly string[] = ["auto", "think", "build", "background"];
/** Tokens, as `setup openclaw` writes them: OpenClaw compacts a conversation before it is longer. */
const CONTEXT_WINDOW = 200_000;
const MOST_TOKENS = 8192;

interface Settings {
  /** @default {@link URL_BY_DEFAULT} */
  readonly url?: string;
  /** @default "openai-completions" */
  readonly api?: string;
  /** Tokens. @default {@link CONTEXT_WINDOW} */
  readonly contextWindow?: number;
  /** For `/route`, where the proxy's `admin_key` is another one than the clients' key. */
  readonly adminKey?: string;
}

interface CatalogContext {
  readonly signal?: AbortSignal;
  resolveProviderApiKey(provider: string): { readonly apiKey?: string; readonly discoveryApiKey?: string };
}

interface UsageAuthContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  resolveApiKeyFromConfigAndStore(
    where: { readonly envDirect: readonly (string | undefined)[] },
  ): string | undefined;
}

interface UsageContext {
  readonly token: string;
  readonly signal?: AbortSignal;
}

interface CommandContext {
  readonly args?: string;
  readonly sessionId?: string;
  readonly sessionKey?: string;
}

/** What OpenClaw gives a plugin that it loads. */
export interface Host {
  readonly pluginConfig?: Settings;
  registerProvider(provider: Readonly<Record<string, unknown>>): void;
  registerCommand(command: Readonly<Record<string, unknown>>): void;
  on(
    hook: "heartbeat_prompt_contribution",
    handler: (event: unknown, run: { readonly modelProviderId?: string }) => unknown,
  ): void;
}

/** What `GET /v1/me` answers, as far as it is shown. Dollars; null: there is no ledger. */
interface Me {
  readonly spent_usd: { readonly today: number | null };
  readonly saved_usd: { readonly today: number | null; readonly month: number | null };
  readonly budgets: readonly {
    readonly name: string;
    readonly limit_usd: number;
    readonly spent_usd: number;
  }[];
}

/** The proxy at an address. */
class Proxy {
  readonly url: string;

  constructor({ url = URL_BY_DEFAULT }: Settings) {
    this.url = url.trim().replace(/\/+$/, "").replace(/\/v1$/, "");
  }

  /** @throws Error with a sentence for the user where it does not answer, or refuses */
  async ask(
    path: string,
    key: string | undefined,
    { post, signal }: { readonly post?: unknown; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(this.url + path, {
      headers: { authorization: `Bearer ${key ?? NO_KEY}`, "content-type": "application/json" },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(post === undefined ? {} : { method: "POST", body: JSON.stringify(post) }),
    }).catch(() => {
      throw new Error(`The proxy does not answer at ${this.url}. terraphim-llm-proxy doctor says why.`);
    });
    const body = await answer.json().catch(() => undefined) as { error?: { message?: string } } | undefined;
    if (!answer.ok) {
      throw new Refused(answer.status, body?.error?.message ?? `The proxy answered ${answer.status}.`);
    }
    return body;
  }

  /** The names that it takes, without those that only repeat `auto`; undefined: it does not answer. */
  async models(key: string | undefined, signal?: AbortSignal): Promise<readonly string[] | undefined> {
    const list = await this.ask("/v1/models", key, { signal }).catch(() => undefined);
    const names = (list as { data?: readonly { id: string }[] } | undefined)?.data?.map(({ id }) => id)
      .filter((id) => !id.startsWith(`${PROVIDER}/`));
    return names?.length ? names : undefined;
  }
}

class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const keyOfEnvironment = (): string | undefined => process.env[KEY_VARIABLE] || undefined;

/** The provider's entry, as it would be in `models.providers`. */
function providerEntry(
  { api = "openai-completions", contextWindow = CONTEXT_WINDOW }: Settings,
  { url }: Proxy,
  names: readonly string[],
) {
  return {
    // Anthropic's adapter adds /v1 itself.
    baseUrl: api === "anthropic-messages" ? url : `${url}/v1`,
    api,
    models: names.map((id) => ({
      id,
      name: id,
      reasoning: false,
      input: ["text", "image"],
      // The proxy's ledger knows what the model that answered costs.
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      contextWindow,
      maxTokens: MOST_TOKENS,
    })),
  };
}

const dollars = (amount: number): string =>
  `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2)}`;

/** One line for `/status`. */
export function summaryOf({ saved_usd: saved, spent_usd: spent, budgets }: Me): string {
  if (saved.today === null || saved.month === null || spent.today === null) {
    return "the proxy keeps no ledger";
  }
  const baseline = saved.today + spent.today;
  const share = baseline > 0 ? ` (${Math.round(100 * saved.today / baseline)} %)` : "";
  return [
    `saved ${dollars(saved.today)}${share} today, ${dollars(saved.month)} this month`,
    `spent ${dollars(spent.today)} today`,
    ...budgets.map(({ name, limit_usd: limit, spent_usd: used }) =>
      `budget ${name} ${Math.round(100 * used / limit)} % spent`
    ),
  ].join(" · ");
}

/** `/route`: what the session is pinned to, `/route think`: pins it, `/route auto`: ends that. @returns what is shown */
async function route(
  proxy: Proxy,
  key: string | undefined,
  { args = "", sessionId, sessionKey }: CommandContext,
): Promise<string> {
  const [wanted = "", ...more] = args.trim().split(/\s+/);
  const session = sessionId ?? sessionKey;
  if (more.length > 0) return "Use: /route, /route NAME (a route or a model) or /route auto.";
  if (session === undefined) return "There is no session here yet. Send a message first.";
  if (wanted === "") {
    const names = await proxy.models(key) ?? [];
    const health = await proxy.ask("/health/detailed", key).catch(() => undefined) as
      | { pins?: readonly { session: string; route: string }[] }
      | undefined;
    const pin = health?.pins?.find((one) => one.session === session)?.route;
    const now = pin === undefined
      ? "Each prompt of this session is routed by its content."
      : `This session goes to ${pin}, until /route auto.`;
    return `${now}\n/route NAME changes that: ${names.join(", ") || "the proxy does not answer"}.`;
  }
  if (wanted === "auto") {
    await proxy.ask("/admin/unpin", key, { post: { session } });
    return "Each prompt of this session is routed by its content again.";
  }
  await proxy.ask("/admin/pin", key, { post: { session, route: wanted } });
  return `This session goes to ${wanted}, until /route auto.`;
}

export default {
  id: "terraphim-llm-proxy",
  name: "Terraphim LLM Proxy",
  description:
    "The proxy's models, /route, what was saved in /status, and heartbeats on the route background.",

  /** Called by OpenClaw once for each start and each change of the plugin's settings. */
  register(api: Host): void {
    const settings = api.pluginConfig ?? {};
    const proxy = new Proxy(settings);
    api.registerProvider({
      id: PROVIDER,
      label: "Terraphim LLM Proxy",
      envVars: [KEY_VARIABLE],
      auth: [],
      catalog: {
        order: "simple",
        run: async ({ signal, resolveProviderApiKey }: CatalogContext) => {
          const { apiKey, discoveryApiKey } = resolveProviderApiKey(PROVIDER);
          const names = await proxy.models(discoveryApiKey ?? keyOfEnvironment(), signal);
          return {
            provider: { ...providerEntry(settings, proxy, names ?? ALWAYS), apiKey: apiKey ?? NO_KEY },
          };
        },
      },
      staticCatalog: {
        order: "simple",
        run: () => Promise.resolve({ provider: providerEntry(settings, proxy, ALWAYS) }),
      },
      resolveSyntheticAuth: () => ({
        apiKey: keyOfEnvironment() ?? NO_KEY,
        source: `the plugin (${KEY_VARIABLE})`,
        mode: "api-key",
      }),
      resolveUsageAuth: ({ env, resolveApiKeyFromConfigAndStore }: UsageAuthContext) =>
        Promise.resolve({
          token: resolveApiKeyFromConfigAndStore({ envDirect: [env[KEY_VARIABLE]] }) ?? NO_KEY,
        }),
      fetchUsageSnapshot: async ({ token, signal }: UsageContext) => ({
        provider: PROVIDER,
        displayName: "Terraphim LLM Proxy",
        // With windows, /status would show them in the place of the summary.
        windows: [],
        summary: summaryOf(await proxy.ask("/v1/me", token, { signal }) as Me),
      }),
    });
    api.registerCommand({
      name: "route",
      description: "Show or choose where this session's prompts go: /route think, /route auto",
      acceptsArgs: true,
      handler: async (context: CommandContext) => {
        try {
          return { text: await route(proxy, settings.adminKey ?? keyOfEnvironment(), context) };
        } catch (error) {
          if (error instanceof Refused && error.status === 403) {
            return {
              text:
                "The key in PROXY_API_KEY may not do that. Set the plugin's adminKey to the admin_key of the proxy.",
            };
          }
          return { text: error instanceof Error ? error.message : String(error) };
        }
      },
    });
    // A wish: cut out again before any model sees it. The proxy knows OpenClaw's own words; this is for prompts of the user's.
    api.on(
      "heartbeat_prompt_contribution",
      (_, { modelProviderId }) =>
        modelProviderId === PROVIDER ? { prependContext: "@background" } : undefined,
    );
  },
};
