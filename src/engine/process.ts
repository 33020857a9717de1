import { type Loop, type LoadPlan, startLoop } from './loop.ts'
import { type Columns, encodeRecords } from './record-columns.ts'
import type { ClientTrust, Recording, RequestRecord, Shortage } from './record.ts'
import { rehearse } from './rehearsal.ts'
import { createConnection } from './request.ts'
import { watchClient } from './trust.ts'

/** What the load process is told. */
export type Order =
  | { type: 'run'; plan: LoadPlan }
  /** Add a round. */
  | { type: 'extend' }
  /** Send nothing more. */
  | { type: 'stop'; inFlight: 'finish' | 'cancel' }

/** What the load process tells. */
export type Report =
  /** Of requests that were never sent: the path of records to the parent is warm then. */
  | { type: 'rehearsed'; columns: Columns }
  /** Before any record: the instant that none of their instants is before. */
  | { type: 'started'; at: number }
  | { type: 'measuring'; at: number }
  | { type: 'records'; columns: Columns; inFlight: number }
  /** Every measured request has been told of, and a round may be added: an order is waited for. */
  | { type: 'open' }
  /** Behind all records. */
  | { type: 'recorded'; recordings: Recording[] }
  /** Nothing more is sent. */
  | { type: 'exhausted'; shortage: Shortage }
  | { type: 'finished'; trust: ClientTrust }

/** ms between two batches of records: seldom enough not to disturb the loop, often enough that a crash loses little. */
const batchInterval = 500

let loop: Loop | undefined
/** Told before the loop was there. */
let stopped = false

// The terminal sends Ctrl-C and its end to the whole process group; the parent decides what they mean.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
process.on('disconnect', () => process.exit(1))
process.on('message', (order: Order) => {
  if (order.type === 'run') void run(order.plan)
  else if (order.type === 'extend') loop?.extend()
  else if (loop === undefined) stopped = true
  else loop.stop(order.inFlight)
})

async function run(plan: LoadPlan): Promise<void> {
  await rehearse(plan, (columns) => tell({ type: 'rehearsed', columns }))
  if (stopped) return finish(watchClient().read())
  let batch: RequestRecord[] = []
  // Not before the first warm-up request is done: starting up is busy, and no figure stands on it.
  let watch = plan.load.warmup === 0 ? watchClient() : undefined
  const running = startLoop(plan, () => createConnection(plan.load), {
    onRecord(record) {
      batch.push(record)
      watch ??= watchClient()
    },
    onOpen() {
      flush()
      tell({ type: 'open' })
    },
    onShortage(shortage) {
      tell({ type: 'exhausted', shortage })
    },
  })
  loop = running
  void running.started.then((at) => tell({ type: 'started', at }))
  void running.measuring.then((at) => tell({ type: 'measuring', at }))

  function flush(): void {
    tell({ type: 'records', columns: encodeRecords(batch), inFlight: running.inFlight() })
    batch = []
  }

  const timer = setInterval(flush, batchInterval)
  await running.finished
  clearInterval(timer)
  const trust = (watch ?? watchClient()).read()
  flush()
  if (plan.recorded !== undefined) {
    tell({ type: 'recorded', recordings: running.recordings() })
  }
  finish(trust)
}

function finish(trust: ClientTrust): void {
  tell({ type: 'finished', trust }, () => process.exit(0))
}

function tell(report: Report, onSent: () => void = () => {}): void {
  process.send?.(report, onSent)
}
