import assert from "node:assert/strict";
import { test } from "node:test";
import { resetTime } from "../../../src/dispatch/failure/reset-time.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const at = (headers: Record<string, string>) => {
  const reset = resetTime(new Headers(headers), NOW);
  return reset === undefined ? undefined : (reset - NOW) / 1000;
};

const cases:
  readonly (readonly [name: string, headers: Record<string, string>, seconds: number | undefined])[] = [
    ["retry-after in seconds", { "retry-after": "37" }, 37],
    ["retry-after with a fraction", { "retry-after": "1.5" }, 1.5],
    ["retry-after as a date", { "retry-after": new Date(NOW + 90_000).toUTCString() }, 90],
    ["retry-after in the past means now", { "retry-after": new Date(NOW - 90_000).toUTCString() }, 0],
    ["retry-after-ms before retry-after", { "retry-after-ms": "250", "retry-after": "9" }, 0.25],
    ["a duration with minutes and seconds", { "x-ratelimit-reset-requests": "1m30s" }, 90],
    ["a duration with a fraction", { "x-ratelimit-reset-tokens": "7.66s" }, 7.66],
    ["a duration in milliseconds", { "x-ratelimit-reset-tokens": "120ms" }, 0.12],
    ["a duration in days and hours", { "x-ratelimit-reset": "1d2h" }, 26 * 3600],
    ["plain seconds", { "x-ratelimit-reset": "12" }, 12],
    ["epoch seconds", { "x-ratelimit-reset": String(NOW / 1000 + 60) }, 60],
    ["OpenRouter's epoch milliseconds", {
      "X-RateLimit-Reset": String(NOW + 5000),
      "X-RateLimit-Remaining": "0",
    }, 5],
    [
      "Anthropic's RFC 3339",
      { "anthropic-ratelimit-tokens-reset": new Date(NOW + 61_000).toISOString() },
      61,
    ],
    ["Anthropic's unified epoch", { "anthropic-ratelimit-unified-reset": String(NOW / 1000 + 7200) }, 7200],
    [
      "a limit with something left does not count",
      {
        "x-ratelimit-reset-requests": "24h",
        "x-ratelimit-remaining-requests": "99",
        "x-ratelimit-reset-tokens": "3s",
      },
      3,
    ],
    [
      "of several used-up limits the last to open decides",
      {
        "x-ratelimit-reset-requests": "60s",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-tokens": "3s",
        "x-ratelimit-remaining-tokens": "0",
      },
      60,
    ],
    ["nothing said", { "content-type": "text/plain" }, undefined],
    ["nonsense", { "retry-after": "soon", "x-ratelimit-reset": "-" }, undefined],
    ["years away is a mistake", { "retry-after": "99999999" }, undefined],
  ];

for (const [name, headers, seconds] of cases) {
  test(`a reset is read from ${name}`, () => assert.equal(at(headers), seconds));
}
