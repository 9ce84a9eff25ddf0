/** What a program that serves says once, when it is up. */
import { formatWarning } from "../../../config/problem.ts";
import { notRunning } from "../../../dispatch/local-servers.ts";
import type { Log } from "../../../log/log.ts";
import type { Server } from "../../../server/server.ts";
import { VERSION } from "../../command.ts";
import { originOf, warningsOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { localModelWarnings } from "../doctor/local.ts";
import { banner, type Started } from "./banner.ts";

/** What is up, and where. */
export interface Up extends Pick<Started, "config" | "catalog">, Pick<Server, "url" | "hostname"> {}

/** The banner for people; without a terminal also a line in the log. */
export async function greet(io: Io, log: Log, { config, catalog, url, hostname }: Up): Promise<void> {
  if (!config.log.json) {
    const down = await notRunning(config);
    const missing = await localModelWarnings(config, down);
    io.stdout.write(banner(io.stdout, { config, catalog, url, notRunning: down, missing }));
    if (io.stdout.isTTY) return;
  }
  const { workers } = config.proxy;
  const by = workers === 1 ? "" : ` with ${workers} workers`;
  log("info", `listening on ${addressOf({ url, hostname })}${by}, configuration: ${originOf(config)}`, {
    url,
    version: VERSION,
    config: config.path,
    ...(workers === 1 ? {} : { workers }),
  });
  if (!config.log.json) return; // the banner has shown them
  for (const warning of warningsOf(config)) log("warn", formatWarning(warning));
}

/** The address, as it is: the URL is one for clients on this machine. */
export function addressOf({ url, hostname }: Pick<Server, "url" | "hostname">): string {
  return hostname === "0.0.0.0" || hostname === "::" ? `${url} (all addresses of this machine)` : url;
}
