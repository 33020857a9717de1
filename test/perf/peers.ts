import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Candidate } from './benchmark.ts'
import type { PeerName } from './clients/name.ts'
import { runTrial, sendByPeer } from './trial.ts'

/** Those that can be had, installed where they were not; the others are named on stderr. */
export async function findPeers(names: readonly PeerName[]): Promise<Candidate[]> {
  if (names.length === 0) return []
  setUp(names)
  // Not before: what is installed is looked up when this is loaded.
  const { peers } = await import('./clients/peers.ts')
  return names.flatMap((name) => {
    const { software } = peers[name]
    if (software.path === undefined) {
      console.error(`${software.name} is skipped: it is not installed (${software.source})`)
      return []
    }
    return {
      name: software.name,
      version: software.version(),
      measure: (trial) => runTrial(trial, sendByPeer(peers[name])),
    }
  })
}

function setUp(names: readonly PeerName[]): void {
  const script = fileURLToPath(new URL('../real/setup.ts', import.meta.url))
  const environments = names.map((name) => (name === 'vllm' ? 'engines' : name))
  try {
    execFileSync(process.execPath, [script, ...environments], { stdio: ['ignore', 2, 2] })
  } catch (error) {
    console.error(`Not all could be installed: ${(error as Error).message}`)
  }
}
