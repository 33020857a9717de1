import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

import slogate from './src/vitest/index.ts'

export default defineConfig({
  plugins: [slogate({ include: ['bench/**/*.bench.{yaml,yml,json,jsonc}'] })],
  // What is written in bench/ is what a user writes.
  resolve: {
    alias: { 'slogate/vitest': fileURLToPath(new URL('./src/vitest/index.ts', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Half of the time is waiting for servers and processes.
    maxWorkers: 2,
    // Of the processes that tests start: without it each strips the types of every file anew.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('./node_modules/.cache/compile', import.meta.url)),
    },
    benchmark: { include: ['bench/**/*.bench.ts'] },
  },
})
