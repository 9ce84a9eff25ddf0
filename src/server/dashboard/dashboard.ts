/** The dashboard's endpoints: the page, its parts, the figures, what happens live, and the login. */
import type { Context } from "hono";
import type { Config } from "../../config/config.ts";
import type { RequestEnd } from "../../model/request-end.ts";
import type { LoggedRequest } from "../../ledger/row.ts";
import type { Endpoint } from "../endpoint.ts";
import { inTime } from "../body-timeout.ts";
import type { ServerContext } from "../context.ts";
import { Refusal } from "../errors.ts";
import { Sessions } from "./sessions.ts";
import { access, labelOf, mayEnter, signIn, signOut } from "./access.ts";
import { type PeriodReport, PERIODS, ReportCache } from "./report-cache.ts";
import { HEADERS } from "./headers.ts";
import { Live } from "./live.ts";
import { type DashboardState, stateOf } from "./state.ts";

/** `GET /dashboard/data?period=today|week|month`. */
export interface DashboardData {
  /** Epoch milliseconds by the proxy's clock. */
  readonly now: number;
  readonly version: string;
  readonly period: typeof PERIODS[number];
  /** Whether one can sign out: the proxy has a key. */
  readonly locked: boolean;
  /** Null: no ledger is kept. */
  readonly figures: PeriodReport | null;
  /** Newest first. */
  readonly recent: readonly LoggedRequest[];
  readonly state: DashboardState;
}

/** The page comes into memory with its first reader. */
const page = () => import("./assets.ts");
/** Rows that the page begins with. */
const RECENT = 100;
/** A key is never longer; a form that is, is not read. */
const MOST_FORM_BYTES = 4096;
/** Milliseconds that it may take to come. */
const FORM_MS = 10_000;

export class Dashboard {
  readonly #context: () => ServerContext;
  readonly #sessions = new Sessions();
  readonly #reports = new ReportCache();
  readonly #live: Live;

  /** `context` is asked when it is needed, since it is made of this. */
  constructor(context: () => ServerContext) {
    this.#context = context;
    this.#live = new Live({
      state: () => JSON.stringify(stateOf(this.#context(), this.#context().source.current)),
    });
  }

  /** Tells of a request that is over. */
  tell(end: RequestEnd): void {
    this.#live.tell(end);
  }

  /** Ends the streams of what happens. */
  close(): void {
    this.#live.close();
  }

  /** They check for themselves who may see them: a browser without a key gets a form, not an error. */
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
      here("GET", "", async (c) => this.#enters(c) ? (await page()).indexPage() : moved("dashboard/login")),
      here("GET", "/", () => moved("../dashboard")),
      here("GET", "/data", (c, config) => this.#data(c, config)),
      here("GET", "/events", (c) => this.#events(c)),
      here(
        "GET",
        "/login",
        async (c) => this.#enters(c) ? moved("../dashboard") : (await page()).loginPage(),
      ),
      here("POST", "/login", (c, config) => this.#login(c, config)),
      here("POST", "/logout", (c, config) => {
        signOut(c, config, this.#sessions);
        return moved("login", c);
      }),
      here("GET", "/assets/:name", async (c) => {
        const found = (await page()).asset(c.req.param("name") ?? "", c.req.header("if-none-match"));
        if (found === undefined) throw new Refusal(404, "The dashboard has no such part.");
        return found;
      }),
    ];
  }

  #enters(c: Context): boolean {
    return mayEnter(c, () => this.#context().source.current, this.#sessions, this.#now);
  }

  #data(c: Context, config: Config): Response {
    this.#access(c);
    const asked = c.req.query("period") ?? "today";
    const period = PERIODS.find((one) => one === asked);
    if (period === undefined) {
      throw new Refusal(400, `The period is one of ${PERIODS.join(", ")}, not "${asked.slice(0, 40)}".`);
    }
    const context = this.#context();
    const { clock } = context.dispatcher;
    const ledger = context.ledger();
    const data: DashboardData = {
      now: clock.now(),
      version: context.version,
      period,
      locked: config.proxy.apiKeys.length > 0,
      figures: ledger === undefined ? null : this.#reports.reportOf(ledger, period, this.#live.ended, clock),
      recent: ledger?.recent({ limit: RECENT }) ?? [],
      state: stateOf(context, config),
    };
    return Response.json(data, { headers: { ...HEADERS, "cache-control": "no-store" } });
  }

  #events(c: Context): Response {
    const { still } = this.#access(c);
    const { source } = this.#context();
    const stream = this.#live.listen(() => source.current.telemetry.dashboard && still());
    if (stream === undefined) {
      throw new Refusal(503, "Enough dashboards are listening; this one can ask for its data instead.", {
        "retry-after": "30",
      });
    }
    return new Response(stream, {
      headers: {
        ...HEADERS,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
      },
    });
  }

  async #login(c: Context, config: Config): Promise<Response> {
    const now = this.#now();
    const { loginPage } = await page();
    const wait = this.#sessions.wait(now);
    if (wait > 0) {
      return loginPage(`Too many wrong keys. Try again in ${wait} seconds.`, 429, {
        "retry-after": `${wait}`,
      });
    }
    const label = labelOf(await typedKey(c.req.raw), config);
    if (label === undefined && config.proxy.apiKeys.length > 0) {
      this.#sessions.wrong(now);
      return loginPage("That is not one of this proxy’s keys.", 401);
    }
    if (label !== undefined) signIn(c, config, this.#sessions.open(label, now));
    return moved("../dashboard", c);
  }

  #access(c: Context): { readonly still: () => boolean } {
    return access(c, () => this.#context().source.current, this.#sessions, this.#now);
  }

  #now = (): number => this.#context().dispatcher.clock.now();
}

/** The key from the login form; "" where there is none. */
async function typedKey(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? Infinity) > MOST_FORM_BYTES) return "";
  try {
    return new URLSearchParams(await inTime(request.text(), FORM_MS)).get("key")?.trim() ?? "";
  } catch {
    return ""; // it did not come, or not whole
  }
}

/** See other. Relative, so that it holds behind a prefix too; with the cookies that the context was given. */
function moved(to: string, c?: Context): Response {
  const headers = { ...HEADERS, location: to, "cache-control": "no-store" };
  return c === undefined ? new Response(null, { status: 303, headers }) : c.body(null, 303, headers);
}
