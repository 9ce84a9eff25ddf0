/** Names in rules and budgets that no request has: what they were written for never happens. Pure. */
import { PROGRAMMING_LANGUAGES } from "../classifier/words/programming.ts";
import { AGENTS } from "../clients/agents.ts";
import type { Config, ConfigWarning, When } from "../config/config.ts";
import { nearest } from "../text/match.ts";

/** Every name that a request's client can have. */
const CLIENTS: readonly string[] = [...AGENTS.map(({ name }) => name), "unknown"];
const LANGUAGES: readonly string[] = PROGRAMMING_LANGUAGES.map(({ name }) => name);

/** A warning for each client and each programming language that no request has, with the one that was probably meant. */
export function unknownNames({ router: { rules }, budgets }: Config): ConfigWarning[] {
  return [
    ...rules.flatMap(({ name, when }) =>
      conditionsIn(when).flatMap(({ client = [], language = [] }) => [
        ...client.flatMap((one) => unknown(`rule "${name}"`, "client", one, CLIENTS)),
        ...language.flatMap((one) => unknown(`rule "${name}"`, "language", one, LANGUAGES)),
      ])
    ),
    ...budgets.flatMap(({ name, client }) =>
      client === undefined ? [] : unknown(`budget "${name}"`, "client", client, CLIENTS)
    ),
  ];
}

/** A rule's own conditions, and those that are nested in it. */
function conditionsIn(when: When): readonly When[] {
  return [when, ...[...when.allOf ?? [], ...when.anyOf ?? []].flatMap(conditionsIn)];
}

function unknown(
  whose: string,
  what: "client" | "language",
  given: string,
  known: readonly string[],
): ConfigWarning[] {
  const lower = given.toLowerCase();
  if (known.some((name) => name.toLowerCase() === lower)) return [];
  const near = nearest(lower, known) ?? known.find((name) => name.startsWith(lower)) ?? calledSo(what, lower);
  const hint = near === undefined ? ` Known: ${known.join(", ")}.` : ` Did you mean "${near}"?`;
  return [{ message: `${whose}: no request has the ${what} "${given}", so nothing matches.${hint}` }];
}

/** The programming language that has another name: `golang`, `ts`. */
function calledSo(what: "client" | "language", given: string): string | undefined {
  if (what !== "language") return undefined;
  return PROGRAMMING_LANGUAGES.find(({ names = "", files = "" }) =>
    `${names} ${files}`.split(" ").includes(given)
  )?.name;
}
