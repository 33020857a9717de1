#!/usr/bin/env node
import { keepCompiledCode } from '../run/code-cache.ts'
import { refuseNode } from '../version.ts'

// Not a static import: what an old Node lacks keeps all modules from being linked.
const refusal = refuseNode(process.version)
if (refusal === undefined) {
  keepCompiledCode()
  const { runProcess } = await import('./main.ts')
  process.exitCode = await runProcess()
} else {
  process.stderr.write(`${refusal}\n`)
  // That of bad usage; where that is written down is not loaded yet.
  process.exitCode = 3
}
