/**
 * Whose a credential is, by its form: a login is sent only to the provider that it is for. Only this folder and the
 * dialects know these names.
 */
import type { DialectName, HeaderMap } from "../model/request-facts.ts";

/** A form that credentials have. */
export interface CredentialForm {
  /** Who issues such credentials, for people. */
  readonly issuer: string;
  /** The host names of the issuer; names below them count too. */
  readonly hosts: readonly string[];
  /** What the providers that take such credentials speak. */
  readonly dialects: readonly DialectName[];
  /** It is a login with a flat plan: no token has a price. */
  readonly onPlan?: boolean;
}

interface KnownForm extends CredentialForm {
  readonly form: RegExp;
  /** A header that comes with the credential: the account that it is for. */
  readonly account?: string;
}

const CHAT = "openai-chat";
const RESPONSES = "openai-responses";
const MESSAGES = "anthropic-messages";

/** In order: the first that matches. */
const FORMS: readonly KnownForm[] = [
  // A login with Claude, as opposed to a key of the API: https://code.claude.com/docs/en/authentication
  {
    issuer: "Anthropic",
    form: /^sk-ant-oat/,
    hosts: ["anthropic.com"],
    dialects: [MESSAGES],
    onPlan: true,
  },
  { issuer: "Anthropic", form: /^sk-ant-/, hosts: ["anthropic.com"], dialects: [MESSAGES] },
  {
    issuer: "OpenRouter",
    form: /^sk-or-/,
    hosts: ["openrouter.ai"],
    dialects: [CHAT, MESSAGES, RESPONSES],
  },
  { issuer: "Groq", form: /^gsk_/, hosts: ["groq.com"], dialects: [CHAT, RESPONSES] },
  { issuer: "xAI", form: /^xai-/, hosts: ["x.ai"], dialects: [CHAT, RESPONSES, MESSAGES] },
  { issuer: "Google", form: /^AIza/, hosts: ["googleapis.com"], dialects: [CHAT] },
  { issuer: "Cerebras", form: /^csk-/, hosts: ["cerebras.ai"], dialects: [CHAT] },
  // A login with ChatGPT is a JSON Web Token; the account is in a header.
  {
    issuer: "ChatGPT",
    form: /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/,
    account: "chatgpt-account-id",
    hosts: ["chatgpt.com", "openai.com"],
    dialects: [RESPONSES],
    onPlan: true,
  },
  // Copies of these APIs give out keys of the same form.
  { issuer: "OpenAI", form: /^sk-/, hosts: ["openai.com"], dialects: [CHAT, RESPONSES] },
];

/** The form of a credential (without its scheme, `Bearer`); undefined: it has none that is known. */
export function credentialForm(credential: string, headers: HeaderMap): CredentialForm | undefined {
  return FORMS.find(({ form, account }) =>
    form.test(credential) && (account === undefined || (headers[account] ?? "") !== "")
  );
}

/** Whether a host name is one of the issuer's. */
export function isIssuer({ hosts }: CredentialForm, hostname: string): boolean {
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}
