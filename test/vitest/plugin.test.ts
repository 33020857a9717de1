import { expect, onTestFinished, test, vi } from 'vitest'

import type { SlogateContext } from '../../src/vitest/meta.ts'
import { slogate, type SlogateOptions } from '../../src/vitest/plugin.ts'

/** What the plugin gives to workers. */
function provide(options: SlogateOptions, env: Record<string, string> = {}): SlogateContext {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const provided: SlogateContext[] = []
  const config = { benchmark: { enabled: true }, experimental: {}, include: [] }
  const project = {
    config,
    provide: (_: string, context: SlogateContext) => provided.push(context),
  }
  const vitest = { config: { root: '/project', watch: false, reporters: [] } }
  const { configureVitest } = slogate(options) as {
    configureVitest(given: { project: object; vitest: object }): void
  }
  configureVitest({ project, vitest })
  return provided[0]!
}

test('so many earlier runs are kept as the variable says, else the option, else 20', () => {
  expect(provide({}).keep).toBe(20)
  expect(provide({ keep: 3 }).keep).toBe(3)
  expect(provide({ keep: 3 }, { SLOGATE_KEEP: '0' }).keep).toBe(0)
})

test('a number of runs that is none is refused by the name of what says it', () => {
  expect(() => provide({ keep: -1 })).toThrow(
    'slogate: keep must be a whole number from 0 on, got "-1".',
  )
  expect(() => provide({}, { SLOGATE_KEEP: 'all' })).toThrow(
    'slogate: SLOGATE_KEEP must be a whole number from 0 on, got "all".',
  )
})
