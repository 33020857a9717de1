/**
 * Reads streams and looks at nothing, so that what is measured is the server alone. Takes one order,
 * sends one `'drained'` and ends.
 */
import { connect } from 'node:net'

export interface DrainOrder {
  port: number
  path: string
  body: string
  streams: number
  /** ms over which the streams are begun, evenly. */
  rampMs: number
}

/** Every socket reads into it: the bytes are not looked at. */
const pit = Buffer.alloc(64 * 1024)

function drain({ port, path, body }: DrainOrder): Promise<void> {
  const head = `POST ${path} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: pit, callback: () => true },
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.write(head + body)
  })
}

process.once('message', (order: DrainOrder) => {
  const streams = Array.from({ length: order.streams }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, (index * order.rampMs) / order.streams))
    await drain(order)
  })
  void Promise.all(streams).then(() => {
    process.send?.('drained')
    process.disconnect()
  })
})
