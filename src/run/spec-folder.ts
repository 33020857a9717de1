import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

import { nameCellFolder } from '../bench-spec/matrix.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { folderName } from './run-folder.ts'

/** What the name of a test file of ours ends in. */
const benchEnding = /\.bench\.\w+$/

/** What the names of other specs end in. */
const plainEnding = /\.(ya?ml|jsonc?)$/

/** In the place of `..`: no name of a folder of ours holds that sign. */
const above = '@up'

/**
 * Folder for the results of a spec, relative, by the path of its file from `root`:
 * `bench/chat.bench.yaml` → `bench/chat`, `A/config.json` → `A/config`, `../chat.yaml` → `@up/chat`;
 * with its ending where another spec beside it differs in nothing else.
 */
export function folderOfFile(file: string, root: string): string {
  const parts = relative(root, dirname(file)).split(/[\\/]/)
  const named = parts.filter((part) => part !== '')
  return [
    ...named.map((part) => (part === '..' ? above : folderName(part))),
    folderName(nameOwn(file)),
  ].join('/')
}

/** Folder of a spec below that of its file: the same, or one of its own for each cell of a matrix. */
export function folderOfCell(folder: string, { cell }: Pick<BenchSpec, 'cell'>): string {
  return cell === undefined ? folder : join(folder, nameCellFolder(cell.settings))
}

/** The name of a file, without its ending where that tells it from every other. */
function nameOwn(file: string): string {
  const name = basename(file)
  const stem = folderName(cutEnding(name))
  // A test file keeps its folder whatever other files are put beside it.
  const rivals = benchEnding.test(name) ? [benchEnding] : [benchEnding, plainEnding]
  const isTwin = (other: string): boolean =>
    other !== name &&
    rivals.some((ending) => ending.test(other)) &&
    folderName(cutEnding(other)) === stem
  return readdirSync(dirname(file)).some(isTwin) ? name : cutEnding(name)
}

function cutEnding(name: string): string {
  return name.replace(benchEnding.test(name) ? benchEnding : plainEnding, '')
}

/** Folders of specs that run one after the other; a file that is there again gets a number. */
export function foldersOfFiles(files: readonly string[], root: string): string[] {
  const folders: string[] = []
  for (const file of files) {
    const folder = folderOfFile(file, root)
    let own = folder
    for (let i = 2; folders.includes(own); i++) own = `${folder}-${i}`
    folders.push(own)
  }
  return folders
}
