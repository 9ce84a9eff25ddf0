/**
 * Requests on their way to the store: in memory, and at once in files too, so that neither a killed program nor a database
 * that is away loses one. A file is deleted when the store has all of it.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../files/errors.ts";
import { counted } from "../text/format.ts";
import type { Log } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { lineOf } from "./rows.ts";

/**
 * Moves the files of spools to one that is read: of workers that there are no more, or of the program when it had no workers.
 * @param folders of what may be left, in any order; most are not there
 */
export function takeOver(folders: readonly string[], into: string): void {
  for (const folder of folders) {
    const names = existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith(ENDING)) : [];
    if (names.length > 0) mkdirSync(into, { recursive: true, mode: 0o700 });
    for (const name of names) renameSync(join(folder, name), join(into, name));
  }
}

export interface SpoolOptions {
  /** Undefined: memory alone. */
  readonly folder: string | undefined;
  /** Bytes on the disk at most; what comes then is lost. */
  readonly mostBytes: number;
  /** Requests in memory at most that are on no disk; what comes then is lost. */
  readonly mostRows: number;
  readonly log: Log;
}

/** A request with the id that its row has, wherever it arrives. */
interface Entry {
  readonly uid: string;
  readonly end: RequestEnd;
}

/** Some requests, which are stored together. */
export interface Segment {
  /** Undefined: they are on no disk. */
  readonly path: string | undefined;
  /** Undefined: they are on the disk alone. */
  entries: Entry[] | undefined;
  rows: number;
  bytes: number;
}

/** Bytes of a file: few enough to be read and sent at once. */
const SEGMENT_BYTES = 512 * 1024;
/** Segments that wait and are in memory too. */
const IN_MEMORY = 4;
const ENDING = ".jsonl";

export class Spool {
  readonly #options: SpoolOptions;
  #open: Segment | undefined;
  #file: number | undefined;
  #sealed: Segment[] = [];
  #bytes = 0;
  #lost = 0;
  #problem: string | undefined;

  /** Takes over what an earlier run left. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    const { folder } = options;
    if (folder === undefined) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(folder).filter((one) => one.endsWith(ENDING)).sort()) {
        const path = join(folder, name);
        const { size } = statSync(path);
        this.#sealed.push({ path, entries: undefined, rows: linesIn(path).length, bytes: size });
        this.#bytes += size;
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#sealed.reduce((sum, { rows }) => sum + rows, this.#open?.rows ?? 0);
  }

  /** Requests that there was no room for. */
  get lost(): number {
    return this.#lost;
  }

  add(end: RequestEnd): void {
    const entry = { uid: randomUUID(), end };
    const bytes = Buffer.from(`${lineOf(entry.uid, end)}\n`);
    const onDisk = this.#options.folder !== undefined && this.#problem === undefined;
    const isFull = onDisk
      ? this.#bytes + bytes.length > this.#options.mostBytes
      : this.waiting >= this.#options.mostRows;
    if (isFull) return this.lose(1, "there is no room for more until the store can be reached");
    const segment = this.#open ??= this.#begin();
    if (segment.path !== undefined) this.#write(segment, bytes);
    segment.entries?.push(entry);
    segment.rows++;
    segment.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (segment.bytes >= SEGMENT_BYTES) this.#seal();
  }

  /** What to store next; undefined: nothing. It stays until it is {@link done}. */
  next(): Segment | undefined {
    if (this.#sealed.length === 0) this.#seal();
    return this.#sealed[0];
  }

  /** How many segments wait, the open one included. */
  get length(): number {
    return this.#sealed.length + (this.#open === undefined ? 0 : 1);
  }

  /** The rows of a segment as JSON objects. A line that was cut by a crash is lost. */
  linesOf({ entries, path }: Segment): readonly string[] {
    // What is in memory may know more than the file: an attempt may be recorded just after its request has ended.
    if (entries !== undefined) return entries.map(({ uid, end }) => lineOf(uid, end));
    const all = linesIn(path!);
    const whole = all.filter(isWhole);
    if (whole.length < all.length) this.lose(all.length - whole.length, "a line of the spool is damaged");
    return whole;
  }

  /** Forgets a segment that the store has. */
  done(segment: Segment): void {
    this.#sealed = this.#sealed.filter((one) => one !== segment);
    this.#bytes -= segment.bytes;
    if (segment.path !== undefined) rmSync(segment.path, { force: true });
    if (this.#sealed.length === 0 && this.#open === undefined) this.#problem = undefined;
  }

  /** Takes note of requests that are lost; the first are logged. */
  lose(count: number, why: string): void {
    if (this.#lost === 0) {
      this.#options.log("warn", `the ledger lost ${counted(count, "request")}, and more may follow: ${why}`);
    }
    this.#lost += count;
  }

  /** What waits stays on the disk for the next run. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #begin(): Segment {
    const { folder } = this.#options;
    const name = `${Date.now().toString(36)}-${randomUUID().slice(0, 8)}${ENDING}`;
    const path = folder === undefined || this.#problem !== undefined ? undefined : join(folder, name);
    return { path, entries: [], rows: 0, bytes: 0 };
  }

  #write(segment: Segment, bytes: Uint8Array): void {
    try {
      this.#file ??= openSync(segment.path!, "a", 0o600);
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#failed(error);
    }
  }

  #seal(): void {
    const segment = this.#open;
    if (segment === undefined) return;
    this.close();
    this.#open = undefined;
    this.#sealed.push(segment);
    // A second program on the same folder may have stored and deleted the file meanwhile; then memory alone has the rest.
    const isSafe = segment.path !== undefined && this.#problem === undefined && existsSync(segment.path);
    if (this.#sealed.length > IN_MEMORY && isSafe) segment.entries = undefined;
  }

  #failed(error: unknown): void {
    if (this.#problem === undefined) {
      this.#options.log(
        "warn",
        `the spool ${this.#options.folder} cannot be written (${
          messageOf(error)
        }); what the store does not have yet is kept in memory`,
      );
    }
    this.#problem = messageOf(error);
  }
}

/** A file's lines; none where another program stored and deleted it. */
function linesIn(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
