/** A map whose copies cost nothing until one of them is changed: states are copied at every branch, and most branches change little. */
export class CowMap<K, V> implements Iterable<[K, V]> {
  private owned: boolean;
  private constructor(private map: Map<K, V>) {
    this.owned = false;
  }

  static from<K, V>(entries: Iterable<readonly [K, V]> = []): CowMap<K, V> {
    return new CowMap(new Map(entries));
  }

  copy(): CowMap<K, V> {
    this.owned = false;
    return new CowMap(this.map);
  }

  /** True where nothing was changed since one was copied from the other. */
  sameAs(other: CowMap<K, V>): boolean {
    return this.map === other.map;
  }

  get(key: K): V | undefined {
    return this.map.get(key);
  }
  has(key: K): boolean {
    return this.map.has(key);
  }
  keys(): IterableIterator<K> {
    return this.map.keys();
  }
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.map[Symbol.iterator]();
  }

  set(key: K, value: V): void {
    this.own().set(key, value);
  }
  delete(key: K): void {
    if (this.map.has(key)) this.own().delete(key);
  }

  private own(): Map<K, V> {
    if (!this.owned) {
      this.map = new Map(this.map);
      this.owned = true;
    }
    return this.map;
  }
}
