import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, greet } from "../../../../src/cli/commands/serve/greet.ts";
import { catalogFor } from "../../../../src/cli/configuration.ts";
import { good } from "../../../config/support.ts";
import { session } from "../../terminal.ts";

/** What is said of this configuration when it is up. */
async function said(
  toml: string,
  { columns, hostname = "127.0.0.1" }: { readonly columns?: number; readonly hostname?: string } = {},
) {
  const one = session([], { env: { HOME: "/nowhere" }, ...(columns === undefined ? {} : { columns }) });
  const lines: [string, unknown][] = [];
  const config = { ...good(toml), path: "/home/me/config.toml" };
  await greet(one.io, (level, message, fields) => void lines.push([`${level}: ${message}`, fields]), {
    config,
    catalog: catalogFor(one.io, config),
    url: "http://127.0.0.1:3456",
    hostname,
  });
  return { out: one.out(), lines };
}

test("on a terminal there is the banner, and nothing in the log", async () => {
  const { out, lines } = await said("", { columns: 80 });
  assert.match(out, /listening on http:\/\/127\.0\.0\.1:3456/);
  assert.deepEqual(lines, []);
});

test("without a terminal the log has the address too, with the number of workers", async () => {
  const one = await said("");
  assert.match(one.out, /listening on/);
  assert.equal(
    one.lines[0]?.[0],
    "info: listening on http://127.0.0.1:3456, configuration: /home/me/config.toml",
  );
  const several = await said('[proxy]\nworkers = 3\n[store]\nurl = "postgres://127.0.0.1/x"\n');
  assert.match(several.lines[0]![0], / with 3 workers, /);
  assert.equal((several.lines[0]![1] as { readonly workers?: number }).workers, 3);
});

test("a log of JSON has the address and the file's warnings, and there is no banner", async () => {
  const { out, lines } = await said('[log]\njson = true\n[router]\nthink = "groq,m"\n');
  assert.equal(out, "");
  assert.deepEqual(lines.map(([line]) => line.slice(0, 18)), ["info: listening on", "warn: test.toml:4:"]);
});

test("an address for everybody is shown as such", () => {
  const url = "http://127.0.0.1:3456";
  for (const hostname of ["0.0.0.0", "::"]) {
    assert.equal(addressOf({ url, hostname }), `${url} (all addresses of this machine)`);
  }
  assert.equal(addressOf({ url, hostname: "127.0.0.1" }), url);
});
