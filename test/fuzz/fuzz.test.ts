import { expect, test } from 'vitest'

import { fuzzers } from './fuzzers.ts'
import { fuzz } from './fuzzing.ts'

test.for(fuzzers.filter(({ slice }) => slice > 0))(
  '$name ($purpose): a slice of what npm run fuzz tries',
  async (fuzzer) => {
    const { tried, findings } = await fuzz(fuzzer, { seed: 1, to: fuzzer.slice })
    expect(findings.map(({ number, message }) => `case ${number}: ${message}`)).toEqual([])
    expect(tried).toBe(fuzzer.slice)
  },
)
