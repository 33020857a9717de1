import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

import slogate from './src/vitest/index.ts'
import { LongFirst } from './test/e2e/_order.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const noBenchmark = { include: [] }

/** Tests of whether a service keeps its time, which it does not beside others. */
const alone = ['accuracy', 'baseline', 'readme'].map((name) => `test/e2e/${name}.test.ts`)

export default defineConfig({
  test: {
    // Generous: whether a test passes must not depend on what else the machine does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/real/**'],
          benchmark: noBenchmark,
          // No test leaves anything behind in a module, and loading all modules anew takes longer than the tests.
          isolate: false,
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: alone,
          benchmark: noBenchmark,
          globalSetup: ['test/e2e/_package.ts'],
          isolate: false,
          // Of the processes that tests start from the sources: without it each strips the types anew.
          env: { NODE_COMPILE_CACHE: pathOf('./node_modules/.cache/compile') },
          // More than there are cores: half of the time is waiting for processes.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          benchmark: noBenchmark,
          globalSetup: ['test/e2e/_package.ts'],
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          benchmark: noBenchmark,
          globalSetup: ['test/real/_package.ts'],
          // Engines take a minute to start, and all that runs at once disturbs what is measured.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        plugins: [slogate({ include: ['bench/**/*.bench.{yaml,yml,json,jsonc}'] })],
        // What is written in bench/ is what a user writes.
        resolve: { alias: { 'slogate/vitest': pathOf('./src/vitest/index.ts') } },
        test: { name: 'specs', include: [], benchmark: { include: ['bench/**/*.bench.ts'] } },
      },
    ],
  },
})
