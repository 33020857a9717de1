import { describe, expect, test } from 'vitest'

import { type Answer, type Heard, play, transports } from './_played.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

function answer(text: string, last: Answer['last'] = 'stay'): Answer {
  return { reads: [Buffer.from(text, 'latin1')], last }
}

/** The same bytes in as many reads. */
function bytewise({ reads, last }: Answer): Answer {
  return { reads: Array.from(Buffer.concat(reads), (byte) => Uint8Array.of(byte)), last }
}

function tell({ outcome, status, body }: Heard): [Heard['outcome'], number | undefined, string] {
  return [outcome, status, body.toString('latin1')]
}

interface Case {
  sent: string
  last?: Answer['last']
  method?: string
  /** Status 200 unless it says otherwise. */
  is: [outcome: Heard['outcome'], body: string, status?: number | undefined]
}

const proper: Record<string, Case> = {
  'a length': { sent: `${ok}content-length: 3\r\n\r\nabc`, is: ['completed', 'abc'] },
  'a length of none': { sent: `${ok}content-length: 0\r\n\r\n`, is: ['completed', ''] },
  'bytes beyond the length': {
    sent: `${ok}content-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n`,
    is: ['completed', 'abc'],
  },
  'blank lines in front': {
    sent: `\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    is: ['completed', 'a'],
  },
  'a status without a reason': {
    sent: 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\na',
    is: ['completed', 'a'],
  },
  'a reason of any bytes': {
    sent: 'HTTP/1.1 200 \x01\xe9\r\ncontent-length: 1\r\n\r\na',
    is: ['completed', 'a'],
  },
  'a status that has no name': {
    sent: 'HTTP/1.1 999 \r\ncontent-length: 1\r\n\r\na',
    is: ['completed', 'a', 999],
  },
  'names in capitals, values in tabs': {
    sent: `${ok}CONTENT-LENGTH:\t1\r\n\r\na`,
    is: ['completed', 'a'],
  },
  'bytes above ASCII in a value': {
    sent: `${ok}x: \xe9\r\ncontent-length: 1\r\n\r\na`,
    is: ['completed', 'a'],
  },
  'an empty header': { sent: `${ok}x:\r\ncontent-length: 1\r\n\r\na`, is: ['completed', 'a'] },
  chunks: { sent: `${chunked}1\r\na\r\n2\r\nbc\r\n0\r\n\r\n`, is: ['completed', 'abc'] },
  'sizes in capitals, and with zeros in front': {
    sent: `${chunked}A\r\n0123456789\r\n000000000000000000001\r\na\r\n00\r\n\r\n`,
    is: ['completed', '0123456789a'],
  },
  'line ends within a chunk': {
    sent: `${chunked}4\r\n\r\n\r\n\r\n0\r\n\r\n`,
    is: ['completed', '\r\n\r\n'],
  },
  'extensions of chunks': {
    sent: `${chunked}1;a;b=c;d="e;\\"\t"\r\na\r\n0;z\r\n\r\n`,
    is: ['completed', 'a'],
  },
  trailers: { sent: `${chunked}1\r\na\r\n0\r\nx: y\r\nz:\r\n\r\n`, is: ['completed', 'a'] },
  'chunks as the last coding': {
    sent: `${ok}transfer-encoding: gzip, Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    is: ['completed', 'a'],
  },
  'another coding, to the end': {
    sent: `${ok}transfer-encoding: gzip\r\n\r\nabc`,
    last: 'end',
    is: ['completed', 'abc'],
  },
  'no length, to the end': { sent: `${ok}\r\nabc`, last: 'end', is: ['completed', 'abc'] },
  'no length, and no end yet': { sent: `${ok}\r\nabc`, is: ['waiting', 'abc'] },
  'HTTP/1.0': {
    sent: 'HTTP/1.0 200 OK\r\n\r\nabc',
    last: 'end',
    is: ['completed', 'abc'],
  },
  'status 204': { sent: 'HTTP/1.1 204 x\r\n\r\n', is: ['completed', '', 204] },
  'status 304 with a length': {
    sent: 'HTTP/1.1 304 x\r\ncontent-length: 5\r\n\r\n',
    is: ['completed', '', 304],
  },
  'an answer to HEAD': {
    sent: `${ok}content-length: 5\r\n\r\n`,
    method: 'HEAD',
    is: ['completed', ''],
  },
  'an interim answer': {
    sent: `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    is: ['completed', 'a'],
  },
  'two interim answers': {
    sent: `HTTP/1.1 102 x\r\n\r\nHTTP/1.1 103 x\r\ncontent-length: 9\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    is: ['completed', 'a'],
  },
  'headers of almost 16 KiB': {
    sent: `${ok}x: ${'a'.repeat(16_300)}\r\ncontent-length: 1\r\n\r\na`,
    is: ['completed', 'a'],
  },
}

const broken: Record<string, Case> = {
  'no byte': { sent: '', last: 'end', is: ['reset', '', undefined] },
  'half a head': { sent: `${ok}x: y`, last: 'end', is: ['reset', '', undefined] },
  'less than the length': {
    sent: `${ok}content-length: 3\r\n\r\nab`,
    last: 'end',
    is: ['reset', 'ab'],
  },
  'less than the length, where it was to be closed': {
    sent: `${ok}connection: close\r\ncontent-length: 3\r\n\r\nab`,
    last: 'end',
    is: ['reset', 'ab'],
  },
  'half a chunk': { sent: `${chunked}3\r\nab`, last: 'end', is: ['reset', 'ab'] },
  'no last chunk, where it was to be closed': {
    sent: `${ok}connection: close\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n`,
    last: 'end',
    is: ['reset', 'a'],
  },
  'a reset': { sent: `${chunked}1\r\na\r\n`, last: 'reset', is: ['reset', 'a'] },
  'an interim answer that is waited for': {
    sent: `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 0\r\n\r\n`,
    is: ['reset', '', undefined],
  },
  'another protocol': {
    sent: 'HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    is: ['reset', '', undefined],
  },
}

/** What is refused is no HTTP/1.1; of status 200 when it stands in the body. */
const foreign: Record<string, string> = {
  'another language': 'SSH-2.0-OpenSSH\r\n',
  'HTTP/2': 'HTTP/2 200\r\n\r\n',
  'a version that is none': 'HTTP/1.2 200 OK\r\n\r\n',
  'two blanks in front of the status': 'HTTP/1.1  200 OK\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 99 x\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 1000 x\r\n\r\n',
  'a status line without CR': 'HTTP/1.1 200 OK\ncontent-length: 0\r\n\r\n',
  'a blank in front of the first header': `${ok} x: y\r\n\r\n`,
  'a folded header': `${ok}x: a\r\n b\r\ncontent-length: 0\r\n\r\n`,
  'a header folded from its start': `${ok}x:\r\n b\r\ncontent-length: 0\r\n\r\n`,
  'a header without colon': `${ok}abc\r\ncontent-length: 0\r\n\r\n`,
  'a header without name': `${ok}: x\r\ncontent-length: 0\r\n\r\n`,
  'a blank in front of the colon': `${ok}x : y\r\ncontent-length: 0\r\n\r\n`,
  'NUL in a value': `${ok}x: \0\r\ncontent-length: 0\r\n\r\n`,
  'DEL in a value': `${ok}x: \x7f\r\ncontent-length: 0\r\n\r\n`,
  'bytes above ASCII in a name': `${ok}\xe9: x\r\ncontent-length: 0\r\n\r\n`,
  'a header without CR': `${ok}x: a\ncontent-length: 0\r\n\r\n`,
  'a header without LF': `${ok}x: a\rcontent-length: 0\r\n\r\n`,
  'a last line without CR': `${ok}content-length: 0\r\n\n`,
  'a last line without LF': `${ok}content-length: 0\r\n\rx`,
  'headers of more than 16 KiB': `${ok}x: ${'a'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`,
  'many headers of more than 16 KiB': `${ok}${`x: ${'a'.repeat(500)}\r\n`.repeat(40)}\r\n`,
  'a length with a sign': `${ok}content-length: +5\r\n\r\nabcde`,
  'a length below 0': `${ok}content-length: -5\r\n\r\nabcde`,
  'a length of letters': `${ok}content-length: 5a\r\n\r\nabcde`,
  'no length at all': `${ok}content-length:\r\n\r\n`,
  'a length of more than 64 bits': `${ok}content-length: 18446744073709551616\r\n\r\na`,
  'two lengths': `${ok}content-length: 5\r\ncontent-length: 4\r\n\r\nabcde`,
  'the same length twice': `${ok}content-length: 5\r\ncontent-length: 5\r\n\r\nabcde`,
  'a list of lengths': `${ok}content-length: 5, 5\r\n\r\nabcde`,
  'a length, and chunks': `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunks, and a length': `${ok}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`,
  'an answer behind an interim one that was to be the last': `HTTP/1.1 103 x\r\nconnection: close\r\n\r\n${ok}content-length: 0\r\n\r\n`,
}

const foreignBodies: Record<string, string> = {
  'a size below 0': '-1\r\na\r\n',
  'a size with a sign': '+1\r\na\r\n',
  'a size in 0x': '0x1\r\na\r\n',
  'a size of no digit': '\r\na\r\n',
  'a size of more than 64 bits': '10000000000000000\r\na\r\n',
  'a blank in front of the size': ' 1\r\na\r\n',
  'a blank behind the size': '1 \r\na\r\n',
  'a size without CR': '1\na\r\n',
  'a size without LF': '1\r\r\na\r\n',
  'a chunk longer than its size': '1\r\nab\r\n',
  'a chunk without CR': '1\r\na\n',
  'a chunk without LF': '1\r\na\rb',
  'an extension without name': '1;\r\na\r\n',
  'an extension behind a blank': '1; a=b\r\na\r\n',
  'an extension with a blank': '1;a=b c\r\na\r\n',
  'a line end in quotes': '1;a="b\r\n"\r\na\r\n',
  'text behind quotes': '1;a="b"c\r\na\r\n',
  'a control behind a backslash': '1;a="\\\x01"\r\na\r\n',
  'a trailer without colon': '0\r\nabc\r\n\r\n',
  'a length in the trailers': '0\r\ncontent-length: 0\r\n\r\n',
  'trailers of more than 16 KiB': `0\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
}

describe.each(transports)('over %s', (transport) => {
  test.each(Object.entries({ ...proper, ...broken }))(
    '%s: the same, wherever the reads cut it',
    async (_, { sent, last = 'stay', method = 'POST', is: [outcome, body, ...other] }) => {
      const [status = other.length === 0 ? 200 : undefined] = other
      const whole = answer(sent, last)
      const expected: ReturnType<typeof tell> = [outcome, status, body]
      expect(tell(await play(transport, whole, { method }))).toEqual(expected)
      expect(tell(await play(transport, bytewise(whole), { method }))).toEqual(expected)
    },
  )

  test.each(Object.entries(foreign))('%s is no HTTP', async (_, sent) => {
    const heard = await play(transport, answer(sent))
    expect(heard.outcome).toBe('protocol')
    expect(heard.message).toMatch(/^not HTTP: /)
    expect((await play(transport, bytewise(answer(sent)))).outcome).toBe('protocol')
  })

  test.each(Object.entries(foreignBodies))('%s is no body in chunks', async (_, body) => {
    const heard = await play(transport, answer(chunked + body))
    expect(heard).toMatchObject({ outcome: 'protocol', status: 200 })
    expect((await play(transport, bytewise(answer(chunked + body)))).outcome).toBe('protocol')
  })

  test('every header is told, in lower case, and several of a name as a list', async () => {
    const { headers } = await play(
      transport,
      answer(
        `${ok}A: b\r\nset-cookie: c\r\nSet-Cookie: d \r\nx: \xe9\r\ncontent-length: 0\r\n\r\n`,
      ),
    )
    expect(headers).toEqual({
      a: 'b',
      'set-cookie': ['c', 'd '],
      x: '\xe9',
      'content-length': '0',
    })
  })

  test('a server that speaks HTTP/2 is named', async () => {
    const settings = '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80'
    const { outcome, message } = await play(transport, answer(settings))
    expect({ outcome, message }).toEqual({
      outcome: 'protocol',
      message: expect.stringContaining('h2c') as string,
    })
  })
})

const plain = {
  url: 'http://user:secret@a.test:8000/v1/x?q=1#part',
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'x-name': 'caf\xe9' },
  body: '{"a":"潮"}',
}

describe.each(transports)('what goes over %s', (transport) => {
  const send = (request: object, keepAlive?: boolean): Promise<Heard> =>
    play(
      transport,
      answer(`${ok}content-length: 0\r\n\r\n`),
      { ...plain, ...request },
      keepAlive === undefined ? {} : { keepAlive },
    )

  test('is the request, with what says how long it is', async () => {
    const { written } = await send({})
    expect(written.split('\r\n')).toEqual([
      'POST /v1/x?q=1 HTTP/1.1',
      'host: a.test:8000',
      'connection: keep-alive',
      'Content-Type: application/json',
      'x-name: caf\xe9',
      'content-length: 11',
      '',
      Buffer.from(plain.body).toString('latin1'),
    ])
  })

  test.each<[string, object, RegExp]>([
    ['no body', { body: undefined }, /\r\ncontent-length: 0\r\n\r\n$/],
    [
      'a GET',
      { method: 'GET', body: undefined, headers: {} },
      /^GET .*\r\nconnection: keep-alive\r\n\r\n$/s,
    ],
    ['an address of IPv6', { url: 'http://[::1]:8000/' }, /\r\nhost: \[::1\]:8000\r\n/],
    ['the port of HTTP', { url: 'http://a.test:80/' }, /\r\nhost: a\.test\r\n/],
    ['another host', { headers: { Host: 'b.test' } }, /HTTP\/1\.1\r\nhost: b\.test\r\nconnection/],
    [
      'its own length',
      { headers: { 'Content-Length': '11' } },
      /keep-alive\r\ncontent-length: 11\r\n\r\n/,
    ],
    [
      'an end of the connection',
      { headers: { Connection: 'x, Close' } },
      /\r\nconnection: close\r\ncontent/,
    ],
    [
      'another connection',
      { headers: { connection: 'x' } },
      /\r\nconnection: keep-alive\r\ncontent/,
    ],
  ])('is written for %s', async (_, request, expected) => {
    expect((await send(request)).written).toMatch(expected)
  })

  test('says so where the connection is not kept', async () => {
    expect((await send({}, false)).written).toContain('\r\nconnection: close\r\n')
  })

  test.each<[string, object]>([
    ['a line end in a value', { headers: { x: 'a\r\nb: c' } }],
    ['a line feed in a value', { headers: { x: 'a\nb: c' } }],
    ['NUL in a value', { headers: { x: 'a\0' } }],
    ['characters above Latin-1 in a value', { headers: { x: '潮' } }],
    ['a line end in a name', { headers: { 'x\r\ny': 'a' } }],
    ['a blank in a name', { headers: { 'x y': 'a' } }],
    ['no name', { headers: { '': 'a' } }],
    ['a blank in the method', { method: 'GET /x HTTP/1.1\r\n' }],
    ['two hosts', { headers: { host: 'a', Host: 'b' } }],
    ['another length', { headers: { 'content-length': '5' } }],
    ['a length of no digits', { headers: { 'content-length': '0x5' } }],
    ['a coding of the body', { headers: { 'transfer-encoding': 'chunked' } }],
    ['an upgrade', { headers: { upgrade: 'websocket' } }],
    ['an expectation', { headers: { expect: '100-continue' } }],
    ['a connection of two words', { headers: { connection: 'a b' } }],
    ['a keep-alive', { headers: { 'keep-alive': 'timeout=5' } }],
    ['a url that is none', { url: 'http://[' }],
  ])('is nothing where the request has %s', async (_, request) => {
    const { outcome, message, written } = await send(request)
    expect({ outcome, written }).toEqual({ outcome: 'protocol', written: '' })
    expect(message).toMatch(/^request cannot be sent: /)
  })
})
