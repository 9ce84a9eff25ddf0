/** From what a provider answered to the failure table's class, and to what the failure concerns. Pure. */
import type { FailureClass, ProviderError } from "../../model/failure.ts";
import type { Failure, Scope } from "./failure.ts";
import { isRelayed, namesModel, type Read, readParts, speaksOfRequest, textOf } from "./parts.ts";
import {
  KEY_CODE,
  LOCAL_TIMES,
  QUOTA_RESET_MS,
  RATE_CODE,
  SERVER_CODE,
  STATUSES,
  type Wording,
  WORDINGS,
} from "./wordings.ts";

/** What is known of a refusal. */
export interface Evidence {
  /** Undefined for an error inside a 200 answer. */
  readonly status: number | undefined;
  readonly error: ProviderError;
  /** The model that was asked. */
  readonly model: string;
  /** The body is an HTML page, so not an answer of the API. */
  readonly page?: boolean;
  /** Milliseconds to the reset that the provider says. */
  readonly resetInMs?: number | undefined;
  /** A kind of models that the limit is for, as headers say. */
  readonly family?: string | undefined;
}

/** Statuses of the connection between two neighbours; the API itself sends none of them. */
const NEIGHBOURS: ReadonlySet<number> = new Set([407, 421]);

export type Classified = Pick<Failure, "class" | "scope" | "family" | "inBytes">;

/**
 * The class of a provider's refusal and what it concerns.
 * @param wordings those that no rule can know. @default WORDINGS
 */
export function classifyFailure(evidence: Evidence, wordings: readonly Wording[] = WORDINGS): Classified {
  const { error, model, resetInMs, family } = evidence;
  const codes = codesOf(error);
  // Chat providers put the HTTP status of an error inside a stream into its `code`.
  const status = evidence.status ?? statusIn(codes);
  if (evidence.page === true || (status !== undefined && NEIGHBOURS.has(status))) return byPage(status);
  const text = textOf(codes, error.message);
  const found = wordings.find((wording) => fits(wording, status, codes, error.message)) ??
    readParts(text, status) ?? byStatus(status, codes, error);
  const details = error.details === undefined ? "" : JSON.stringify(error.details).slice(0, 4000);
  const kind = settled(found.class, details, resetInMs);
  const scope = scopeSaid({ ...found, class: kind }, `${text} ${details.toLowerCase()}`, model);
  return {
    class: kind,
    ...(scope === undefined ? {} : { scope }),
    ...familyOf(scope, kind, family),
    ...(kind === "context_overflow" && status === 413 && !/token|context|prompt|length/.test(text)
      ? { inBytes: true }
      : {}),
  };
}

/** The codes of an error, wherever it has them. */
function codesOf({ code, type, message }: ProviderError): readonly string[] {
  return [code, type, NUMBERED.exec(message)?.[1]].filter((one): one is string =>
    one !== undefined && one !== ""
  );
}

/** The zone of an error's dates that name none: `+08:00`; undefined: UTC. */
export function offsetOf(error: ProviderError): string | undefined {
  const codes = codesOf(error);
  return LOCAL_TIMES.find(({ code, message }) =>
    message?.test(error.message) === true || codes.some((one) => code?.test(one) === true)
  )?.offset;
}

/** Z.AI's Messages endpoint puts its number in front of the words: `[1308][Usage limit reached …][id]`. */
const NUMBERED = /^\[(\d{4})\]\[/;

function statusIn(codes: readonly string[]): number | undefined {
  for (const code of codes) if (/^[45]\d\d$/.test(code)) return Number(code);
  return undefined;
}

function fits(
  wording: Wording,
  status: number | undefined,
  codes: readonly string[],
  message: string,
): boolean {
  const { status: statuses, code, message: words } = wording;
  if (statuses !== undefined && !statuses.includes(status ?? 200)) return false;
  if (code !== undefined && !codes.some((one) => code.test(one))) return false;
  return words === undefined || words.test(message);
}

/** A page says no more than its status: it was written by something between here and the API. */
function byPage(status: number | undefined): Classified {
  if (status === 413) return { class: "unsupported" }; // bytes, and no statement about tokens
  const kind = status === 403 ? undefined : ofStatus(status);
  return { class: kind ?? "server_error" };
}

function ofStatus(status: number | undefined): FailureClass | undefined {
  return STATUSES.find(([statuses]) => status !== undefined && statuses.includes(status))?.[1];
}

function byStatus(status: number | undefined, codes: readonly string[], error: ProviderError): Read {
  if (codes.some((code) => RATE_CODE.test(code))) return { class: "rate_limited" };
  const own = ofStatus(status);
  if (own !== undefined) return { class: own };
  if (codes.some((code) => KEY_CODE.test(code))) return { class: "refused_credentials" };
  if (codes.some((code) => SERVER_CODE.test(code))) return { class: "server_error" };
  const asked = status === 400 || status === 422 || (status === undefined && codes.some(isRequestCode));
  return {
    class: asked && speaksOfRequest(codes, error.message, error.param) ? "bad_request" : "server_error",
  };
}

/** Inside a 200 only a code says that the request is at fault: words about values are in every failure. */
function isRequestCode(code: string): boolean {
  return /^(invalid_request(_error)?|validation_error)$/.test(code);
}

/** Which of the two a limit is: what is open again in minutes is a rate. */
function settled(kind: FailureClass, details: string, resetInMs: number | undefined): FailureClass {
  if (kind === "rate_limited" && resetInMs !== undefined && resetInMs > QUOTA_RESET_MS) {
    return "quota_exhausted";
  }
  if (kind !== "rate_limited" && kind !== "quota_exhausted") return kind;
  if (/PerDay|"QUOTA_EXHAUSTED"/.test(details)) return "quota_exhausted"; // Google names the quotas that were hit
  return /PerMinute|"RATE_LIMIT_EXCEEDED"/.test(details) ? "rate_limited" : kind;
}

function scopeSaid({ class: kind, scope }: Read, text: string, model: string): Scope | undefined {
  const account = kind === "quota_exhausted" || kind === "refused_credentials";
  if (account && (scope === undefined || scope === "key") && isRelayed(text)) return "model";
  if (scope !== undefined) return scope;
  if (kind === "quota_exhausted" && namesModel(text, model) && !/balance|credit|arrear|overdue/.test(text)) {
    return "key+model";
  }
  if (kind === "rate_limited") {
    // More than a minute's worth in one request: no wait helps it, and others fit.
    const [, limit, requested] = /limit:? (\d+).{0,40}requested:? (\d+)/.exec(text) ?? [];
    if (Number(requested) > Number(limit)) return "request";
  }
  return undefined;
}

function familyOf(
  scope: Scope | undefined,
  kind: FailureClass,
  said: string | undefined,
): Pick<Classified, "scope" | "family"> {
  if (scope === "family") return { family: ":free" };
  const limited = kind === "quota_exhausted" || kind === "rate_limited";
  return said !== undefined && limited ? { scope: "family", family: said } : {};
}
