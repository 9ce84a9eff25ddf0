/** The page that `--help` shows: all of it on a screen of 80 by 24. */
import type { Out } from "./io.ts";
import { NAME, VERSION } from "./command.ts";
import { COMMANDS } from "./registry.ts";
import { styleOf } from "./output/style.ts";

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["demo", "see it work, without a key"],
  ["--config config.toml", "run the proxy"],
  ['route "plan the architecture"', "where would this go?"],
];

/** The program's own help, each line ended. */
export function overview(out: Out): string {
  const { bold, dim, cyan } = styleOf(out);
  const widest = Math.max(...COMMANDS.map(({ name }) => name.length));
  const longest = Math.max(...EXAMPLES.map(([line]) => line.length));
  return [
    `${bold(NAME)} ${VERSION}: each prompt to the model you chose for it`,
    "",
    `Usage: ${NAME} [COMMAND] [OPTIONS]`,
    "",
    ...COMMANDS.map(({ name, brief }) => `  ${cyan(name.padEnd(widest))}  ${brief}`),
    "",
    ...EXAMPLES.map(([line, what]) => `  ${NAME} ${line.padEnd(longest)}  ${dim(what)}`),
    "",
    `${NAME} COMMAND --help tells more of each.`,
    "",
  ].join("\n");
}
