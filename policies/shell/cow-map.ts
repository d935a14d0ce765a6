/**
 * A map whose copies cost nothing until one of them is changed: states are copied at every branch, and most branches change
 * little. What was changed since a copy lies over a base that the copies share. The order is that of a Map.
 */
export class CowMap<K, V> implements Iterable<[K, V]> {
  /** Whether nobody else has the base (then changes go into it), or the layer over it. */
  private ownsBase = false;
  private ownsLayer = false;
  /** Base and layer as one map, for whoever goes through all of it; until the next change. */
  private merged: Map<K, V> | undefined;
  private constructor(
    private base: Map<K, V>,
    /** What differs from the base; undefined where the key was taken away. */
    private layer: Map<K, V | undefined>,
  ) {}

  static from<K, V>(entries: Iterable<readonly [K, V]> = []): CowMap<K, V> {
    return new CowMap<K, V>(new Map(entries), new Map());
  }

  copy(): CowMap<K, V> {
    this.ownsBase = false;
    this.ownsLayer = false;
    const copied = new CowMap(this.base, this.layer);
    copied.merged = this.merged;
    return copied;
  }

  /** True where nothing was changed since one was copied from the other. */
  sameAs(other: CowMap<K, V>): boolean {
    return this.base === other.base && this.layer === other.layer;
  }

  /** The keys whose values can differ in two copies; undefined where all can. */
  changedSince(other: CowMap<K, V>): Iterable<K> | undefined {
    return this.base === other.base ? this.layer.keys() : undefined;
  }

  get(key: K): V | undefined {
    const changed = this.layer.get(key);
    if (changed !== undefined || this.layer.size === 0) return changed ?? this.base.get(key);
    return this.layer.has(key) ? undefined : this.base.get(key);
  }
  /** At least the number of keys: one that is in both parts counts twice. */
  get weight(): number {
    return this.base.size + this.layer.size;
  }
  has(key: K): boolean {
    return this.get(key) !== undefined;
  }
  keys(): IterableIterator<K> {
    return this.flat().keys();
  }
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.flat()[Symbol.iterator]();
  }

  set(key: K, value: V): void {
    // What was taken away and comes again comes behind all others.
    if (!this.ownsBase && this.layer.has(key) && this.layer.get(key) === undefined) this.own();
    if (this.ownsBase) this.base.set(key, value);
    else this.change(key, value);
  }
  delete(key: K): void {
    if (this.ownsBase) this.base.delete(key);
    else if (this.has(key)) this.change(key, undefined);
  }

  /** Adds the keys whose values can differ from those of another copy to a set. */
  addChanged(other: CowMap<K, V>, keys: Set<K>): void {
    if (this.base !== other.base) for (const key of this.base.keys()) keys.add(key);
    for (const key of this.layer.keys()) keys.add(key);
  }

  private change(key: K, value: V | undefined): void {
    this.merged = undefined;
    if (!this.ownsLayer) {
      this.layer = new Map(this.layer);
      this.ownsLayer = true;
    }
    this.layer.set(key, value);
    if (this.layer.size > Math.max(MOST_CHANGES, this.base.size >> 2)) this.own();
  }

  /** Goes through everything without parting from the base: the copies that share it stay quick to compare. */
  private flat(): Map<K, V> {
    if (this.layer.size === 0) return this.base;
    return (this.merged ??= this.merge());
  }

  private merge(): Map<K, V> {
    const all = new Map(this.base);
    for (const [key, value] of this.layer)
      if (value === undefined) all.delete(key);
      else all.set(key, value);
    return all;
  }

  private own(): void {
    this.base = this.merge();
    this.layer = new Map();
    this.merged = undefined;
    this.ownsBase = true;
  }
}

/** With more than this, and more than a quarter of the base, the layer is merged into a base of its own. */
const MOST_CHANGES = 24;

/** The keys whose values can differ: first those that `b` changed, then those that `a` changed. */
export function keysThatDiffer<K, V>(a: CowMap<K, V>, b: CowMap<K, V>): Set<K> {
  const keys = new Set<K>();
  b.addChanged(a, keys);
  a.addChanged(b, keys);
  return keys;
}
