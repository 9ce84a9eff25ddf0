/**
 * Who made what clients hand back unread: signatures of thinking, encrypted reasoning, ids of what a provider itself ran.
 * Each is worth something to its maker alone, and most refuse another's. What goes out in the client's own dialect stays as
 * it came, so the proxy remembers its maker; elsewhere the seal says it (seal.ts).
 */
import { isRecord, parseJsonText } from "../../json/shape.ts";
import type { Maker } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { fnv1a } from "../../text/hash.ts";
import { makerIn, unseal } from "./seal.ts";
import { remember } from "../../runtime/remember.ts";

/** Whom a secret may go back to. */
export interface Returning {
  readonly provider: string;
  readonly model: string;
  /** The id of the key that the request goes out with. */
  readonly key?: string;
  /** Who made what the client hands back. */
  readonly origins?: Origins;
  /** Nothing signed or encrypted goes out: the provider refused it. @default false */
  readonly unsigned?: boolean;
}

/** A call as it was given to a client under another id. */
export interface GivenCall {
  /** The provider's own id. */
  readonly id: string;
  readonly provider: string;
  /** What must come back with the call. */
  readonly signature?: string;
}

/** Entries of each kind; the oldest are forgotten. A session has a few hundred. */
const MOST_SECRETS = 50_000;
const MOST_CALLS = 5000;
const MOST_IDS = 20_000;

/** A longer signature is not remembered. Characters. */
const LONGEST_SIGNATURE = 32_768;

/** What was given to clients. Forgetting costs a provider's thinking at most: what is unknown is tried once. */
export class Origins {
  readonly #makers = new Map<string, Maker>();
  readonly #calls = new Map<string, GivenCall>();
  readonly #given = new Map<string, true>();
  /** Keys of one provider that do not take each other's secrets: `provider key key`. */
  readonly #strangers = new Map<string, true>();

  /** Remembers who made a secret. */
  saw(secret: string, maker: Maker): void {
    if (secret !== "") remember(this.#makers, fingerprint(secret), maker, MOST_SECRETS);
  }

  /** Who made it; undefined: not known. */
  makerOf(secret: string): Maker | undefined {
    return this.#makers.size === 0 ? undefined : this.#makers.get(fingerprint(secret));
  }

  /**
   * A target refused this body, and took it without its secrets: of what another of its keys made, the keys are of different
   * accounts; of the rest, nobody known had made it.
   */
  refused(body: Json, by: Maker): void {
    for (const secret of secretsIn(body)) {
      const maker = openedMaker(secret) ?? this.makerOf(secret);
      if (maker === undefined) this.saw(secret, NOBODY);
      else if (maker.provider === by.provider && maker.key !== by.key) {
        remember(this.#strangers, pairOf(by.provider, maker.key, by.key), true, MOST_CALLS);
      }
    }
  }

  /** A target took a request: the files in it are kept there. */
  took(body: Json, by: Maker): void {
    for (const id of keptIn(body)) this.saw(id, by);
  }

  /** Whether two keys of a provider may be of one account: those of its block are, until one refuses what another made. */
  shareAccount(provider: string, key: string, other: string): boolean {
    return key !== CLIENT_KEY && other !== CLIENT_KEY && !this.#strangers.has(pairOf(provider, key, other));
  }

  /** Whether an id of a call is given out for the first time: some providers begin again in each answer. */
  isNew(id: string): boolean {
    return !this.#given.has(id);
  }

  /** An id went out to a client. */
  gaveOut(id: string): void {
    remember(this.#given, id, true, MOST_IDS);
  }

  /** Remembers the call behind an id that was given to a client. */
  gave(id: string, call: GivenCall): void {
    if ((call.signature?.length ?? 0) <= LONGEST_SIGNATURE) remember(this.#calls, id, call, MOST_CALLS);
  }

  /** The call behind an id; undefined: the id is the provider's own, or was forgotten. */
  callOf(id: string): GivenCall | undefined {
    return this.#calls.get(id);
  }
}

/** The id in place of a client's own credential: no key of a provider's block is of that account. */
export const CLIENT_KEY = "client";

const pairOf = (provider: string, ...keys: readonly [string, string]): string =>
  [provider, ...[...keys].sort()].join(" ");

const openedMaker = (secret: string): Maker | undefined => makerIn(unseal(secret) ?? {}).maker;

/** Characters of each end of a secret that tell it from others. */
const END = 64;

function fingerprint(secret: string): string {
  const ends = secret.length <= 2 * END ? secret : secret.slice(0, END) + secret.slice(-END);
  return `${secret.length}.${fnv1a(ends)}.${fnv1a([...ends].reverse().join(""))}`;
}

/** What must be the same for a secret to be taken back. */
export type Bond = "provider" | "account" | "model";

/**
 * Whether a target may get a secret: its own, or one that nobody knows the maker of.
 * @param sealed the maker that the secret's seal names
 */
export function mayReturn(target: Returning, secret: string, bond: Bond, sealed?: Maker): boolean {
  return isOwn(target, secret, bond, sealed) ?? target.unsigned !== true;
}

/** Whether a target made a secret; undefined: not known. */
export function isOwn(
  target: Returning,
  secret: string,
  bond: Bond,
  sealed?: Maker,
): boolean | undefined {
  if (target.unsigned === true) return false;
  const maker = sealed ?? target.origins?.makerOf(secret);
  if (maker === undefined) return undefined;
  return maker.provider === target.provider && (bond !== "model" || maker.model === target.model) &&
    (bond !== "account" || maker.key === target.key ||
      (target.key !== undefined &&
        target.origins?.shareAccount(target.provider, maker.key, target.key) === true));
}

/** What begins the ids of Anthropic's files; OpenAI's begin with `file-`. */
const ANTHROPIC_FILE = /^file_/;

/** Whether a target keeps the file of an id, as far as is known. `dialect`: in which it is asked for. */
export function keepsFile(target: EncodeFiles, id: string, dialect: "messages" | "openai"): boolean {
  if (target.quirks.includes("no-file-ids") || isOwn(target, id, "account") === false) return false;
  return dialect === "messages" || !ANTHROPIC_FILE.test(id);
}

/** A target, and whether it keeps files at all. */
export interface EncodeFiles extends Returning {
  readonly quirks: readonly string[];
}

// What passes through is searched for secrets as text first: few events hold one.

const MARKS =
  /"(?:signature|encrypted_content|thought_signature|encrypted_index|redacted_thinking|reasoning\.encrypted|server_tool_use|mcp_tool_use|container)"/;

/** Fields whose text is a secret, wherever they are. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "signature",
  "encrypted_content",
  "thought_signature",
  "encrypted_index",
]);

/** Types of objects with a secret in another field. */
const SECRET_TYPES: Readonly<Record<string, string>> = {
  redacted_thinking: "data",
  "reasoning.encrypted": "data",
  server_tool_use: "id",
  mcp_tool_use: "id",
};

/** Every object in a value, however deep: a client may nest deeper than calls may. */
function* recordsIn(json: Json): Generator<Readonly<Record<string, Json>>> {
  const open: Json[] = [json];
  while (open.length > 0) {
    const next = open.pop();
    if (isRecord(next)) yield next;
    else if (!Array.isArray(next)) continue;
    for (const value of Object.values(next).reverse()) {
      if (typeof value === "object" && value !== null) open.push(value);
    }
  }
}

/** Ids of files and containers in a request: what only the account has that keeps them. */
function* keptIn(json: Json): Generator<string> {
  for (const { file_id } of recordsIn(json)) if (typeof file_id === "string") yield file_id;
}

/** The secrets in a body, an answer or an event. */
export function* secretsIn(json: Json): Generator<string> {
  for (const record of recordsIn(json)) {
    const { type, container } = record;
    const more = typeof type === "string" && Object.hasOwn(SECRET_TYPES, type)
      ? SECRET_TYPES[type]
      : undefined;
    for (const [key, value] of Object.entries(record)) {
      if (typeof value === "string" && value !== "" && (key === more || SECRET_FIELDS.has(key))) yield value;
    }
    if (typeof container?.id === "string") yield container.id;
  }
}

/** Remembers the secrets of one answer that passes through. */
export class SecretWatch {
  /** Signatures that come in pieces, by their block. */
  readonly #pieces = new Map<Json, string>();

  constructor(private readonly origins: Origins, private readonly maker: Maker) {}

  /** Sees an event's data, or a whole answer. */
  see(text: string): void {
    if (!MARKS.test(text)) return;
    const json = parseJsonText(text);
    for (const secret of secretsIn(json)) this.origins.saw(secret, this.maker);
    const piece = json?.delta?.signature;
    if (typeof piece !== "string") return;
    const whole = (this.#pieces.get(json.index) ?? "") + piece;
    this.#pieces.set(json.index, whole);
    this.origins.saw(whole, this.maker);
  }
}

/** The maker of what nobody is known to have made. */
const NOBODY: Maker = { provider: "", key: "", model: "" };

/** Whether a provider refused a request for a signature or for encrypted reasoning in it. */
export function refusesSecrets(
  { class: kind, message, code }: {
    readonly class: string;
    readonly message: string;
    readonly code?: string;
  },
): boolean {
  return kind === "bad_request" && !/missing a thought_signature/i.test(message) &&
    /signature|encrypted|decrypt|redacted_thinking|thinking block|item with id ['"`]rs_/i.test(
      `${code} ${message}`,
    );
}
