import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { loadDataset } from '../../src/bench-spec/dataset.ts'
import { createShelf } from '../../src/serve/shelf.ts'
import { createFolder } from '../cli/_folder.ts'
import { refuse } from './_request.ts'

test('openqa is bundled: at least 60 questions, no two alike, half of them Chinese [S0.7]', () => {
  const shelf = createShelf(undefined)
  expect(shelf.list()).toEqual(['openqa'])
  const { source, directory } = shelf.find('openqa')
  expect(source.column).toBe('question')
  const rows = loadDataset({ ...source, column: 'question' }, directory).dataset?.rows ?? []
  const questions = rows.map(({ question }) => String(question))
  expect(questions.length).toBeGreaterThanOrEqual(60)
  expect(new Set(questions).size).toBe(questions.length)
  const chinese = questions.filter((question) => /\p{Script=Han}/u.test(question))
  expect(chinese.length).toBe(questions.length / 2)
})

test('files below the folder are data sets, each with its likeliest column [S0.7]', () => {
  const folder = createFolder({
    'qa.csv': 'topic,question\na,b\n',
    'deep/asks.jsonl': '{"id": 1, "prompt": "x"}\n',
    'articles.csv': 'id,content\n1,x\n',
    'other.csv': 'text,id\nx,1\n',
    'notes.txt': 'no data set',
    '.git/hidden.csv': 'question\nx\n',
  })
  const shelf = createShelf(folder)
  const names = ['openqa', 'articles.csv', 'deep/asks.jsonl', 'other.csv', 'qa.csv']
  expect(shelf.list()).toEqual(names)
  expect(names.map((name) => shelf.find(name).source.column)).toEqual([
    'question',
    'content',
    'prompt',
    'text',
    'question',
  ])
})

test('there is no way out of the folder', () => {
  const outside = createFolder({ 'secret.csv': 'question\nx\n' })
  const folder = createFolder({ 'in.csv': 'question\nx\n', 'sub/deep.csv': 'question\nx\n' })
  symlinkSync(join(outside, 'secret.csv'), join(folder, 'link.csv'))
  symlinkSync(outside, join(folder, 'door'))
  symlinkSync('/etc/passwd', join(folder, 'passwd.csv'))
  symlinkSync(join(folder, 'sub/deep.csv'), join(folder, 'inner.csv'))
  const shelf = createShelf(folder)
  const ways = [
    join(outside, 'secret.csv'),
    join(folder, 'in.csv'),
    `../${outside.split('/').at(-1)}/secret.csv`,
    'sub/../../x.csv',
    'link.csv',
    'door/secret.csv',
    'passwd.csv',
    '/etc/passwd',
    'in.csv\0.jsonl',
    'sub',
    '.',
    '',
  ]
  for (const way of ways) {
    const [status, message] = refuse(() => shelf.find(way))
    expect([status, message.startsWith('datasets: there is no data set ')]).toEqual([400, true])
  }
  expect(shelf.find('sub/../in.csv').source.file).toBe('in.csv')
  expect(shelf.find('inner.csv').source.file).toBe('sub/deep.csv')
})

test('what is unknown is told with what is near and what there is', () => {
  expect(refuse(() => createShelf(undefined).find('openqq'))[1]).toBe(
    'datasets: there is no data set "openqq". Did you mean "openqa"? Known are openqa. Files can be used where the server was started with --datasets DIR.',
  )
})

test('a file that cannot be used is told with its fault, and without where the folder is', () => {
  const folder = createFolder({ 'empty.csv': '', 'broken.jsonl': '{"question":\n' })
  writeFileSync(join(folder, 'latin.csv'), Buffer.from('question\ncaf\xe9\n', 'latin1'))
  const shelf = createShelf(folder)
  expect(refuse(() => shelf.find('empty.csv'))).toEqual([
    400,
    'datasets: empty.csv is empty. It needs a header and rows.',
  ])
  expect(refuse(() => shelf.find('broken.jsonl'))[1]).toMatch(/^datasets: broken\.jsonl:1: /)
  const [, words] = refuse(() => shelf.find('latin.csv'))
  expect(words).toContain('latin.csv:2: byte 0xE9')
  expect(words).not.toContain(folder)
})

test('a folder that is there no more holds nothing', () => {
  const shelf = createShelf(join(createFolder({}), 'gone'))
  expect(shelf.list()).toEqual(['openqa'])
  expect(refuse(() => shelf.find('qa.csv'))).toEqual([400, expect.stringContaining('no data set')])
})
