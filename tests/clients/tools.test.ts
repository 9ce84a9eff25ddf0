import assert from "node:assert/strict";
import { test } from "node:test";
import { editedFile, workOf } from "../../src/clients/tools.ts";

for (
  const [name, work] of [
    ["Edit", "edit"],
    ["MultiEdit", "edit"],
    ["str_replace_based_edit_tool", "edit"],
    ["mcp__github__create_file", "edit"],
    ["Bash", "command"],
    ["container.exec", "command"],
    ["mcp__my__server__shell", "command"],
    ["Read", "other"],
    ["editor", "other"],
    ["mcp__edit__read", "other"],
    ["", "other"],
    ["constructor", "other"],
  ] as const
) {
  test(`${JSON.stringify(name)} does ${work === "other" ? "something else" : `an ${work}`.replace("an c", "a c")}`, () => {
    assert.equal(workOf(name, {}), work);
  });
}

test("a patch that goes through the shell is an edit, where it begins with it", () => {
  assert.equal(workOf("shell", '["apply_patch", "*** Begin Patch"]'), "edit");
  assert.equal(workOf("shell", `${"x".repeat(120)}apply_patch`), "command");
  assert.equal(workOf("shell", { command: ["apply_patch"] }), "command");
});

for (const field of ["file_path", "filePath", "path", "notebook_path", "target_file", "filename"]) {
  test(`the file of an edit is in ${field}`, () =>
    assert.equal(editedFile({ [field]: "src/größe.ts" }), "src/größe.ts"));
}

test("a patch names its file in its first lines", () => {
  const patch = (how: string, end = "\n") => `*** Begin Patch${end}*** ${how} File: a b/ö.ts${end}@@${end}`;
  for (const how of ["Update", "Add", "Delete"]) assert.equal(editedFile(patch(how)), "a b/ö.ts");
  assert.equal(editedFile(patch("Update", "\r\n")), "a b/ö.ts");
  assert.equal(editedFile(patch("Move")), undefined);
  assert.equal(editedFile(`${" ".repeat(600)}${patch("Add")}`), undefined);
});

for (const input of [undefined, null, 7, [], {}, { path: "" }, { path: 7 }, { File_Path: "x" }, ""]) {
  test(`${JSON.stringify(input)} names no file`, () => assert.equal(editedFile(input), undefined));
}
