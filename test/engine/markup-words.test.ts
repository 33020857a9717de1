import { expect, test } from 'vitest'

import { markupWords } from '../../src/engine/markup-words.ts'

test.each([
  [
    '<!DOCTYPE html>\n<html><head><title>Error</title></head><body><pre>Cannot POST /v1/chat</pre></body></html>',
    'Error; Cannot POST /v1/chat',
  ],
  [
    '<html><head><title>502 Bad Gateway</title><style>h1 > b { color: red }</style></head><body><h1>502 Bad\n Gateway</h1><script>if (1 < 2) alert("x")</script><SCRIPT src=x></SCRIPT>Ray ID: 7</body></html>',
    '502 Bad Gateway; Ray ID: 7',
  ],
  [
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    'AccessDenied; Access Denied',
  ],
  ['<html></html><!-- padding --><!-- padding -->', ''],
  ['<script>never ended', ''],
])('the words of %s', (body, words) => {
  expect(markupWords(body)).toBe(words)
})

test.each(['', 'plain', '{"error":"<b>"}'])('%j is no markup', (body) => {
  expect(markupWords(body)).toBeUndefined()
})

test.each(['<', '<script', '<script></', '<a href="', '<!--', '</style'])(
  '%s a hundred thousand times is read in one pass',
  (part) => {
    expect(typeof markupWords(part.repeat(100_000))).toBe('string')
  },
)
