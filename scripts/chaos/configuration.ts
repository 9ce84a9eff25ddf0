/** The configuration file of a run, as it is written again and again. */
import type { ChaosProvider } from "./providers.ts";
import type { Random } from "./random.ts";

/** What clients must send. */
export const PROXY_KEY = "key-of-the-proxy";

/** Routes that requests ask for; the first providers of each are drawn anew with every configuration. */
export const ROUTES = ["think", "background", "default", "plan_implementation"] as const;

/** The route without the provider that always answers. */
const UNSAFE = "background";

const STRATEGIES = ["fill_first", "round_robin", "latency_optimized"] as const;

/** A good file. */
export function configuration(
  faulty: readonly ChaosProvider[],
  steady: ChaosProvider,
  random: Random,
): string {
  const chain = (name: string) => {
    const drawn = [...faulty].sort(() => random.next() - 0.5).slice(0, 2 + random.below(3));
    const all = name === UNSAFE ? drawn : [...drawn, steady];
    return all.map((one) => `${one.name},model-of-${one.name}`).join(" | ");
  };
  const blocks = [...faulty, steady].map((one, index) => `
[[providers]]
name = "${one.name}"
api_base_url = "http://127.0.0.1:${one.port}/v1"
api_key = "secret-${one.name}-${random.below(2)}"
dialects = ${JSON.stringify(one.dialects)}
${index === 0 ? "max_concurrent = 30\nmax_queue = 20" : ""}`);
  return `
[proxy]
api_key = "${PROXY_KEY}"
timeout_ms = 20000
connect_timeout_ms = 1000
first_token_timeout_ms = 1500
idle_timeout_ms = 1500
keep_alive_ms = 300
[router]
strategy = "${random.pick(STRATEGIES)}"
${ROUTES.map((name) => `${name} = "${chain(name)}"`).join("\n")}
[log]
level = "info"
${blocks.join("\n")}
[[prices]]
provider = "${steady.name}"
model = "model-of-${steady.name}"
input = 1.5
output = 2.5
`;
}

/** A file that must change nothing: half of a good one, a wrong type, an unknown key, no TOML, nothing. */
export function broken(good: string, random: Random): string {
  return random.pick([
    good.slice(0, good.indexOf("[router]") + 20),
    good.replace(/strategy = .*/, "strategy = 5"),
    good.replace("[router]", "[router]\nthnik = 'a,b'"),
    good.replace(/background = ".*"/, 'background = "nobody,here"'),
    "\u0000\u0001 this is no TOML = [",
    "",
  ]);
}
