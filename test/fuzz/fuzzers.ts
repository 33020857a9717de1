import { answers } from './answers.ts'
import { datasets } from './datasets.ts'
import { documents } from './documents.ts'
import { drills } from './drills.ts'
import { expectations } from './expectations.ts'
import type { Fuzzer } from './fuzzer.ts'
import { nothing } from './nothing.ts'
import { reports } from './reports.ts'
import { slos } from './slos.ts'
import { specs } from './specs.ts'
import { streams } from './streams.ts'
import { transports } from './transports.ts'
import { verdicts } from './verdicts.ts'

export const fuzzers: readonly Fuzzer[] = [
  slos,
  specs,
  datasets,
  streams,
  expectations,
  answers,
  transports,
  verdicts,
  nothing,
  documents,
  reports,
  drills,
]
