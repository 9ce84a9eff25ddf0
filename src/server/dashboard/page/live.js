/** Hearing what happens: server-sent events, and where they cannot be had, asking from time to time. */

const ASK_EVERY = 5000;
const TRY_AGAIN = 30_000;

/**
 * `onState(state)` and `onRequests(rows, skipped)` bring what happened, `onOpen` and `onPoll` ask for everything,
 * `onLink(state)` tells how the link stands: `live`, `connecting`, `polling`.
 */
export function listen({ onState, onRequests, onOpen, onPoll, onLink }) {
  let polling;
  const open = () => {
    const source = new EventSource("dashboard/events");
    source.addEventListener("open", () => {
      clearInterval(polling);
      polling = undefined;
      onLink("live");
      onOpen();
    });
    source.addEventListener("state", ({ data }) => onState(JSON.parse(data)));
    source.addEventListener("requests", ({ data }) => {
      const { rows, skipped } = JSON.parse(data);
      onRequests(rows, skipped);
    });
    source.addEventListener("error", () => {
      // While it is connecting the browser tries again by itself; closed is refused: no key, or too many listeners.
      if (source.readyState !== EventSource.CLOSED) return onLink("connecting");
      onLink("polling");
      polling ??= setInterval(onPoll, ASK_EVERY);
      onPoll();
      setTimeout(open, TRY_AGAIN);
    });
    // A page that is left must not hold one of the few places.
    addEventListener("pagehide", () => source.close(), { once: true });
  };
  open();
}
