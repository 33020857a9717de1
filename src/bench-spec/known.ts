/**
 * The same members without those that are `undefined`: what is not known is not there. The one way to
 * make an object some of whose members may be missing.
 */
export function keepKnown<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  const known: Partial<T> = {}
  // There are some for each request: neither pairs nor lists of them are made.
  for (const key in members) {
    const value = members[key]
    if (value !== undefined) known[key] = value
  }
  return known as T
}
