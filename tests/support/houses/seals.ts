/** Signatures that only their maker can make: each strict provider seals with its own name, and some with the model's too. */
import { createHmac } from "node:crypto";

export interface Seals {
  /** Seals a text: the same text gives the same seal. `scope` is what else it is bound to, such as the model. */
  make(scope: string, text: string): string;
  /** Whether {@link make} made it for this scope and text. */
  made(seal: unknown, scope: string, text: string): boolean;
  /** Encrypts a text: it can be read back without being told what it was. */
  hide(scope: string, text: string): string;
  /** The text in it; undefined: another provider made it, or it was changed. */
  open(sealed: unknown, scope: string): string | undefined;
}

/** The seals of one account of one provider. */
export function seals(account: string): Seals {
  const mac = (scope: string, text: string) =>
    createHmac("sha256", `strict ${account}`).update(`${scope}\n${text}`).digest("base64");
  const make = (scope: string, text: string) => `Eq${mac(scope, text)}`;
  return {
    make,
    made: (seal, scope, text) => seal === make(scope, text),
    hide: (scope, text) =>
      `gAAA${Buffer.from(JSON.stringify([text, mac(scope, text)]), "utf8").toString("base64url")}`,
    open(sealed, scope) {
      if (typeof sealed !== "string" || !sealed.startsWith("gAAA")) return undefined;
      try {
        const [text, proof] = JSON.parse(Buffer.from(sealed.slice(4), "base64url").toString("utf8"));
        return proof === mac(scope, text) ? text : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
