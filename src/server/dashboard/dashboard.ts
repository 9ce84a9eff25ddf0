/** The dashboard's endpoints: the page, its assets, its data, live events, and the sign-in. */
import type { Context } from "hono";
import type { Config } from "../../config/config.ts";
import type { RequestEnd } from "../../model/request-end.ts";
import type { LoggedRequest } from "../../ledger/row.ts";
import type { OlderRequests, RecentQuery } from "../../ledger/recent.ts";
import { byWhom } from "../admin.ts";
import { bodyOf } from "../body.ts";
import type { Endpoint } from "../endpoint.ts";
import { inTime } from "../body-timeout.ts";
import type { Running } from "../context.ts";
import { Refusal } from "../errors.ts";
import { isOwnPage } from "../guard.ts";
import { HEALTH } from "../health.ts";
import type { Bench } from "./acts.ts";
import { type PeriodReport, PERIODS, ReportCache } from "./report-cache.ts";
import { HEADERS } from "./headers.ts";
import { type Batch, Live } from "./live.ts";
import { type SignedIn, SignIn } from "./sign-in.ts";
import { type DashboardState, stateOf } from "./state.ts";

/** `GET /dashboard/data?period=today|week|month`. */
export interface DashboardData {
  /** Epoch milliseconds by the proxy's clock. */
  readonly now: number;
  readonly version: string;
  readonly period: typeof PERIODS[number];
  /** The proxy has a key, so that one can sign out. */
  readonly locked: boolean;
  /** What the page may do: nothing, what changes nothing, or everything. */
  readonly acts: "none" | "view" | "change";
  /** Null: `[ledger] enabled = false`, or its store cannot be reached. */
  readonly figures: PeriodReport | null;
  /** Newest first. */
  readonly recent: readonly LoggedRequest[];
  readonly state: DashboardState;
}

/** The headers of the live events. */
const EVENTS = {
  ...HEADERS,
  "content-type": "text/event-stream; charset=utf-8",
  "x-accel-buffering": "no",
  "cache-control": "no-store",
} as const;
/** The page is loaded when it is first opened. */
const page = () => import("./assets.ts");
/** What workers tell each other: a page is open here; requests have ended here. */
const WATCHING = "watching";
const ENDED = "ended";
/** Requests that the page begins with. */
const RECENT = 100;
/** A longer form is not read: no key is that long. */
const MOST_FORM_BYTES = 4096;
/** Milliseconds in which the form must arrive. */
const FORM_MS = 10_000;

export class Dashboard {
  readonly #running: Running;
  readonly #bench: Bench;
  readonly #signIn: SignIn;
  readonly #reports = new ReportCache();
  readonly #live: Live;

  constructor(running: Running, rest: Omit<Bench, "running">) {
    const { source, clock, door } = running;
    this.#running = running;
    this.#bench = { running, ...rest };
    this.#signIn = new SignIn({ config: () => source.current, clock, door });
    const { siblings } = running;
    this.#live = new Live({
      state: () => {
        siblings?.tell(WATCHING, true);
        void siblings?.ask(HEALTH); // what they answer is in the next state
        return JSON.stringify(stateOf(running, source.current));
      },
      others: siblings && ((batch) => siblings.tell(ENDED, batch)),
    });
    siblings?.on(ENDED, (batch) => this.#live.take(batch as Batch));
    siblings?.on(WATCHING, () => this.#live.feed());
  }

  /** The browsers that are signed in. */
  get signedIn(): SignedIn {
    return this.#signIn.signedIn;
  }

  /** Takes a request that is over. */
  add(end: RequestEnd): void {
    this.#live.add(end);
  }

  /** Ends the streams of live events. */
  close(): void {
    this.#live.close();
  }

  /** Endpoints that check access themselves: a browser without a key gets a form, not an error. */
  endpoints(): Endpoint[] {
    const here = (
      method: Endpoint["method"],
      path: string,
      handle: (c: Context, config: Config) => Response | Promise<Response>,
    ): Endpoint => ({
      method,
      path: `/dashboard${path}`,
      open: true,
      handle: (c, config) => {
        if (!config.telemetry.dashboard) {
          throw new Refusal(404, "The dashboard is switched off: dashboard = false in [telemetry].");
        }
        return handle(c, config);
      },
    });
    return [
      here(
        "GET",
        "",
        async (c) => this.#signIn.mayOpen(c) ? (await page()).indexPage() : moved("dashboard/login"),
      ),
      here("GET", "/", () => moved("../dashboard")),
      here("GET", "/data", (c, config) => this.#data(c, config)),
      here("GET", "/requests", (c) => this.#requests(c)),
      here("GET", "/events", (c) => this.#events(c)),
      here(
        "GET",
        "/login",
        // A browser with a cookie may come here too: a new tab has no secret of the page.
        async (_, config) =>
          this.#running.door.isLocked(config) ? (await page()).loginPage() : moved("../dashboard"),
      ),
      here("POST", "/acts/:name", (c, config) => this.#act(c, config)),
      here("POST", "/login", (c) => this.#login(c)),
      here("POST", "/logout", (c) => {
        this.#signIn.leave(c);
        return moved("login", c);
      }),
      here("GET", "/assets/:name", async (c) => {
        const found = (await page()).asset(c.req.param("name") ?? "", c.req.header("if-none-match"));
        if (found === undefined) throw new Refusal(404, "The dashboard has no such file.");
        return found;
      }),
    ];
  }

  async #data(c: Context, config: Config): Promise<Response> {
    const { mayChange } = this.#signIn.check(c);
    const asked = c.req.query("period") ?? "today";
    const period = PERIODS.find((one) => one === asked);
    if (period === undefined) {
      throw new Refusal(400, `period must be one of ${PERIODS.join(", ")}; got "${asked.slice(0, 40)}".`);
    }
    const { clock, version, siblings } = this.#running;
    await siblings?.ask(HEALTH);
    const data: DashboardData = {
      now: clock.now(),
      version,
      period,
      locked: this.#running.door.isLocked(config),
      acts: !config.telemetry.dashboardActions ? "none" : mayChange ? "change" : "view",
      ...await this.#kept(period),
      state: stateOf(this.#running, config),
    };
    return Response.json(data, { headers: { ...HEADERS, "cache-control": "no-store" } });
  }

  /** What the ledger has; nothing while its store cannot be reached, which the state then says. */
  async #kept(period: typeof PERIODS[number]): Promise<Pick<DashboardData, "figures" | "recent">> {
    const { clock, store } = this.#running;
    const ledger = this.#running.ledger();
    if (ledger === undefined) return { figures: null, recent: [] };
    try {
      return {
        figures: await this.#reports.reportOf(ledger, period, this.#live.ended, clock),
        recent: await ledger.recent({ limit: RECENT }),
      };
    } catch (error) {
      if (store === undefined) throw error;
      return { figures: null, recent: [] };
    }
  }

  /** `GET /dashboard/requests?before=SEQ&route=…&text=…`: a page further back. */
  async #requests(c: Context): Promise<Response> {
    this.#signIn.check(c);
    const query = olderQuery((name) => c.req.query(name));
    const found = await this.#older(query);
    return Response.json(found ?? { rows: [], next: null }, {
      headers: { ...HEADERS, "cache-control": "no-store" },
    });
  }

  /** `POST /dashboard/acts/NAME`: the proxy's own page alone may, with JSON, which other pages cannot send unasked. */
  async #act(c: Context, config: Config): Promise<Response> {
    if (!config.telemetry.dashboardActions) {
      throw new Refusal(403, "This dashboard only shows: dashboard_actions = false in [telemetry].");
    }
    const { raw } = c.req;
    if (!isOwnPage(raw)) throw new Refusal(403, "Only the dashboard's own page may do this.");
    if (!/^application\/json\b/i.test(raw.headers.get("content-type") ?? "")) {
      throw new Refusal(415, "Send application/json.");
    }
    const { ACTS } = await import("./acts.ts");
    const name = c.req.param("name") ?? "";
    const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
    if (act === undefined) throw new Refusal(404, "The dashboard has no such act.");
    const { label } = this.#signIn.check(c, act.need);
    const json = await bodyOf(raw, act.keys, act.most);
    const answer = await act.run(this.#bench, { json, config, by: byWhom(label, "dashboard") });
    return Response.json(answer, { headers: { ...HEADERS, "cache-control": "no-store" } });
  }

  /** @throws Refusal (503) where the store cannot be reached */
  async #older(query: RecentQuery): Promise<OlderRequests | undefined> {
    try {
      return await this.#running.ledger()?.older(query);
    } catch (error) {
      if (this.#running.store === undefined) throw error;
      throw new Refusal(503, "The store cannot be reached now.");
    }
  }

  #events(c: Context): Response {
    const { still } = this.#signIn.check(c);
    // A stream for a HEAD request would never be read, nor ended.
    if (c.req.method === "HEAD") return new Response(null, { headers: EVENTS });
    const { source } = this.#running;
    const stream = this.#live.listen(() => source.current.telemetry.dashboard && still());
    if (stream === undefined) {
      throw new Refusal(503, "Too many open dashboards; falling back to polling.", {
        "retry-after": "30",
      });
    }
    return new Response(stream, { headers: EVENTS });
  }

  /** Answers `{"page": SECRET}`, which the page sends with each of its requests. */
  async #login(c: Context): Promise<Response> {
    const wait = this.#signIn.wait();
    if (wait > 0) {
      throw new Refusal(429, `Too many wrong keys. Try again in ${wait} seconds.`, {
        "retry-after": `${wait}`,
      });
    }
    const secret = this.#signIn.enter(c, await typedKey(c.req.raw));
    if (secret === undefined) throw new Refusal(401, "That is not one of this proxy’s keys.");
    return c.json({ page: secret }, 200, { ...HEADERS, "cache-control": "no-store" });
  }
}

/** Requests of a page further back. */
const PAGE = 50;
const MOST_WORDS = 10;
/** Characters of a filter. */
const LONGEST_FILTER = 200;
const ENDS = ["ok", "failed", "cancelled"] as const;

/** What a page of requests is asked for. @throws Refusal (400) for a value that cannot be right */
function olderQuery(parameter: (name: string) => string | undefined): RecentQuery {
  const given = (name: string) => {
    const value = parameter(name);
    if (value !== undefined && value.length > LONGEST_FILTER) {
      throw new Refusal(400, `${name} is longer than ${LONGEST_FILTER} characters.`);
    }
    return value === "" ? undefined : value;
  };
  const number = (name: string, value: string | undefined) => {
    if (value === undefined || /^\d{1,15}$/.test(value)) {
      return value === undefined ? undefined : Number(value);
    }
    throw new Refusal(400, `${name} must be a whole number.`);
  };
  const end = given("status");
  const named = Object.fromEntries(
    ["route", "provider", "model", "client", "key", "id"].map((name) => [name, given(name)]),
  );
  return {
    ...named,
    before: number("before", given("before")),
    since: number("since", given("since")),
    until: number("until", given("until")),
    status: ENDS.find((one) => one === end) ?? number("status", end),
    words: (given("text") ?? "").split(/\s+/).filter(Boolean).slice(0, MOST_WORDS),
    limit: PAGE,
  };
}

/** The key from the sign-in form; "" where it has none. */
async function typedKey(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? Infinity) > MOST_FORM_BYTES) return "";
  try {
    return new URLSearchParams(await inTime(request.text(), FORM_MS)).get("key")?.trim() ?? "";
  } catch {
    return ""; // it did not arrive, or not completely
  }
}

/** 303 See Other. Relative, so that it works behind a prefix too; with the cookies that were set on `c`. */
function moved(to: string, c?: Context): Response {
  const headers = { ...HEADERS, location: to, "cache-control": "no-store" };
  return c === undefined ? new Response(null, { status: 303, headers }) : c.body(null, 303, headers);
}
