/** What `setup` and `run` know of a client, and what they point it to. */
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import type { Config } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import type { Json } from "../../../model/json.ts";
import type { Io } from "../../io.ts";
import { addressOf } from "../status/health.ts";
import type { Edit } from "../../../files/edit.ts";

export interface Client {
  readonly name: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** How people write it. */
  readonly label: string;
  /** The program, as it is found on `PATH`. */
  readonly program?: string;
  /** Its configuration files that may be changed; empty: it has none, and {@link Client.byHand} says what to do. */
  readonly files: readonly ClientFile[];
  /** Lines for a shell, in place of the files. */
  readonly shell?: (aim: Aim) => readonly string[];
  /** What the user does where no file may be changed, a step or a line to paste each. */
  readonly byHand?: (aim: Aim) => readonly string[];
  /** Further lines for the user. */
  readonly notes?: (aim: Aim) => readonly string[];
  /** How one run of it is pointed to the proxy; undefined: `run` cannot start it. */
  readonly run?: (aim: RunAim) => OneRun;
  /** A login of its own that the settings would put out of use: whose, for people. */
  readonly login?: (io: Pick<Io, "env">) => string | undefined;
  /** The base URL that a project's or an administrator's settings have, which override the user's file. */
  readonly overriding?: (
    io: Pick<Io, "env" | "cwd">,
  ) => { readonly file: string; readonly url: string } | undefined;
}

export interface ClientFile {
  readonly format: "json" | "toml" | "yaml";
  /** It may not exist. */
  readonly path: (io: Pick<Io, "env">) => string;
  /** What a new file begins with. */
  readonly fresh?: Json;
  /**
   * The settings for it. `now`: what it holds. An edit without a value names a setting that this aim does not use: it is
   * removed where an earlier setup wrote it.
   */
  readonly edits: (aim: Aim, now: Json) => readonly Edit[];
  /** The base URL in it; undefined: the client's own provider. Absent: this file does not say. */
  readonly baseUrl?: (now: Json) => unknown;
}

/** What a client is started with for one run. */
export interface OneRun {
  /** Before the user's own arguments. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A variable with the path of a copy of its first file that has the settings; the copy lasts as long as the run. */
  readonly copyIn?: string;
}

export interface Aim {
  /** Without `/v1` and without a slash at its end. */
  readonly url: string;
  /** The environment variable that holds the proxy's key; undefined: it requires none, or {@link Aim.secret} is written. */
  readonly key: string | undefined;
  /** The key itself, to be written into the client's file; undefined: the file names the variable. */
  readonly secret: string | undefined;
  /** The client keeps its own login, and the proxy's key goes in a header of its own. */
  readonly passthrough: boolean;
  /** Undefined: each prompt is routed by content. */
  readonly model: string | undefined;
  /** A context window that most routes have, and the smallest output limit of the routes' models. Tokens. */
  readonly context: number;
  readonly maxOutput: number;
}

/** For one run: the key is in {@link Aim.secret}, which is in the started program's environment and nowhere else. */
export type RunAim = Aim & { readonly io: Pick<Io, "env"> };

/** A file of a client that is being set up. */
export interface Plan {
  readonly path: string;
  readonly format: ClientFile["format"];
  /** The settings alone, as the text of an otherwise empty file. */
  readonly lines: string;
  readonly edits: readonly Edit[];
  readonly before: string | undefined;
  readonly after: string;
}

/** A client that is being set up. */
export interface Task {
  readonly client: Client;
  readonly aim: Aim;
  /** Whose login stays in use, or is put out of use; undefined: the client has none. */
  readonly login: string | undefined;
}

/** What this proxy is called in a client's list of providers. */
export const PROVIDER = "terraphim";
export const LABEL = "Terraphim LLM Proxy";
/** The key for a client that requires one when the proxy does not. */
export const NO_KEY = "unused";
/** The model name that routes each prompt by content. */
export const AUTO = "auto";
/** The header for the proxy's key beside a client's own credential. */
export const KEY_HEADER = "X-Proxy-Key";

/** Whether the proxy requires a key. */
export const hasKey = ({ key, secret }: Aim): boolean => key !== undefined || secret !== undefined;

/** The key as a client's file has it: itself, a reference to its variable, or a word where the proxy requires none. */
export const keyText = ({ key, secret }: Aim, reference: (variable: string) => string): string =>
  secret ?? (key === undefined ? NO_KEY : reference(key));

/** A text as one word of a POSIX shell: quoted where it has other signs than names and addresses have. */
export const shellWord = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The key as a shell's line has it. */
export const shellKey = ({ key, secret }: Aim): string =>
  secret === undefined && key !== undefined ? `"$${key}"` : shellWord(secret ?? NO_KEY);

/** The variable for the key where the configuration names none. */
const DEFAULT_KEY = "PROXY_API_KEY";
/** For models that are not in the catalog. */
const DEFAULT_CONTEXT = 200_000;
const LEAST_OUTPUT = 4096;
const MOST_OUTPUT = 32_000;

export interface Wanted {
  /** @default host and port of the configuration */
  readonly url?: string | undefined;
  readonly model?: string | undefined;
  /** The proxy's key, or `$NAME` for another variable. @default the variable that the configuration names */
  readonly key?: string | undefined;
}

/** What a client is pointed to. */
export function aimOf(config: Config, catalog: PricedCatalog, { url, model, key }: Wanted): Aim {
  const models = Object.values(config.router.routes).flat().flatMap((target) => catalog.find(target) ?? []);
  const outputs = models.map(({ maxOutput }) => maxOutput).filter((tokens) => tokens > 0);
  const named = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(key ?? "")?.[1];
  const secret = named === undefined ? key : undefined;
  return {
    url: (url ?? addressOf(config)).replace(/\/+$/, "").replace(/\/v1$/, ""),
    key: secret !== undefined
      ? undefined
      : named ?? (config.proxy.apiKeys.length === 0 ? undefined : keyVariable(config.path)),
    secret,
    passthrough: [...config.providers.values()].some(({ passthrough }) => passthrough),
    model,
    context: usualContext(config, catalog),
    maxOutput: Math.max(LEAST_OUTPUT, Math.min(MOST_OUTPUT, ...outputs)),
  };
}

/**
 * The window that more than half of the routes have, in tokens: a client that believes in a larger one never compacts, and
 * most routes refuse its long conversations. A route's window is the largest of its chain's.
 */
function usualContext({ router: { routes } }: Config, catalog: PricedCatalog): number {
  const windows = Object.values(routes).map((chain) =>
    Math.max(0, ...chain.map((target) => catalog.find(target)?.context ?? 0))
  ).filter((tokens) => tokens > 0).sort((one, other) => other - one);
  return windows[Math.floor(windows.length / 2)] ?? DEFAULT_CONTEXT;
}

/** The variable that `[proxy] api_key` names, as `$NAME` or `${NAME}`. */
function keyVariable(path: string | undefined): string {
  if (path === undefined) return DEFAULT_KEY;
  try {
    const { proxy }: Json = parse(readFileSync(path, "utf8"));
    const [written] = [proxy?.api_key, proxy?.api_keys].flat().filter((one) => typeof one === "string");
    return /^\$\{?([A-Za-z_]\w*)\}?$/.exec(String(written).trim())?.[1] ?? DEFAULT_KEY;
  } catch {
    return DEFAULT_KEY; // It was readable a moment ago; the default name does no harm.
  }
}
