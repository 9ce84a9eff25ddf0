/** The page that `--help` shows: all of it fits on a screen of 80 by 24. */
import { NAME, PROGRAM, VERSION } from "./command.ts";
import type { Out } from "./io.ts";
import { styleOf } from "./output/style.ts";
import { COMMANDS, COOLDOWN_COMMANDS, PROGRAM_COMMANDS, ROUTING_COMMANDS } from "./registry.ts";
import { hanging, wrap } from "../text/width.ts";

const OPTIONS: readonly (readonly [string, string])[] = [
  ["-c, --config FILE", "use this configuration file"],
  ["    --json", "print JSON"],
  ["-h, --help", "show help, also for a command: check --help"],
  ["-V, --version", "print the version"],
];

/** Commands that share a line, and what they are for. */
const GROUPS = [
  { commands: COOLDOWN_COMMANDS, about: "what gets no requests now" },
  { commands: ROUTING_COMMANDS, about: "more about routing" },
  { commands: PROGRAM_COMMANDS, about: "this program, its keys" },
] as const;

const PROMISE = "routes each prompt to the model you chose for it";

/** The program's own help. */
export function overview(out: Out): string {
  const { bold, cyan } = styleOf(out);
  const { columns } = out;
  const narrow = columns !== undefined && columns < 80;
  return [
    ...(narrow ? wrap(`${NAME} ${VERSION}: ${PROMISE}`, columns) : [`${bold(NAME)} ${VERSION}: ${PROMISE}`]),
    ...hanging(`Usage: ${PROGRAM} [COMMAND] [OPTIONS]`, columns),
    "",
    ...pairs(COMMANDS.map(({ name, brief }) => [name, brief]), out, cyan),
    ...GROUPS.flatMap(({ commands, about }) =>
      hanging(`${commands.map(({ name }) => name).join(", ")}: ${about}`, columns, 2)
    ),
    "",
    ...pairs(OPTIONS, out, cyan),
    "",
  ].join("\n");
}

/** Names with their explanations beside them; on a narrow terminal the explanations wrap. */
function pairs(
  all: readonly (readonly [string, string])[],
  out: Out,
  paint: (text: string) => string,
): string[] {
  const widest = Math.max(...all.map(([name]) => name.length));
  const room = out.columns === undefined ? undefined : Math.max(16, out.columns - widest - 4);
  return all.flatMap(([name, what]) =>
    wrap(what, room).map((line, index) =>
      `  ${index === 0 ? paint(name.padEnd(widest)) : " ".repeat(widest)}  ${line}`
    )
  );
}
