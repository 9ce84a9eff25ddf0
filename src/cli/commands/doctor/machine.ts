/** Checks of this machine beside the proxy's own files: the program on PATH, the service, the clients, the disk, the clock. */
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { onPath, ownExecutable, sameFile } from "../../../runtime/program.ts";
import { span } from "../../../text/format.ts";
import { NAME, PROGRAM } from "../../command.ts";
import { dataFolderOf, shortPath } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { act, managerOf } from "../service/manager.ts";
import { aimOf } from "../setup/client.ts";
import { CLIENTS } from "../setup/clients.ts";
import { isHere, look } from "../setup/text.ts";
import { readRecords } from "../setup/undo.ts";
import type { Finding } from "./checks.ts";

/** Another file of this program on PATH than the one that runs. */
export function checkProgram(io: Pick<Io, "env">): Finding[] {
  const own = ownExecutable();
  const found = onPath(io.env, NAME);
  if (
    own === undefined || found === undefined || io.env.TERRAPHIM_LAUNCHER !== undefined ||
    sameFile(own, found)
  ) return [];
  return [{
    check: "Program",
    state: "warn",
    found: `this is ${own}, and the ${NAME} on PATH is another file, ${found}`,
    fix: "Remove the older one.",
  }];
}

/** The service, where it is installed. */
export function checkService(io: Pick<Io, "env">, command: readonly string[]): Finding[] {
  const check = "Service";
  const manager = managerOf(io);
  if (!existsSync(manager.file)) return [];
  let state: string;
  try {
    const printed = act(io, manager, "status");
    state = /^\s*(?:Active|state|Status)\s*[:=]\s*(\w+)/m.exec(printed)?.[1] ?? "unknown";
  } catch (error) {
    return [{
      check,
      state: "warn",
      found: error instanceof Error ? error.message.replace(/\.$/, "") : String(error),
    }];
  }
  const findings: Finding[] = [];
  if (/^(active|activating|running|ready|queued)$/i.test(state)) {
    findings.push({ check, state: "ok", found: `${state} (${manager.name})` });
  } else {
    findings.push({
      check,
      state: "warn",
      found: `installed, and ${state}`,
      fix: `${PROGRAM} service start; ${PROGRAM} service logs says why it ended.`,
    });
  }
  const [file = ""] = command;
  if (!manager.file.endsWith(".xml") && file !== "" && !readFileSync(manager.file, "utf8").includes(file)) {
    findings.push({
      check,
      state: "warn",
      found: "it starts another file than this program",
      fix: `${PROGRAM} service install`,
    });
  }
  return findings;
}

/** Clients that setup has pointed here and that lead elsewhere now, or whose settings something overrides. */
export function checkClients(io: Io, config: Config, catalog: PricedCatalog): Finding[] {
  const aim = aimOf(config, catalog, {});
  const setUp = new Set(readRecords(io).map(({ client }) => client));
  return CLIENTS.flatMap((client): Finding[] => {
    const { uses, hasFile } = look(io, client);
    const here = isHere(uses, aim);
    if (!hasFile || !(here || setUp.has(client.name))) return [];
    const check = client.label;
    const over = client.overriding?.(io);
    if (over !== undefined && !isHere(over.url, aim)) {
      return [{
        check,
        state: "warn",
        found: `${shortPath(io, over.file)} overrides its settings and leads to ${over.url}`,
        fix: `Take the address out of that file, or start it with ${PROGRAM} run ${client.name}.`,
      }];
    }
    if (here) return [{ check, state: "ok", found: "uses this proxy" }];
    // A file that does not say which provider is used cannot be judged.
    if (uses === undefined && client.files.every(({ baseUrl }) => baseUrl === undefined)) return [];
    return [{
      check,
      state: "warn",
      found: uses === undefined
        ? "was set up, and uses its own provider now"
        : `was set up, and leads to ${uses} now`,
      fix: `${PROGRAM} setup ${client.name} --yes, or setup ${client.name} --undo where that is meant.`,
    }];
  });
}

/** The ledger and the configuration need some room. Bytes. */
const LEAST_ROOM = 200 * 1024 * 1024;

/** Room on the data folder's disk. */
export function checkDisk(io: Pick<Io, "env">): Finding[] {
  let folder = dataFolderOf(io);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const { bavail, bsize } = statfsSync(folder);
    const room = bavail * bsize;
    if (room >= LEAST_ROOM) return [];
    return [{
      check: "Disk",
      state: room === 0 ? "fail" : "warn",
      found: `${Math.round(room / 1024 / 1024)} MB are left where the ledger is kept`,
      fix: "Make room, or set another path under [ledger].",
    }];
  } catch {
    return []; // the system does not say
  }
}

/** Further off than answers take. Milliseconds. */
const MOST_OFF = 2 * 60_000;

/** This machine's clock beside the providers': a wrong one spoils reset times, budgets by day, and TLS. */
export function checkClock(offsets: readonly number[]): Finding[] {
  const sorted = [...offsets].sort((one, other) => one - other);
  const off = sorted[Math.floor(sorted.length / 2)];
  if (off === undefined || Math.abs(off) < MOST_OFF) return [];
  return [{
    check: "Clock",
    state: "warn",
    found: `it is ${span(Math.abs(off) / 1000)} ${off > 0 ? "ahead of" : "behind"} the providers'`,
    fix: "Set it by the network's time.",
  }];
}
