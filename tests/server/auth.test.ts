import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ClientKey, KeyRing, newKey, type Role } from "../../src/config/client-keys.ts";
import { KeyIds } from "../../src/dispatch/keys.ts";
import {
  allow,
  Door,
  holdsKey,
  keyFromPath,
  KeyRefusal,
  type Need,
  OPEN,
  originOf,
  withoutBase,
} from "../../src/server/auth.ts";
import type { ClientKeys } from "../../src/server/client-keys.ts";
import { Refusal } from "../../src/server/errors.ts";
import { configOf, testClock } from "../support/proxy.ts";

const KEY = "proxy-key-0123456789";
const ADMIN = "admin-key-0123456789";
const one = configOf(`[proxy]\napi_key = "${KEY}"\n`);
const both = configOf(`[proxy]\napi_key = "${KEY}"\nadmin_key = "${ADMIN}"\n`);

const sending = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name];
const admit = (headers: Readonly<Record<string, string>>, config = one, door = new Door(new KeyIds())) =>
  door.admit(config, sending(headers));

/** The keys with names of a door: the part of them that it looks at. */
function namedKeys(keys: readonly ClientKey[]): ClientKeys {
  const ring = new KeyRing(keys);
  const part: Pick<ClientKeys, "ring" | "areThere" | "named"> = {
    ring,
    areThere: keys.length > 0,
    named: (name) => name === undefined ? undefined : ring.named(name),
  };
  return part as ClientKeys;
}

function namedKey(set: Partial<ClientKey> = {}): { readonly key: string; readonly known: ClientKey } {
  const { key, secret } = newKey();
  return { key, known: { name: "ann", role: "client", created: 0, secrets: [secret], ...set } };
}

describe("the door", () => {
  test("is open where there is no key, to everybody and for everything", () => {
    const door = new Door(new KeyIds());
    const open = configOf("");
    assert.equal(door.isLocked(open), false);
    assert.equal(door.admit(open, () => undefined), OPEN);
    assert.equal(door.admit(open, sending({ authorization: "Bearer something" })), OPEN);
  });

  test("takes the key from each header that clients can set", () => {
    const ways: readonly Record<string, string>[] = [
      { "x-proxy-key": KEY },
      { "x-api-key": KEY },
      { authorization: `Bearer ${KEY}` },
      { authorization: `bearer   ${KEY}` },
      { authorization: KEY },
    ];
    for (const headers of ways) assert.equal(admit(headers).role, "admin", JSON.stringify(headers));
  });

  test("takes a right key beside the provider's own that a client sends too", () => {
    assert.equal(admit({ "x-proxy-key": KEY, authorization: "Bearer sk-of-the-provider" }).role, "admin");
    assert.equal(admit({ authorization: "Bearer sk-of-the-provider", "x-api-key": KEY }).role, "admin");
  });

  test("refuses what is nearly a key", () => {
    for (const wrong of [`${KEY} `, KEY.toUpperCase(), KEY.slice(1), `Bearer ${KEY}`, "Bearer", "é", "\0"]) {
      assert.throws(() => admit({ "x-api-key": wrong }), { status: 401 }, JSON.stringify(wrong));
    }
    assert.throws(() => admit({ authorization: `Basic ${KEY}` }), { status: 401 });
  });

  test("says whether a key is missing or wrong, and how to send one, but not the key", () => {
    assert.throws(() => admit({}), /this proxy needs a key/);
    assert.throws(() => admit({ "x-api-key": "" }), /this proxy needs a key/);
    assert.throws(() => admit({ "x-api-key": "wrong-key" }), (error) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, /not one of this proxy's.*X-Proxy-Key/);
      assert.doesNotMatch(error.message, /wrong-key/);
      assert.match(error.headers["www-authenticate"] ?? "", /^Bearer /);
      return true;
    });
  });

  test("knows an administrator by the admin key alone, once there is one", () => {
    assert.equal(admit({ "x-api-key": KEY }, both).role, "client");
    assert.equal(admit({ "x-api-key": ADMIN }, both).role, "admin");
    assert.equal(admit({ "x-api-key": KEY }, one).role, "admin");
  });

  test("labels keys by this installation, and by all replicas once they have agreed", () => {
    const ids = new KeyIds();
    const door = new Door(ids);
    const label = () => door.admit(one, sending({ "x-api-key": KEY })).key;
    const before = label();
    assert.ok(ids.adopt(new KeyIds().installation));
    assert.notEqual(label(), before);
    assert.equal(label(), ids.of(KEY));
  });

  test("names a caller by a label that holds nothing of the key", () => {
    const { key } = admit({ "x-api-key": KEY });
    assert.match(key ?? "", /^[0-9a-f]{8}$/);
  });
});

describe("keys with names", () => {
  test("open the door under their name and with their role", () => {
    const { key, known } = namedKey({ role: "viewer" });
    const door = new Door(new KeyIds(), namedKeys([known]));
    const caller = door.admit(configOf(""), sending({ authorization: `Bearer ${key}` }));
    assert.deepEqual(caller, { key: "ann", role: "viewer", named: known });
    assert.throws(() => door.admit(configOf(""), () => undefined), { status: 401 });
  });

  test("that are not valid any more are refused by name, with the reason as the code", () => {
    const refusalOf = (set: Partial<ClientKey>, secret: Partial<ClientKey["secrets"][number]> = {}) => {
      const { key, known } = namedKey(set);
      const keys = namedKeys([{ ...known, secrets: known.secrets.map((old) => ({ ...old, ...secret })) }]);
      try {
        new Door(new KeyIds(), keys).admit(configOf(""), sending({ "x-api-key": key }), { now: 1000 });
      } catch (error) {
        assert.ok(error instanceof KeyRefusal, String(error));
        assert.match(error.message, /the key "ann" /);
        return `${error.status} ${error.code}`;
      }
      return "let in";
    };
    assert.equal(refusalOf({ revoked: 500 }), "401 key_revoked");
    assert.equal(refusalOf({ expires: 1000 }), "401 key_expired");
    assert.equal(refusalOf({ expires: 1001 }), "let in");
    assert.equal(refusalOf({}, { until: 999 }), "401 key_rotated");
    assert.equal(refusalOf({}, { until: 1001 }), "let in");
  });

  test("who is signed in with one stays so only while it may do the same", () => {
    const ids = new KeyIds();
    const { known } = namedKey({ role: "viewer", expires: 1000 });
    const door = new Door(ids, namedKeys([known]));
    assert.ok(door.stillMay(both, "ann", "view", 999));
    assert.ok(!door.stillMay(both, "ann", "change", 999));
    assert.ok(!door.stillMay(both, "ann", "view", 1000));
    assert.ok(!door.stillMay(both, "bob", "view", 0));
    assert.ok(door.stillMay(both, ids.of(ADMIN), "change", 0));
    assert.ok(!door.stillMay(both, ids.of(KEY), "change", 0));
    assert.ok(!door.stillMay(one, ids.of(ADMIN), "view", 0), "a key that was taken out");
  });
});

test("a role does what it is for, and nothing else", () => {
  const may = (role: Role) =>
    (["ask", "view", "change", "any"] satisfies Need[]).filter((need) => {
      try {
        allow({ role }, need);
        return true;
      } catch (error) {
        assert.ok(error instanceof Refusal && error.status === 403);
        return false;
      }
    });
  assert.deepEqual(may("client"), ["ask", "any"]);
  assert.deepEqual(may("viewer"), ["view", "any"]);
  assert.deepEqual(may("admin"), ["ask", "view", "change", "any"]);
});

test("a refusal says what the role may not, and with which key it goes", () => {
  const words = (role: Role, need: Need) => {
    try {
      allow({ role }, need);
    } catch (error) {
      return (error as Refusal).message;
    }
    return "";
  };
  assert.match(words("viewer", "ask"), /this key has the role viewer: it sends no requests\.$/);
  assert.match(words("viewer", "change"), /it changes nothing\. Use the admin_key/);
  assert.match(words("client", "view"), /this key is a client's: .* Use the admin_key/);
});

test("a refused key with a name is refused by that name", () => {
  const { known } = namedKey({ role: "viewer" });
  assert.throws(
    () => allow({ role: "viewer", named: known }, "ask"),
    (error) => error instanceof KeyRefusal && error.key === "ann" && /the key "ann" has/.test(error.message),
  );
});

describe("whether a value holds a key of the proxy", () => {
  test("a long key is found wherever it is, a short one only alone", () => {
    assert.ok(holdsKey(both, `x=${KEY}&y`));
    assert.ok(holdsKey(both, `Bearer ${ADMIN}`));
    assert.ok(!holdsKey(both, KEY.slice(0, -1)));
    const short = configOf('[proxy]\napi_key = "word"\n');
    assert.ok(holdsKey(short, "word"));
    assert.ok(holdsKey(short, "Bearer word"));
    assert.ok(!holdsKey(short, "a word of others"));
    const eight = configOf('[proxy]\napi_key = "8letters"\n');
    assert.ok(holdsKey(eight, "x=8letters&y"));
  });

  test("a key with a name is found even where nobody made it here", () => {
    assert.ok(holdsKey(configOf(""), `Bearer ${newKey().key}`));
    assert.ok(!holdsKey(configOf(""), ""));
  });
});

describe("a key in the path", () => {
  const read = (url: string) => {
    const { url: inner, headers } = keyFromPath(new Request(url));
    return [inner, headers.get("x-proxy-key")];
  };

  test("goes into a header, and the rest is the path", () => {
    assert.deepEqual(read("http://localhost/k/a-key/v1/models?x=1"), [
      "http://localhost/v1/models?x=1",
      "a-key",
    ]);
    assert.deepEqual(read("http://localhost/k/a-key"), ["http://localhost/", "a-key"]);
    assert.deepEqual(read("http://localhost//k//a-key/v1/models"), ["http://localhost/v1/models", "a-key"]);
  });

  test("is what it was before it was written into a URL", () => {
    assert.equal(read("http://localhost/k/a%2Fb%20c/v1")[1], "a/b c");
  });

  test("that fits into no header, or is badly written, stays as it came", () => {
    for (const written of ["%0d%0ax", "%C3%A9", "%zz", "%"]) {
      assert.equal(read(`http://localhost/k/${written}/v1`)[1], written);
    }
  });

  test("other paths are left alone", () => {
    const request = new Request("http://localhost/v1/k/not-a-key");
    assert.equal(keyFromPath(request), request);
  });

  test("the body and the method go on with the request", async () => {
    const request = new Request("http://localhost/k/a/v1/messages", { method: "POST", body: "text" });
    const inner = keyFromPath(request);
    assert.equal(inner.method, "POST");
    assert.equal(await inner.text(), "text");
  });
});

test("a base path is taken off whole segments only", () => {
  const at = (path: string, base = "/llm") =>
    withoutBase(new Request(`http://localhost${path}`), base).url.slice("http://localhost".length);
  assert.equal(at("/llm/v1/models?x=/llm"), "/v1/models?x=/llm");
  assert.equal(at("/llm"), "/");
  assert.equal(at("/llm?x=1"), "/?x=1");
  for (const path of ["/llmx/v1", "/v1/llm", "/LLM/v1"]) assert.equal(at(path), path);
  assert.equal(at("/llm/v1", ""), "/llm/v1");
});

test("where a request came from is what the connection says, if it says anything", () => {
  const clock = testClock();
  assert.deepEqual(originOf({ env: { address: () => "192.0.2.7" } }, clock), {
    address: "192.0.2.7",
    now: clock.now(),
  });
  assert.equal(originOf({}, clock).address, undefined);
  assert.equal(originOf({ env: { address: () => undefined } }, clock).address, undefined);
});
