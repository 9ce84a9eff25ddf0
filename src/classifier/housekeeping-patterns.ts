/**
 * How requests that a client makes for its own use can be told. Data: the first pattern of which everything holds decides.
 * A new client's title prompt is a new line. Texts are compared letter for letter, at their beginning.
 */
export interface HousekeepingPattern {
  /** What the request is for. */
  readonly why: string;
  readonly client?: string;
  /** One of the first system blocks begins with one of these. */
  readonly system?: readonly string[];
  /** The last user message, without what agents inject, begins with one of these. */
  readonly prompt?: readonly string[];
  /** … or is exactly this. */
  readonly wholePrompt?: string;
  /** The first user message begins with this. */
  readonly firstUser?: string;
  /** How many tools the request offers. */
  readonly tools?: number;
  readonly serverTool?: string;
  /** A top-level property of the output's schema. */
  readonly outputKey?: string;
  /** The answer may have at most this many tokens. */
  readonly maxOutput?: number;
  /** The model's name contains this, in lower case. */
  readonly model?: string;
}

export const HOUSEKEEPING_PATTERNS: readonly HousekeepingPattern[] = [
  // Titles and names of conversations
  { why: "topic", outputKey: "isNewTopic", tools: 0 },
  { why: "topic", tools: 0, system: ["Analyze if this message indicates a new conversation topic"] },
  { why: "title", client: "claude-code", outputKey: "title", tools: 0 },
  {
    why: "title",
    tools: 0,
    system: [
      "You are naming a coding session",
      "Generate a concise, sentence-case title",
      "Generate a succinct title",
      "Generate a short kebab-case name",
      "You are a title generator",
      "Summarize this coding conversation in under",
      "You are a helpful assistant. You will be presented with a user prompt, and your job is to provide a short title",
    ],
  },
  { why: "title", tools: 0, firstUser: "Generate a title for this conversation" },
  {
    why: "title",
    tools: 0,
    prompt: [
      "Please write a 5-10 word title for",
      "Generate a concise 3-7 word title for this conversation",
      "Provide a concise, 5-word-or-less title for the conversation",
      "Based on this conversation, generate a short 1-2 word filename slug",
      "### Task:\nGenerate a concise, 3-5 word title",
    ],
  },
  { why: "tags", tools: 0, prompt: ["### Task:\nGenerate 1-3 broad tags"] },

  // Compaction and summaries for the client's own memory
  {
    why: "compaction",
    prompt: [
      "CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.",
      "Your task is to create a detailed summary of the conversation so far",
      "Your task is to create a detailed summary of the RECENT portion of the conversation",
      "You are performing a CONTEXT CHECKPOINT COMPACTION",
      "Provide a detailed prompt for continuing our conversation above",
    ],
  },
  {
    why: "compaction",
    tools: 0,
    system: [
      "You are a helpful AI assistant tasked with summarizing conversations",
      "You are a context summarization assistant",
      "You are an anchored context summarization assistant",
    ],
  },
  {
    why: "memory",
    prompt: [
      "Pre-compaction memory flush",
      "You are now acting as the memory extraction subagent",
      "# Dream: Memory Consolidation",
      "IMPORTANT: This message and these instructions are NOT part of the actual user conversation",
    ],
  },
  {
    why: "summary",
    prompt: [
      "The user stepped away and is coming back",
      "Describe your most recent action in 3-5 words",
    ],
  },
  {
    why: "summary",
    tools: 0,
    system: ["Write a short summary label", "Summarize what was done in one sentence"],
  },

  // Guesses at what the user will type next
  { why: "suggestion", prompt: ["[SUGGESTION MODE:", "### Task:\nSuggest 3-5 relevant follow-up questions"] },
  { why: "suggestion", tools: 0, prompt: ["### Task:\nYou are an autocompletion system"] },

  // Helpers of a client's own tools
  { why: "web_search", client: "claude-code", tools: 1, serverTool: "web_search" },
  { why: "web_search", tools: 1, system: ["You are an assistant for performing a web search tool use"] },
  { why: "web_fetch", client: "claude-code", tools: 0, prompt: ["Web page content:\n---"] },
  {
    why: "command_check",
    client: "claude-code",
    tools: 0,
    system: [
      "Your task is to process Bash commands that an AI coding agent wants to run",
      "Extract any file paths that this command reads or modifies",
      "You are a security monitor for autonomous AI coding agents",
      "You are evaluating a hook in Claude Code",
      "You are evaluating a stop-condition hook in Claude Code",
    ],
  },
  { why: "command_check", client: "claude-code", tools: 0, prompt: ["<policy_spec>"] },

  // Signs of life
  { why: "quota_check", client: "claude-code", wholePrompt: "quota", maxOutput: 1 },
  { why: "prewarm", client: "claude-code", wholePrompt: "Warmup" },
  {
    why: "heartbeat",
    client: "openclaw",
    prompt: ["Read HEARTBEAT.md if it exists", "[OpenClaw heartbeat poll]"],
  },

  // Claude Code asks its small model, without tools, only for itself: a user's turn there always offers tools
  { why: "small_model", client: "claude-code", tools: 0, model: "haiku" },
];
