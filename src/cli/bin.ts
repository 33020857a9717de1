#!/usr/bin/env node
import module from 'node:module'

import { refuseNode } from '../version.ts'

// Not a static import: what an old Node lacks keeps all modules from being linked.
const refusal = refuseNode(process.version)
if (refusal === undefined) {
  // A seventh of what starting takes; in the temporary folder, where npm keeps its own.
  const { directory } = module.enableCompileCache()
  // For the processes that this one starts.
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory
  const { runProcess } = await import('./main.ts')
  process.exitCode = await runProcess()
} else {
  process.stderr.write(`${refusal}\n`)
  // That of bad usage; where that is written down is not loaded yet.
  process.exitCode = 3
}
