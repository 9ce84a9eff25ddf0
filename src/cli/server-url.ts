/** `--url`: where a proxy is, in the user's words. */
import { CliError, EXIT } from "./failure.ts";

/** With a scheme, without a slash at its end. @throws CliError where it is no address */
export function serverUrl(words: string): string {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(words) ? words : `http://${words}`;
  if (URL.canParse(text) && /^https?:/i.test(text)) return text.replace(/\/+$/, "");
  throw new CliError(
    `--url ${JSON.stringify(words)} is no address; http://127.0.0.1:3456 would be one.`,
    EXIT.unusable,
  );
}
