/** Where clients on this machine reach the proxy of a configuration. */
import { isLoopback } from "../text/hosts.ts";
import type { ProxyConfig, Tls } from "./config.ts";

/**
 * The URL of a proxy: `http://127.0.0.1:3456`; with a certificate, one by a name that the certificate is for, since clients
 * refuse others: `https://ai.example:3456`.
 */
export function urlOf({ host, port, tls }: Pick<ProxyConfig, "host" | "port" | "tls">): string {
  const near = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const name = tls === undefined ? near : nameIn(tls, near);
  return `${tls === undefined ? "http" : "https"}://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** The name of a certificate for a host that clients on this machine use. @returns the host itself where there is none */
function nameIn(tls: Tls, near: string): string {
  if (isCovered(tls, near)) return near;
  if (isLoopback(near) && isCovered(tls, "localhost")) return "localhost";
  return tls.names.find((name) => !name.startsWith("*")) ?? near;
}

/** Whether a certificate is for a host, in its one spelling. `*.example` is for one label more. */
export function isCovered({ names }: Pick<Tls, "names">, host: string): boolean {
  return names.some((name) =>
    name === host || name.startsWith("*.") && host.slice(host.indexOf(".")) === name.slice(1)
  );
}
