import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { findResults } from '../results/findings.ts'
import { glance } from '../results/glance.ts'
import { attempt, makeFolder, removeFile } from './output-file.ts'

/** Below the folder of a spec, a folder for each run before the latest. */
const shelf = 'earlier'

/** When the run of a folder was started: `2026-11-28T23-40-57Z`, with a number where that is taken. */
const dated = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?$/

/** How many runs are kept beside the latest when nobody says. */
export const keptRuns = 20

/** Says it for the command and for the plugin. */
export const keepVariable = 'SLOGATE_KEEP'

/**
 * Moves the files of an earlier run out of the folder of a spec into one below it that is named
 * after the time of that run, by renaming them; links in their place are removed, and what nothing
 * was written to. Returns its path; `undefined` when there was no run. `files`: what a run may leave,
 * relative.
 * @throws {OutputError}
 */
export function shelveRun(folder: string, files: readonly string[]): string | undefined {
  const found = files.flatMap((file): { file: string; stats: Stats }[] => {
    const stats = lstatSync(join(folder, file), { throwIfNoEntry: false })
    if (stats?.isFile() === true && stats.size > 0) return [{ file, stats }]
    removeFile(join(folder, file))
    return []
  })
  const [first] = found
  if (first === undefined) return undefined
  const startedAt = Date.parse(glance(folder)?.started_at ?? '')
  const shelved = addShelf(
    folder,
    Number.isNaN(startedAt) ? first.stats.mtime : new Date(startedAt),
  )
  for (const { file } of found) {
    makeFolder(shelved, dirname(file))
    moveFile(join(folder, file), join(shelved, file))
  }
  return dropEmpty(shelved) ? undefined : shelved
}

/** Makes a folder for a run of that time. Two processes never make the same. */
export function addShelf(folder: string, time: Date): string {
  const path = join(makeFolder(folder, shelf), nameTime(time))
  for (let i = 1; ; i++) {
    const own = i === 1 ? path : `${path}-${i}`
    if (makeNew(own)) return own
  }
}

function nameTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

function makeNew(path: string): boolean {
  let isNew = true
  attempt(path, () => {
    try {
      mkdirSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      isNew = false
    }
  })
  return isNew
}

/** Another process that starts at the same time may have moved it already. */
function moveFile(from: string, to: string): void {
  attempt(from, () => {
    try {
      renameSync(from, to)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  })
}

/** Whether nothing is in a folder, which is then removed. */
function dropEmpty(folder: string): boolean {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  if (entries.some((entry) => !entry.isDirectory())) return false
  for (const { name } of entries) rmdirSync(join(folder, name))
  rmdirSync(folder)
  return true
}

/** Folders of the earlier runs of a spec, the oldest first; a link is none. */
export function listShelves(folder: string): string[] {
  const path = join(folder, shelf)
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && dated.test(entry.name))
    .map(({ name }) => join(path, name))
    .toSorted(byTime.compare)
}

/** The folder of the last run before the latest that was judged; `undefined` when there is none. */
export function findEarlier(folder: string): string | undefined {
  return listShelves(folder).findLast((path) => findResults(path) !== undefined)
}

// With numbers as such: `…Z-10` after `…Z-2`.
const byTime = new Intl.Collator('en', { numeric: true })

function holdsOnly(folder: string, files: readonly string[]): boolean {
  const known = new Set(files.flatMap((file) => [join(file), dirname(file)]))
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).every((entry) =>
      known.has(relative(folder, join(entry.parentPath, entry.name))),
    )
  } catch (error) {
    // Another process has just removed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/**
 * Removes the oldest of the earlier runs of a spec, but for the last `keep`. One that something else
 * was put into stays, and is not counted.
 * @throws {OutputError}
 */
export function clearShelves(folder: string, files: readonly string[], keep: number): void {
  const shelves = listShelves(folder).filter((path) => holdsOnly(path, files))
  for (const path of shelves.slice(0, Math.max(0, shelves.length - keep))) {
    attempt(path, () => rmSync(path, { recursive: true, force: true }))
  }
}
