import assert from "node:assert/strict";
import { test } from "node:test";
import { resetTime } from "../../../src/dispatch/failure/reset-time.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const at = (headers: Record<string, string>) => {
  const reset = resetTime({ headers: new Headers(headers), limited: true }, NOW);
  return reset === undefined ? undefined : (reset - NOW) / 1000;
};

const cases:
  readonly (readonly [name: string, headers: Record<string, string>, seconds: number | undefined])[] = [
    ["retry-after in seconds", { "retry-after": "37" }, 37],
    ["retry-after with a fraction", { "retry-after": "1.5" }, 1.5],
    ["retry-after as a date", { "retry-after": new Date(NOW + 90_000).toUTCString() }, 90],
    [
      "a moment in the past makes no sense",
      { "retry-after": new Date(NOW - 90_000).toUTCString() },
      undefined,
    ],
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
    ["a date of a clock that is an hour ahead", {
      "date": new Date(NOW + 3_600_000).toUTCString(),
      "retry-after": new Date(NOW + 3_660_000).toUTCString(),
    }, 60],
    ["epoch seconds of a clock that is ten minutes behind", {
      "date": new Date(NOW - 600_000).toUTCString(),
      "x-ratelimit-reset": String(NOW / 1000 - 510),
    }, 90],
    ["seconds, whatever the other clock says", {
      "date": new Date(NOW + 3_600_000).toUTCString(),
      "retry-after": "37",
    }, 37],
    ["a clock that is years away is not believed", {
      "date": "Thu, 01 Jan 1970 00:00:00 GMT",
      "retry-after": new Date(NOW + 90_000).toUTCString(),
    }, 90],
    ["a negative number", { "retry-after": "-1" }, undefined],
    ["a number with a sign", { "retry-after": "+90" }, undefined],
    ["a window of a subscription that is used up", {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(NOW / 1000 + 7200),
      "anthropic-ratelimit-unified-7d-status": "allowed",
      "anthropic-ratelimit-unified-7d-reset": String(NOW / 1000 + 86_400),
    }, 7200],
    ["a window of a subscription that is not used up", {
      "anthropic-ratelimit-unified-status": "allowed_warning",
      "anthropic-ratelimit-unified-reset": String(NOW / 1000 + 7200),
    }, undefined],
    ["Codex' window of which all is used", {
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-reset-after-seconds": "3600",
      "x-codex-secondary-used-percent": "40",
      "x-codex-secondary-reset-after-seconds": "500000",
    }, 3600],
    ["Cerebras' day, of which nothing remains", {
      "x-ratelimit-remaining-requests-day": "0",
      "x-ratelimit-reset-requests-day": "33011.4",
      "x-ratelimit-remaining-tokens-minute": "100",
      "x-ratelimit-reset-tokens-minute": "11.4",
    }, 33011.4],
    ["the standard's one header", { ratelimit: '"day";r=0;t=600, "min";r=4;t=20' }, 600],
    ["nothing said", { "content-type": "text/plain" }, undefined],
    ["nonsense", { "retry-after": "soon", "x-ratelimit-reset": "-" }, undefined],
    ["years away is a mistake", { "retry-after": "99999999" }, undefined],
  ];

for (const [name, headers, seconds] of cases) {
  test(`a reset is read from ${name}`, () => assert.equal(at(headers), seconds));
}

test("headers that count requests are ignored where the failure is not a limit", () => {
  const headers = new Headers({
    "x-ratelimit-reset-requests": "600",
    "anthropic-ratelimit-unified-reset": String(NOW / 1000 + 14_400),
  });
  assert.equal(resetTime({ headers, limited: false }, NOW), undefined);
  headers.set("retry-after", "7");
  assert.equal(resetTime({ headers, limited: false }, NOW), NOW + 7000);
});

const DAY = 86_400_000;
const bodies: readonly (readonly [name: string, body: unknown, ms: number | undefined])[] = [
  ["Codex' seconds", { error: { resets_in_seconds: 90 } }, 90_000],
  ["Codex' epoch seconds", { error: { resets_at: NOW / 1000 + 5 } }, 5000],
  ["epoch milliseconds", { error: { resets_at: NOW + 5000 } }, 5000],
  ["Google's delay", [{ error: { details: [{ retryDelay: "37s" }] } }], 37_000],
  [
    "the headers that OpenRouter quotes",
    { error: { metadata: { headers: { "X-RateLimit-Reset": String(NOW + 1000) } } } },
    1000,
  ],
  ["milliseconds by name", { retry_after_ms: 1500 }, 1500],
  ["a date", { error: { reset_at: new Date(NOW + DAY).toISOString() } }, DAY],
  ["a date without a zone", { error: { reset_at: "2026-11-22 13:00:00" } }, 3_600_000],
  ["a delay of 31 years", { error: { details: [{ retryDelay: "999999999s" }] } }, undefined],
  ["a past date", { error: { resets_at: NOW / 1000 - 5 } }, undefined],
  ["negative seconds", { error: { resets_in_seconds: -5 } }, undefined],
  ["no object", "text", undefined],
  ["odd details", { error: { details: [null, 1] } }, undefined],
];
for (const [name, body, ms] of bodies) {
  test(`a reset is read from a body: ${name}`, () => {
    const at = resetTime({ headers: new Headers(), body, limited: true }, NOW);
    assert.equal(at, ms === undefined ? undefined : NOW + ms);
  });
}

test("the delay of a minute's limit is not taken for the end of a day's quota", () => {
  const details = [
    { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
    { retryDelay: "37s" },
  ];
  assert.equal(
    resetTime({ headers: new Headers(), body: { error: { details } }, limited: true }, NOW),
    undefined,
  );
});

const words: readonly (readonly [message: string, seconds: number | undefined])[] = [
  ["Please try again in 7m12s. Need more tokens?", 432],
  ["Please try again in 20s.", 20],
  ["Please retry in 20.5s.", 20.5],
  ["Rate limited, retry after 12 seconds", 12],
  ["Your quota resets in 2 hours and 3 minutes", 7380],
  ["Reached message rate limit for this model. Resets in: 30m0s", 1800],
  ["Quota exceeded for metric: x, limit: 0, model: gemini-3-pro Please retry in 11.6s.", undefined],
  ["Quota exceeded for metric: x, limit: 0.5, model: m Please retry in 12s.", 12],
  ["Limit reached. Available again in 2 days", 172_800],
  ["Your limit will reset at 2026-11-22 13:00:00", 3600],
  ["try again at 2026-11-22T12:10:00Z", 600],
  ["You will regain access on 2026-12-01 at 00:00 UTC.", 734_400],
  ["try again in 120ms", 0.12],
  ["you can try again soon", undefined],
  ["try again in 99999 days", undefined],
];
for (const [message, seconds] of words) {
  test(`a reset is read from the words "${message}"`, () => {
    const at = resetTime({ headers: new Headers(), message, limited: true }, NOW);
    assert.equal(at, seconds === undefined ? undefined : NOW + seconds * 1000);
  });
}

test("a date without a zone is in the one of its provider, in a body and in words", () => {
  const headers = new Headers();
  const offset = "+08:00";
  const body = { error: { next_reset_time: "2026-11-22 21:00:00" } };
  assert.equal(resetTime({ headers, body, limited: true, offset }, NOW), NOW + 3_600_000);
  const message = "Your limit will reset at 2026-11-22 21:00:00";
  assert.equal(resetTime({ headers, message, limited: true, offset }, NOW), NOW + 3_600_000);
});
