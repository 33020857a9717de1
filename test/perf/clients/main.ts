/** A process that runs one client: takes its name and an order, tells what it saw, and ends. */
import { runClosedLoop } from './closed-loop.ts'
import type { OwnClient } from './name.ts'
import { createNetSlot } from './net.ts'
import type { Order, SeenStream } from './order.ts'
import { runSlogate } from './slogate.ts'
import { createUndiciSlot } from './undici.ts'

const clients: Record<OwnClient, (order: Order) => Promise<SeenStream[]>> = {
  slogate: runSlogate,
  net: (order) => runClosedLoop(order, () => createNetSlot(order.url, false)),
  'net+parser': (order) => runClosedLoop(order, () => createNetSlot(order.url, true)),
  undici: (order) => runClosedLoop(order, () => createUndiciSlot(order.url)),
}

process.once('message', ({ client, order }: { client: OwnClient; order: Order }) => {
  void clients[client](order).then((seen) => process.send?.(seen, () => process.exit(0)))
})
