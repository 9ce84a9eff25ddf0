/** The frames of zstd data (RFC 8878 3.1): several may follow each other, and some decoders read the first one only. */

const MAGIC = 0xfd2fb528;
/** Frames to be skipped begin with 0x184D2A50 to 0x184D2A5F. */
const SKIPPED = 0x184d2a5;
/** Bytes of the dictionary's id, and of the content's size, by the frame header's flags. */
const DICTIONARY = [0, 1, 2, 4] as const;
const CONTENT = [0, 2, 4, 8] as const;
/** A block of this type holds one byte, whatever its size says. */
const REPEATED = 1;

/**
 * Cuts data into its frames, without those that are to be skipped.
 * @returns undefined: it is not zstd, or it is cut off
 */
export function zstdFrames(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  try {
    for (let at = 0; at < bytes.length;) {
      const magic = view.getUint32(at, true);
      const end = magic === MAGIC
        ? frameEnd(view, at + 4)
        : magic >>> 4 === SKIPPED
        ? at + 8 + view.getUint32(at + 4, true)
        : -1;
      if (end <= at || end > bytes.length) return undefined;
      if (magic === MAGIC) frames.push(bytes.subarray(at, end));
      at = end;
    }
  } catch { // beyond the end
    return undefined;
  }
  return frames;
}

/** Where a frame ends whose header begins at `at`. @throws RangeError beyond the data */
function frameEnd(view: DataView, at: number): number {
  const flags = view.getUint8(at);
  const single = (flags & 0x20) !== 0;
  const content = CONTENT[(flags >> 6) as 0 | 1 | 2 | 3];
  let next = at + 1 + (single ? 0 : 1) + DICTIONARY[(flags & 3) as 0 | 1 | 2 | 3] +
    (content === 0 && single ? 1 : content);
  for (let last = false; !last;) {
    const header = view.getUint8(next) | view.getUint8(next + 1) << 8 | view.getUint8(next + 2) << 16;
    last = (header & 1) === 1;
    next += 3 + (((header >> 1) & 3) === REPEATED ? 1 : header >> 3);
  }
  return next + ((flags & 4) === 0 ? 0 : 4);
}
