/** The proxy's configuration for a case: a provider of one dialect, and a model of its own for each kind of work. */
import type { Case } from "./case.ts";

export const PROXY_KEY = "proxy-key-of-the-test";
export const PROVIDER_KEY = "provider-key-of-the-test";
export const BACKUP_KEY = "backup-key-of-the-test";
/** What a subscriber's client sends: of the form that a provider of this dialect takes. */
export const subscriptionOf = ({ provider }: Pick<Case, "provider">): string =>
  provider === "anthropic-messages" ? "sk-ant-oat01-subscription-of-the-test" : "sk-subscription-of-the-test";

/** The models by which the provider can tell where a request was routed. */
export const MODELS: Readonly<Record<string, string>> = {
  plan_implementation: "planner",
  think: "thinker",
  build: "builder",
  background: "helper",
  default: "rest",
};

function provider(
  { name, url, key, dialect, quirks }: {
    readonly name: string;
    readonly url: string;
    readonly key: string;
    readonly dialect: string;
    readonly quirks?: readonly string[] | undefined;
  },
): string {
  return `
[[providers]]
name = "${name}"
api_base_url = "${url}/v1"
api_key = "${key}"
dialects = ["${dialect}"]
${quirks === undefined ? "" : `quirks = ${JSON.stringify(quirks)}`}
`;
}

/** One request spends it. */
const BUDGET = `
[[prices]]
provider = "primary"
model = "${MODELS.default}"
input = 1000
output = 1000

[[budgets]]
name = "daily"
limit = 0.01
period = "day"
then = "refuse"
`;

export function configuration(one: Case, primary: string, backup: string | undefined): string {
  const routes = Object.entries(MODELS).map(([route, model]) =>
    `${route} = "primary,${model}${backup === undefined ? "" : ` | backup,backup-${model}`}"`
  );
  const key = one.subscription === undefined ? PROVIDER_KEY : "passthrough";
  return `
[proxy]
host = "127.0.0.1"
port = 0
api_key = "${PROXY_KEY}"

[router]
${routes.join("\n")}
${provider({ name: "primary", url: primary, key, dialect: one.provider, quirks: one.quirks })}${
    backup === undefined
      ? ""
      : provider({ name: "backup", url: backup, key: BACKUP_KEY, dialect: one.backup ?? one.provider })
  }${one.refused?.budget === true ? BUDGET : ""}`;
}
