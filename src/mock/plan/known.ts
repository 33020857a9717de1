/**
 * The same members without those that are `undefined`: what is not known is not there. The one way to
 * make an object some of whose members may be missing, but for what is made once per token.
 */
export function keepKnown<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
