import assert from "node:assert/strict";
import { test } from "node:test";
import { InFlightRequest } from "../../src/dispatch/in-flight.ts";

/** A request in flight, and what its client can do. */
function begun(): { readonly request: InFlightRequest; readonly client: AbortController } {
  const client = new AbortController();
  return {
    client,
    request: new InFlightRequest({ id: "r", time: 5, route: "think", signal: client.signal }),
  };
}

test("a client that hangs up stops its request, once", () => {
  const { request, client } = begun();
  let stops = 0;
  request.whenStopped(() => stops++);
  assert.deepEqual([request.stopped, request.signal.aborted], [false, false]);
  client.abort();
  assert.deepEqual([request.stopped, request.signal.aborted, stops], [true, true, 1]);
});

test("a client that hung up before its request began has stopped it", () => {
  const signal = AbortSignal.abort();
  const request = new InFlightRequest({ id: "r", time: 5, route: "think", signal });
  let stops = 0;
  request.whenStopped(() => stops++);
  assert.deepEqual([request.stopped, stops, request.signal.aborted], [true, 1, true]);
});

test("only the latest that wants to know of a stop hears of it", () => {
  const { request, client } = begun();
  request.whenStopped(() => assert.fail("it is not asked any more"));
  let stops = 0;
  request.whenStopped(() => stops++);
  client.abort();
  assert.equal(stops, 1);
  request.whenStopped(undefined);
  request.whenStopped(() => stops++);
  assert.equal(stops, 2, "who asks later hears at once");
});

test("a cut before an answer began stops the request and keeps its reason", () => {
  const { request } = begun();
  const { signal } = request;
  request.cut("the proxy stops");
  assert.deepEqual([request.reason, request.stopped, signal.aborted], ["the proxy stops", true, true]);
  assert.equal(request.streaming, false);
});

test("a cut of an answer that streams ends the answer, and does not stop the request", () => {
  const { request } = begun();
  const cuts: string[] = [];
  request.began({ cut: (reason) => cuts.push(reason) });
  assert.equal(request.streaming, true);
  request.cut("the proxy stops");
  assert.deepEqual([cuts, request.stopped], [["the proxy stops"], false]);
});

test("an answer that begins after its cut ends at once", () => {
  const { request } = begun();
  request.cut("the proxy stops");
  const cuts: string[] = [];
  request.began({ cut: (reason) => cuts.push(reason) });
  assert.deepEqual(cuts, ["the proxy stops"]);
});
