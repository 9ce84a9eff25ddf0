/** Freezes a configuration: it is a value, and never changes. */

class FrozenMap<K, V> extends Map<K, V> {
  #sealed = false;

  seal(): this {
    this.#sealed = true;
    return Object.freeze(this);
  }

  override set(key: K, value: V): this {
    if (this.#sealed) throw new TypeError("a configuration cannot be changed");
    return super.set(key, value);
  }

  override delete(): boolean {
    throw new TypeError("a configuration cannot be changed");
  }

  override clear(): void {
    throw new TypeError("a configuration cannot be changed");
  }
}

/** Freezes a tree of plain objects, arrays and maps. Maps are replaced by ones that refuse changes. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) {
    const copy = new FrozenMap<unknown, unknown>();
    for (const [key, item] of value) copy.set(key, deepFreeze(item));
    return copy.seal() as T;
  }
  if (Object.isFrozen(value)) return value;
  for (const key of Object.keys(value) as (keyof T)[]) {
    const item = value[key];
    const frozen = deepFreeze(item);
    if (frozen !== item) value[key] = frozen;
  }
  return Object.freeze(value);
}
