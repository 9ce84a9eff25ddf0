/** The secrets of a configuration, for the one scrubber. */
import { BUILTIN_PROVIDERS } from "../catalog/data/providers.ts";
import { Scrubber } from "../text/secrets.ts";
import type { Config } from "./config.ts";

/** Headers that say what the proxy is, not who may use it. */
const HARMLESS =
  /^(?:accept|accept-.*|content-type|user-agent|referer|http-referer|x-title|anthropic-version|anthropic-beta|openai-beta)$/i;

const BUILTIN_VALUES: ReadonlySet<string> = new Set(
  BUILTIN_PROVIDERS.flatMap(({ headers = {} }) => Object.values(headers)),
);

/** Every key of a configuration, the values of its headers, and what its URLs hold beyond an address. */
export function secretsOf({ proxy, providers, telemetry, alerts, store }: Config): ReadonlySet<string> {
  const secrets = new Set<string>();
  const add = (value: string) => {
    secrets.add(value.trim());
    // `Bearer KEY`, `Basic …`, `team=KEY`: without its scheme too.
    const bare = /^[\w-]+[ =]+(\S{8,})$/.exec(value.trim())?.[1];
    if (bare !== undefined) secrets.add(bare);
  };
  const addHeaders = (headers: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(headers)) {
      if (!HARMLESS.test(name) && !BUILTIN_VALUES.has(value)) add(value);
    }
  };
  proxy.apiKeys.forEach(add);
  if (proxy.adminKey !== undefined) add(proxy.adminKey);
  for (const { url, secret } of alerts) {
    addUrl(url, add);
    addPath(url, add);
    if (secret !== undefined) add(secret);
  }
  addUrl(store?.url, add);
  addHeaders(telemetry.otlpHeaders);
  addUrl(telemetry.otlpEndpoint, add);
  for (const { apiKeys, headers, endpoints, countTokensUrl } of providers.values()) {
    apiKeys.forEach(add);
    addHeaders(headers);
    for (const url of [...Object.values(endpoints), countTokensUrl]) addUrl(url, add);
  }
  for (const name of providers.keys()) secrets.delete(name);
  return secrets;
}

/** The password and the longer parameters of a URL. */
function addUrl(url: string | undefined, add: (value: string) => void): void {
  if (url === undefined || !URL.canParse(url)) return;
  const { password, searchParams } = new URL(url);
  if (password !== "") {
    add(password);
    add(decodeURIComponent(password));
  }
  for (const [name, value] of searchParams) if (/key|token|secret|sig|pass|code/i.test(name)) add(value);
}

/** From so many characters on, a part of a path that has a digit is a token, not a word. */
const TOKEN = /^(?=.*\d).{12,}$/;

/** The parts of a webhook's path by which whoever knows it may post. */
function addPath(url: string, add: (value: string) => void): void {
  if (!URL.canParse(url)) return;
  for (const part of new URL(url).pathname.split("/")) if (TOKEN.test(part)) add(part);
}

const scrubbers = new WeakMap<Config, Scrubber>();

/** The scrubber that knows the secrets of a configuration. */
export function scrubberOf(config: Config): Scrubber {
  let known = scrubbers.get(config);
  if (known === undefined) scrubbers.set(config, known = new Scrubber(secretsOf(config)));
  return known;
}
