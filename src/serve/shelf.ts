import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { extname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import { type DataSource, loadDataset } from '../bench-spec/dataset.ts'
import { cleanMessage } from '../bench-spec/plain-text.ts'
import { suggest } from '../bench-spec/suggestion.ts'
import { Refusal } from './refusal.ts'

/** A data set that was found: its file, and the column that is asked from it. */
export interface Prompts {
  /** The file is relative to `directory`. */
  source: DataSource & { column: string }
  directory: string
}

/** Data sets by name: those of the package, and files below a folder. */
export interface Shelf {
  /** The names, those of the package first. */
  list(): string[]
  /**
   * @throws {Refusal} 400 when there is none by that name, or it cannot be used.
   */
  find(name: string): Prompts
}

/** Data sets of the package. */
const bundled = fileURLToPath(new URL('../../datasets/', import.meta.url))
const bundledNames = ['openqa']

/** Columns that are taken for the prompt, the first that there is; else the first of the file. */
const promptColumns = ['question', 'prompt', 'content']

/** Files that are listed, and bytes of one that is read. */
const mostListed = 1000
const mostBytes = 64 * 2 ** 20

/** `folder`: absolute; `undefined`: only what is bundled. */
export function createShelf(folder: string | undefined): Shelf {
  const list = (): string[] => [...bundledNames, ...(folder === undefined ? [] : listFiles(folder))]
  return {
    list,
    find(name) {
      if (bundledNames.includes(name)) return readPrompts(bundled, `${name}.csv`)
      const file = folder && findFile(folder, name)
      if (folder !== undefined && file !== undefined) return readPrompts(folder, file)
      const shown = JSON.stringify(cleanMessage(name, 100))
      const advice =
        folder === undefined
          ? ' Files can be used where the server was started with --datasets DIR.'
          : ' A file is a .csv or .jsonl below the folder of --datasets.'
      throw new Refusal(
        400,
        `datasets: there is no data set ${shown}.${suggest(name.slice(0, 100), list())} Known are ${list().slice(0, 10).join(', ')}.${advice}`,
      )
    },
  }
}

function listFiles(folder: string): string[] {
  const names: string[] = []
  const visit = (below: string, depth: number): void => {
    for (const entry of readFolder(join(folder, below))) {
      const name = join(below, entry.name)
      if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.')) visit(name, depth - 1)
      if (entry.isFile() && isTable(name) && names.length < mostListed) {
        names.push(name.split(sep).join('/'))
      }
    }
  }
  visit('', 4)
  return names.sort()
}

/** What cannot be read, or is there no more, holds nothing. */
function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isTable(name: string): boolean {
  return /^\.(csv|jsonl)$/i.test(extname(name))
}

/** Below the folder, also when links are followed; `undefined`: there is no such file. */
function findFile(folder: string, name: string): string | undefined {
  if (isAbsolute(name) || name.includes('\0') || !isTable(name)) return undefined
  try {
    const real = realpathSync(join(folder, name))
    const place = relative(realpathSync(folder), real)
    if (place.startsWith('..') || isAbsolute(place) || !isTable(place)) return undefined
    const { size } = statSync(real)
    if (!statSync(real).isFile()) return undefined
    if (size <= mostBytes) return place
  } catch {
    return undefined
  }
  throw new Refusal(400, `datasets: the file is larger than ${mostBytes / 2 ** 20} MiB.`)
}

function readPrompts(directory: string, file: string): Prompts {
  const source: DataSource = { type: /\.csv$/i.test(file) ? 'csv' : 'jsonl', file }
  const { dataset, issues } = loadDataset(source, directory)
  const columns = dataset?.columns ?? []
  const column = promptColumns.find((name) => columns.includes(name)) ?? columns[0]
  if (dataset === undefined || column === undefined) {
    const reason = issues.map(({ message }) => message).join(' ')
    throw new Refusal(400, `datasets: ${cleanMessage(reason || `${file} has no column.`)}`)
  }
  return { source: { ...source, column }, directory }
}
