/** Changes texts of the user's messages in a request body, in whatever list a dialect has them. */
import { isRecord } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";

/** The text that takes the place of one; the same where nothing changes. */
export type ChangeText = (text: string) => string;

/** {@link Dialect.request}'s `withUserTexts` for a dialect whose conversation is a text or a list of messages in a member. */
export const userTextsIn = (member: string) => (body: Json, change: ChangeText): Json => {
  if (!isRecord(body)) return body;
  const before = body[member];
  const after = typeof before === "string" ? change(before) : changedItems(before, changedMessage, change);
  return after === before ? body : { ...body, [member]: after };
};

type Change = (item: Json, change: ChangeText) => Json;

/** A list with its items changed; the very same where none is. */
function changedItems(list: Json, by: Change, change: ChangeText): Json {
  if (!Array.isArray(list)) return list;
  const items: readonly Json[] = list;
  const after = items.map((item) => by(item, change));
  return after.some((item, index) => item !== items[index]) ? after : list;
}

function changedMessage(message: Json, change: ChangeText): Json {
  if (!isRecord(message) || message.role !== "user") return message;
  const { content } = message;
  const after = typeof content === "string" ? change(content) : changedItems(content, changedPart, change);
  return after === content ? message : { ...message, content: after };
}

function changedPart(part: Json, change: ChangeText): Json {
  if (!isRecord(part) || typeof part.text !== "string") return part;
  const text = change(part.text);
  return text === part.text ? part : { ...part, text };
}
