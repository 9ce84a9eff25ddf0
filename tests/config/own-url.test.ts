import assert from "node:assert/strict";
import { test } from "node:test";
import { isCovered, urlOf } from "../../src/config/own-url.ts";

test("the URL has a name that the certificate is for", () => {
  const url = (host: string, ...names: string[]) =>
    urlOf({ host, port: 1, tls: { cert: "", key: "", names } });
  assert.equal(urlOf({ host: "0.0.0.0", port: 1 }), "http://127.0.0.1:1");
  assert.equal(url("0.0.0.0", "ai.example", "127.0.0.1"), "https://127.0.0.1:1");
  assert.equal(url("127.0.0.1", "localhost"), "https://localhost:1");
  assert.equal(url("0.0.0.0", "*.example", "ai.example"), "https://ai.example:1");
  assert.equal(url("::1"), "https://[::1]:1");
});

test("a name that others use is not changed without a certificate for it", () => {
  assert.equal(urlOf({ host: "::", port: 80 }), "http://[::1]:80");
  assert.equal(
    urlOf({ host: "ai.example", port: 80, tls: { cert: "", key: "", names: ["*.else.example"] } }),
    "https://ai.example:80",
  );
});

test("a star is for one label more, and for no other name", () => {
  const covers = (...names: string[]) => (host: string) => isCovered({ names }, host);
  const star = covers("*.example.com", "::1");
  assert.deepEqual(["a.example.com", "::1"].map(star), [true, true]);
  assert.deepEqual(["example.com", "a.b.example.com", "aexample.com", "localhost", ""].map(star), [
    false,
    false,
    false,
    false,
    false,
  ]);
});
