/** Remembers which sessions a person has sent to a route or target of their choice. Without a store nothing outlives the process. */
import { remember } from "../runtime/remember.ts";

/** How many sessions are remembered that have a pin, or whose wish a command ended. */
const MOST_PINS = 4000;

/** Where a session goes until the pin ends. */
export interface Pin {
  /** The client's own name of the session. */
  readonly session: string;
  /** The label of the client's key; undefined: whoever asks. */
  readonly clientKey?: string | undefined;
  /** A route, a target or a model, as it was given; `auto`: what an earlier wish in the conversation says is over. */
  readonly to: string;
  readonly by: "wish" | "header" | "command";
  /** Epoch milliseconds. */
  readonly since: number;
}

export class Pins {
  /** Oldest first. */
  readonly #pins = new Map<string, Pin>();
  readonly #onChange: (id: string, pin: Pin) => void;

  /** @param onChange called when a pin was set here */
  constructor(onChange: (id: string, pin: Pin) => void = () => {}) {
    this.#onChange = onChange;
  }

  /** The latest pin that holds for a session; undefined: none was made. */
  of(session: string | undefined, clientKey: string | undefined): Pin | undefined {
    if (session === undefined || this.#pins.size === 0) return undefined;
    const own = this.#pins.get(keyOf({ session, clientKey }));
    return own ?? this.#pins.get(keyOf({ session }));
  }

  /** A pin that a command sets holds for every client key, and ends those that clients have set. */
  set(pin: Pin): void {
    this.take(pin);
    this.#onChange(keyOf(pin), pin);
  }

  /** Takes a pin that was set at another replica. */
  take(pin: Pin): void {
    if (pin.by === "command") {
      for (const [key, one] of this.#pins) if (one.session === pin.session) this.#pins.delete(key);
    }
    remember(this.#pins, keyOf(pin), pin, MOST_PINS);
  }

  /** The sessions that are pinned now, the latest first. */
  list(): readonly Pin[] {
    return [...this.#pins.values()].filter(({ to }) => to !== "auto").reverse();
  }
}

const keyOf = ({ session, clientKey }: Pick<Pin, "session" | "clientKey">): string =>
  JSON.stringify([session, clientKey ?? null]);
