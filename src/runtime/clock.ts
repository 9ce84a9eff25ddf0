/** The time, as an argument: whatever decides by the time is given a clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never go back. */
  mono(): number;
}
