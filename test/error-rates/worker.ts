/** Simulates what it is sent, one shard after the other. */
import { parentPort } from 'node:worker_threads'

import { findExperiment } from './experiments.ts'
import { type Shard, simulate } from './simulation.ts'

export interface Task extends Shard {
  /** Name of the experiment. */
  name: string
}

parentPort?.on('message', ({ name, ...shard }: Task) => {
  parentPort?.postMessage(simulate(findExperiment(name), shard))
})
