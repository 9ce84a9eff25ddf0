import assert from "node:assert/strict";
import { test } from "node:test";
import { askThisMachineDirectly, forwardProxyOf, portOf } from "../../src/runtime/forward-proxy.ts";

test("this machine is asked directly, whether or not there is a forward proxy", () => {
  const env: Record<string, string | undefined> = {
    HTTP_PROXY: "http://proxy:3128",
    NO_PROXY: "a.test, b.test",
  };
  askThisMachineDirectly(env);
  assert.equal(env.NO_PROXY, "a.test,b.test,localhost,127.0.0.0/8,::1");
  assert.equal(env.no_proxy, env.NO_PROXY);
  const again = { ...env };
  askThisMachineDirectly(env);
  assert.deepEqual(env, again);
  const none = { NO_PROXY: "a.test" };
  askThisMachineDirectly(none);
  assert.deepEqual(none, { NO_PROXY: "a.test" });
  const nowhere = { https_proxy: "http://proxy:3128", no_proxy: "*" };
  askThisMachineDirectly(nowhere);
  assert.deepEqual(nowhere, { https_proxy: "http://proxy:3128", no_proxy: "*" });
});

test("the forward proxy of a request is the one of its scheme, unless NO_PROXY names its host", () => {
  const env = {
    HTTPS_PROXY: "http://user:password@secure:8443",
    http_proxy: "plain:3128",
    NO_PROXY: "localhost,127.0.0.0/8,::1,corp.test,.dot.test,10.1.2.3",
  };
  const host = (url: string) => forwardProxyOf(url, env)?.host;
  assert.equal(host("https://api.example/v1"), "secure:8443");
  assert.equal(host("http://api.example/v1"), "plain:3128");
  assert.equal(host("http://xcorp.test"), "plain:3128");
  for (
    const direct of [
      "http://127.0.0.2:1",
      "http://[::1]:2",
      "http://localhost",
      "http://a.localhost",
      "https://corp.test",
      "https://a.corp.test",
      "https://dot.test",
      "https://a.dot.test",
      "http://10.1.2.3",
    ]
  ) assert.equal(host(direct), undefined, direct);
  assert.equal(forwardProxyOf("https://api.example", { ALL_PROXY: "socks5://s:1" })?.host, "s:1");
  assert.equal(forwardProxyOf("https://api.example", {}), undefined);
});

test("a forward proxy without a port has that of its scheme", () => {
  assert.deepEqual(
    ["http://p", "https://p", "socks5://p", "http://p:8080"].map((url) => portOf(new URL(url))),
    [80, 443, 1080, 8080],
  );
});
