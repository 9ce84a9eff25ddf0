/**
 * Wishes at the head of prompts: `@think`, `@groq,llama-3.3-70b-versatile`, `@opus`. One holds for its turn, one with an
 * exclamation mark (`@think!`) for the session until `@auto`. The marks are for the proxy, and no model sees them. Pure.
 */
import { promptAt } from "../classifier/prompt/own-words.ts";
import type { Config } from "../config/config.ts";
import type { MessageFacts, RequestFacts } from "../model/request-facts.ts";
import { ROUTE_NAMES, type TargetSettings } from "../model/target.ts";
import { splitSettings } from "../text/target-settings.ts";
import { applied, askedChain, ignored } from "./asked-model.ts";
import type { Decision } from "./decision.ts";
import { routeNamed } from "./routes.ts";

/** A wish as it was written. */
export interface Wish {
  /** What it names: `think`, `opus?effort=low`, `auto`. */
  readonly name: string;
  /** It holds for the session. */
  readonly lasts: boolean;
}

/** The wishes in a request's conversation. */
export interface Wishes {
  /** That of the latest prompt. */
  readonly latest?: Wish;
  /** The latest one that lasts, in the prompts before the latest; `auto` where that ended it. */
  readonly lasting?: Wish;
  /** The user's texts that hold one, each with the text that is sent in its place. */
  readonly sent: ReadonlyMap<string, string>;
}

/** Where a name leads. */
export interface Destination {
  readonly decision: Decision;
  readonly settings?: TargetSettings;
  /** Beside the name, for people: what its settings do. */
  readonly remark: string;
}

/** The name with which a person leaves the choice to the proxy. */
export const AUTO = "auto";

/**
 * Where a name leads that a person gives: a route, targets, or a configured model or family.
 * @returns undefined: it leads nowhere; `auto` does not lead anywhere either
 */
export function destination(name: string, config: Config): Destination | undefined {
  const { name: plain, settings, wrong } = name.includes("|")
    ? { name, settings: undefined, wrong: [] }
    : splitSettings(name.trim());
  const decision = decisionOf(plain, config);
  if (decision === undefined) return undefined;
  return {
    decision,
    ...(settings === undefined ? {} : { settings }),
    remark: applied(settings) + ignored(wrong),
  };
}

function decisionOf(name: string, { router, providers }: Config): Decision | undefined {
  const route = routeNamed(name.replace(/^(?:route:|terraphim\/)/i, ""));
  if (route !== undefined) return { kind: "route", name: route };
  const target = router.byName.get(name.toLowerCase());
  const chain = askedChain(name, providers) ?? (target === undefined ? undefined : [target]);
  return chain === undefined ? undefined : { kind: "chain", route: "target", chain };
}

/** What a wish may look like: a name, a target, settings behind it, and the exclamation mark. */
const MARK =
  /(?<![\w@.])@([a-z0-9][\w./:~+-]{0,200}(?:,[\w./:~+-]{1,200})?(?:\?[\w.=&]{1,100})?)(!?)(?=[\s:,"'”»]|$)/gi;
/** What may be behind a mark and goes with it. */
const BEHIND = /^[:,]?\s*/;
/** Marks of one message that are looked at: a text full of them is not a prompt. */
const MOST_MARKS = 16;
/** In the place of a mark, to see whether the words of the user, or of the title that a client asks for, begin there. */
const SENTINEL = "\uE000wish";
const AT_HEAD = new RegExp(`^(?:<[\\w-]+>\\s*)?["'“‘«]?${SENTINEL}`);
/** What is sent where a prompt is nothing but a wish: an empty text is refused. */
const NOTHING_ELSE = "Continue.";

/** The wishes of a conversation; undefined: it has none, or they are off. */
export function wishesIn({ messages, client }: RequestFacts, config: Config): Wishes | undefined {
  if (!config.router.wishes) return undefined;
  const marked = new Map<number, Marked>();
  for (let i = 0; i < messages.length; i++) {
    const { role, texts } = messages[i]!;
    if (role !== "user" || !texts.some((text) => text.includes("@"))) continue;
    const mark = markedAt(messages, i, { client, config });
    if (mark !== undefined) marked.set(i, mark);
  }
  if (marked.size === 0) return undefined;
  const sent = new Map<string, string>();
  for (const { texts } of marked.values()) for (const [text, instead] of texts) sent.set(text, instead);
  const last = messages.findLastIndex(({ role }, i) =>
    role === "user" && (marked.has(i) || promptAt(messages, i, client) !== undefined)
  );
  const latest = marked.get(last)?.wish;
  const lasting = [...marked].findLast(([i, { wish }]) => i < last && (wish.lasts || wish.name === AUTO))?.[1]
    .wish;
  return { ...(latest === undefined ? {} : { latest }), ...(lasting === undefined ? {} : { lasting }), sent };
}

/** A message with the texts that are sent in the place of the user's. */
export function withoutMarks(facts: RequestFacts, { sent }: Wishes): RequestFacts {
  const messages = facts.messages.map((message) =>
    message.role === "user" && message.texts.some((text) => sent.has(text))
      ? { ...message, texts: message.texts.map((text) => sent.get(text) ?? text) }
      : message
  );
  return { ...facts, messages };
}

/** A message with a wish at the head of the user's words. */
interface Marked {
  readonly wish: Wish;
  readonly texts: readonly (readonly [text: string, instead: string])[];
}

interface Reading {
  readonly client: string;
  readonly config: Config;
}

function markedAt(messages: readonly MessageFacts[], i: number, reading: Reading): Marked | undefined {
  const { texts } = messages[i]!;
  let looked = 0;
  for (let k = 0; k < texts.length; k++) {
    const text = texts[k]!;
    for (const mark of text.matchAll(MARK)) {
      const wish = wishNamed(mark, reading.config);
      if (wish === undefined) continue;
      if (++looked > MOST_MARKS) return undefined;
      const before = text.slice(0, mark.index);
      const behind = text.slice(mark.index + wish.length);
      const after = behind.replace(BEHIND, "");
      const tried = texts.with(k, `${before}${SENTINEL} ${after}`);
      const found = promptAt(messages.with(i, { ...messages[i]!, texts: tried }), i, reading.client);
      if (found === undefined || !AT_HEAD.test(found.words)) continue;
      const rest = found.words.replace(SENTINEL, "").trim();
      const isAll = /^["'“”‘’«»]*$/.test(rest);
      const instead = isAll ? `${before}${NOTHING_ELSE}${after}` : before + after;
      const sent = instead.trim() === "" ? NOTHING_ELSE : instead;
      if (found.command === undefined) return { wish: wish.wish, texts: [[text, sent]] };
      const gap = behind.length - after.length;
      const written = text.slice(mark.index, mark.index + wish.length + gap) + rest;
      return { wish: wish.wish, texts: [[text, sent], ...expansions(messages, i, { text, written, rest })] };
    }
  }
  return undefined;
}

/** The texts of a command's template in which the client has written out the arguments, with the wish in them. */
function expansions(
  messages: readonly MessageFacts[],
  i: number,
  { text: own, written, rest }: { readonly text: string; readonly written: string; readonly rest: string },
): (readonly [text: string, instead: string])[] {
  const next = messages.slice(i + 1).find(({ role }) => role !== "system");
  const texts = [...messages[i]!.texts, ...(next?.role === "user" ? next.texts : [])];
  return texts.filter((text) => text !== own && text.includes(written)).map((text) =>
    [text, text.replaceAll(written, rest)] as const
  );
}

/** The wish that a mark names, with the characters of the mark; undefined: it is something else that begins with `@`. */
function wishNamed(mark: RegExpExecArray, config: Config): { wish: Wish; length: number } | undefined {
  const [whole, written = "", lasts = ""] = mark;
  // A full stop or a colon behind a name is the sentence's.
  const name = lasts === "" ? written.replace(/[.:]+$/, "") : written;
  if (!isWish(name, config)) return undefined;
  return { wish: { name, lasts: lasts !== "" }, length: lasts === "" ? name.length + 1 : whole.length };
}

/** Only the very names: `@agent-think`, `@Think.ts` and `@src/build` are files and agents. */
function isWish(name: string, { router, providers }: Config): boolean {
  const plain = splitSettings(name).name;
  if (plain === AUTO || ROUTE_NAMES.some((route) => route === plain.replaceAll("-", "_"))) return true;
  if (router.byName.has(plain.toLowerCase())) return true;
  return plain.includes(",") && askedChain(plain, providers) !== undefined;
}
