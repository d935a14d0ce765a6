/**
 * An answer that depends on nothing but one object, found once. Several policies need the same of a resource, and graphs that
 * follow each other hold many of the same objects. The answer must not be changed.
 */
export function once<K extends object, T>(answer: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly answer: T }>();
  return (key) => {
    let found = known.get(key);
    if (!found) known.set(key, (found = { answer: answer(key) }));
    return found.answer;
  };
}
