import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { folderName, prepareFolder } from '../../src/run/artifacts.ts'

test.each([
  ['chat', 'chat'],
  ['dify chatflow', 'dify_chatflow'],
  ['聊天 测试', '聊天_测试'],
  ['..', '_'],
  ['../../etc', '_.._etc'],
  ['.hidden', 'hidden'],
  ['a/b\\c', 'a_b_c'],
  ['x'.repeat(300), 'x'.repeat(100)],
  ['慢'.repeat(300), '慢'.repeat(80)],
])('a spec named %j writes below its folder, into %j', (name, folder) => {
  expect(folderName(name)).toBe(folder)
})

test('the results of an earlier run are gone before the next one starts', () => {
  const folder = join(makeFolder(), 'a/b')
  prepareFolder(folder)
  writeFileSync(join(folder, 'results.json'), '{}')
  writeFileSync(join(folder, 'notes.txt'), '')
  prepareFolder(folder)
  expect(existsSync(join(folder, 'results.json'))).toBe(false)
  expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
})

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
