/** Trying a prompt or a conversation: where it would go, and why. Nothing is sent to a model. */
import { act, once } from "./acts.js";
import { breakable, byId, el, setText } from "./dom.js";
import { columnMoney, share, words } from "./format.js";

export function wireTry() {
  byId("try-form").addEventListener("submit", (event) => {
    event.preventDefault();
    once(byId("try-button"), async () => {
      byId("try-trouble").hidden = true;
      try {
        showDecision(await act("try", asked()));
      } catch (error) {
        byId("try-result").replaceChildren();
        setText(byId("try-trouble"), error.message);
        byId("try-trouble").hidden = false;
      }
    });
  });
}

/** A request as JSON, where the text is one; else the prompt and what came before it. */
function asked() {
  const text = byId("try-prompt").value.trim();
  if (text.startsWith("{")) {
    try {
      const json = JSON.parse(text);
      if (["messages", "input", "body"].some((name) => Object.hasOwn(json, name))) return { request: text };
    } catch { /* a prompt that begins with a brace */ }
  }
  const previous = byId("try-previous").value.split("\n").map((line) => line.trim()).filter(Boolean);
  return { prompt: text, previous, before: byId("try-before").value.trim() };
}

function showDecision(decision) {
  const { route, kind, targets, why, complexity, language, housekeeping, client, dialect } = decision;
  const first = targets.find(({ skip }) => skip === null);
  const facts = [
    ["Route", el("span", { class: "chip" }, route)],
    ["Kind of work", housekeeping === null ? words(kind) : `housekeeping: ${words(housekeeping)}`],
    ["Complexity", `${complexity.toFixed(2)} of 1`],
    ...(language === null ? [] : [["Language", language]]),
    ["Read as", `${dialect}, client ${client}, about ${decision.approx_tokens} tokens`],
  ];
  byId("try-result").replaceChildren(
    el(
      "p",
      { class: first === undefined ? "goes bad" : "goes" },
      first === undefined
        ? "No target can take this."
        : ["It would go to ", el("b", {}, breakable(`${first.provider}, ${first.model}`)), "."],
    ),
    el(
      "dl",
      { class: "entries" },
      facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ),
    el(
      "div",
      { class: "grid" },
      el(
        "div",
        {},
        el("h3", {}, "Reasons"),
        el("ol", { class: "lines" }, why.map((one) => el("li", {}, one))),
      ),
      el("div", {}, weightsOf(decision)),
    ),
    targetsOf(targets),
  );
}

function bar(part, kind) {
  const fill = el("span", { class: `fill ${kind}` });
  fill.style.width = `${Math.min(100, Math.max(0, part * 100))}%`;
  return el("span", { class: "track", "aria-hidden": "true" }, fill);
}

function weightsOf({ weights, scores, matched }) {
  if (scores === null) {
    const found = [...new Set(matched)].map((word) => `“${word}”`).join(", ");
    return [
      el("h3", {}, "Words"),
      el(
        "p",
        { class: "none" },
        found === "" ? "A rule or a signal decided." : `${found} decided: nothing was weighed.`,
      ),
    ];
  }
  const most = Math.max(...weights.map(({ weight }) => weight), 0.001);
  const likely = Object.entries(scores).sort(([, a], [, b]) => b - a);
  const row = (name, number, part, kind) =>
    el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "number" }, number, bar(part, kind)));
  return [
    el(
      "table",
      {},
      el("caption", {}, "Words that weighed most"),
      el(
        "tbody",
        {},
        weights.map(({ word, weight }) => row(word, weight.toFixed(2), weight / most, "spent")),
      ),
    ),
    el(
      "table",
      {},
      el("caption", {}, "How likely each kind is"),
      el("tbody", {}, likely.map(([name, part]) => row(words(name), share(part), part, "baseline"))),
    ),
  ];
}

function targetsOf(targets) {
  if (targets.length === 0) return undefined;
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": "Targets in order" },
    el(
      "table",
      {},
      el("caption", {}, "Tried in this order"),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["Target", "$/M in", "$/M out"].map((name, i) =>
            el("th", { scope: "col", class: i > 0 ? "number" : null }, name)
          ),
        ),
      ),
      el(
        "tbody",
        {},
        targets.map(({ provider, model, skip, price }) =>
          el(
            "tr",
            {},
            el(
              "th",
              { scope: "row" },
              breakable(`${provider},${model}`),
              skip === null ? undefined : el("small", { class: "warn" }, ` skipped: ${skip}`),
            ),
            el("td", { class: "number" }, price === null ? "–" : columnMoney(price.input)),
            el("td", { class: "number" }, price === null ? "–" : columnMoney(price.output)),
          )
        ),
      ),
    ),
  );
}
