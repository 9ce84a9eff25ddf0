/** What agents' tools do, by their names. Data: a new agent's tools are new names here. */

/** Tools that change files. */
const EDITS: ReadonlySet<string> = new Set(
  `edit multiedit notebookedit write write_file create_file edit_file update_file apply_patch applypatch patch create
  str_replace str_replace_editor str_replace_based_edit_tool search_replace replace_in_file write_to_file insert_content
  insert_edit_into_file replace_string_in_file multi_replace_string_in_file edit_notebook_file edit_notebook replace`
    .split(/\s+/),
);

/** Tools that run commands. */
const COMMANDS: ReadonlySet<string> = new Set(
  `bash exec exec_command shell shell_command local_shell powershell terminal run_command run_terminal_cmd run_in_terminal
  run_shell_command execute_command process container.exec`
    .split(/\s+/),
);

/** What a call does: changes files, runs a command, or anything else. `input`: its arguments, as in the request's facts. */
export function workOf(name: string, input: unknown): "edit" | "command" | "other" {
  const plain = plainName(name);
  if (EDITS.has(plain)) return "edit";
  if (!COMMANDS.has(plain)) return "other";
  // Codex calls its patch tool through the shell, too.
  return typeof input === "string" && input.slice(0, 120).includes("apply_patch") ? "edit" : "command";
}

/** In lower case, without the server of an MCP tool: `mcp__server__tool`. */
function plainName(name: string): string {
  return (name.startsWith("mcp__") ? name.slice(name.lastIndexOf("__") + 2) : name).toLowerCase();
}

/** Where the arguments of editing tools have the file: by name, in lower case. */
const FILE_FIELDS = ["file_path", "filePath", "path", "notebook_path", "target_file", "filename"] as const;
/** How patches name it. */
const PATCHED_FILE = /^\*\*\* (?:Update|Add|Delete) File: (.{1,300})$/m;

/** The file that a call changes; undefined: its arguments do not name one where such tools do. */
export function editedFile(input: unknown): string | undefined {
  if (typeof input === "string") return PATCHED_FILE.exec(input.slice(0, 600))?.[1];
  if (typeof input !== "object" || input === null) return undefined;
  for (const name of FILE_FIELDS) {
    const value = (input as Record<string, unknown>)[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
