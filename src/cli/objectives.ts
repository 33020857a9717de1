import { parseDuration } from '../bench-spec/duration.ts'
import type { Objectives } from '../report/tool/tool.ts'
import type { ValueKind } from './value-kind.ts'

/** `ttft=800ms,latency=8s`: the most that each request may take. */
export const objectives: ValueKind<Objectives> = {
  name: 'BOUNDS',
  expected: 'bounds of ttft, tpot or latency with commas between them, like ttft=800ms,latency=8s',
  read(text) {
    const found: { -readonly [Name in keyof Objectives]: Objectives[Name] } = {}
    for (const part of text.split(',')) {
      const [name = '', value = '', ...rest] = part.trim().split('=')
      const bound = parseDuration(value)
      if (!isName(name) || name in found || bound === undefined || rest.length > 0) return undefined
      found[name] = bound
    }
    return found
  },
}

function isName(name: string): name is keyof Objectives {
  return name === 'ttft' || name === 'tpot' || name === 'latency'
}
