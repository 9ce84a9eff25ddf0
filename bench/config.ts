/** The configuration of a measured proxy: all routes lead to one static provider. */

export interface BenchConfig {
  /** The static provider's address. */
  readonly upstream: string;
  /** The file of the ledger; undefined: no accounting. */
  readonly ledger: string | undefined;
  /** The dialects that the provider speaks. @default all of them: bytes pass through */
  readonly dialects?: readonly string[];
}

/** The key that clients send. */
export const BENCH_KEY = "bench-key";

export const benchConfig = ({ upstream, ledger, dialects }: BenchConfig): string =>
  `[proxy]
host = "127.0.0.1"
api_key = "${BENCH_KEY}"

[router]
think = "bench,bench-model"
plan_implementation = "bench,bench-model"
background = "bench,bench-model"
default = "bench,bench-model"

[[providers]]
name = "bench"
api_base_url = "${upstream}/v1"
api_key = "sk-bench"
models = ["bench-model"]
dialects = ${JSON.stringify(dialects ?? ["openai-chat", "anthropic-messages", "openai-responses"])}

[log]
level = "warn"

[ledger]
enabled = ${ledger !== undefined}
${ledger === undefined ? "" : `path = ${JSON.stringify(ledger)}`}
`;
