/** What a check found. Types only. */

export interface Finding {
  /** What was looked at: `Configuration`, a provider's name. */
  readonly check: string;
  /** `warn`: it works, and deserves a look. `fail`: it must be mended. */
  readonly state: "ok" | "warn" | "fail";
  /** What was found, as a sentence without a full stop. Never holds a secret. */
  readonly found: string;
  /** What to do about it. */
  readonly mend?: string;
}
