import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks'

import { keepKnown } from '../bench-spec/known.ts'
import type { ClientTrust, ProcessTrust } from './record.ts'

/** ms; `monitorEventLoopDelay` includes it in what it reports. */
const resolution = 10

/** Watches the event loop, the garbage collector and the scheduler of this process until it is read. */
export function watchClient(): { read(): ProcessTrust } {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const utilization = performance.eventLoopUtilization()
  const cpu = process.cpuUsage()
  const queue = readRunQueue()
  const start = performance.now()
  const pauses: number[] = []
  const collector = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) pauses.push(entry.duration)
  })
  collector.observe({ entryTypes: ['gc'] })

  return {
    read() {
      const elapsed = performance.now() - start
      const used = process.cpuUsage(cpu)
      for (const entry of collector.takeRecords()) pauses.push(entry.duration)
      collector.disconnect()
      delay.disable()
      const waited = readRunQueue()
      const measured = delay.count > 0
      return keepKnown<ProcessTrust>({
        eventLoopUtilization: performance.eventLoopUtilization(utilization).utilization,
        eventLoopDelayP50: measured ? overResolution(delay.percentile(50)) : undefined,
        eventLoopDelayP99: measured ? overResolution(delay.percentile(99)) : undefined,
        eventLoopDelayMax: measured ? overResolution(delay.max) : undefined,
        gcPauses: pauses.length,
        gcTotal: pauses.reduce((sum, pause) => sum + pause, 0),
        gcMax: pauses.reduce((max, pause) => Math.max(max, pause), 0),
        cpuShare: (used.user + used.system) / 1000 / elapsed,
        runQueueShare:
          queue === undefined || waited === undefined ? undefined : (waited - queue) / elapsed,
      })
    },
  }
}

/** What several load processes come to together; `undefined` of none. */
export function joinTrust(processes: readonly ProcessTrust[]): ClientTrust | undefined {
  const [only] = processes
  if (only === undefined || processes.length === 1) return only
  const worst = (figure: keyof ProcessTrust): number | undefined => {
    const known = processes.flatMap((process) => process[figure] ?? [])
    return known.length === 0 ? undefined : Math.max(...known)
  }
  return keepKnown<ClientTrust>({
    eventLoopUtilization: worst('eventLoopUtilization') ?? 0,
    eventLoopDelayP50: worst('eventLoopDelayP50'),
    eventLoopDelayP99: worst('eventLoopDelayP99'),
    eventLoopDelayMax: worst('eventLoopDelayMax'),
    gcPauses: worst('gcPauses') ?? 0,
    gcTotal: worst('gcTotal') ?? 0,
    gcMax: worst('gcMax') ?? 0,
    cpuShare: worst('cpuShare') ?? 0,
    runQueueShare: worst('runQueueShare'),
    processes,
  })
}

function overResolution(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution)
}

/** ms that the main thread has waited for a core so far; `undefined` where the system does not tell. */
function readRunQueue(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const waited = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]
    return waited === undefined ? undefined : Number(waited) / 1e6
  } catch {
    return undefined
  }
}
