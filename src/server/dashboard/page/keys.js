/** The keys with names: a list, and adding, rotating and revoking them. For admins only. */
import { act, actButton, openDialog, say } from "./acts.js";
import { askProxy, keep, signInWith } from "./ask.js";
import { byId, el } from "./dom.js";
import { money } from "./format.js";

let isLocked = false;
let fetched = false;

/** Fetches the list when it is shown for the first time. `locked`: the proxy asks for a key already. */
export function showKeys(locked) {
  isLocked = locked;
  if (fetched) return;
  fetched = true;
  refresh();
}

export function wireKeys() {
  byId("keys-add").addEventListener("click", addKey);
}

async function refresh() {
  try {
    show((await act("keys")).keys);
  } catch (error) {
    fetched = false;
    byId("keys").replaceChildren(el("p", { class: "bad" }, `The keys cannot be shown: ${error.message}`));
  }
}

function show(keys) {
  const had = document.activeElement?.dataset?.focus;
  byId("keys").replaceChildren(
    keys.length === 0
      ? el(
        "p",
        { class: "none" },
        "No key has a name yet. Add one for each person or program that uses the proxy.",
      )
      : el(
        "table",
        { class: "keys" },
        el("caption", { class: "hidden" }, "Keys"),
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["Name", "Role", "This month", "Limits", "State", "Change"].map((name) =>
              el("th", { scope: "col", class: name === "This month" ? "number" : null }, name)
            ),
          ),
        ),
        el("tbody", {}, keys.map(rowOf)),
      ),
  );
  if (had !== undefined) byId("keys").querySelector(`[data-focus="${CSS.escape(had)}"]`)?.focus();
}

function rowOf({ name, role, team, limits, state, spent_usd: spent }) {
  return el(
    "tr",
    { "data-key": name },
    el(
      "th",
      { scope: "row" },
      name,
      team === null ? undefined : el("small", { class: "muted" }, `team ${team}`),
    ),
    el("td", {}, role),
    el("td", { class: "number" }, spent === null ? "–" : money(spent)),
    el("td", {}, limits.join(", ") || "none"),
    el("td", { class: state.isValid ? "good" : "bad" }, state.words),
    el(
      "td",
      { class: "acts" },
      state.isValid
        ? actButton("Rotate…", `rotate ${name}`, () => rotateKey(name), `Rotate the key ${name}`)
        : "",
      state.words.startsWith("revoked")
        ? ""
        : actButton("Revoke…", `revoke ${name}`, () => revokeKey(name), `Revoke the key ${name}`),
    ),
  );
}

function addKey() {
  openDialog({
    title: "Add a key",
    text: isLocked
      ? undefined
      : "This proxy has no key yet. With the first one, every client needs a key, and this page too: the first has the role admin, and this page signs in with it.",
    fields: [
      {
        name: "name",
        label: "Name",
        hint: "Whose key it is: letters, digits, dots and dashes.",
        required: true,
      },
      {
        name: "role",
        label: "Role",
        kind: "select",
        value: isLocked ? "client" : "admin",
        options: [
          ["client", "client: sends requests"],
          ["viewer", "viewer: looks only"],
          ["admin", "admin: does everything"],
        ],
      },
      { name: "budget", label: "Budget", hint: "Dollars a day or month: 5/day, 50/month. Empty: no limit." },
      { name: "rpm", label: "Requests a minute", hint: "Empty: no limit of its own." },
      { name: "tpm", label: "Tokens a minute", hint: "Empty: no limit." },
      {
        name: "models",
        label: "Routes and models",
        hint: "Such as think,build or groq,*;claude-*. Empty: all.",
      },
      {
        name: "expires",
        label: "Expires",
        hint: "After a time (90d) or on a date (2027-01-31). Empty: never.",
      },
      { name: "team", label: "Team", hint: "Empty: none." },
    ],
    submit: "Add",
    run: async (values) => {
      if (isLocked) return made(await act("keys-add", values));
      return made(await signInWith(() => addFirst(values)));
    },
  });
}

/** Adds the first key, and signs in with it: from then on the page needs one. */
async function addFirst(values) {
  const added = await act("keys-add", values, { signsIn: true });
  const body = new URLSearchParams({ key: added.key });
  const response = await askProxy("dashboard/login", { method: "POST", body, signsIn: true });
  if (response.ok) keep((await response.json()).page);
  isLocked = true;
  return added;
}

function rotateKey(name) {
  openDialog({
    title: `Rotate the key ${name}`,
    text: "A new key takes its place. Whoever uses the old one must change over.",
    fields: [{
      name: "keep",
      label: "The old key stays valid for",
      hint: "Such as 1h or 7d. Empty: it ends at once.",
    }],
    submit: "Make a new key",
    run: async ({ keep }) => made(await act("keys-rotate", { name, keep })),
  });
}

function revokeKey(name) {
  openDialog({
    title: `Revoke the key ${name}`,
    text: "It ends at once and for good. Its requests stay in the list, and the name is not given again.",
    submit: "Revoke it",
    run: async () => {
      await act("keys-revoke", { name });
      say(`The key ${name} is revoked.`);
      await refresh();
    },
  });
}

/** Shows a new key. It is nowhere else. */
function made({ name, key }) {
  refresh();
  const copy = el("button", { type: "button", class: "chief" }, "Copy");
  const copied = el("span", { class: "muted", role: "status" });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(key);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(shown);
      copied.textContent = "Selected: copy it with Ctrl+C.";
    }
  });
  const shown = el("code", { class: "secret", id: "new-key" }, key);
  return {
    title: `The key of ${name}`,
    text: "It is shown once: the proxy keeps only a hash of it. Copy it now.",
    content: [el("p", {}, shown), el("p", { class: "ends" }, copy, copied)],
    close: "Close",
  };
}
