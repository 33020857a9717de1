/** Measures what the package costs, side by side with what one would write first. Prints, judges nothing. */
import { availableParallelism, cpus, loadavg } from 'node:os'

import { measureClientError } from './client-error.ts'
import { measureJudging } from './judging.ts'
import { measureMockCost } from './mock-cost.ts'
import { measureStreamReading } from './stream-reading.ts'

console.log(
  `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}\n`,
)
for (const measure of [measureStreamReading, measureClientError, measureMockCost, measureJudging]) {
  console.log(await measure())
}
