/** What a listener for HTTP is, whichever server it has. */

/** A certificate and its private key, as PEM. */
export interface Certificate {
  /** The server's own first, then those that lead to an authority. */
  readonly cert: string;
  readonly key: string;
}

export interface ListenOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** Headers have a time limit, at the cost of a slower listener under Deno; Bun's has one always. @default false */
  readonly guarded?: boolean;
  /** Other processes of this user may listen there too: the system spreads connections over them. Linux only. @default false */
  readonly shared?: boolean;
  /** Connections are encrypted with it. @default undefined (they are not) */
  readonly tls?: Certificate | undefined;
  /** Answers a request. Must not throw. `address` gives the one that its connection came from. */
  readonly handle: (request: Request, address: () => string | undefined) => Response | Promise<Response>;
  /**
   * Called when it stops listening though nobody asked it to, with the reason, and with `undefined` when it listens again.
   * Only Deno does: it takes "too many open files" for the end.
   */
  readonly onFault?: (why: string | undefined) => void;
}

export interface Listener {
  readonly hostname: string;
  /** The port that was taken. */
  readonly port: number;
  /** Resolves when connections are taken. @default from the start */
  readonly ready?: Promise<void>;
  /**
   * Uses another certificate for new connections. Undefined: the listener cannot, and must be replaced.
   * @throws when the certificate cannot be used; the one before stays
   */
  renew?(tls: Certificate): void;
  /** Takes no new connections; resolves when the last answer has gone out. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** Milliseconds before a listener that failed listens again. */
export const AGAIN_MS = 100;
