/** Live events by server-sent events; where there are none, by polling. */

const ASK_EVERY = 5000;
const TRY_AGAIN = 30_000;

/**
 * Calls `onState(state)` and `onRequests(rows, skipped)` for events, `onOpen` and `onPoll` when everything should be
 * fetched, and `onLink(state)` with `live`, `connecting`, `polling` or `lost`.
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
      // While it connects, the browser retries by itself; closed means refused: no key, or too many listeners.
      if (source.readyState !== EventSource.CLOSED) {
        onLink("lost");
        return onPoll();
      }
      onLink("polling");
      polling ??= setInterval(onPoll, ASK_EVERY);
      onPoll();
      setTimeout(open, TRY_AGAIN);
    });
    // A page that is left must not occupy one of the few places.
    addEventListener("pagehide", () => source.close(), { once: true });
  };
  open();
}
