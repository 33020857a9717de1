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
  alone: false,
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

/** A process that counts those that it forks, and says what became of the one that stood by. */
const standingBy = (ending: string): string => `
import childProcess from 'node:child_process'
import { once } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
const { fork } = childProcess
const forked = []
childProcess.fork = (...given) => {
  forked.push(fork(...given))
  return forked.at(-1)
}
syncBuiltinESMExports()
const { standBy, startLoadProcess } = await import(${JSON.stringify(new URL('../../src/engine/load-process.ts', import.meta.url).href)})
standBy()
standBy()
const take = () => new Promise((resolve) => {
  const child = startLoadProcess({ onReport() {}, onEnd: ({ how }) => resolve(how + ' of ' + forked.length) })
  child.kill()
})
${ending}
`

test.each([
  ['is the one that is asked for', 'console.log(await take())', 'signal SIGKILL of 1'],
  [
    'is replaced where it has ended',
    `forked[0].kill('SIGKILL')
    forked[0].ref()
    await once(forked[0], 'exit')
    console.log(await take())`,
    'signal SIGKILL of 2',
  ],
  [
    'is given to one alone',
    'console.log([await take(), await take()].join())',
    'signal SIGKILL of 1,signal SIGKILL of 2',
  ],
  ['keeps nobody that never asks', 'console.log(forked.length)', '1'],
])('a load process that stands by %s', (_, ending, told) => {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', standingBy(ending)], {
    encoding: 'utf8',
  })
  expect(output.trim()).toBe(told)
})
