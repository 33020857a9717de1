import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { readPullRequest } from '../../src/github/pull-request.ts'

const shop = { full_name: 'octo/shop', fork: false }

test.each([
  ['of the repository itself', shop, shop, false],
  ['of a fork', { full_name: 'stranger/shop', fork: true }, shop, true],
  ['of a fork that is gone', null, shop, true],
  [
    'within a fork',
    { full_name: 'stranger/shop', fork: true },
    { full_name: 'stranger/shop' },
    false,
  ],
  ['of who knows where', { fork: true }, undefined, true],
])('reads a pull request %s', (_, repo, base, fork) => {
  const event = { pull_request: { number: 7, head: { sha: 'abc', repo }, base: { repo: base } } }
  expect(readPullRequest(write(JSON.stringify(event)))).toEqual({ number: 7, sha: 'abc', fork })
})

test('other events, and files that cannot be read, are no pull request', () => {
  for (const path of [undefined, '', '/no/such/event.json', write('{"ref":"main"}'), write('{')]) {
    expect(readPullRequest(path)).toBeUndefined()
  }
})

function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'event.json')
  writeFileSync(file, text)
  return file
}
