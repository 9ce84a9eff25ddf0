import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asset, indexPage, loginPage } from "../../../src/server/dashboard/assets.ts";

const textOf = async (name: string) => await asset(name, undefined)?.text();

/** The names of the page's own files that a page asks for. */
const askedBy = (html: string) =>
  [...html.matchAll(/(?:src|href)="(?:\.\/)?(?:dashboard\/)?assets\/([^"]+)"/g)].map(([, name]) => name!);

test("every module that an asset imports is an asset", async () => {
  const seen = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    const text = await textOf(name);
    assert.ok(text !== undefined, name);
    for (const [, other] of text.matchAll(/from "\.\/([^"]+)"/g)) await visit(other!);
  };
  await visit("app.js");
  await visit("login.js");
  assert.ok(seen.size > 5);
});

for (const [page, response] of [["the dashboard", indexPage], ["the sign-in form", loginPage]] as const) {
  test(`${page} asks for files that are there, and is kept nowhere`, async () => {
    const answer = response();
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/html/);
    const names = askedBy(await answer.text());
    assert.ok(names.length >= 2, names.join());
    for (const name of names) assert.notEqual(asset(name, undefined), undefined, name);
  });
}

describe("an asset", () => {
  test("has its type, and a browser asks each time whether it has changed", () => {
    const typeOf = (name: string) => asset(name, undefined)!.headers.get("content-type");
    assert.equal(typeOf("app.js"), "text/javascript; charset=utf-8");
    assert.equal(typeOf("style.css"), "text/css; charset=utf-8");
    assert.equal(typeOf("icon.svg"), "image/svg+xml");
    assert.equal(asset("app.js", undefined)!.headers.get("cache-control"), "no-cache");
  });

  test("that a browser has is not sent again, and one that has changed is", async () => {
    const tag = asset("app.js", undefined)!.headers.get("etag")!;
    assert.match(tag, /^"[\w-]{22}"$/);
    const same = asset("app.js", tag)!;
    assert.equal(same.status, 304);
    assert.equal(await same.text(), "");
    assert.equal(same.headers.get("etag"), tag);
    assert.equal(asset("app.js", '"of another version"')!.status, 200);
    assert.notEqual(asset("style.css", tag)!.status, 304);
  });

  test("is never taken for something else, nor shown in another page", () => {
    for (const answer of [asset("app.js", undefined)!, indexPage(), loginPage()]) {
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    }
  });
});

test("no other name is an asset: none of the folder's files, and nothing that objects inherit", () => {
  const names = [
    "",
    "index.html",
    "login.html",
    "../state.ts",
    "app.js/",
    "APP.JS",
    "toString",
    "constructor",
  ];
  for (const name of [...names, "__proto__"]) assert.equal(asset(name, undefined), undefined, name);
});
