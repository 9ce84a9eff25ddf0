/** What the page does: asks the proxy for an act, and the one dialog that acts which need more than a click open. */
import { askProxy } from "./ask.js";
import { byId, el, setText } from "./dom.js";

/**
 * Asks for an act; resolves with the proxy's answer. Rejects with an error whose message is for people. `options`: more of
 * those of {@link askProxy}.
 */
export async function act(name, body = {}, options = {}) {
  let response;
  try {
    response = await askProxy(`dashboard/acts/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...options,
    });
  } catch {
    throw new Error("The proxy does not answer. Start it with terraphim-llm-proxy serve, and try again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.error?.message ?? `The proxy answered ${response.status}. Its log says why.`);
}

/** Says what an act did, to eyes and to screen readers. */
export function say(text, isBad = false) {
  const place = byId("said");
  place.classList.toggle("bad", isBad);
  place.hidden = text === "";
  setText(place, text);
}

/** Does an act that needs no more than a click, and says what came of it. `words`: from the answer. */
export async function doNow(button, name, body, words) {
  await once(button, async () => {
    try {
      say(words(await act(name, body)));
    } catch (error) {
      say(error.message, true);
    }
  });
}

/** Does some work unless the button is at it already. A button that is switched off would lose the keyboard. */
export async function once(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** A button of an act. `focus`: a name by which it is found again when its place is drawn again. */
export const actButton = (text, focus, onclick, label) =>
  el("button", { type: "button", class: "act", "data-focus": focus, "aria-label": label, onclick }, text);

let opener;

/**
 * Opens the dialog with a form. `fields`: `{name, label, hint, kind, value, options, required}`, kind `text` (the default),
 * `area` or `select`. `run(values)` is called with what was typed in; what it throws is shown. It returns
 * `{title, content, next}` for another step (`next` like these options, or nothing for a last one), or nothing to close.
 */
export function openDialog(step) {
  opener = document.activeElement;
  showStep(step);
  byId("dialog").showModal();
  focusFirst();
}

const focusFirst = () =>
  byId("dialog").querySelector("input, textarea, select, [autofocus], .chief, button")?.focus();

function showStep({ title, text, fields = [], content = [], submit, run, close = "Cancel" }) {
  setText(byId("dialog-title"), title);
  const trouble = el("p", { class: "note bad", role: "alert", hidden: true });
  const chief = submit === undefined ? undefined : el("button", { type: "submit", class: "chief" }, submit);
  const form = el(
    "form",
    { method: "dialog" },
    text === undefined ? undefined : el("p", {}, text),
    fields.map(fieldOf),
    content,
    trouble,
    el(
      "div",
      { class: "ends" },
      chief,
      el("button", { type: "button", onclick: () => byId("dialog").close() }, close),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chief === undefined) return;
    once(chief, async () => {
      trouble.hidden = true;
      try {
        const next = await run(Object.fromEntries(new FormData(form)));
        if (next === undefined) return byId("dialog").close();
        showStep(next);
        if (!byId("dialog").open) byId("dialog").showModal(); // closed meanwhile, but what was done must be seen
        focusFirst();
      } catch (error) {
        setText(trouble, error.message);
        trouble.hidden = false;
      }
    });
  });
  byId("dialog-form").replaceChildren(form);
}

function fieldOf({ name, label, hint, kind = "text", value = "", options = [], required = false, rows = 4 }) {
  const id = `field-${name}`;
  const described = hint === undefined ? undefined : `${id}-hint`;
  const common = { id, name, required, "aria-describedby": described };
  let control;
  if (kind === "area") control = el("textarea", { ...common, rows, spellcheck: "false" });
  else if (kind === "select") {
    control = el("select", common, options.map(([one, words]) => el("option", { value: one }, words)));
  } else control = el("input", { ...common, type: "text", autocomplete: "off", spellcheck: "false" });
  control.value = value;
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    control,
    hint === undefined ? undefined : el("small", { id: described, class: "muted" }, hint),
  );
}

/** Wires the dialog: what had the keyboard before gets it back, or what took its place. */
export function wireDialog() {
  byId("dialog").addEventListener("close", () => {
    if (byId("dialog").open) return; // the event comes late: the next dialog is there already
    byId("dialog-form").replaceChildren(); // a key is shown once
    const name = opener?.dataset?.focus;
    const again = opener?.isConnected || name === undefined
      ? opener
      : document.querySelector(`[data-focus="${CSS.escape(name)}"]`);
    again?.focus();
  });
}
