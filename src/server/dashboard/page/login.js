/** The sign-in: sends the key, keeps the page's secret that comes back, and opens the dashboard. */
import { keep } from "./ask.js";
import { byId, setText } from "./dom.js";

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const response = await fetch("login", {
      method: "POST",
      body: new URLSearchParams({ key: byId("key").value }),
    });
    const answer = await response.json();
    if (!response.ok) return say(answer.error.message);
    keep(answer.page);
    location.assign(`../dashboard${location.hash}`);
  } catch {
    say("The proxy does not answer. It may have been stopped: start it with terraphim-llm-proxy serve.");
  }
});

function say(text) {
  byId("message").hidden = text === "";
  setText(byId("message"), text);
}
