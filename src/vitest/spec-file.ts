import { readdirSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'

import { folderName } from '../run/artifacts.ts'

/** What the name of a test file of ours ends in. */
const ending = /\.bench\.\w+$/

/**
 * Folder for the results of a file, relative: `bench/chat.bench.yaml` → `bench/chat`; with its own
 * ending where another spec differs in nothing else.
 */
export function folderOfFile(file: string, root: string): string {
  const name = basename(file)
  const stem = name.replace(ending, '')
  const twins = readdirSync(dirname(file)).filter(
    (other) => other !== name && ending.test(other) && other.replace(ending, '') === stem,
  )
  const own = twins.length === 0 ? stem : name.replace('.bench', '')
  const above = relative(root, dirname(file)).split(/[\\/]/)
  return [...above.filter((part) => part !== '').map(folderName), folderName(own)].join('/')
}
