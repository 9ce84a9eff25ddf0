/** Whether the program can keep what it must remember. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../../config/config.ts";
import { othersCanRead } from "../../../config/source/env.ts";
import { reason } from "../../../files/errors.ts";
import { readUserCatalog } from "../../../catalog/update.ts";
import { recentRequests } from "../../../ledger/recent.ts";
import { report } from "../../../ledger/report.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { counted, span } from "../../../text/amounts.ts";
import type { Io } from "../../io.ts";
import { ownCatalogPath } from "../../own-catalog.ts";
import { NAME } from "../../program.ts";
import { dataFolderOf } from "../../user-data.ts";
import type { Finding } from "./finding.ts";

/** The data folder, the ledger, the user's own list of models. Changes nothing. */
export function checkFiles(io: Io, config: Config | undefined): Finding[] {
  const folder = dataFolderOf(io);
  const ledger = config?.ledger.path ?? join(folder, "ledger.sqlite");
  const kept = config?.ledger.enabled !== false;
  return [
    writable("Data folder", folder),
    ...(kept && dirname(ledger) !== folder ? [writable("Ledger", dirname(ledger))] : []),
    ...(kept ? ledgerFindings(ledger) : [{
      check: "Ledger",
      state: "ok" as const,
      found: "switched off: [ledger] enabled = false",
    }]),
    ...catalogFindings(ownCatalogPath(io)),
  ];
}

/** A folder that is missing is made when it is needed, where its parent allows that. */
function writable(check: string, folder: string): Finding {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const mend = `Give yourself the right to write in ${there}${
    check === "Ledger" ? ", or set another path under [ledger]" : ", or point XDG_DATA_HOME elsewhere"
  }.`;
  try {
    if (!statSync(there).isDirectory()) {
      return { check, state: "fail", found: `${there} is a file, and should be a folder` };
    }
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    return { check, state: "fail", found: `${folder} cannot be written: ${writeReason(error)}`, mend };
  }
  return { check, state: "ok", found: `${folder}${there === folder ? "" : " (made when it is needed)"}` };
}

const writeReason = (error: unknown): string =>
  reason(error).replace("it may not be read", "you may not write there");

function ledgerFindings(path: string): Finding[] {
  const check = "Ledger";
  if (!existsSync(path)) return [{ check, state: "ok", found: "none yet; the first request begins it" }];
  const findings: Finding[] = [];
  try {
    const { requests, unpriced_requests: unpriced } = report(path, { since: 0, groups: [] });
    const [newest] = recentRequests(path, { limit: 1 });
    const ago = newest === undefined ? "" : `, the newest ${span((Date.now() - newest.time) / 1000)} ago`;
    findings.push({ check, state: "ok", found: `${counted(requests, "request")}${ago}` });
    if (unpriced > 0) {
      findings.push({
        check,
        state: "warn",
        found: `${counted(unpriced, "request")} of unknown price`,
        mend: `${NAME} stats names the models; [[prices]] or ${NAME} models update gives them a price.`,
      });
    }
  } catch (error) {
    if (!(error instanceof UnreadableLedger)) throw error;
    findings.push({ check, state: "fail", found: error.message });
  }
  if (othersCanRead(path)) {
    findings.push({
      check,
      state: "warn",
      found: "other users of this machine can read it",
      mend: `chmod 600 ${path}`,
    });
  }
  return findings;
}

function catalogFindings(path: string): Finding[] {
  const { problem } = readUserCatalog(path);
  if (problem === undefined) return [];
  return [{
    check: "Models",
    state: "warn",
    found: `the built-in list is used: ${problem}`,
    mend: `${NAME} models update LIST replaces it, or remove it.`,
  }];
}
