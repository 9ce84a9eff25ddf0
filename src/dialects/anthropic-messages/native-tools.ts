/**
 * Anthropic's own client tools: the request names only their type, and Claude knows the rest. For a model of another
 * kind they need the description and schema that stand here. Data: a line a tool, by the beginning of its type, which
 * ends in a date.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#client-tools
 */
import type { Json } from "../../model/json.ts";

interface NativeTool {
  readonly typeStart: string;
  readonly description: string;
  readonly parameters: Json;
}

const text = (description: string) => ({ type: "string", description });
const whole = (description: string) => ({ type: "integer", description });
const pair = (description: string) => ({ type: "array", items: { type: "integer" }, description });

const NATIVE_TOOLS: readonly NativeTool[] = [
  {
    typeStart: "bash_",
    description: "Runs a command in a bash session that lives on between the calls, and returns its output.",
    parameters: {
      type: "object",
      properties: {
        command: text("The command to run. Needed unless restart is true."),
        restart: { type: "boolean", description: "Start a new session." },
      },
    },
  },
  {
    typeStart: "text_editor_",
    description: "Views, creates and edits text files.",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string", enum: ["view", "create", "str_replace", "insert"] },
        path: text("The path of the file, or of the folder to view."),
        file_text: text("create: the file's whole content."),
        old_str: text("str_replace: the text to replace; it must occur exactly once."),
        new_str: text("str_replace: the text to put in its place."),
        insert_line: whole("insert: the line after which to insert; 0 for the beginning."),
        insert_text: text("insert: the text to insert."),
        view_range: pair("view: the first and the last line; -1 for the end."),
      },
      required: ["command", "path"],
    },
  },
  {
    typeStart: "memory_",
    description: "Keeps notes between conversations as files under /memories.",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string", enum: ["view", "create", "str_replace", "insert", "delete", "rename"] },
        path: text("A path that begins with /memories."),
        view_range: pair("view: the first and the last line."),
        file_text: text("create: the file's whole content."),
        old_str: text("str_replace: the text to replace."),
        new_str: text("str_replace: the text to put in its place."),
        insert_line: whole("insert: the line after which to insert."),
        insert_text: text("insert: the text to insert."),
        old_path: text("rename: the path now."),
        new_path: text("rename: the path afterwards."),
      },
      required: ["command"],
    },
  },
  {
    typeStart: "computer_",
    description: "Acts on a screen with mouse and keyboard, one action a call, and returns a screenshot.",
    parameters: {
      type: "object",
      properties: {
        action: {
          type: "string",
          enum: [
            "screenshot",
            "left_click",
            "right_click",
            "middle_click",
            "double_click",
            "triple_click",
            "left_click_drag",
            "mouse_move",
            "cursor_position",
            "scroll",
            "type",
            "key",
            "hold_key",
            "wait",
            "zoom",
          ],
        },
        coordinate: pair("The x and y to act at, in pixels from the left and the top."),
        start_coordinate: pair("left_click_drag: where the drag begins."),
        text: text("type: the text; key and hold_key: the keys, such as ctrl+s."),
        scroll_direction: { type: "string", enum: ["up", "down", "left", "right"] },
        scroll_amount: whole("scroll: how many steps."),
        duration: { type: "number", description: "wait and hold_key: seconds." },
        region: pair("zoom: x and y of two corners."),
      },
      required: ["action"],
    },
  },
];

/** The description and schema of a tool that Anthropic defines and the client runs; undefined: it is none. */
export function nativeTool(type: unknown): NativeTool | undefined {
  if (typeof type !== "string") return undefined;
  return NATIVE_TOOLS.find(({ typeStart }) => type.startsWith(typeStart));
}
