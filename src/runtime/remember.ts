/** What is remembered for the life of the process, without growing for ever. */

/** Sets an entry of a map that holds at most `most`: what was not set for the longest time is forgotten. */
export function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
