/** What learning keeps in the data folder: the latest decisions as hashed features, and what the user said about them. No texts. */
import { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { HashedFeatures, Kind, Learnable } from "../../classifier/classification.ts";
import type { Correction } from "../../classifier/learned/corrections.ts";
import { KINDS } from "../../classifier/learned/situation.ts";
import { writeWhole } from "../../files/write.ts";
import { parseJsonText } from "../../json/shape.ts";
import type { Target } from "../../model/target.ts";

/** A decision that may be corrected. */
export interface KeptDecision {
  /** Of the request. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** The label of the client's key; undefined: the proxy was open. */
  readonly key?: string | undefined;
  /** The client's own name of the session. */
  readonly session?: string | undefined;
  readonly kind: Kind;
  /** The route of the plan: a rule or a wish may have decided it. */
  readonly route: string;
  readonly client: string;
  /** The programming language of the prompt. */
  readonly language?: string | undefined;
  /** Who answered; undefined: nobody has yet. */
  readonly target?: Target | undefined;
  /** Undefined: a rule or a signal of the agent decided, which no correction moves. */
  readonly learnable?: Learnable | undefined;
}

/** A correction with the key whose requests it moves. */
export interface KeptCorrection extends Correction {
  readonly key?: string | undefined;
}

/** What a user thought of an answer. */
export interface Thumb {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly key?: string | undefined;
  readonly up: boolean;
  readonly kind: Kind;
  readonly language?: string | undefined;
  readonly target: Target;
}

/** All that the user said, the oldest first. */
export interface Feedback {
  readonly corrections: readonly KeptCorrection[];
  readonly thumbs: readonly Thumb[];
}

const kind = z.enum(KINDS);
const target = z.object({ provider: z.string(), model: z.string() });
const features = z.string().transform(featuresFrom);
const scores = z.array(z.number()).length(KINDS.length);
const said = {
  id: z.string(),
  time: z.number(),
  key: z.string().optional(),
};
const correction = z.object({
  ...said,
  from: kind,
  to: kind,
  by: z.enum(["feedback", "wish", "header", "pin"]),
  features,
  scores,
});
const thumb = z.object({ ...said, up: z.boolean(), kind, language: z.string().optional(), target });
const feedback = z.object({
  version: z.literal(1),
  corrections: z.array(correction),
  thumbs: z.array(thumb),
});
const decision = z.object({
  ...said,
  session: z.string().optional(),
  kind,
  route: z.string(),
  client: z.string(),
  language: z.string().optional(),
  target: target.optional(),
  learnable: z.object({ features, scores }).optional(),
});

/** The features as text: the hashes, then the values, in Base64. */
function featuresText({ hashes, values }: HashedFeatures): string {
  const bytes = Buffer.alloc(hashes.length * 5);
  hashes.forEach((hash, i) => bytes.writeUInt32LE(hash, i * 4));
  bytes.set(values, hashes.length * 4);
  return bytes.toString("base64");
}

function featuresFrom(text: string): HashedFeatures {
  const bytes = Buffer.from(text, "base64");
  const count = Math.floor(bytes.length / 5);
  return {
    hashes: Uint32Array.from({ length: count }, (_, i) => bytes.readUInt32LE(i * 4)),
    values: Uint8Array.from(bytes.subarray(count * 4, count * 5)),
  };
}

/** JSON with features as text. */
const json = (value: unknown): string =>
  JSON.stringify(value, (key, one) => key === "features" ? featuresText(one) : one);

/** What the user said; nothing where the file is missing. @throws Error where it is not one that this program wrote */
export function readFeedback(path: string): Feedback {
  const text = readIfThere(path);
  if (text === undefined) return { corrections: [], thumbs: [] };
  const parsed = feedback.safeParse(parseJsonText(text));
  if (!parsed.success) throw new Error(`${path} is not a file of corrections of this version`);
  return parsed.data;
}

/** @throws the file system's error */
export function writeFeedback(path: string, { corrections, thumbs }: Feedback): void {
  writeWhole(path, feedbackText({ corrections, thumbs }));
}

/** What the user said, as the file has it. */
export const feedbackText = (all: Feedback): string => json({ version: 1, ...all });

/** The decisions of a file, the oldest first, at most the latest `most`; a broken line is skipped. */
export function readDecisions(path: string, most: number): readonly KeptDecision[] {
  const lines = (readIfThere(path) ?? "").split("\n").filter((line) => line !== "");
  const byId = new Map<string, KeptDecision>();
  for (const line of lines.slice(-most)) {
    const parsed = decision.safeParse(parseJsonText(line));
    if (parsed.success) byId.set(parsed.data.id, parsed.data);
  }
  return [...byId.values()];
}

/** Adds a line. @throws the file system's error */
export function appendDecision(path: string, one: KeptDecision): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, `${json(one)}\n`, { mode: 0o600 });
}

/** @throws the file system's error */
export function writeDecisions(path: string, all: Iterable<KeptDecision>): void {
  writeWhole(path, [...all].map((one) => `${json(one)}\n`).join(""));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
