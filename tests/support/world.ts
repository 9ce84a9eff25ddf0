/**
 * One kit for tests: real providers on loopback, and the real proxy in this process before them. What it starts ends with
 * the block of its `await using`. A test about a configuration as a whole takes `proxyFrom`; files go to a `tempFolder`.
 *
 * ```ts
 * await using world = await proxyWith({ primary: json({}, 503), backup: good("openai-chat", false) }, {
 *   dialect: "openai-chat",
 * });
 * assert.equal((await world.hear("openai-chat")).text, "from the primary");
 * assert.equal(world.primary.arrived.length, 1);
 * ```
 */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { TempFolder } from "./disposable.ts";
import { type Answer, type FakeProvider, fakeProvider } from "./provider.ts";
import { proxyFrom, type TestProxy, type TestProxyOptions } from "./proxy.ts";
import { hear, type Heard, PATHS, request } from "./speech.ts";

export interface ProviderSetting {
  /** @default the least that is an answer in every dialect */
  readonly answer?: Answer;
  /** Where it runs: the test's own server, or an address where nobody listens. @default a fake provider that is started */
  readonly url?: string;
  /** Where its API begins. @default "/v1" */
  readonly path?: string;
  /** Its keys; none: `[]`. @default "key-of-NAME" */
  readonly key?: string | readonly string[];
  /** The dialects it speaks. @default the world's */
  readonly dialect?: string | readonly string[];
  /** More lines of its `[[providers]]` table. */
  readonly toml?: string;
}

export interface WorldSetting extends Omit<TestProxyOptions, "dataFolder"> {
  /** Where the proxy keeps its data; a `tempFolder()` is removed with the world. */
  readonly dataFolder?: string | TempFolder;
  /** The dialects of every provider that names none. @default what its name or URL says */
  readonly dialect?: string | readonly string[];
  /** The lines of `[router]`. @default every provider in order, each with the model `m` */
  readonly router?: string;
  /** The lines of `[proxy]`. */
  readonly proxy?: string;
  /** The other tables. */
  readonly toml?: string;
}

export interface AskOptions {
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

type Settings<Name extends string = string> = Readonly<Record<Name, Answer | ProviderSetting>>;

/** The names of the providers that the world starts. */
type Started<S extends Settings> = {
  [Name in keyof S & string]: S[Name] extends { readonly url: string } ? never : Name;
}[keyof S & string];

const settingOf = (one: Answer | ProviderSetting): ProviderSetting =>
  typeof one === "function" ? { answer: one } : one;

/** A configuration with these providers at these URLs. */
export function configuration(
  urls: Readonly<Record<string, string>>,
  providers: Settings,
  world: WorldSetting = {},
): string {
  const blocks = Object.entries(providers).map(([name, one]) => {
    const { url = urls[name], path = "/v1", key = `key-of-${name}`, dialect = world.dialect, toml = "" } =
      settingOf(one);
    return [
      "[[providers]]",
      `name = "${name}"`,
      `api_base_url = "${url}${path}"`,
      ...(key.length === 0
        ? []
        : [`${typeof key === "string" ? "api_key" : "api_keys"} = ${JSON.stringify(key)}`]),
      ...(dialect === undefined ? [] : [`dialects = ${JSON.stringify([dialect].flat())}`]),
      toml,
    ].join("\n");
  });
  const chain = Object.keys(providers).map((name) => `${name},m`).join(" | ");
  const router = world.router ?? (chain === "" ? "" : `default = "${chain}"`);
  const proxy = world.proxy === undefined ? [] : ["[proxy]", world.proxy];
  return [...proxy, "[router]", router, ...blocks, world.toml ?? ""].join("\n");
}

/** The proxy and its providers; the providers are its members too, by their names. */
export class ProxyWorld<Name extends string = string> {
  #proxy: TestProxy;
  #providers: Settings;
  #setting: WorldSetting;

  constructor(
    readonly fakes: Readonly<Record<Name, FakeProvider>>,
    providers: Settings,
    setting: WorldSetting,
  ) {
    this.#providers = providers;
    this.#setting = setting;
    this.#proxy = this.#start();
  }

  #start(): TestProxy {
    const { dataFolder, ...options } = this.#setting;
    const path = typeof dataFolder === "object" ? dataFolder.path : dataFolder;
    return proxyFrom(this.toml, path === undefined ? options : { ...options, dataFolder: path });
  }

  /** Its configuration. */
  get toml(): string {
    return this.#tomlOf(this.#setting);
  }

  /** Its configuration with its port, for commands that look for the proxy. */
  get tomlWithPort(): string {
    const { proxy = "" } = this.#setting;
    return this.#tomlOf({ ...this.#setting, proxy: `${proxy}\nport = ${this.server.port}` });
  }

  #tomlOf(setting: WorldSetting): string {
    const fakes = Object.entries<FakeProvider>(this.fakes);
    const urls = Object.fromEntries(fakes.map(([name, { url }]) => [name, url]));
    return configuration(urls, this.#providers, setting);
  }

  get proxy(): TestProxy {
    return this.#proxy;
  }

  get url(): string {
    return this.#proxy.url;
  }

  get server(): TestProxy["server"] {
    return this.#proxy.server;
  }

  get context(): TestProxy["context"] {
    return this.#proxy.context;
  }

  /** What the proxy logged. */
  get log(): TestProxy["log"] {
    return this.#proxy.log;
  }

  /** Requests that are over, in the order of their ends. */
  get records(): TestProxy["records"] {
    return this.#proxy.records;
  }

  /** What the proxy keeps between requests. */
  get state(): TestProxy["context"]["dispatch"]["state"] {
    return this.context.dispatch.state;
  }

  /** Sends a prompt as a client of the dialect. */
  ask(
    dialect: BuiltinDialect,
    prompt = "hi",
    { stream = false, headers, signal }: AskOptions = {},
  ): Promise<Response> {
    return this.post(PATHS[dialect], request(dialect, stream, prompt), headers, signal);
  }

  /** Sends a prompt, and reads the answer to its end as a strict client of the dialect. */
  async hear(dialect: BuiltinDialect, prompt?: string, options?: AskOptions): Promise<Heard> {
    return await hear(dialect, await this.ask(dialect, prompt, options));
  }

  readonly post: TestProxy["post"] = (...request) => this.#proxy.post(...request);

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.url + path, { headers, redirect: "manual" });
  }

  /** Resolves when so many requests are over. */
  ended(count: number): ReturnType<TestProxy["ended"]> {
    return this.#proxy.ended(count);
  }

  /** Puts a configuration with these changes into force; the providers stay where they are. */
  reload(
    providers: Partial<Record<Name, ProviderSetting>>,
    setting: WorldSetting = {},
  ): void {
    const changed = Object.entries<ProviderSetting | undefined>(providers).map(([name, one]) =>
      [name, { ...settingOf(this.#providers[name] ?? {}), ...one }] as const
    );
    this.#providers = { ...this.#providers, ...Object.fromEntries(changed) };
    this.#setting = { ...this.#setting, ...setting };
    this.#proxy.swap(this.toml, this.#setting.env);
  }

  /** Stops the proxy and starts another with the same configuration and data folder. */
  async restart(): Promise<void> {
    await this.#proxy.close();
    this.#proxy = this.#start();
  }

  /** Stops the proxy, and then the providers; removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.close();
    await Promise.all(Object.values<FakeProvider>(this.fakes).map((fake) => fake.close()));
    const { dataFolder } = this.#setting;
    if (typeof dataFolder === "object") dataFolder[Symbol.dispose]();
  }
}

export type World<Name extends string = string> =
  & ProxyWorld<Name>
  & Readonly<Record<Name, FakeProvider>>;

/** Starts providers by name and a proxy that knows them. Ends with the block of its `await using`. */
export async function proxyWith<const S extends Settings>(
  providers: S,
  setting: WorldSetting = {},
): Promise<World<Started<S>>> {
  const missing = Object.entries<Answer | ProviderSetting>(providers).filter(([, one]) =>
    settingOf(one).url === undefined
  );
  const started = await Promise.all(
    missing.map(async ([name, one]) => [name, await fakeProvider(settingOf(one).answer)] as const),
  );
  const fakes = Object.fromEntries(started) as Record<Started<S>, FakeProvider>;
  return Object.assign(new ProxyWorld(fakes, providers, setting), fakes);
}
