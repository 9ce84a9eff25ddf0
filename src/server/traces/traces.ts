/** Traces while an OTLP endpoint is configured. Without one a request costs one comparison, and nothing is loaded. */
import { messageOf } from "../../files/errors.ts";
import type { TelemetryConfig } from "../../config/config.ts";
import type { Dialects } from "../../dialects/dialect.ts";
import { dialects as builtinDialects } from "../../dialects/registry.ts";
import type { RequestEnd } from "../../model/request-end.ts";
import type { Log } from "../../log/log.ts";
import type { ConfigSource } from "../context.ts";
import type { Exporter } from "./exporter.ts";
import { spansOf } from "./spans.ts";
import { traceParent } from "./trace-parent.ts";

/** Requests that wait while the packages load; those beyond are not traced. */
const MOST_WAITING = 1000;
/** A failing collector is logged at most once in this time. Milliseconds. */
const LOG_AGAIN_MS = 300_000;

export class Traces {
  #source: ConfigSource;
  #log: Log;
  #version: string;
  #dialects: Dialects;
  #opening: Promise<Exporter | undefined> | undefined;
  #exporter: Exporter | undefined;
  #waiting: RequestEnd[] = [];
  #loggedAt = -Infinity;

  constructor(source: ConfigSource, log: Log, version: string, dialects: Dialects = builtinDialects) {
    this.#source = source;
    this.#dialects = dialects;
    this.#log = log;
    this.#version = version;
    if (source.current.telemetry.otlpEndpoint !== undefined) this.#open();
  }

  /** Takes a request that is over. */
  add(end: RequestEnd): void {
    if (this.#opening === undefined) return;
    if (this.#exporter !== undefined) this.#send(this.#exporter, end);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(end);
  }

  /** Follows a reload. */
  reconfigure(next: TelemetryConfig, before: TelemetryConfig): void {
    const is = (telemetry: TelemetryConfig) =>
      JSON.stringify([telemetry.otlpEndpoint, telemetry.otlpHeaders]);
    if (is(next) === is(before)) return;
    void this.close();
    if (next.otlpEndpoint !== undefined) this.#open();
  }

  /** Sends what waits. Never rejects. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = this.#exporter = undefined;
    await (await opening)?.close();
  }

  #open(): void {
    const opening = this.#load().then((exporter) => {
      const waiting = this.#waiting;
      this.#waiting = [];
      if (exporter === undefined) {
        if (this.#opening === opening) this.#opening = undefined;
        return undefined;
      }
      if (this.#opening === opening) this.#exporter = exporter;
      for (const end of waiting) this.#send(exporter, end);
      return exporter;
    });
    this.#opening = opening;
  }

  async #load(): Promise<Exporter | undefined> {
    const { otlpEndpoint: endpoint, otlpHeaders: headers } = this.#source.current.telemetry;
    if (endpoint === undefined) return undefined;
    try {
      const { openExporter } = await import("./exporter.ts");
      const onFailure = (message: string) =>
        this.#warn(`traces could not be sent to ${new URL(endpoint).host}: ${message}`);
      return openExporter({ endpoint, headers, version: this.#version, onFailure });
    } catch (error) {
      this.#warn(`no traces: ${messageOf(error)}`);
      return undefined;
    }
  }

  #send(exporter: Exporter, end: RequestEnd): void {
    try {
      const spans = spansOf(end, this.#source.current.providers, this.#dialects);
      exporter.send(spans, traceParent(end.traceParent), end.traceState);
    } catch (error) {
      this.#warn(`a request could not be traced: ${messageOf(error)}`);
    }
  }

  #warn(message: string): void {
    const now = performance.now();
    if (now - this.#loggedAt < LOG_AGAIN_MS) return;
    this.#loggedAt = now;
    this.#log("warn", message);
  }
}
