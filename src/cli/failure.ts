/** How a command ends when it cannot do what it was asked for. */

/** Exit codes, the same for every command; docs/cli.md tells them to users. */
export const EXIT = {
  ok: 0,
  /** It ran, and what it found or met is not as it should be. */
  failed: 1,
  /** It could not start: the command line or the configuration is wrong. */
  unusable: 2,
} as const;

/** Ends a command with words for people: what is wrong, and what would be right. */
export class CliError extends Error {
  override name = "CliError";
  constructor(message: string, readonly exitCode: number = EXIT.failed) {
    super(message);
  }
}
