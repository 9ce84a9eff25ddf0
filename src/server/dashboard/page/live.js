/** Live events by server-sent events; where there are none, by polling. */
import { askProxy } from "./ask.js";

const ASK_EVERY = 5000;
/** Milliseconds before it connects again: after a connection that broke, and where the proxy refused one. */
const RECONNECT = 3000;
const TRY_AGAIN = 30_000;

/**
 * Calls `onState(state)` and `onRequests(rows, skipped)` for events, `onOpen` and `onPoll` when everything should be
 * fetched, and `onLink(state)` with `live`, `polling` or `lost`.
 */
export function listen({ onState, onRequests, onOpen, onPoll, onLink }) {
  let polling;
  let left = false;
  const leaving = new AbortController();
  const open = async () => {
    let refused = false;
    try {
      // Not by EventSource: it sends no headers of its own.
      const response = await askProxy("dashboard/events", {
        headers: { accept: "text/event-stream" },
        signal: leaving.signal,
      });
      refused = !response.ok;
      if (response.ok) {
        clearInterval(polling);
        polling = undefined;
        onLink("live");
        onOpen();
        await read(response.body, (name, data) => {
          if (name === "state") onState(data);
          if (name === "requests") onRequests(data.rows, data.skipped);
        });
      }
    } catch (error) {
      if (!left) console.warn(error);
    }
    if (left) return;
    onLink(refused ? "polling" : "lost");
    if (refused) polling ??= setInterval(onPoll, ASK_EVERY); // too many listen
    onPoll();
    setTimeout(open, refused ? TRY_AGAIN : RECONNECT);
  };
  // A page that is left must not occupy one of the few places.
  addEventListener("pagehide", () => {
    left = true;
    leaving.abort();
  }, { once: true });
  // One that the browser kept and shows again begins again.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  open();
}

/** Reads events of `event: NAME` and one line of JSON `data` each, until their end; comments are passed over. */
async function read(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      const found = /^event: (.*)\ndata: (.*)$/.exec(event);
      if (found !== null) onEvent(found[1], JSON.parse(found[2]));
    }
  }
}
