import { expect, test } from 'vitest'

import manifest from '../package.json' with { type: 'json' }
import { refuseNode } from '../src/version.ts'

test.each(['v22.19.0', 'v22.20.1', 'v23.0.0', 'v24.1.0', 'v100.0.0'])(
  'Node %s is new enough',
  (found) => {
    expect(refuseNode(found)).toBeUndefined()
  },
)

test.each(['v22.18.9', 'v22.9.0', 'v20.20.2', 'v9.99.9'])(
  'Node %s is refused in a sentence that says what is needed and what is there',
  (found) => {
    const needed = manifest.engines.node.replace('>=', '')
    expect(refuseNode(found)).toBe(
      `slogate needs Node ${needed} or later; this is ${found}. Install a newer one, or put it first in PATH.`,
    )
  },
)
