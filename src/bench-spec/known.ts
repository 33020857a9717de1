/** The same object without the members that are `undefined`: what is not known is not there. */
export function keepKnown<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
