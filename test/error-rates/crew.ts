import { Worker } from 'node:worker_threads'

import type { Experiment } from './experiment.ts'
import type { Tally } from './simulation.ts'
import type { Task } from './worker.ts'

/** What was found of one experiment, in the order of its questions. */
export interface Finding {
  experiment: Experiment
  tallies: readonly Tally[]
}

/** Runs of one shard: what they find does not depend on how many workers there are. */
const shardSize = 500

interface Order {
  /** Of each experiment. */
  runs: number
  seed: number
  workers: number
  signal: AbortSignal
  /** Called with the share that is done, 0–1. */
  onProgress(done: number): void
}

/** Simulates all, and gives what is there when it is told to stop. */
export async function simulateAll(
  experiments: readonly Experiment[],
  { runs, seed, workers, signal, onProgress }: Order,
): Promise<Finding[]> {
  const findings = new Map<string, Finding>()
  // What takes longest comes first, so that no worker is left alone with it in the end.
  const tasks = experiments
    .toSorted((a, b) => b.n * b.questions.length - a.n * a.questions.length)
    .flatMap((experiment) => toTasks(experiment, { runs, seed }))
  const total = tasks.length
  let done = 0

  async function keepWorking(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    try {
      for (let task = tasks.shift(); task && !signal.aborted; task = tasks.shift()) {
        const tallies = await perform(worker, task, signal)
        if (tallies === undefined) return
        add(task.name, tallies)
        onProgress(++done / total)
      }
    } finally {
      await worker.terminate()
    }
  }

  function add(name: string, tallies: readonly Tally[]): void {
    const experiment = experiments.find((each) => each.name === name)
    if (experiment === undefined) return
    const earlier = findings.get(name)?.tallies
    findings.set(name, {
      experiment,
      tallies: earlier === undefined ? tallies : tallies.map((each, i) => sum(each, earlier[i])),
    })
  }

  await Promise.all(Array.from({ length: workers }, keepWorking))
  return experiments.flatMap(({ name }) => findings.get(name) ?? [])
}

function toTasks({ name }: Experiment, { runs, seed }: { runs: number; seed: number }): Task[] {
  return Array.from({ length: Math.ceil(runs / shardSize) }, (_, part) => ({
    name,
    part,
    runs: Math.min(shardSize, runs - part * shardSize),
    seed,
  }))
}

function sum(a: Tally, b: Tally = { runs: 0, pass: 0, fail: 0 }): Tally {
  return { runs: a.runs + b.runs, pass: a.pass + b.pass, fail: a.fail + b.fail }
}

/** `undefined` when it is told to stop before the end. */
function perform(worker: Worker, task: Task, signal: AbortSignal): Promise<Tally[] | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => finish(() => resolve(undefined))
    const answer = (tallies: Tally[]): void => finish(() => resolve(tallies))
    const fail = (error: unknown): void =>
      finish(() => reject(error instanceof Error ? error : new Error(String(error))))
    function finish(settle: () => void): void {
      signal.removeEventListener('abort', stop)
      worker.off('message', answer)
      worker.off('error', fail)
      settle()
    }
    signal.addEventListener('abort', stop)
    worker.on('message', answer)
    worker.on('error', fail)
    worker.postMessage(task)
  })
}
