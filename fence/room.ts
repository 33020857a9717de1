import { join, relative, sep } from 'node:path'

import { pureRooms, rooms } from './table.ts'

const source = join(import.meta.dirname, '../src')

/** Path of a file below `src/`, with forward slashes; it begins with `..` when the file is outside. */
export function placeInSource(file: string): string {
  return relative(source, file).split(sep).join('/')
}

/** The row of the table that a place is in; `undefined` when it is in none. */
export function findRoom(place: string): string | undefined {
  return Object.keys(rooms).find((room) => isWithin(place, room))
}

/** The pure room that a place is in; `undefined` when it is in none. */
export function findPureRoom(place: string): string | undefined {
  return pureRooms.find((room) => isWithin(place, room))
}

/** Whether a place is in this room, or is this file. */
export function isWithin(place: string, room: string): boolean {
  return place === room || place.startsWith(`${room}/`)
}
