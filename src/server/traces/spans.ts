/**
 * What a request looks like as spans: one for the request, and one under it for each attempt, with the attributes of
 * OpenTelemetry's conventions for generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).
 * Pure; without prompts and answers. Attributes that the conventions do not have begin with `terraphim.`.
 */
import { own } from "../../json/shape.ts";
import type { Provider } from "../../config/config.ts";
import type { Dialects } from "../../dialects/dialect.ts";
import { dialects as builtinDialects } from "../../dialects/registry.ts";
import type { AttemptRecord, RequestEnd } from "../../model/request-end.ts";

export type Attributes = Record<string, string | number | boolean | string[]>;

export interface SpanPlan {
  readonly name: string;
  readonly kind: "server" | "client";
  /** Epoch milliseconds, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** The failure in words; undefined: none. */
  readonly error?: string;
}

export interface RequestSpans {
  readonly request: SpanPlan;
  readonly attempts: readonly SpanPlan[];
}

/** `gen_ai.provider.name` where the conventions have a name of their own, by the catalog's id. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  google: "gcp.gemini",
  mistral: "mistral_ai",
  moonshotai: "moonshot_ai",
  xai: "x_ai",
  "amazon-bedrock": "aws.bedrock",
  azure: "azure.ai.openai",
};

/** The spans of a request that is over. `providers`: those of the configuration, by name. */
export function spansOf(
  record: RequestEnd,
  providers: ReadonlyMap<string, Provider>,
  dialects: Dialects = builtinDialects,
): RequestSpans {
  return {
    request: requestSpan(record, dialects),
    attempts: record.attempts.map((attempt, i) => attemptSpan(record, attempt, i, providers)),
  };
}

function requestSpan(record: RequestEnd, dialects: Dialects): SpanPlan {
  const { time, durationMs, failure, cancelled, attempts, costs } = record;
  const path = `/v1${dialects[record.clientDialect]?.paths.generate ?? ""}`;
  return {
    name: `POST ${path}`,
    kind: "server",
    start: time,
    end: time + durationMs,
    attributes: without({
      "http.request.method": "POST",
      "http.route": path,
      "http.response.status_code": record.status,
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": record.modelAsked || undefined,
      "gen_ai.request.stream": record.stream,
      "gen_ai.response.model": record.model,
      "gen_ai.conversation.id": record.session,
      "error.type": failure,
      "terraphim.request.id": record.id,
      "terraphim.client": record.client,
      "terraphim.kind": record.kind,
      "terraphim.route": record.route,
      "terraphim.route.why": [...record.why],
      "terraphim.provider": record.provider,
      "terraphim.attempts": attempts.length,
      "terraphim.cancelled": cancelled || undefined,
      "terraphim.cost.dollars": costs.cost,
      "terraphim.saved.dollars": costs.saved,
      "terraphim.lost.dollars": costs.lost,
      "terraphim.overhead.microseconds": Math.round(record.overheadUs),
    }),
    ...(failure === undefined || cancelled ? {} : { error: messageOf(attempts) ?? failure }),
  };
}

function attemptSpan(
  record: RequestEnd,
  attempt: AttemptRecord,
  index: number,
  providers: ReadonlyMap<string, Provider>,
): SpanPlan {
  const provider = providers.get(attempt.provider);
  const url = provider?.endpoints[attempt.dialect];
  const answered = attempt.failure === undefined && index === record.attempts.length - 1;
  // A stream that broke after its output had begun fails the attempt that it came from.
  const failure = attempt.failure ?? (answered && !record.cancelled ? record.failure : undefined);
  const { usage } = record;
  const start = record.time + attempt.startMs;
  return {
    name: `chat ${attempt.model}`,
    kind: "client",
    start,
    // The answering one goes on to the request's end.
    end: answered ? record.time + record.durationMs : start + attempt.ms,
    attributes: without({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": providerName(attempt.provider, provider),
      "gen_ai.request.model": attempt.model,
      "gen_ai.request.stream": record.stream,
      "gen_ai.conversation.id": record.session,
      ...serverOf(url),
      "http.response.status_code": attempt.status,
      "error.type": failure,
      "terraphim.attempt": index + 1,
      ...(answered
        ? {
          "gen_ai.response.model": attempt.model,
          "gen_ai.response.time_to_first_chunk": record.stream ? attempt.ms / 1000 : undefined,
        }
        : {}),
      ...(answered && usage !== undefined
        ? {
          // The conventions count cached input in; the ledger counts it apart.
          "gen_ai.usage.input_tokens": usage.input + usage.cacheRead + usage.cacheWrite,
          "gen_ai.usage.output_tokens": usage.output,
          "gen_ai.usage.cache_read.input_tokens": usage.cacheRead,
          "gen_ai.usage.cache_creation.input_tokens": usage.cacheWrite,
          "gen_ai.usage.reasoning.output_tokens": usage.reasoning,
          "terraphim.usage.estimated": usage.estimated,
        }
        : {}),
    }),
    ...(failure === undefined ? {} : { error: attempt.message ?? failure }),
  };
}

function providerName(name: string, provider: Provider | undefined): string {
  return own(PROVIDER_NAMES, provider?.catalogId ?? name) ?? name;
}

function serverOf(url: string | undefined): Attributes {
  if (url === undefined || !URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return { "server.address": hostname, "server.port": Number(port || (protocol === "http:" ? 80 : 443)) };
}

function messageOf(attempts: readonly AttemptRecord[]): string | undefined {
  return attempts.findLast(({ message }) => message !== undefined)?.message;
}

/** Only the attributes that have a value. */
function without(attributes: Record<string, Attributes[string] | undefined>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined),
  ) as Attributes;
}
