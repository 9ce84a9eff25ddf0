/**
 * The forward proxy between this machine and the Internet: `fetch` of Deno and of Bun takes it from `HTTP_PROXY`,
 * `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, and reports nothing about it.
 * https://docs.deno.com/runtime/reference/env_variables, https://bun.com/docs/guides/http/proxy
 */
import process from "node:process";

type Env = Record<string, string | undefined>;

/** This machine, in the forms that both runtimes know. */
const THIS_MACHINE = ["localhost", "127.0.0.0/8", "::1"] as const;

/**
 * Makes requests to this machine go there directly: local servers, and the commands' own calls of the running program.
 * Both runtimes read the variables at the first request, so call it before.
 */
export function askThisMachineDirectly(env: Env = process.env): void {
  if (schemes(env).length === 0) return;
  const given = noProxy(env);
  const added = THIS_MACHINE.filter((host) => !given.includes(host));
  if (given.includes("*") || added.length === 0) return;
  env.NO_PROXY = env.no_proxy = [...given, ...added].join(",");
}

/** The forward proxy that a request to `url` takes; undefined: it goes there directly. */
export function forwardProxyOf(url: string | URL, env: Env = process.env): URL | undefined {
  const { protocol, hostname, port } = new URL(url);
  const text = ofScheme(env, protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (text === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "");
  if (noProxy(env).some((entry) => covers(entry, host, port))) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** The port that a forward proxy listens on. */
export function portOf({ protocol, port }: Pick<URL, "protocol" | "port">): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : protocol.startsWith("socks") ? 1080 : 80;
}

const read = (env: Env, name: string): string | undefined =>
  (env[name] || env[name.toLowerCase()])?.trim() || undefined;

const ofScheme = (env: Env, name: string): string | undefined => read(env, name) ?? read(env, "ALL_PROXY");

const schemes = (env: Env): readonly string[] =>
  ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].filter((name) => read(env, name) !== undefined);

const noProxy = (env: Env): readonly string[] =>
  (read(env, "NO_PROXY") ?? "").split(",").map((entry) => entry.trim().toLowerCase()).filter((entry) =>
    entry !== ""
  );

/** Bun knows two forms more than Deno: `*.example.com`, and a port. */
const isBun = "Bun" in globalThis;

/** Whether an entry of `NO_PROXY` means a host: the host itself, those below it, a network of IPv4 addresses. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [network = "", bits] = entry.split("/");
  if (bits !== undefined) return isWithin(host, network, Number(bits));
  const [, name = entry, at] = isBun ? /^(.*[^:]):(\d+)$/.exec(entry) ?? [] : [];
  if (at !== undefined && at !== port) return false;
  const plain = name.replace(isBun ? /^\*?\./ : /^\./, "");
  return host === plain || host.endsWith(`.${plain}`);
}

function isWithin(host: string, network: string, bits: number): boolean {
  const [address, base] = [numberOf(host), numberOf(network)];
  if (address === undefined || base === undefined || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(base / size);
}

/** An IPv4 address as a number. */
function numberOf(host: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  return host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
