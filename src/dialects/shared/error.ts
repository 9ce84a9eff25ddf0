/**
 * Errors as providers send them, in every shape that any of them uses. Copies of a dialect's API often answer in another
 * one's shape, so all dialects read errors alike.
 */
import type { ProviderError } from "../../model/failure.ts";
import { isRecord, parseJsonText, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import { SECRET } from "../../text/secrets.ts";

/** Characters. Longer than any that is shown: a message is scrubbed before it is cut to what is. */
const MAX_MESSAGE = 16_384;

/** An error body, parsed, or as text where it is not JSON. Reads every known shape; never throws. */
export function decodeFailure(body: Json | string): ProviderError {
  if (typeof body === "string") return { message: clean(readable(body)) };
  return errorIn(body) ?? { message: clean(JSON.stringify(body) ?? "") };
}

/** The error that a parsed body or event holds; undefined where it holds none. */
export function errorIn(said: Json): ProviderError | undefined {
  if (Array.isArray(said)) return errorIn(said[0]); // Gemini
  const json = unquoted(said);
  if (typeof json !== "object" || json === null) return undefined;
  for (const named of [json.error, json.errors]) { // ModelScope and Cloudflare use the other one's form
    const error = Array.isArray(named) ? named[0] : named;
    if (error === undefined || error === null || error === false) continue;
    return typeof error === "object" ? errorOf(error) : shaped(json, error);
  }
  if (Array.isArray(json.choices) && json.choices.length > 0) return undefined;
  const { base_resp: status } = json; // MiniMax
  if (isRecord(status) && status.status_code !== undefined && status.status_code !== 0) {
    return shaped({ code: status.status_code }, status.status_msg ?? "");
  }
  const { Error: tencent } = isRecord(json.Response) ? json.Response : {};
  if (isRecord(tencent)) return shaped({ code: tencent.Code }, tencent.Message ?? tencent.Code ?? "");
  const message = json.message ?? json.detail ?? json.msg ?? json.error_msg ?? json.error_message ??
    json.Message;
  if (message === undefined || message === null) return undefined;
  if (isRecord(message)) {
    const words = message.message ?? message.error ?? message.code;
    if (typeof words === "string") return shaped(message, words);
  }
  return shaped(json.error_code === undefined ? json : { code: json.error_code, ...json }, message);
}

/**
 * An error body whose message quotes another error body as text (gateways do so, with words before and behind it), with
 * that body's error in its place: codes, details and resets are then where they are looked for.
 */
export function unquoted(json: Json): Json {
  const outer = json?.error;
  const text = typeof outer === "string" ? outer : outer?.message ?? json?.message;
  const inner = typeof text === "string" ? quotedIn(text) : undefined;
  return inner === undefined ? json : { ...json, error: isRecord(outer) ? { ...outer, ...inner } : inner };
}

/** What an error has beside the words that say what is wrong: other JSON that a message quotes has none of them. */
const MARKS = ["code", "status", "type", "title", "reason"];

/** The error that a message quotes as JSON, with the words around it; undefined: it quotes none. */
function quotedIn(text: string): (Record<string, unknown> & { readonly message: string }) | undefined {
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1;
  if (start < 0 || end <= start || text.length > MAX_MESSAGE) return undefined;
  // The words before it may hold a bracket too: `[deepseek] [400]: {…}`.
  const from = text.startsWith("{", start) ? start : text.search(/\{|\[\s*\{/);
  const quoted = from < 0 ? undefined : parseJsonText(text.slice(from, end));
  const body = Array.isArray(quoted) ? quoted[0] : quoted;
  if (!isRecord(body)) return undefined;
  const inner: Json = [body.error, body.errors].find(isRecord) ?? body;
  const words = inner.message ?? inner.detail ?? inner.msg ?? body.error;
  if (inner === body && body.error === undefined && !MARKS.some((mark) => mark in body)) return undefined;
  if (typeof words !== "string") return undefined;
  return { ...inner, message: text.slice(0, from) + words + text.slice(end) };
}

/** The value of an `error` field. */
function errorOf(error: Json): ProviderError {
  if (typeof error.error === "object" && error.error !== null) return errorOf(error.error);
  const upstream = upstreamMessage(error.metadata);
  const message = error.message ?? error.msg ?? error.detail ?? error.type ?? error.code ??
    JSON.stringify(error);
  const read = shaped(error, message);
  if (upstream === undefined || upstream === read.message) return read;
  return { ...read, message: clean(`${read.message}: ${upstream}`) };
}

/** OpenRouter: "Provider returned error" says little; what that provider said is in `metadata.raw`. */
function upstreamMessage(metadata: Json): string | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const name = typeof metadata.provider_name === "string" ? `${metadata.provider_name}: ` : "";
  let raw = metadata.raw;
  if (typeof raw === "string") {
    try {
      raw = JSON.parse(raw);
    } catch {
      // kept as it is
    }
  }
  if (raw === undefined || raw === null || raw === "") return undefined;
  return name + (typeof raw === "string" ? readable(raw) : errorIn(raw)?.message ?? JSON.stringify(raw));
}

function shaped(from: Json, message: Json): ProviderError {
  const error: { -readonly [key in keyof ProviderError]: ProviderError[key] } = {
    message: clean(messageText(message)),
  };
  const type = from.type ?? from.status; // Gemini has its kind in `status`
  if (typeof type === "string" && type !== "error") error.type = type;
  const code = from.code ?? (typeof from.status === "number" ? from.status : undefined);
  if (typeof code === "string" || typeof code === "number") error.code = String(code);
  if (typeof from.param === "string") error.param = from.param;
  const details = detailsOf(from);
  if (details !== undefined) error.details = details;
  return error;
}

/** Fields beside the message that say when a limit is reset, or which one was hit. */
const DETAIL = /reset|retry|details|quota|limit/i;

function detailsOf(from: Json): Json | undefined {
  const found = Object.entries(from).filter(([name, value]) =>
    DETAIL.test(name) && name !== "message" && value !== null
  );
  // OpenRouter quotes the headers of the provider that it asked.
  if (isRecord(from.metadata?.headers)) found.push(["headers", from.metadata.headers]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function messageText(message: Json): string {
  if (typeof message === "string") return message;
  if (Array.isArray(message)) return message.map((item) => validation(item)).join("; ");
  if (typeof message?.message === "string") return message.message;
  if (Array.isArray(message?.detail)) return messageText(message.detail); // Mistral
  return JSON.stringify(message) ?? "";
}

/** One entry of FastAPI's `detail`. */
function validation(item: Json): string {
  if (typeof item?.msg !== "string") return typeof item === "string" ? item : JSON.stringify(item) ?? "";
  return Array.isArray(item.loc) ? `${item.loc.map(textOf).join(".")}: ${item.msg}` : item.msg;
}

/** An HTML page's title, or the text itself. */
function readable(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("<")) return trimmed;
  const title = /<title[^>]{0,200}>([^<]*)/i.exec(trimmed)?.[1]?.trim() ||
    /<h1[^>]{0,200}>([^<]*)/i.exec(trimmed)?.[1]?.trim();
  return title ? `an HTML page: ${title}` : "an HTML page";
}

function clean(message: string): string {
  const short = message.length > MAX_MESSAGE ? message.slice(0, MAX_MESSAGE) : message;
  return short.replace(SECRET, "[redacted]");
}

/** The HTTP status in an error's code or type. */
export function statusOf(error: ProviderError): number | undefined {
  for (const value of [error.code, error.type]) {
    if (value !== undefined && /^[45]\d\d$/.test(value)) return Number(value);
  }
  return undefined;
}
