import { expect, test } from 'vitest'

import { textWidth } from '../../src/bench-spec/text-width.ts'

test.each([
  ['abc', 3],
  ['聊天', 4],
  ['ﾊﾝｶｸ', 4],
  ['全角！', 6],
  ['한국어', 6],
  ['e\u0301', 1],
  ['a\u200bb', 2],
  ['😀', 2],
  ['👩‍👩‍👧', 2],
  ['❤️', 2],
  ['✓ – ×', 5],
  ['1️⃣', 2],
  ['🇨🇳', 2],
  ['❤', 1],
  ['\u001b[31m红\u001b[0m', 2],
  ['', 0],
])('"%s" takes %i columns [T27]', (text, width) => {
  expect(textWidth(text)).toBe(width)
})
