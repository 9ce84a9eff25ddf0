/** The published example's configuration, with a made-up provider's address in place of the real ones. */

/** The key of the published example, which clients send. */
export const DEMO_KEY = "my-backup-key";

/** The TOML text: the names, routes and models of the published example. `provider`: the made-up one's URL. */
export const demoConfig = (provider: string, port: number): string =>
  `[proxy]
host = "127.0.0.1"
port = ${port}
api_key = "${DEMO_KEY}"

[router]
think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
background = "groq,llama-3.1-8b-instant"

[[providers]]
name = "openrouter"
api_base_url = "${provider}/api/v1"
api_key = "a-made-up-key"
models = ["anthropic/claude-3-opus", "anthropic/claude-3.5-haiku"]

[[providers]]
name = "groq"
api_base_url = "${provider}/openai/v1"
api_key = "a-made-up-key"
models = ["llama-3.1-8b-instant"]
`;
