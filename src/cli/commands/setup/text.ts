/** What `setup` says of one client. */
import type { Io } from "../../io.ts";
import { NAME } from "../../program.ts";
import { styleOf } from "../../output/style.ts";
import { wrap } from "../../../text/width.ts";
import { shortPath } from "../../user-data.ts";
import type { Aim } from "./aim.ts";
import type { Client } from "./clients.ts";

/** What to change, each line ended. */
export function printed(io: Io, client: Client, aim: Aim, path: string, lines: string): string {
  const { bold, dim, cyan } = styleOf(io.stdout);
  const { label, name, shell, program } = client;
  const head = [
    `${bold(label)} reads ${bold(shortPath(io, path))}. It should hold:`,
    "",
    ...lines.split("\n").map((line) => line === "" ? "" : `  ${cyan(line)}`),
    "",
    ...wrap(`${NAME} setup ${name} --write puts it there and keeps the rest.`, io.stdout.columns).map(dim),
  ];
  const instead = shell === undefined ? [] : [
    "",
    "Or, for one shell:",
    "",
    ...shell(aim).map((line) => `  ${cyan(line)}`),
    `  ${cyan(program)}`,
  ];
  return [...head, ...instead, ...besides(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** What was changed, each line ended. */
export function written(
  io: Io,
  client: Client,
  aim: Aim,
  path: string,
  changed: boolean,
  backup: string | undefined,
): string {
  const { bold } = styleOf(io.stdout);
  const file = bold(shortPath(io, path));
  const head = changed
    ? [`${client.label} leads to ${bold(aim.url)} now: wrote ${file}.`]
    : [`${client.label} leads to ${bold(aim.url)} already; ${file} was left as it is.`];
  const kept = backup === undefined ? [] : [`What was there before: ${shortPath(io, backup)}`];
  return [...head, ...kept, ...besides(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** The key, and what only some clients need. */
function besides(io: Io, { notes }: Client, aim: Aim): string[] {
  const { key, model } = aim;
  const { dim } = styleOf(io.stdout);
  const said = [
    ...(key !== undefined && !io.env[key]
      ? [`${key} must hold this proxy's key where the client starts: export ${key}=…`]
      : []),
    ...(notes?.(aim) ?? []),
  ];
  const choice = model === undefined
    ? [dim("Each prompt decides which model answers; --model sets one.")]
    : [];
  const lines = [...said.flatMap((line) => wrap(line, io.stdout.columns)), ...choice];
  return lines.length === 0 ? [] : ["", ...lines];
}
