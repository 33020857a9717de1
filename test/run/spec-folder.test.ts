import { join } from 'node:path'

import { expect, test } from 'vitest'

import { folderOfFile, foldersOfFiles } from '../../src/run/spec-folder.ts'
import { createFolder } from '../cli/_folder.ts'

test.each([
  ['a spec file of vitest', 'bench/chat.bench.yaml', [], 'bench/chat'],
  ['another spec', 'A/config.json', ['B/config.json'], 'A/config'],
  ['one of that name elsewhere', 'B/config.json', ['A/config.json'], 'B/config'],
  ['one without an ending', 'chat', [], 'chat'],
  ['data beside it', 'chat.yaml', ['chat.csv', 'chat.jsonl', 'chat/x.yaml'], 'chat'],
  ['a twin', 'chat.yaml', ['chat.jsonc'], 'chat.yaml'],
  ['the twin of it', 'chat.jsonc', ['chat.yaml'], 'chat.jsonc'],
  ['a twin that vitest runs', 'chat.yaml', ['chat.bench.yaml'], 'chat.yaml'],
  ['that one', 'chat.bench.yaml', ['chat.yaml'], 'chat'],
  ['two that vitest runs', 'chat.bench.yaml', ['chat.bench.ts', 'chat.yaml'], 'chat.bench.yaml'],
  ['names that are made alike', 'a b.yaml', ['a_b.json'], 'a_b.yaml'],
  ['a name of signs', '.../?.yaml', [], '_/_'],
])('the folder of a spec is the path of its file: %s [T19]', (_what, file, others, folder) => {
  const root = createFolder(Object.fromEntries([file, ...others].map((name) => [name, ''])))
  expect(folderOfFile(join(root, file), root)).toBe(folder)
})

test('a file above the working directory leads to no folder above that of the results', () => {
  const root = createFolder({ 'chat.yaml': '', 'specs/chat.yaml': '', 'work/_/chat.yaml': '' })
  const from = join(root, 'work/here')
  const files = ['chat.yaml', 'specs/chat.yaml', 'work/_/chat.yaml']
  expect(files.map((file) => folderOfFile(join(root, file), from))).toEqual([
    '@up/@up/chat',
    '@up/@up/specs/chat',
    '@up/_/chat',
  ])
})

test('a file that is run twice at once has two folders, and neither is that of another file', () => {
  const root = createFolder({ 'a.yaml': '', 'a-2.yaml': '' })
  const files = ['a.yaml', 'a-2.yaml', 'a.yaml', 'a.yaml'].map((name) => join(root, name))
  expect(foldersOfFiles(files, root)).toEqual(['a', 'a-2', 'a-3', 'a-4'])
})
