import { isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'

import { findPureRoom, findRoom, isWithin, placeInSource } from './room.ts'
import type { Node, Rule } from './rule.ts'
import { computing, owners, readers, rooms } from './table.ts'

/** Refuses what the table does not let a file import, in whatever form it does so. */
export const imports: Rule = {
  createOnce(context) {
    const report = (node: Node, message: string | undefined): void => {
      if (message !== undefined) context.report({ node, message })
    }
    const check = (source: Node | null): void => {
      if (source !== null) report(source, refuseImport(context.filename, readText(source)))
    }
    return {
      Program: (node) => report(node, refuseFile(context.filename)),
      ImportDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      TSExternalModuleReference: ({ expression }) => check(expression),
      NewExpression: ({ arguments: [path, base] }) => {
        if (path === undefined || base === undefined) return
        if (context.sourceCode.getText(base) !== 'import.meta.url') return
        report(path, refuseUrl(context.filename, readStart(path)))
      },
    }
  },
}

function refuseFile(file: string): string | undefined {
  const place = placeInSource(file)
  return findRoom(place) === undefined ? `src/${place} is in no room` : undefined
}

function refuseImport(file: string, source: string | undefined): string | undefined {
  const place = placeInSource(file)
  const room = findRoom(place)
  if (room === undefined) return undefined
  if (source === undefined) return 'an import says what it imports'
  if (source.startsWith('.')) return refuseOurs(room, placeInSource(resolve(dirname(file), source)))
  if (isBuiltin(source)) return refuseNode(place, source.replace(/^node:/, ''))
  return refusePackage(place, source)
}

function refuseOurs(room: string, target: string): string | undefined {
  const allowed = rooms[room] ?? []
  if ([room, ...allowed].some((place) => isWithin(target, place))) return undefined
  const list = allowed.length === 0 ? 'nothing' : allowed.join(', ')
  return `src/${room} may import of ours: ${list}; not ${target}`
}

function refuseNode(place: string, module: string): string | undefined {
  const room = findPureRoom(place)
  if (room === undefined || computing.includes(module)) return undefined
  if (module === 'fs' && readers.includes(place)) return undefined
  return `src/${room} is pure and may import of Node: ${computing.join(', ')}; not ${module}`
}

function refusePackage(place: string, source: string): string | undefined {
  const name = source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/')
  const owner = owners[name]
  if (owner === undefined) return `no file may import ${name}`
  return isWithin(place, owner) ? undefined : `only src/${owner} may import ${name}`
}

/** A file is also reached by its URL, to start it as a process. */
function refuseUrl(file: string, start: string): string | undefined {
  const target = placeInSource(resolve(dirname(file), start))
  const [room] = placeInSource(file).split('/')
  if (target.startsWith('../') || isWithin(target, room ?? '')) return undefined
  return `src/${room} may name the URLs of its own files; not ${target}`
}

/** What a string says; `undefined` when only the running program knows. */
function readText(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  return node.type === 'TemplateLiteral' && node.expressions.length === 0
    ? readStart(node)
    : undefined
}

/** What a string says up to its first value. */
function readStart(node: Node): string {
  if (node.type === 'TemplateLiteral') return node.quasis[0]?.value.cooked ?? ''
  return readText(node) ?? ''
}
