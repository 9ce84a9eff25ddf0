import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { buildScript } from "../../../src/config/build/script.ts";
import { Report } from "../../../src/config/problem.ts";
import type { RouterBlock } from "../../../src/config/schema/sections.ts";
import { inFolder } from "../../cli/terminal.ts";

/** Reads a script as `[router.script] path` names it. */
function built(path: string | undefined, folder: string) {
  const report = new Report("config.toml", undefined);
  const files = new Set<string>();
  const block = (path === undefined ? {} : { script: { path } }) as RouterBlock;
  const script = buildScript(block, { folder, env: { HOME: folder }, files, report });
  return { script, files: [...files], problems: report.problems.map(({ message }) => message) };
}

test("without a script nothing is read", () => {
  assert.deepEqual(built(undefined, "/nowhere"), { script: undefined, files: [], problems: [] });
});

test("a script in the file's folder or the home folder is read without its types, and watched", () =>
  inFolder({ "größe.ts": "export default (facts: object): string => 'think';" }, (folder) => {
    const path = join(folder, "größe.ts");
    for (const named of ["größe.ts", "~/größe.ts", path]) {
      const { script, files, problems } = built(named, folder);
      assert.equal(script?.name, "größe.ts");
      assert.match(script!.source, /^export default \(facts\s*\)\s*=>\s*['"]think['"];?\s*$/);
      assert.deepEqual([files, problems], [[path], []]);
    }
  }));

test("JavaScript stays as it is, to the byte", () =>
  inFolder({ "route.mjs": "// mine\nexport default () => 'a'; " }, (folder) => {
    assert.equal(built("route.mjs", folder).script?.source, "// mine\nexport default () => 'a'; ");
  }));

test("a missing script is a mistake, and is watched until it comes", () =>
  inFolder({}, (folder) => {
    const { files, problems } = built("route.ts", folder);
    const path = join(folder, "route.ts");
    assert.deepEqual([files, problems], [[path], [`cannot read ${path}: there is no such file.`]]);
  }));

test("a script that cannot be TypeScript is a mistake of one line", () =>
  inFolder({ "route.ts": "export default function (" }, (folder) => {
    const { script, problems } = built("route.ts", folder);
    assert.equal(script, undefined);
    assert.match(problems[0]!, /route\.ts is not TypeScript that can be run: [^\n]+\.$/);
  }));

test("another kind of file is not read at all", () =>
  inFolder({ "route.py": "" }, (folder) => {
    const { files, problems } = built("route.py", folder);
    assert.deepEqual(files, []);
    assert.match(problems[0]!, /"route\.py" is not a script; expected a file that ends in \.ts or \.js\./);
  }));
