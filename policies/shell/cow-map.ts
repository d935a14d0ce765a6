/**
 * A map whose copies cost nothing until one of them is changed: states are copied at every branch, and most branches change
 * little. What was changed since a copy lies over a base that the copies share. The order is that of a Map.
 */
export class CowMap<K, V> implements Iterable<[K, V]> {
  /** Whether nobody else has the base (then changes go into it), or the layer over it. */
  private ownsBase = false;
  private ownsLayer = false;
  private constructor(
    private base: Map<K, V>,
    private layer: Map<K, V>,
  ) {}

  static from<K, V>(entries: Iterable<readonly [K, V]> = []): CowMap<K, V> {
    return new CowMap<K, V>(new Map(entries), new Map());
  }

  copy(): CowMap<K, V> {
    this.ownsBase = false;
    this.ownsLayer = false;
    return new CowMap(this.base, this.layer);
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
    return this.layer.get(key) ?? this.base.get(key);
  }
  has(key: K): boolean {
    return this.layer.has(key) || this.base.has(key);
  }
  keys(): IterableIterator<K> {
    return this.flat().keys();
  }
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.flat()[Symbol.iterator]();
  }

  set(key: K, value: V): void {
    if (this.ownsBase) {
      this.base.set(key, value);
      return;
    }
    if (!this.ownsLayer) {
      this.layer = new Map(this.layer);
      this.ownsLayer = true;
    }
    this.layer.set(key, value);
    if (this.layer.size > MOST_CHANGES) this.own();
  }
  delete(key: K): void {
    if (this.has(key)) this.own().delete(key);
  }

  private flat(): Map<K, V> {
    return this.layer.size === 0 ? this.base : this.own();
  }

  private own(): Map<K, V> {
    if (!this.ownsBase) {
      this.base = new Map(this.base);
      for (const [key, value] of this.layer) this.base.set(key, value);
      this.layer = new Map();
      this.ownsBase = true;
    }
    return this.base;
  }
}

/** With more, the layer is merged into a base of its own. */
const MOST_CHANGES = 24;
