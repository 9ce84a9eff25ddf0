/**
 * The models: how they are listed, and what each generation of Claude takes in a request, read from the model's name. A
 * table: a new generation is a new row. Other models behind this dialect (DeepSeek, Kimi, Ollama, …) take what the first
 * Claude models took.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 * @see https://platform.claude.com/docs/en/about-claude/models/migration-guide
 */
import type { Json } from "../../model/json.ts";
import type { ListedModel } from "../dialect.ts";

export interface ModelTraits {
  /**
   * How thinking is asked for: `none`, with a `budget`, `adaptive`, or either (`both`).
   * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
   */
  readonly thinking: "none" | "budget" | "both" | "adaptive";
  /** What turns thinking off: no field, a word, or nothing at all. */
  readonly thinkingOff: "absent" | "disabled" | "between_tools" | "never";
  /** The answer has no thinking text unless `display` asks for it. */
  readonly thinkingHidden: boolean;
  /** Efforts that `output_config.effort` takes, weakest first; empty: refused. */
  readonly efforts: readonly string[];
  /** `temperature`, `top_p`, `top_k`: all taken, only one of the first two, or none. */
  readonly sampling: "all" | "one" | "none";
  /** `output_config.format`. */
  readonly structured: boolean;
  /** The last message may be the beginning of the answer. */
  readonly prefill: boolean;
  /** `role: "system"` after a user message. */
  readonly laterSystem: boolean;
  /** `tool_choice` `any` and `tool`. */
  readonly forcedTools: boolean;
  /** The model's limit on output tokens; undefined: not known. */
  readonly maxOutput?: number;
}

type Family = "opus" | "sonnet" | "haiku" | "other";

interface Row {
  /** The first version that the row holds for, as major * 100 + minor. */
  readonly from: number;
  readonly families?: readonly Family[];
  readonly traits: Partial<ModelTraits>;
}

const FIRST: ModelTraits = {
  thinking: "none",
  thinkingOff: "absent",
  thinkingHidden: false,
  efforts: [],
  sampling: "all",
  structured: false,
  prefill: true,
  laterSystem: false,
  forcedTools: true,
};

const THREE = ["low", "medium", "high"] as const;

const WITH_MAX = [...THREE, "max"] as const;

const FIVE = [...THREE, "xhigh", "max"] as const;

/** Each row changes what the rows before it say. `other` are the families that began with Claude 5. */
const ROWS: readonly Row[] = [
  { from: 300, traits: { maxOutput: 4096 } },
  { from: 305, traits: { maxOutput: 8192 } },
  { from: 307, traits: { thinking: "budget", maxOutput: 64000 } },
  { from: 400, families: ["opus"], traits: { maxOutput: 32000 } },
  { from: 401, traits: { sampling: "one", structured: true } },
  { from: 405, traits: { maxOutput: 64000 } },
  { from: 405, families: ["opus"], traits: { efforts: THREE } },
  { from: 406, traits: { thinking: "both", efforts: WITH_MAX, prefill: false } },
  { from: 406, families: ["opus"], traits: { maxOutput: 128000 } },
  { from: 407, traits: { thinking: "adaptive", thinkingHidden: true, efforts: FIVE, sampling: "none" } },
  { from: 408, families: ["opus"], traits: { laterSystem: true } },
  { from: 500, traits: { thinkingOff: "disabled", maxOutput: 128000 } },
  { from: 500, families: ["opus", "other"], traits: { laterSystem: true } },
  { from: 500, families: ["other"], traits: { thinkingOff: "never" } },
  { from: 501, families: ["other"], traits: { forcedTools: false } },
  { from: 505, traits: { laterSystem: true } },
  { from: 505, families: ["opus"], traits: { thinkingOff: "never", forcedTools: false } },
  { from: 505, families: ["sonnet"], traits: { thinkingOff: "between_tools" } },
];

const NOT_CLAUDE: ModelTraits = { ...FIRST, thinking: "budget" };

const LATEST = 9999;

const known = new Map<string, ModelTraits>();

/** What a model takes. Names of every provider are read (`claude-opus-4-8`, `anthropic/claude-4.8-opus`, …). */
export function modelTraits(model: string): ModelTraits {
  let traits = known.get(model);
  if (traits === undefined) {
    traits = traitsOf(model.toLowerCase());
    if (known.size > 500) known.clear(); // names come from clients: the memory of them has a bound
    known.set(model, traits);
  }
  return traits;
}

function traitsOf(model: string): ModelTraits {
  const at = model.indexOf("claude");
  if (at === -1) return NOT_CLAUDE;
  const name = model.slice(at);
  const family: Family = (["opus", "sonnet", "haiku"] as const).find((family) => name.includes(family)) ??
    "other";
  const version = versionOf(name);
  let traits = FIRST;
  for (const row of ROWS) {
    if (row.from <= version && (row.families?.includes(family) ?? true)) {
      traits = { ...traits, ...row.traits };
    }
  }
  return traits;
}

/**
 * `claude-3-5-haiku-20241022` is 305, `claude-opus-4.8` 408, `claude-sonnet-5` 500. A date is not a version. A name
 * without a version is an alias of the newest model, or Claude 2 and older.
 */
function versionOf(name: string): number {
  const [, major, minor] = /(?:^|[-_a-z])(\d{1,2})(?:[-.](\d{1,2}))?(?![\d])/.exec(name) ?? [];
  if (major === undefined) return name.startsWith("claude-instant") ? 0 : LATEST;
  return Number(major) * 100 + Number(minor ?? 0);
}

// The list of models. @see https://platform.claude.com/docs/en/api/models-list

/** Models have no date of their own here. */
const CREATED_AT = new Date(0).toISOString();

/** How many models a page has, where the client does not say. */
const PAGE = 20;

const LARGEST_PAGE = 1000;

/** One page, as `limit`, `after_id` and `before_id` ask for it. */
export function listModels(models: readonly ListedModel[], query: URLSearchParams): Json {
  const after = models.findIndex(({ id }) => id === query.get("after_id"));
  const before = models.findIndex(({ id }) => id === query.get("before_id"));
  const window = models.slice(after + 1, before === -1 ? undefined : before);
  const limit = Math.min(Math.max(Number(query.get("limit") ?? PAGE) || PAGE, 1), LARGEST_PAGE);
  const page = window.slice(0, limit);
  return {
    data: page.map(oneModel),
    has_more: window.length > page.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export function oneModel({ id, name = id }: ListedModel): Json {
  return { type: "model", id, display_name: name, created_at: CREATED_AT };
}
