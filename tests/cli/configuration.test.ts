import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CliError } from "../../src/cli/command.ts";
import {
  catalogFor,
  dataFolderOf,
  homeOf,
  ledgerPathOf,
  originInFull,
  originOf,
  readConfig,
  readPlace,
  shortPath,
  unusable,
  warningsOf,
} from "../../src/cli/configuration.ts";
import { hiding } from "../../src/cli/io.ts";
import { inFolder, session } from "./terminal.ts";

const KEY = "made-up-proxy-key-1";
const GOOD = `[proxy]\nport = 4000\napi_key = "${KEY}"\n[router]\nthink = "ollama,m"\n`;
const thrown = (work: () => unknown): CliError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CliError);
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("reading the configuration", () => {
  test("takes its secrets out of what is printed from then on", () =>
    inFolder({ "config.toml": GOOD }, (cwd) => {
      const one = session([], { cwd });
      const io = hiding(one.io);
      assert.equal(readConfig(io, "config.toml").proxy.port, 4000);
      io.stdout.write(`it is ${KEY}`);
      assert.ok(!one.out().includes(KEY));
    }));

  test("ends the command with every mistake and exit code 2", () =>
    inFolder({ "config.toml": "[proxy]\nprot = 1\nhost = 7\n" }, (cwd) => {
      const { message, exitCode } = thrown(() => readConfig(session([], { cwd }).io, "config.toml"));
      assert.equal(exitCode, 2);
      assert.match(
        message,
        /^the configuration has 2 mistakes:\n.*config\.toml:2:1: .*\n.*config\.toml:3:1: /,
      );
    }));

  test("counts one mistake in words", () => {
    assert.match(
      unusable([{ file: "a.toml", key: "", message: "is wrong." }]).message,
      /has a mistake:\na\.toml: is wrong\.$/,
    );
  });
});

describe("where the proxy is asked", () => {
  const place = (toml: string) => {
    let found: ReturnType<typeof readPlace> | undefined;
    return inFolder({ "config.toml": toml }, (cwd) => {
      found = readPlace(session([], { cwd }).io, "config.toml");
    }).then(() => found!);
  };

  test("is the address of a good file, which has no mistakes", async () => {
    const { proxy, mistakes } = await place(GOOD);
    assert.deepEqual([proxy.port, proxy.apiKeys, mistakes], [4000, [KEY], undefined]);
  });

  test("is what can be read of a file with mistakes, beside them", async () => {
    const { proxy, mistakes } = await place(`${GOOD}[log]\nlevle = "info"\n`);
    assert.equal(proxy.port, 4000);
    assert.equal(mistakes?.problems.length, 1);
    assert.match(mistakes!.error.message, /levle/);
    assert.ok(mistakes!.files.some((file) => file.endsWith("config.toml")));
  });

  test("is the default where nothing of the file can be read", async () => {
    const { proxy, mistakes } = await place("[proxy\nport = 4000");
    assert.deepEqual([proxy.host, proxy.port], ["127.0.0.1", 3456]);
    assert.equal(mistakes?.problems.length, 1);
  });
});

test("where a configuration came from is its path and how it was found, or why it has no file", () => {
  const warnings = [{ message: "built from GROQ_API_KEY." }, { message: "another." }];
  assert.equal(originOf({ path: "/a.toml", warnings }), "/a.toml");
  assert.equal(originOf({ path: undefined, warnings } as never), "built from GROQ_API_KEY.");
  assert.equal(
    originOf({ path: undefined, warnings: [] } as never),
    "built from the keys in the environment",
  );
  assert.equal(
    originInFull({ path: "/a.toml", foundBy: "variable", warnings }),
    "/a.toml (named by TERRAPHIM_CONFIG)",
  );
});

test("the warning that says where a configuration came from is shown once", () => {
  const warnings = [{ message: "built from the keys." }, { message: "another." }];
  assert.deepEqual(warningsOf({ path: undefined, warnings } as never).map(({ message }) => message), [
    "another.",
  ]);
  assert.equal(warningsOf({ path: "/a.toml", warnings }).length, 2);
});

describe("paths", () => {
  const io = { env: { HOME: "/home/me", XDG_DATA_HOME: "/data" } };

  test("below the home folder are shown with ~, and no others", () => {
    const shown = (path: string) => shortPath(io, path);
    assert.equal(shown("/home/me/größe/x"), "~/größe/x");
    assert.equal(shown("/home/me2/x"), "/home/me2/x");
    assert.equal(shown("/home/me"), "/home/me");
    assert.equal(shortPath({ env: { HOME: "/" } }, "/x"), "/x");
  });

  test("of the data folder and the ledger are the configuration's, else the user's", () => {
    assert.equal(ledgerPathOf(io, { ledger: { path: "/mine.sqlite" } } as never), "/mine.sqlite");
    assert.equal(ledgerPathOf(io, { ledger: {} } as never), join(dataFolderOf(io), "ledger.sqlite"));
  });

  test("begin at the home folder of the environment, on Windows too", () => {
    assert.equal(homeOf({ env: { USERPROFILE: "C:\\Users\\me" } }), "C:\\Users\\me");
    assert.notEqual(homeOf({ env: {} }), "");
  });
});

test("models are those of the built-in list where the user's own cannot be used", () =>
  inFolder({ "config.toml": GOOD }, (cwd) => {
    const { io } = session([], { cwd });
    const catalog = catalogFor(io, readConfig(io, "config.toml"));
    assert.ok(catalog.find({ provider: "openrouter", model: "anthropic/claude-3-opus" }));
  }));
