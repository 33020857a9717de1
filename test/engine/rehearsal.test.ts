import { expect, test } from 'vitest'

import { dialectNames } from '../../src/bench-spec/stream-format.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { decodeRecords } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { rehearse } from '../../src/engine/rehearsal.ts'
import { prepared } from './_connection.ts'

const plan: LoadPlan = {
  load: { kind: 'closed', concurrency: 64, requests: 1000, warmup: 64, rounds: 5, seed: 1 },
  timeouts: { total: 60_000, connect: 1000 },
  requests: [prepared],
}

test.each([undefined, ...dialectNames])(
  'the path of a request is gone through with answers in %s that nobody has sent',
  async (dialect) => {
    const rehearsed = dialect === undefined ? plan : { ...plan, stream: { dialect } }
    const records: RequestRecord[] = []
    const answers = await rehearse(rehearsed, (columns) => {
      records.push(...decodeRecords(columns))
    })
    // On a busy machine it ends by its time.
    expect(answers).toBeGreaterThan(0)
    expect(answers).toBeLessThanOrEqual(64)
    for (const { outcome, tokenTimes, reads } of records) {
      expect(outcome).toBe('completed')
      // A read for each event, as a socket gives them.
      expect(reads).toBeGreaterThanOrEqual(100)
      // A whole document has none.
      if (dialect !== 'json') expect(tokenTimes.length).toBeGreaterThanOrEqual(100)
    }
  },
)
