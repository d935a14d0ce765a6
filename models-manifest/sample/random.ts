/**
 * Seeded random numbers for the sample models.
 *
 * Only operations that IEEE 754 defines exactly (+ - * / and integer arithmetic) are used, never Math.log, cos or pow: those may differ in the
 * last bit from one machine or Node version to the next, and the sample manifest promises the same bytes everywhere.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  readonly uniform: () => number;
  /** Close to standard normal, within ±6: the sum of twelve uniforms less six (Irwin-Hall). */
  readonly gaussian: () => number;
  /** A permutation of 0..n-1 (Fisher-Yates). */
  readonly shuffled: (n: number) => Uint32Array;
}

/** A generator for a 32-bit seed (mulberry32's mixing function). */
export function seededRandom(seed: number): Random {
  let state = seed | 0; // a small integer for V8, unlike the same bits without a sign
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const gaussian = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
  const shuffled = (n: number): Uint32Array => {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  };
  return { uniform, gaussian, shuffled };
}
