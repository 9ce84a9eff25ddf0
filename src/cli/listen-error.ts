/** Why an address cannot be listened on, in words. */
import { errorCode, messageOf } from "../files/errors.ts";
import { span } from "../text/format.ts";
import { addressOf, type BriefHealth, whoRuns } from "./commands/status/health.ts";
import { NAME, PROGRAM } from "./command.ts";

/** @returns a sentence that says what to do */
export function listenProblem(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return `port ${port} is in use; stop the program that uses it, or choose another port with --port.`;
    case "EACCES":
    case "EPERM":
      return `port ${port} is reserved for the system; choose one above 1023 with --port.`;
    case "EADDRNOTAVAIL":
      return `cannot listen on ${host}: not an address of this machine (try --host 127.0.0.1).`;
  }
  return `cannot listen on ${host}:${port}: ${messageOf(error)}`;
}

/** The same after asking who has a port that is taken, which may take a second. */
export async function explainedListenProblem(error: unknown, host: string, port: number): Promise<string> {
  if (errorCode(error) !== "EADDRINUSE") return listenProblem(error, host, port);
  const url = addressOf({ proxy: { host, port } });
  const running = await whoRuns(url);
  return running === undefined
    ? `port ${port} is in use by another program; stop that one, or choose another port with --port.`
    : alreadyRuns(running, url, port);
}

/** A proxy with a key does not say to strangers which file it uses; nobody knows who gets a key that is sent to a taken port. */
function alreadyRuns(
  { version, uptime_seconds: uptime, config }: BriefHealth,
  url: string,
  port: number,
): string {
  const file = config.path === undefined
    ? `${PROGRAM} status shows its configuration`
    : `configuration: ${config.path ?? config.origin ?? "built from the keys in its environment"}`;
  return `port ${port} is in use: ${NAME} ${version} has been running there for ${span(uptime)} (${file}). ` +
    `Use it as it is, at ${url}; or stop it first, with Ctrl-C in its terminal or ${PROGRAM} service stop; ` +
    "or choose another port with --port.";
}
