import { closeSync, openSync, readSync } from 'node:fs'

import { readGzipLines } from './gzip-lines.ts'

/** Bytes that are read at once. */
const readAtOnce = 1 << 20

/** Bytes of a line, above which a file is not one of lines. */
const longestLine = 1 << 26

/**
 * The lines of a text in UTF-8, without their ends and a byte order mark, from a file that may be
 * compressed by gzip. A large one takes no more room than its longest line, or gzip member.
 * @throws what `refuse` makes of what is wrong, when it is no such file.
 * @throws Error of the system when it cannot be read.
 */
export function* readFileLines(path: string, refuse: (what: string) => Error): Generator<string> {
  const isGzip = readStart(path).equals(gzipStart)
  const lines = isGzip
    ? readGzipLines(path, () => refuse('is not a whole gzip file. Compress it again.'))
    : readPlainLines(path, () => refuse('holds a line of more than 64 MB: is no trace.'))
  let isFirst = true
  for (const line of lines) {
    yield (isFirst ? line.replace(/^\ufeff/, '') : line).replace(/\r$/, '')
    isFirst = false
  }
}

const gzipStart = Buffer.from([0x1f, 0x8b])

function readStart(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const start = Buffer.alloc(gzipStart.length)
    return start.subarray(0, readSync(descriptor, start))
  } finally {
    closeSync(descriptor)
  }
}

const lineEnd = 0x0a

function* readPlainLines(path: string, refuse: () => Error): Generator<string> {
  const descriptor = openSync(path, 'r')
  const chunk = Buffer.allocUnsafe(readAtOnce)
  let rest = Buffer.alloc(0)
  try {
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)])
      let from = 0
      for (let end = bytes.indexOf(lineEnd); end !== -1; end = bytes.indexOf(lineEnd, from)) {
        yield bytes.toString('utf8', from, end)
        from = end + 1
      }
      rest = bytes.subarray(from)
      if (rest.length > longestLine) throw refuse()
    }
    if (rest.length > 0) yield rest.toString()
  } finally {
    closeSync(descriptor)
  }
}
