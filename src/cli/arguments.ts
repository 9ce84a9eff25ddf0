/** The command line's forms that the parser does not know, and what it says of mistakes in plain words. */
import { nearest } from "../text/match.ts";

/** Short options with their values apart: `-n5` as `-n 5`. What follows `--` stays. */
export function valuesApart(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const split = own.flatMap((arg) => {
    const [, option, value] = /^(-[a-zA-Z])=?(.+)$/.exec(arg) ?? [];
    return option === undefined || value === undefined ? [arg] : [option, value];
  });
  return [...split, ...args.slice(own.length)];
}

/**
 * What the parser says of a command line, in this program's words.
 * @example plainly("Expected a `NAME`, but too few arguments.") // "NAME is missing."
 */
export function plainly(complaint: string): string {
  const text = complaint.replace(/`([^`]*)`/g, "$1")
    .replace(/^Expected an? ([A-Z-]+), but too few arguments\.$/, "$1 is missing.")
    .replace(/^(-\S+) requires (\S+)\.$/, "$1 needs a value: $1 $2.")
    .replace(/^Missing option (\S+?)\.$/, "$1 is missing.")
    .replace(/^No matching option or argument found\.$/, "the command line is not complete.")
    .replace(/\n\nDid you mean/, " Did you mean")
    .replace(/: Expected /, ": expected ")
    .replace(/, but got (?=")/, ", got ");
  return withNearest(text);
}

/** A list of what is expected, and the one of them that was probably meant. */
function withNearest(text: string): string {
  const [, list, given] = /expected one of (.+), got "([^"]*)"\.$/.exec(text) ?? [];
  if (list === undefined || given === undefined) return text;
  const near = nearest(given, [...list.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word));
  return near === undefined ? text : `${text} Did you mean "${near}"?`;
}
