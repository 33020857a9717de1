import { readPage, readTable } from '../../_pages.ts'

const page = readPage('docs/architecture.md').text
const stages = readTable(
  page,
  '| folder | takes | gives | third-party package, and the one file that imports it |',
)
const directions = readTable(page, '| a file of | may import of ours, beside its own room |')

/** Floors of the mock, the lowest first. */
const floors = readNames(find(/from the lowest floor up it has (.*?)\. /))

/** What the page lets a file of each room import of ours: its own room, others, and single files. */
export const rooms: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...directions.flatMap(([places = '', imported = '']) =>
      readNames(places).map((place) => [place, readNames(imported)] as const),
    ),
    ...floors.map((floor, height) => [floor, floors.slice(0, height)] as const),
    ...['mock/index.ts', 'mock/main.ts'].map((file) => [file, floors] as const),
  ].map(([room, imported]) => [room, [room, ...imported]]),
)

/** The file of each package, or the room. */
export const owners: ReadonlyMap<string, string> = new Map(
  stages.flatMap(([, , , packages = '']) =>
    [...packages.matchAll(/`([^`]+)` \((?:any file of )?`src\/([^`]+?)\/?`\)/g)].map(
      ([, name = '', owner = '']) => [name, owner] as const,
    ),
  ),
)

export const pureRooms = readNames(find(/^(.*) are pure: /m))

/** Modules of Node that a pure room may import. */
export const computing = readNames(find(/Of Node they import (.*?), which only compute/))

/** Files of pure rooms that may import `node:fs`. */
export const readers = readNames(find(/Files are read, with `node:fs`, in (.*)/)).map((file) =>
  file.replace(/^src\//, ''),
)

/** Globals that a pure room may not use. */
export const impure = readNames(find(/They do not use the globals (.*?)\. /))

function find(sentence: RegExp): string {
  const found = sentence.exec(page)?.[1]
  if (found === undefined) throw new Error(`docs/architecture.md does not say ${sentence}`)
  return found
}

function readNames(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}
