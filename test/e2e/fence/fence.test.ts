import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import * as table from '../../../fence/table.ts'
import manifest from '../../../package.json' with { type: 'json' }
import { repository } from '../../_pages.ts'
import { type Complaint, copyHouse } from './_house.ts'
import { computing, impure, owners, pureRooms, readers, rooms } from './_page.ts'
import { harmless, plants } from './_plants.ts'

const looseFiles = ['loose.ts', 'metrics.ts', 'attic/loose.ts', 'mock/loose.ts', 'cli-2/loose.js']
const globals = new Set([...Object.getOwnPropertyNames(globalThis), ...impure])

const house = copyHouse()
let untouched: readonly Complaint[] = []
let complaints: Partial<Record<string, readonly Complaint[]>> = {}

beforeAll(async () => {
  untouched = await house.lint()

  for (const [index, [, room, line]] of plants.entries()) {
    house.plant(`${room}/refused-${index}.ts`, line)
  }
  for (const [index, [, room, line]] of harmless.entries()) {
    house.plant(`${room}/harmless-${index}.ts`, line)
  }
  for (const room of rooms.keys()) {
    house.plant(nosyFile(room), ...house.files.map((file) => importFile(nosyFile(room), file)))
  }
  for (const file of house.files) {
    house.plant(file, ...[...owners.keys(), 'node:fs'].map((name) => `import '${name}'`))
  }
  for (const room of pureRooms) {
    house.plant(`${room}/modules.ts`, ...builtinModules.map((name) => `import '${name}'`))
    house.plant(`${room}/globals.ts`, ...[...globals].map((name) => `void ${name}`))
  }
  for (const file of looseFiles) house.plant(file, 'export {}')
  house.plant('stream/left.ts', `import type { B } from './right.ts'`, 'export type A = B | 1')
  house.plant('stream/right.ts', `import type { A } from './left.ts'`, 'export type B = A[]')

  complaints = Object.groupBy(await house.lint(), ({ file }) => file)
}, 120_000)

afterAll(() => house.remove())

test('the sources are as the fence wants them', () => {
  expect(untouched).toEqual([])
})

test('no comment in the sources opens the fence', () => {
  const comments = house.files.flatMap((file) => {
    const text = readFileSync(join(repository, 'src', file), 'utf8')
    return [...text.matchAll(/(?:ox|es)lint-disable.*/g)].map(([comment]) => `${file}: ${comment}`)
  })
  expect(
    comments.filter((comment) => !/lint-disable(-next-line)? no-control-regex -- /.test(comment)),
  ).toEqual([])
})

test('whatever the table and the page name is there', () => {
  const named = [
    [...Object.entries(table.rooms), ...rooms],
    [...Object.values(table.owners), ...owners.values()],
    [...table.readers, ...readers],
  ].flat(3)
  expect(named.filter((place) => !house.files.some((file) => isIn(place, file)))).toEqual([])
})

test.for(
  plants.map(([what, room, line, message], index) => ({ what, room, line, message, index })),
)('$what is refused in $room: $line', ({ room, message, index }) => {
  expect(listMessages(`${room}/refused-${index}.ts`)).toEqual([message])
})

test.for(harmless.map(([what, room, line], index) => ({ what, room, line, index })))(
  '$what is not refused in $room: $line',
  ({ room, index }) => {
    expect(listMessages(`${room}/harmless-${index}.ts`)).toEqual([])
  },
)

test.for([...rooms])('of all files %s may import those that the page names', ([room, allowed]) => {
  const refused = listMessages(nosyFile(room)).flatMap(
    (message) => /may import of ours: .*; not (.*)/.exec(message)?.[1] ?? [],
  )
  expect(refused).toEqual(house.files.filter((file) => !allowed.some((each) => isIn(each, file))))
})

test.for([...owners])('of all files %s is imported by %s alone', ([name, owner]) => {
  const message = `only src/${owner} may import ${name}`
  const refused = house.files.filter((file) => listMessages(file).includes(message))
  expect(refused).toEqual(house.files.filter((file) => !isIn(owner, file)))
})

test('every package that is installed with this one has an owner', () => {
  const { dependencies, peerDependencies } = manifest
  expect(new Set(owners.keys())).toEqual(
    new Set(Object.keys({ ...dependencies, ...peerDependencies })),
  )
})

test('of all files of the pure rooms those that the page names import node:fs', () => {
  const pureFiles = house.files.filter((file) => pureRooms.some((room) => isIn(room, file)))
  const refused = house.files.filter((file) => listModules(file).includes('fs'))
  expect(refused).toEqual(pureFiles.filter((file) => !readers.includes(file)))
})

test.for(pureRooms)('of all modules of Node %s may import those that the page names', (room) => {
  expect(listModules(`${room}/modules.ts`)).toEqual(
    builtinModules
      .map((name) => name.replace(/^node:/, ''))
      .filter((name) => !computing.includes(name)),
  )
})

test.for(pureRooms)('of all globals %s may not use those that the page names', (room) => {
  const refused = listMessages(`${room}/globals.ts`).map(
    (message) => /is pure and may not use (.*)/.exec(message)?.[1],
  )
  expect(new Set(refused)).toEqual(new Set(impure))
})

test('a file in no room is refused', () => {
  expect(looseFiles.map(listMessages)).toEqual(
    looseFiles.map((file) => [`src/${file} is in no room`]),
  )
})

test('a cycle of types is refused', () => {
  const rules = ['stream/left.ts', 'stream/right.ts'].map((file) => complaints[file]?.[0]?.rule)
  expect(rules).toEqual(['import(no-cycle)', 'import(no-cycle)'])
})

/** A file of a room in which all files are imported: a new one, or the one that is the room. */
function nosyFile(room: string): string {
  return room.endsWith('.ts') ? room : `${room}/nosy.ts`
}

function importFile(from: string, target: string): string {
  const path = posix.relative(posix.dirname(from), target)
  return `import '${path.startsWith('.') ? path : `./${path}`}'`
}

function isIn(room: string, file: string): boolean {
  return file === room || file.startsWith(`${room}/`)
}

/** What the fence says about a file. */
function listMessages(file: string): string[] {
  return (complaints[file] ?? [])
    .filter(({ rule }) => rule.startsWith('fence('))
    .map(({ message }) => message)
}

/** Modules of Node that are refused in a file. */
function listModules(file: string): string[] {
  return listMessages(file).flatMap(
    (message) => /may import of Node: .*; not (.*)/.exec(message)?.[1] ?? [],
  )
}
