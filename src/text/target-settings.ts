/** What may follow a target's model: `anthropic,claude-opus-4-8?effort=high&max_tokens=8000`. Pure. */
import { EFFORTS, type TargetSettings } from "../model/target.ts";
import { nearest } from "./match.ts";

/** A setting that cannot be used. */
export interface WrongSetting {
  /** What is wrong, for people: a sentence without its end. */
  readonly message: string;
  readonly nearest?: string;
}

export interface WithSettings {
  /** What is before the question mark. */
  readonly name: string;
  /** Undefined: none are given, or none that can be used. */
  readonly settings?: TargetSettings;
  readonly wrong: readonly WrongSetting[];
}

const NAMES = ["effort", "max_tokens", "temperature"] as const;

/**
 * Splits a target, or another name for one, from its settings.
 * @example splitSettings("openai,gpt-5.2?effort=low") // { name: "openai,gpt-5.2", settings: { effort: "low" }, wrong: [] }
 */
export function splitSettings(text: string): WithSettings {
  const at = text.indexOf("?");
  if (at === -1) return { name: text, wrong: [] };
  const name = text.slice(0, at).trim();
  let settings: TargetSettings = {};
  const wrong: WrongSetting[] = [];
  for (const part of text.slice(at + 1).split("&")) {
    const [key = "", ...rest] = part.split("=");
    const read = setting(key.trim().toLowerCase(), rest.join("=").trim());
    if ("message" in read) wrong.push(read);
    else settings = { ...settings, ...read };
  }
  return { name, ...(Object.keys(settings).length === 0 ? {} : { settings }), wrong };
}

function setting(name: string, value: string): TargetSettings | WrongSetting {
  const number = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN;
  switch (name) {
    case "effort": {
      const effort = EFFORTS.find((one) => one === value.toLowerCase());
      return effort === undefined ? wrongEffort(value) : { effort };
    }
    case "max_tokens":
      return Number.isInteger(number) && number > 0
        ? { maxTokens: number }
        : { message: `max_tokens is ${quoted(value)}, expected an integer above 0` };
    case "temperature":
      return number <= 2
        ? { temperature: number }
        : { message: `temperature is ${quoted(value)}, expected a number from 0 to 2` };
    default: {
      const near = nearest(name, NAMES);
      return {
        message: `a target has no setting ${quoted(name)}; it takes ${NAMES.join(", ")}`,
        ...(near === undefined ? {} : { nearest: near }),
      };
    }
  }
}

/** A short text of a client or a file, on one line. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));

function wrongEffort(value: string): WrongSetting {
  const near = nearest(value.toLowerCase(), EFFORTS);
  return {
    message: `there is no effort ${quoted(value)}; expected one of ${EFFORTS.join(", ")}`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

/** A target as a file writes it, settings included. */
export function targetText(
  { provider, model, settings }: { provider: string; model: string; settings?: TargetSettings },
): string {
  const { effort, maxTokens, temperature } = settings ?? {};
  const parts = [
    ...(effort === undefined ? [] : [`effort=${effort}`]),
    ...(maxTokens === undefined ? [] : [`max_tokens=${maxTokens}`]),
    ...(temperature === undefined ? [] : [`temperature=${temperature}`]),
  ];
  return `${provider},${model}${parts.length === 0 ? "" : `?${parts.join("&")}`}`;
}
