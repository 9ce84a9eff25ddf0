import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Refusal } from "../../src/server/errors.ts";
import { guard, isOwnPage } from "../../src/server/guard.ts";
import { configOf } from "../support/proxy.ts";

const ALONE = { reachable: false, locked: false };

interface Asked {
  readonly url?: string;
  readonly method?: string;
  readonly proxy?: string;
  readonly came?: { readonly reachable: boolean; readonly locked: boolean };
}

const KEYED = 'api_key = "proxy-key-0123456789"\n';

/** The status of the refusal of a request with these headers; 200: it was let in. */
function statusOf(headers: Readonly<Record<string, string>>, asked: Asked = {}): number {
  const { url = "http://localhost:3456/v1/models", method = "GET", proxy = "", came = ALONE } = asked;
  const config = configOf(`[proxy]\n${proxy}`);
  try {
    guard(config.proxy, new Request(url, { method, headers: { host: "localhost:3456", ...headers } }), came);
    return 200;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.status;
  }
}

describe("the host of a request", () => {
  test("this machine's names are let in, and other names are refused", () => {
    assert.equal(statusOf({}), 200);
    assert.equal(statusOf({ host: "127.0.0.1" }), 200);
    assert.equal(statusOf({ host: "evil.example" }, { url: "http://evil.example/" }), 403);
  });

  test("the header and the target both count: one that names another host is refused", () => {
    assert.equal(statusOf({ host: "localhost" }, { url: "http://evil.example/v1/models" }), 403);
    assert.equal(statusOf({ host: "evil.example" }), 403);
  });

  test("a malformed host is a mistake of the request", () => {
    for (const host of ["a b", "localhost:port", "user@localhost"]) {
      assert.equal(statusOf({ host }), 400, host);
    }
  });

  test("names of the configuration are let in, and only under the configuration that has them", () => {
    const named = { url: "http://proxy.home.example/", proxy: 'allowed_hosts = ["proxy.home.example"]\n' };
    const host = "Proxy.Home.Example:8443";
    assert.equal(statusOf({ host }, named), 200);
    assert.equal(statusOf({ host }, { url: named.url }), 403);
  });

  test("behind a key, with an address of its own and no list of names, every name is the proxy's", () => {
    const proxy = `${KEYED}host = "0.0.0.0"\n`;
    const url = "http://llm.example/";
    const locked = { reachable: true, locked: true };
    assert.equal(statusOf({ host: "llm.example" }, { url, proxy, came: locked }), 200);
    const listed = `${proxy}allowed_hosts = ["other.example"]\n`;
    assert.equal(statusOf({ host: "llm.example" }, { url, proxy: listed, came: locked }), 403);
  });

  test("on loopback nobody else has a name for the proxy, so a key opens no other host", () => {
    const came = { reachable: false, locked: true };
    assert.equal(statusOf({ host: "llm.example" }, { url: "http://llm.example/", proxy: KEYED, came }), 403);
  });

  test("a target without a host, as HTTP/1.1 sends it, leaves the header to say it", () => {
    const { proxy } = configOf("");
    const at = (url: string, host?: string) =>
      guard(
        proxy,
        { url, method: "GET", headers: new Headers(host === undefined ? {} : { host }) } as Request,
        ALONE,
      );
    at("/v1/models", "localhost");
    at("http://localhost?x=http://evil.example");
    at("http://localhost#evil.example/");
    assert.throws(() => at("/v1/models", "evil.example"), { status: 403 });
    assert.throws(() => at("ftp://evil.example/x"), { status: 403 });
    assert.throws(() => at("/v1/models"), { status: 400 });
  });

  test("more hosts than are remembered are judged as the first ones were", () => {
    const config = configOf("");
    const request = (host: string) => new Request(`http://${host}/`, { headers: { host } });
    for (let round = 0; round < 2; round++) {
      for (let port = 1; port <= 100; port++) {
        guard(config.proxy, request(`localhost:${port}`), ALONE);
        assert.throws(() => guard(config.proxy, request(`h${port}.example`), ALONE), { status: 403 });
      }
    }
  });
});

test("where others can reach a proxy that has lost its key, nothing is answered", () => {
  const open = { reachable: true, locked: false };
  assert.equal(statusOf({}, { came: open }), 503);
  assert.equal(statusOf({}, { came: { reachable: true, locked: true } }), 200);
});

describe("a web page", () => {
  test("of another site is refused, whatever its origin says", () => {
    for (const origin of ["https://evil.example", "null", "file://", "not an origin", "http://localhost:1"]) {
      assert.equal(statusOf({ origin }), 403, origin);
    }
  });

  test("of the proxy itself is let in, and so are those of cors_origins", () => {
    assert.equal(statusOf({ origin: "http://localhost:3456" }), 200);
    const origin = "https://tools.example";
    assert.equal(statusOf({ origin }, { proxy: `cors_origins = ["${origin}"]\n` }), 200);
    assert.equal(
      statusOf({ origin: `${origin}.evil.example` }, { proxy: `cors_origins = ["${origin}"]\n` }),
      403,
    );
  });

  test("at the default port is the proxy's own, with the port or without", () => {
    const at = (host: string, origin: string) => statusOf({ host, origin }, { url: "http://localhost/" });
    assert.equal(at("localhost:80", "http://localhost"), 200);
    assert.equal(at("localhost", "http://localhost"), 200);
    assert.equal(at("localhost:443", "https://localhost"), 200);
    assert.equal(at("localhost:443", "http://localhost"), 403);
  });

  test("that sends no origin is known by what browsers say of its site", () => {
    for (const site of ["cross-site", "same-site"]) {
      assert.equal(statusOf({ "sec-fetch-site": site, "sec-fetch-mode": "no-cors" }), 403, site);
    }
    for (const site of ["same-origin", "none"]) assert.equal(statusOf({ "sec-fetch-site": site }), 200, site);
  });

  test("may be left by a link to the dashboard, and to nothing else", () => {
    const visit = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    const at = (path: string, more = {}, method = "GET") =>
      statusOf({ ...visit, ...more }, { url: `http://localhost:3456${path}`, method });
    for (const path of ["/dashboard", "/dashboard/", "/dashboard/login", "/dashboard?range=day"]) {
      assert.equal(at(path), 200, path);
    }
    for (const path of ["/dashboard/data", "/dashboards", "/v1/models", "/x/dashboard"]) {
      assert.equal(at(path), 403, path);
    }
    assert.equal(at("/dashboard", { "sec-fetch-dest": "iframe" }), 403);
    assert.equal(at("/dashboard", {}, "POST"), 403);
  });
});

describe("what changes something", () => {
  const isOwn = (headers: Record<string, string>) =>
    isOwnPage(new Request("http://localhost:3456/admin/pause", { method: "POST", headers }));

  test("is taken from programs and from the proxy's own pages", () => {
    assert.ok(isOwn({}));
    assert.ok(isOwn({ host: "localhost:3456", origin: "http://localhost:3456" }));
    assert.ok(isOwn({ host: "localhost:3456", "sec-fetch-site": "same-origin" }));
    assert.ok(
      isOwn({ host: "llm.example", origin: "http://llm.example" }),
      "the name that it was asked under",
    );
    assert.ok(isOwn({ origin: "http://localhost:3456" }), "HTTP/2 has no Host header");
  });

  test("is not taken from others, whatever else the request says", () => {
    assert.ok(!isOwn({ host: "localhost:3456", origin: "http://localhost:3457" }));
    assert.ok(!isOwn({ host: "localhost:3456", origin: "null" }));
    for (const site of ["cross-site", "same-site", "none", "something new"]) {
      assert.ok(
        !isOwn({ host: "localhost:3456", origin: "http://localhost:3456", "sec-fetch-site": site }),
        site,
      );
    }
  });
});
