/** A provider's words about a failure, without the credentials that it was sent: some quote what they refuse. */
import { SECRET } from "../../dialects/shared/error.ts";

type SentHeaders = Readonly<Record<string, string>>;

/** Headers whose values are secrets, by name. */
const SECRET_NAME = /auth|key|token|secret|cookie|credential/i;
/** Shorter values are words like "none" or "ollama". Characters. */
const SHORTEST = 6;

/** The secrets that went out with a call, longest first. */
function sent(headers: SentHeaders): string[] {
  const found = new Set<string>();
  for (const name in headers) {
    if (!SECRET_NAME.test(name)) continue;
    const value = (headers[name] ?? "").replace(/^(Bearer|Basic)\s+/i, "").trim();
    if (value.length < SHORTEST) continue;
    found.add(value);
    found.add(JSON.stringify(value).slice(1, -1));
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** A text for people or a client, with `[redacted]` for each secret of the call that it quotes. */
export function scrubbed(text: string, headers: SentHeaders): string {
  let clean = text;
  for (const secret of sent(headers)) clean = clean.replaceAll(secret, "[redacted]");
  return clean;
}

/** A provider's error body as it came, unless it quotes a secret: then with `[redacted]` in its place. */
export function scrubbedBytes(
  bytes: Uint8Array<ArrayBuffer>,
  headers: SentHeaders,
): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(bytes);
  const clean = scrubbed(text, headers).replace(SECRET, "[redacted]");
  return clean === text ? bytes : new TextEncoder().encode(clean);
}
