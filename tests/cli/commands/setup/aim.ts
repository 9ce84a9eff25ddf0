/** What a client is pointed to, for tests. */
import type { Aim } from "../../../../src/cli/commands/setup/client.ts";

/** A proxy on this machine whose key is in `PROXY_API_KEY`, changed as a test needs it. */
export const anAim = (changes: Partial<Aim> = {}): Aim => ({
  url: "http://127.0.0.1:4000",
  key: "PROXY_API_KEY",
  secret: undefined,
  passthrough: false,
  model: undefined,
  context: 200_000,
  maxOutput: 32_000,
  ...changes,
});
