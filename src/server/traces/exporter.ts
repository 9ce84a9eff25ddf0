/**
 * Sends spans to a collector by OTLP over HTTP, with OpenTelemetry's own packages. Loaded only where an endpoint is
 * configured, so that nobody else has them in memory.
 */
import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { RequestSpans, SpanPlan } from "./spans.ts";
import type { TraceParent } from "./trace-parent.ts";

export interface ExporterOptions {
  /** The collector's base URL, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  /** Called for every batch that could not be sent. */
  readonly onFailure: (message: string) => void;
}

export interface Exporter {
  send(spans: RequestSpans, parent: TraceParent | undefined, traceState: string | undefined): void;
  /** Sends what waits. Resolves when it is sent, or cannot be. Never rejects. */
  close(): Promise<void>;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;
/** Milliseconds for a batch, with all retries. */
const PATIENCE_MS = 5000;
/** Milliseconds that a stop waits for the last batch. */
const CLOSING_MS = 2000;

export function openExporter({ endpoint, headers, version, onFailure }: ExporterOptions): Exporter {
  const exporter = new OTLPTraceExporter({
    url: /\/v1\/traces$/.test(endpoint) ? endpoint : `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: PATIENCE_MS,
  });
  const send = exporter.export.bind(exporter);
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      if (result.error !== undefined) onFailure(result.error.message);
      done(result);
    });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "terraphim-llm-proxy", "service.version": version }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, exportTimeoutMillis: PATIENCE_MS }),
    ],
  });
  const tracer = provider.getTracer("terraphim-llm-proxy", version);

  const begin = ({ name, kind, start, attributes }: SpanPlan, under = ROOT_CONTEXT) =>
    tracer.startSpan(name, { kind: KINDS[kind], startTime: start, attributes }, under);
  const finish = (span: ReturnType<typeof begin>, { end, error }: SpanPlan) => {
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    span.end(end);
  };

  return {
    send({ request, attempts }, parent, traceState) {
      const above = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, {
        traceId: parent.traceId,
        spanId: parent.spanId,
        traceFlags: parent.flags,
        isRemote: true,
        ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
      });
      const root = begin(request, above);
      const inside = trace.setSpan(above, root);
      for (const attempt of attempts) finish(begin(attempt, inside), attempt);
      finish(root, request);
    },
    async close() {
      const waiting = Promise.withResolvers<void>();
      const timer = setTimeout(waiting.resolve, CLOSING_MS);
      await Promise.race([provider.shutdown().catch(() => {}), waiting.promise]);
      clearTimeout(timer);
    },
  };
}
