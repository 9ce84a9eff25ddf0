/** The keys of a `[[providers]]` block that need more than a type to be right. */
import type { BuiltinProvider } from "../catalog/providers.ts";
import { QUIRKS } from "../catalog/quirks.ts";
import type { DialectName } from "../model/request-facts.ts";
import { DIALECTS } from "./endpoints.ts";
import { nearest } from "./nearest.ts";
import type { KeyPath } from "./positions.ts";
import type { Report } from "./report.ts";
import type { ProviderBlock } from "./schema.ts";

/** `api_base_url` without a trailing slash, or why it cannot be used. */
export function baseUrl(
  block: ProviderBlock,
  path: KeyPath,
  report: Report,
): { text?: string; problem?: string } {
  const own = [...path, "api_base_url"];
  const unresolved = report.takeUnresolved(own);
  if (unresolved.length > 0) return { problem: unresolved.map(({ reason }) => reason).join("; ") };
  if (block.api_base_url === undefined) return {};
  const text = block.api_base_url.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    report.problem(own, `${JSON.stringify(text)} is not an http or https URL.`, {
      expected: "a URL like https://api.example/v1",
    });
    return { problem: "its api_base_url is no URL" };
  }
  const parsed = new URL(text);
  if (parsed.username !== "" || parsed.password !== "") {
    report.problem(own, "a URL must not hold a user name or password; use api_key or headers.");
    return { problem: "its api_base_url holds credentials" };
  }
  return { text: text.replace(/\/+$/, "") };
}

/** Complains of headers that cannot be sent. @see https://www.rfc-editor.org/rfc/rfc9110#section-5 */
export function checkHeaders(block: ProviderBlock, path: KeyPath, report: Report): void {
  for (const [name, value] of Object.entries(block.headers ?? {})) {
    const own = [...path, "headers", name];
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      report.problem(own, `${JSON.stringify(name)} is no header's name.`);
    } // deno-lint-ignore no-control-regex -- exactly what a header's value must not hold
    else if (/[\u0000-\u0008\u000a-\u001f\u007f\u0100-\uffff]/.test(value)) {
      report.problem(own, "holds characters that no HTTP header can carry.");
    }
  }
}

/** `dialects`, each once; undefined where the block says nothing of them. */
export function chosenDialects(
  block: ProviderBlock,
  path: KeyPath,
  report: Report,
): DialectName[] | undefined {
  if (block.dialects === undefined) return undefined;
  const list = typeof block.dialects === "string" ? [block.dialects] : block.dialects;
  const chosen: DialectName[] = [];
  list.forEach((one, index) => {
    const dialect = DIALECTS.find((known) => known === one.trim().toLowerCase());
    if (dialect === undefined) {
      const near = nearest(one, DIALECTS);
      report.problem(
        typeof block.dialects === "string" ? [...path, "dialects"] : [...path, "dialects", index],
        `there is no dialect "${one}"; the dialects are ${DIALECTS.join(", ")}.`,
        near === undefined ? {} : { nearest: near },
      );
    } else if (!chosen.includes(dialect)) chosen.push(dialect);
  });
  return chosen.length === 0 ? undefined : chosen;
}

/** `quirks`; undefined where the block says nothing of them. */
export function chosenQuirks(block: ProviderBlock, path: KeyPath, report: Report): string[] | undefined {
  block.quirks?.forEach((one, index) => {
    if (one in QUIRKS) return;
    const near = nearest(one, Object.keys(QUIRKS));
    report.problem(
      [...path, "quirks", index],
      `there is no quirk "${one}"; the quirks are ${Object.keys(QUIRKS).join(", ")}.`,
      near === undefined ? {} : { nearest: near },
    );
  });
  return block.quirks;
}

/** Where tokens are counted, if anywhere: `count_tokens`, else what the built-in provider has. */
export function countTokensUrl(
  block: ProviderBlock,
  builtin: BuiltinProvider | undefined,
  messages: string | undefined,
  path: KeyPath,
  report: Report,
): string | undefined {
  const asked = block.count_tokens ?? builtin?.countTokens ?? false;
  if (asked === false) return undefined;
  if (typeof asked === "string" && /^https?:\/\//i.test(asked) && URL.canParse(asked)) return asked;
  if (asked === true && messages !== undefined) {
    return messages.replace(/(\/messages)(?=$|\?)/, "$1/count_tokens");
  }
  if (block.count_tokens !== undefined) {
    report.problem(
      [...path, "count_tokens"],
      asked === true
        ? 'only a provider with the dialect "anthropic-messages" can count tokens.'
        : "expected true, false or the URL of its count_tokens endpoint.",
    );
  }
  return undefined;
}
