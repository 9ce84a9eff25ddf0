/** Patterns over model names. */

/**
 * `*` for any characters and `?` for one; everything else is itself, in any case, and the whole name must match.
 * The expression has no flags that keep state, so it may be shared.
 */
export function globPattern(glob: string): RegExp {
  const source = glob.trim().replace(/[.+^${}()|[\]\\/-]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "is");
}
