import { expect, test } from 'vitest'

import { createDecoder } from '../../src/stream/decode.ts'

const text = 'a 财经 é 👋🏽 👩‍👩‍👧 \u2028 z'

test('characters survive a cut at every byte [S4.23]', () => {
  const bytes = Buffer.from(text)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decode = createDecoder()
    expect(decode(bytes.subarray(0, cut)) + decode(bytes.subarray(cut))).toBe(text)
  }
})

test('a character may come byte by byte with empty reads between [S4.23]', () => {
  const decode = createDecoder()
  let decoded = ''
  for (const byte of Buffer.from('👋x'))
    decoded += decode(Uint8Array.of(byte)) + decode(new Uint8Array())
  expect(decoded).toBe('👋x')
})

test('only the first byte order mark is dropped, however it is cut', () => {
  const bytes = Buffer.from('\uFEFFa\uFEFFb')
  for (let cut = 0; cut <= 3; cut++) {
    const decode = createDecoder()
    expect(decode(bytes.subarray(0, cut)) + decode(bytes.subarray(cut))).toBe('a\uFEFFb')
  }
})

test('a view into a larger buffer is read within its bounds', () => {
  const whole = new Uint8Array(Buffer.from('xxabcxx'))
  expect(createDecoder()(whole.subarray(2, 5))).toBe('abc')
})

test('bytes that are no UTF-8 become replacement characters and spoil nothing behind them', () => {
  const decode = createDecoder()
  expect(decode(Uint8Array.of(0x61, 0xe8)) + decode(Buffer.from('b财'))).toBe('a\uFFFDb财')
})
