/** Pieces of bytes, joined. */

/** `room`: returns an array of that length to copy into, for callers that keep one. @default a new array */
export function concat(
  pieces: readonly Uint8Array[],
  room: (length: number) => Uint8Array<ArrayBuffer> = (length) => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = room(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
