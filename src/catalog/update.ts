/**
 * A newer list of models and prices, named by the user: read from a file or URL, checked as a whole, then kept in the
 * user's data folder, where it takes precedence over the built-in one. A bad list changes nothing.
 */
import { messageOf } from "../files/errors.ts";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { writeWhole } from "../files/write.ts";
import { dataFile, dataFolder } from "../runtime/data-folder.ts";

/** Dollars per million tokens: a mistyped unit shows at once. */
const dollars = z.number().min(0).max(100_000);
const tokens = z.int().min(0);
const name = z.string().min(1).max(300);

const rates = {
  input: dollars,
  output: dollars,
  cache_read: dollars.optional(),
  cache_write: dollars.optional(),
  cache_write_1h: dollars.optional(),
  reasoning: dollars.optional(),
};

const price = z.looseObject({
  ...rates,
  tiers: z.array(z.looseObject({ from_tokens: tokens, price: z.looseObject(rates) })).optional(),
});

const model = z.looseObject({
  provider: name,
  model: name,
  context: tokens,
  max_output: tokens,
  price: price.optional(),
  can: z.array(z.string()),
});

const catalogFile = z.looseObject({
  source: z.string().optional(),
  unit: z.string().optional(),
  providers: z.record(z.string(), z.looseObject({})).optional(),
  models: z.array(model).min(1, "expected at least one model"),
});

/** The contents of a models file, as `data/models.json` has it. */
export type CatalogFile = z.infer<typeof catalogFile>;

/** A models file that cannot be used; the message says which and why, for people. */
export class CatalogError extends Error {
  constructor(source: string, why: string) {
    super(`${source} is not a usable list of models: ${why}`);
    this.name = "CatalogError";
  }
}

/** What a new list changes. Models as `provider,model`. */
export interface CatalogChange {
  readonly path: string;
  readonly models: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Models whose price has changed. */
  readonly repriced: readonly string[];
}

const MOST_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** Faults listed in a message; the rest are counted. */
const MOST_FAULTS = 5;

/** Where the user's own list is kept. */
const userCatalogPath = (): string => dataFile(dataFolder(), "models");

/**
 * Reads and checks a models file.
 * @param pathOrUrl a path, or an `http:`, `https:` or `file:` URL
 * @throws CatalogError with every fault, up to five
 */
export async function loadCatalogFile(
  pathOrUrl: string,
  fetchFn: typeof fetch = fetch,
): Promise<CatalogFile> {
  return parseCatalog(await textOf(pathOrUrl, fetchFn), pathOrUrl);
}

/** Checks the text of a models file. @throws CatalogError with every fault, up to five */
function parseCatalog(text: string, source: string): CatalogFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const what = /^\s*</.test(text) ? "it is a web page, not JSON" : "it is not JSON";
    throw new CatalogError(source, what);
  }
  const result = catalogFile.safeParse(json);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => {
      const where = path.map((step) => typeof step === "number" ? `[${step}]` : `.${String(step)}`).join("");
      return where === "" ? message : `${where.replace(/^\./, "")}: ${message}`;
    });
    throw new CatalogError(source, listed(faults));
  }
  const faults = contradictions(result.data);
  if (faults.length > 0) throw new CatalogError(source, listed(faults));
  return result.data;
}

/**
 * Reads, checks and keeps a models file: all of it or, on any fault, nothing.
 * @param before the list in use until now, for what changes
 * @throws CatalogError where the list is not usable, Error where it cannot be kept
 */
export async function updateCatalog(
  pathOrUrl: string,
  { before, fetchFn = fetch, path = userCatalogPath() }: {
    before?: Pick<CatalogFile, "models">;
    fetchFn?: typeof fetch;
    path?: string;
  } = {},
): Promise<CatalogChange> {
  const file = await loadCatalogFile(pathOrUrl, fetchFn);
  try {
    writeWhole(path, JSON.stringify(file));
  } catch (error) {
    throw new Error(
      `the list from ${pathOrUrl} is valid, but ${path} cannot be written: ${messageOf(error)}`,
    );
  }
  return { path, models: file.models.length, ...difference(before?.models ?? [], file.models) };
}

/**
 * The user's own list, if there is one. A file that cannot be used does not prevent a start: it is returned as a
 * problem, for a warning, and the built-in list is used.
 */
export function readUserCatalog(path = userCatalogPath()): { catalog?: CatalogFile; problem?: string } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return {};
    return { problem: `${path} cannot be read: ${messageOf(error)}` };
  }
  try {
    return { catalog: parseCatalog(text, path) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function textOf(source: string, fetchFn: typeof fetch): Promise<string> {
  try {
    if (!/^https?:/i.test(source)) {
      return await readFile(/^file:/i.test(source) ? fileURLToPath(source) : source, "utf8");
    }
    const response = await fetchFn(source, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status}`);
    }
    return await limited(response);
  } catch (error) {
    throw new CatalogError(source, messageOf(error));
  }
}

async function limited(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1024 / 1024} MiB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What is wrong even though every value has the right type. */
function contradictions({ models }: CatalogFile): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { provider, model } of models) {
    const key = `${provider},${model}`;
    if (seen.has(key)) faults.push(`${key} is listed twice`);
    seen.add(key);
  }
  const dearest = Math.max(0, ...models.map(({ price }) => price?.output ?? 0));
  if (dearest > 0 && dearest < 0.01) {
    faults.push("its prices look like dollars per token; expected dollars per million tokens");
  }
  return faults;
}

function difference(
  before: CatalogFile["models"],
  after: CatalogFile["models"],
): Pick<CatalogChange, "added" | "removed" | "repriced"> {
  const prices = (models: CatalogFile["models"]) =>
    new Map(models.map(({ provider, model, price }) => [`${provider},${model}`, priceKey(price)]));
  const old = prices(before);
  const fresh = prices(after);
  return {
    added: [...fresh.keys()].filter((key) => !old.has(key)),
    removed: [...old.keys()].filter((key) => !fresh.has(key)),
    repriced: [...fresh].filter(([key, price]) => old.has(key) && old.get(key) !== price).map(([key]) => key),
  };
}

/** The same for equal prices, whatever the order of their keys. */
function priceKey(price: CatalogFile["models"][number]["price"]): string {
  return JSON.stringify(Object.entries(price ?? {}).sort(([a], [b]) => a < b ? -1 : 1));
}

function listed(faults: readonly string[]): string {
  const more = faults.length - MOST_FAULTS;
  return faults.slice(0, MOST_FAULTS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
