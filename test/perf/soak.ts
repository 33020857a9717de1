/** Lasting loads: exit code 1 when memory still grows at the end, or counts do not agree. */
import { parseArgs } from 'node:util'

import { exitCodes } from '../../src/verdict/exit-code.ts'
import { soakMock } from './mock-soak.ts'
import { soakRun } from './run-soak.ts'

const help = `npm run soak -- [options]

  --minutes N   (10)
  --streams N   \`slogate run\` with so many streams at a time, at a server with stamps of its own: memory
                and TTFT error, minute by minute, counts beside those of the server; without it mixed
                faults are sent to a mock, whose memory is looked at
  --help`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    streams: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const [minutes, streams] = [values.minutes, values.streams ?? '1'].map(Number)
if (values.help) console.log(help)
else if (!minutes || !streams || minutes < 0 || streams < 1) {
  console.error(help)
  process.exitCode = exitCodes.misuse
} else {
  const steady = await (values.streams === undefined
    ? soakMock(minutes)
    : soakRun(minutes, streams))
  process.exitCode = steady ? 0 : 1
}
