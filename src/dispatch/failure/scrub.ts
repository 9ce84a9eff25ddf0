/** A provider's words about a failure: without secrets where they are shown, and without the prompt where they are kept. */
import type { Config } from "../../config/config.ts";
import { scrubberOf } from "../../config/secrets.ts";
import { Scrubber } from "../../text/secrets.ts";

/** Headers whose values are secrets, by name: the client's own credential goes by these. */
const SECRET_NAME = /auth|key|token|secret|cookie|credential/i;

/**
 * Takes the secrets of a call out of a text: those of the configuration, and the credentials that went out.
 * @param sent the headers that went out
 */
export function scrubberFor(
  config: Config | undefined,
  sent: Readonly<Record<string, string>>,
): (text: string) => string {
  const credentials: string[] = [];
  for (const name in sent) {
    if (SECRET_NAME.test(name)) credentials.push((sent[name] ?? "").replace(/^(Bearer|Basic)\s+/i, ""));
  }
  const ofCall = new Scrubber(credentials);
  const known = config === undefined ? undefined : scrubberOf(config);
  return (text) => ofCall.scrub(known === undefined ? text : known.scrub(text));
}

/** Bytes as they came, unless `scrub` changes what they say. */
export function scrubbedBytes<Bytes extends Uint8Array>(
  bytes: Bytes,
  scrub: (text: string) => string,
): Bytes | Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(bytes);
  const clean = scrub(text);
  return clean === text ? bytes : new TextEncoder().encode(clean);
}

/** So much of a message that the request has too is a quotation of it. Characters. */
const QUOTED = 24;
const STEP = QUOTED / 2;
/** Longer messages are cut before they are compared: what is kept is shorter. Characters. */
const MOST_COMPARED = 600;

/**
 * A message for the ledger, the log and traces: `…` in place of what it quotes of the request's body, from 24
 * characters on. The model's name stays.
 */
export function withoutQuotes(message: string, body: Uint8Array, model: string): string {
  if (message.length < QUOTED) return message;
  const text = message.slice(0, MOST_COMPARED);
  const whole = new TextDecoder().decode(body);
  const asked = model === "" ? whole : whole.replaceAll(model, "");
  const inBody = (from: number, to: number) => {
    const part = JSON.stringify(text.slice(from, to)).slice(1, -1);
    return asked.includes(part) ||
      (NOT_ASCII.test(part) && asked.includes(part.replace(NOT_ASCII_EACH, escaped)));
  };
  let kept = "";
  let done = 0;
  // A quotation of 24 characters covers one of the twelves, wherever it begins.
  for (let at = 0; at + STEP <= text.length; at += STEP) {
    if (at < done || !inBody(at, at + STEP)) continue;
    const from = first(
      Math.max(done, at - STEP),
      at,
      (start) => inBody(start, Math.min(start + QUOTED, text.length)),
    );
    if (from === undefined || from + QUOTED > text.length) continue;
    let to = from + QUOTED;
    for (const step of [64, 16, 4, 1]) {
      while (to + step <= text.length && inBody(from, to + step)) to += step;
    }
    kept += `${text.slice(done, from)}…`;
    done = to;
  }
  return kept + text.slice(done) + (message.length > MOST_COMPARED ? "…" : "");
}

const NOT_ASCII = /[^\x20-\x7e]/;
const NOT_ASCII_EACH = /[^\x20-\x7e]/g;
const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

function first(from: number, to: number, holds: (at: number) => boolean): number | undefined {
  for (let at = from; at <= to; at++) if (holds(at)) return at;
  return undefined;
}
