/** What a request must not lose in translation: a target that would drop one of these is passed over. */
export const ESSENTIAL: ReadonlySet<string> = new Set([
  "images",
  "documents",
  "audio",
  "tools",
  "structured_output",
]);
