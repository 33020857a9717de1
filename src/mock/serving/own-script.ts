import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'

import { describeProblem, renderProblem } from '../plan/fields.ts'
import { Refusal } from '../plan/refusal.ts'

/**
 * Where the script is that a client names, links followed; one that is not there keeps its name. Reads
 * the file system, not the file.
 *
 * @throws Refusal 400 unless it is below `folder`: whoever reaches the server must not read the rest.
 */
export function findOwnScript(folder: string, script: string): string {
  const named = resolve(folder, script)
  const real = readLink(named)
  const isOwn = real === undefined ? isBelow(folder, named) : isBelow(realpathSync(folder), real)
  if (isOwn) return real ?? named
  const expected = 'a file below the folder the mock runs in'
  throw new Refusal(400, renderProblem(describeProblem('script', expected, script, 'Put it there')))
}

function readLink(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
