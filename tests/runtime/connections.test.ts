import assert from "node:assert/strict";
import { test } from "node:test";
import { Connections } from "../../src/runtime/connections.ts";

test("a connection may be an old one where its host has answered, and kept it open", () => {
  const connections = new Connections(true);
  const url = "https://a.example/v1/messages";
  assert.equal(connections.mayBeOld(url), false);
  connections.answered(url, new Headers({ connection: "close" }));
  assert.equal(connections.mayBeOld(url), false);
  connections.answered(url, new Headers());
  assert.equal(connections.mayBeOld("https://a.example/v1/other"), true);
  assert.equal(connections.mayBeOld("https://b.example/v1/messages"), false);
});

test("the hosts that are remembered are bounded", () => {
  const connections = new Connections(true);
  for (let i = 0; i < 1500; i++) connections.answered(`https://h${i}.example/`, new Headers());
  assert.equal(connections.mayBeOld("https://h0.example/"), false);
  assert.equal(connections.mayBeOld("https://h1499.example/"), true);
});
