/** Stack frames from the caller of `inner` on: the line that a person wrote. */
export function callSite(inner: (...args: never[]) => unknown): string {
  const at: { stack?: string } = {}
  Error.captureStackTrace(at, inner)
  return (at.stack ?? '').split('\n').slice(1).join('\n')
}
