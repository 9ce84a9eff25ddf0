/** What an agent says outright about a prompt: it counts before the words. Pure. */
import type { Command } from "../clients/templates.ts";
import type { Kind } from "./classification.ts";
import { orderToCarryOut } from "./plan-orders.ts";
import type { ConversationView } from "./prompt/conversation.ts";

/** A kind that needs no weighing, and why. */
export interface Signal {
  readonly kind: Kind;
  /** For people, without the kind. */
  readonly because: string;
  /** The prompt carries out a plan that exists. */
  readonly carriesOutPlan?: true;
  /** It is the agent's mode, which says less than the prompt: the kind may be the other one that plans. */
  readonly isMode?: true;
}

/** What the commands of template libraries and clients ask for. Others are judged by their arguments. */
const COMMANDS: Readonly<Record<Command["from"], Readonly<Record<string, Kind>>>> = {
  // https://github.com/github/spec-kit
  "spec-kit": {
    specify: "plan_implementation",
    clarify: "plan_implementation",
    plan: "plan_implementation",
    tasks: "plan_implementation",
    checklist: "plan_implementation",
    analyze: "think",
    implement: "build",
    constitution: "build",
    taskstoissues: "background",
  },
  // https://github.com/bmad-code-org/BMAD-METHOD
  bmad: {
    "dev-story": "build",
    "quick-dev": "build",
    "create-story": "plan_implementation",
    "create-epics-and-stories": "plan_implementation",
    "sprint-planning": "plan_implementation",
    "create-prd": "plan_implementation",
    "create-architecture": "think",
    "code-review": "think",
    brainstorming: "think",
  },
  // https://code.visualstudio.com/docs/copilot/reference/copilot-vscode-features
  copilot: { fix: "build", tests: "build", doc: "build", new: "build", explain: "default" },
  slash: {
    review: "think",
    "security-review": "think",
    "pr-comments": "background",
    init: "build",
    commit: "background",
    "commit-push-pr": "background",
    release: "background",
    status: "default",
    cost: "default",
  },
};

/** How agents begin the prompt that hands an agreed plan over to be carried out. */
const HANDED_OVER = [
  "Implement the following plan:", // Claude Code, leaving plan mode with a cleared context
  "Implement the plan as specified", // Cursor
  "Implement the plan.", // Codex
  "Execute the following plan",
];

/** A command of a template library that the client passes on as typed: `/speckit.plan`, `/bmad:bmm:dev-story`. */
const TYPED_COMMAND = /^\/(speckit[.:]|bmad[\w-]*[.:](?:[\w-]+[.:]){0,3})([\w-]+)(?![\w./])/;

/** The signal of a conversation; undefined: the words must be weighed. */
export function signalOf({ prompts, hints }: ConversationView): Signal | undefined {
  const prompt = prompts[0];
  if (prompt === undefined) return undefined;
  if (prompt.command !== undefined) {
    const { from, name } = prompt.command;
    const kind = COMMANDS[from][name] ?? COMMANDS["spec-kit"][/^speckit\.(.+)$/.exec(name)?.[1] ?? ""];
    if (kind !== undefined) return { kind, because: `the command ${name}` };
  }
  const typed = TYPED_COMMAND.exec(prompt.text);
  if (typed !== null) {
    const from = typed[1]!.startsWith("speckit") ? "spec-kit" : "bmad";
    const kind = COMMANDS[from][typed[2]!];
    if (kind !== undefined) return { kind, because: `the command ${typed[0].slice(1)}` };
  }
  const handedOver = HANDED_OVER.find((start) => prompt.text.startsWith(start));
  if (handedOver !== undefined) {
    return {
      kind: "build",
      because: `the agent hands over an agreed plan ("${handedOver}")`,
      carriesOutPlan: true,
    };
  }
  const order = orderToCarryOut(prompt.text);
  if (order !== undefined) {
    return {
      kind: "build",
      because: `"${order}" carries out a plan that exists`,
      carriesOutPlan: true,
    };
  }
  if (hints.mode === "plan") return { kind: "think", because: "the agent is in plan mode", isMode: true };
  return undefined;
}
