import { loadSchemaCompiler } from './answer-check.ts'
import { now } from './clock.ts'
import type { LoadPlan } from './load-plan.ts'
import { type Loop, startLoop } from './loop.ts'
import { yieldHelpers } from './priority.ts'
import { type Columns, createRecordBatch } from './record-columns.ts'
import type { ProcessTrust, Recording, Shortage } from './record.ts'
import { rehearse, unplanned } from './rehearsal.ts'
import { type Connect, loadTransport } from './transport.ts'
import { watchClient } from './trust.ts'

/** What a load process is told. */
export type Order =
  /** There is no plan yet: be ready for any. */
  | { type: 'rehearse' }
  /** What is to be sent: at once by a process that has nobody to wait for, else when it is told to start. */
  | { type: 'prepare'; plan: LoadPlan; alone: boolean }
  /** All load processes of the run are ready. */
  | {
      type: 'start'
      /** Instant that arrivals count from. */
      at: number
    }
  /** Add a round. */
  | { type: 'extend' }
  /** Send nothing more. */
  | { type: 'stop'; inFlight: 'finish' | 'cancel' }

/** What a load process tells. */
export type Report =
  /** It can start at once, and has done so if it is alone. */
  | { type: 'ready' }
  /** Of requests that were never sent: the path of records to the parent is warm then. */
  | { type: 'rehearsed'; columns: Columns }
  /** Before any record: the instant that none of their instants is before. */
  | { type: 'started'; at: number }
  | { type: 'measuring'; at: number }
  | { type: 'records'; columns: Columns }
  /** Behind all records so far. */
  | { type: 'beat'; inFlight: number }
  /** Every measured request has been told of, and a round may be added: an order is waited for. */
  | { type: 'open' }
  /** Behind all records. */
  | { type: 'recorded'; recordings: Recording[] }
  /** Nothing more is sent. */
  | { type: 'exhausted'; shortage: Shortage }
  | { type: 'finished'; trust: ProcessTrust }

/**
 * ms between two batches of records, so small that neither to write nor to read one keeps a core from
 * who stamps, and how many of them there are to a beat.
 */
const batches = { interval: 50, perBeat: 10 } as const

interface Prepared {
  plan: LoadPlan
  connect: Connect
}

/** Answers that were rehearsed before there was a plan, once they were. */
let rehearsed = Promise.resolve(0)
let prepared: Prepared | undefined
let loop: Loop | undefined

// The terminal sends Ctrl-C and its end to the whole process group; the parent decides what they mean.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
process.on('disconnect', () => process.exit(1))
process.on('message', (order: Order) => {
  if (order.type === 'rehearse') rehearsed = rehearse(unplanned, () => {})
  else if (order.type === 'prepare') void prepare(order.plan, order.alone)
  else if (order.type === 'start') {
    if (prepared !== undefined) void run(prepared, order.at)
  } else if (order.type === 'extend') loop?.extend()
  else loop?.stop(order.inFlight)
})

async function prepare(plan: LoadPlan, alone: boolean): Promise<void> {
  const before = await rehearsed
  const connect = await loadTransport(plan.load.transport)
  await loadSchemaCompiler((plan.mix ?? [plan]).map(({ expect }) => expect))
  await rehearse(plan, (columns) => tell({ type: 'rehearsed', columns }), before)
  yieldHelpers()
  prepared = { plan, connect }
  tell({ type: 'ready' })
  // The other one is loading what it needs later, and would let it wait.
  if (alone) await run(prepared, now())
}

async function run({ plan, connect }: Prepared, origin: number): Promise<void> {
  const batch = createRecordBatch()
  // Not before the first warm-up request is done: starting up is busy, and no figure stands on it.
  let watch = plan.load.warmup === 0 ? watchClient() : undefined
  const running = startLoop({ ...plan, origin }, () => connect(plan.load), {
    onRecord(record) {
      batch.add(record)
      watch ??= watchClient()
    },
    onOpen() {
      beat()
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
    if (batch.count() > 0) tell({ type: 'records', columns: batch.take() })
  }

  function beat(): void {
    flush()
    tell({ type: 'beat', inFlight: running.inFlight() })
  }

  let flushed = 0
  const timer = setInterval(() => {
    if (++flushed % batches.perBeat === 0) beat()
    else flush()
  }, batches.interval)
  await running.finished
  clearInterval(timer)
  const trust = (watch ?? watchClient()).read()
  beat()
  if (plan.recorded !== undefined) {
    tell({ type: 'recorded', recordings: running.recordings() })
  }
  tell({ type: 'finished', trust }, () => process.exit(0))
}

function tell(report: Report, onSent: () => void = () => {}): void {
  process.send?.(report, onSent)
}
