import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

/** Tells a process with nothing else to wait for what it waits for, before and behind a long plan. */
const waiting = `
import { writeSync } from 'node:fs'
import { startLoadProcess } from ${JSON.stringify(new URL('../../src/engine/load-process.ts', import.meta.url).href)}
const say = (text) => writeSync(1, text + '\\n')
const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
const child = startLoadProcess({
  onReport({ type }) {
    if (type !== 'ready') return
    say(pipes() + ' pipes')
    child.kill()
  },
  onEnd({ how }) {
    say(how)
  },
})
say(pipes() + ' pipes')
const request = { url: 'http://127.0.0.1:1', method: 'POST', headers: {}, row: 0 }
child.order({
  type: 'prepare',
  plan: {
    load: { kind: 'closed', concurrency: 1, requests: 1, warmup: 0, rounds: 1, seed: 1 },
    timeouts: { total: 1000, connect: 1000 },
    requests: [{ ...request, body: 'x'.repeat(4_000_000) }],
  },
})
`

test('a load process is waited for to its last word, however long its plan', () => {
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', waiting], {
    encoding: 'utf8',
  })
  expect(told.trim().split('\n')).toEqual(['2 pipes', '2 pipes', 'signal SIGKILL'])
})
