/** Clients of which little is known: how they are recognised, and what some of them wrap around the user's words. */
import type { Agent } from "./agent.ts";

export const OTHERS: readonly Agent[] = [
  { name: "gemini-cli", userAgents: ["geminicli"] },
  { name: "qwen-code", userAgents: ["qwencode"] },
  {
    name: "cline",
    userAgents: ["cline"],
    titles: ["cline"],
    // Roo Code and Kilo Code descend from Cline and wrap alike.
    injected: { elements: ["environment_details"], wrappers: ["user_message", "task", "feedback"] },
  },
  { name: "roo-code", userAgents: ["roocode"], titles: ["roocode"] },
  { name: "kilo-code", userAgents: ["kilo-code"], titles: ["kilocode"] },
  {
    name: "copilot",
    userAgents: ["githubcopilot"],
    injected: {
      elements: ["environment_info", "workspace_info", "editorContext", "reminderInstructions"],
      innerWrappers: ["userRequest"],
    },
  },
  { name: "zed", userAgents: ["zed/"], injected: { elements: ["attached-files"] } },
  {
    name: "cursor",
    userAgents: ["cursor"],
    injected: {
      elements: [
        "attached_files",
        "additional_data",
        "open_and_recently_viewed_files",
        "user_info",
        "project_layout",
      ],
      innerWrappers: ["user_query"],
    },
  },
  // Runs Claude Code and Codex, and adds its own instructions to their prompts.
  { name: "conductor", injected: { elements: ["system_instruction", "system-instruction"] } },
  { name: "crush", userAgents: ["crush"] },
  { name: "goose", userAgents: ["goose"] },
  { name: "aider", titles: ["aider"] },
  { name: "litellm", userAgents: ["litellm"] },
  {
    name: "open-webui",
    userAgents: ["open-webui"],
    housekeeping: [
      {
        why: "title",
        tools: 0,
        prompt: [
          "Generate a concise 3-7 word title for this conversation",
          "Provide a concise, 5-word-or-less title for the conversation",
          "### Task:\nGenerate a concise, 3-5 word title",
        ],
      },
      { why: "tags", tools: 0, prompt: ["### Task:\nGenerate 1-3 broad tags"] },
      { why: "suggestion", prompt: ["### Task:\nSuggest 3-5 relevant follow-up questions"] },
      { why: "suggestion", tools: 0, prompt: ["### Task:\nYou are an autocompletion system"] },
    ],
  },
  { name: "ai-sdk", userAgents: ["ai-sdk", "ai/"] },
  { name: "anthropic-sdk", userAgents: ["anthropic/", "asyncanthropic/"] },
  { name: "openai-sdk", userAgents: ["openai/", "asyncopenai/"] },
  { name: "curl", userAgents: ["curl/"] },
  { name: "wget", userAgents: ["wget/"] },
  { name: "httpie", userAgents: ["httpie/"] },
  { name: "postman", userAgents: ["postmanruntime/"] },
  { name: "python", userAgents: ["python-requests/", "python-httpx/"] },
];
