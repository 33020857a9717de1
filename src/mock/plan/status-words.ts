/** What HTTP calls a status; `undefined`: it has no name. By a call, as an import loads a client too. */
export const statusWords: Readonly<Record<number, string | undefined>> =
  process.getBuiltinModule('node:http').STATUS_CODES
