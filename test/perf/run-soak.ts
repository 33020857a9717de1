import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'

import { findFile } from '../real/_clients.ts'
import { quantileOf, renderTable } from './comparison.ts'
import { cores, pin } from './pinning.ts'
import { listDescendants, readMemory } from './process-tree.ts'
import { type SentStream, startStreamServer } from './stream-server.ts'

const command = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))

/** Memory of the command and of its load processes, KiB. */
interface Memory {
  command: number
  load: number
}

/**
 * Runs `slogate run` for so many minutes against a server with stamps of its own, on a core each, and
 * prints memory and TTFT error minute by minute. Says whether every request and every token was counted
 * as the server did, and the load processes kept their memory in the last third.
 */
export async function soakRun(minutes: number, streams: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  const server = await startStreamServer({ stamps: 0 })
  try {
    const memory = await run(folder, server.url, minutes, streams)
    const records = await readRecords(findFile(folder, 'requests.ndjson.gz'))
    return report(records, await server.log(), memory)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function run(
  folder: string,
  url: string,
  minutes: number,
  streams: number,
): Promise<Memory[]> {
  // Twice as many as streams: of the same row no two are on their way at a time, and so those of a row
  // are the same in the order of the client and of the server.
  const rows = Array.from({ length: 2 * streams }, (_, row) => `{"id":"req-${row}"}`)
  writeFileSync(join(folder, 'ids.jsonl'), rows.join('\n'))
  const spec = {
    url: `${url}/v1/chat/completions`,
    headers: { 'x-request-id': '{{id}}' },
    body: { messages: [{ role: 'user', content: 'Say something.' }], stream: true },
    stream_format: 'openai-chat',
    data_source: { type: 'jsonl', file: 'ids.jsonl' },
    concurrency: streams,
    duration: `${60 * minutes}s`,
  }
  writeFileSync(join(folder, 'soak.bench.json'), JSON.stringify(spec))
  const { path, args } = pin(cores.tool, process.execPath, [
    command,
    'run',
    'soak.bench.json',
    '--out',
    'results',
  ])
  const child = spawn(path, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  const memory: Memory[] = []
  const watch = setInterval(() => {
    const [own = 0, ...others] = listDescendants(child.pid ?? 0)
    const load = others.reduce((sum, pid) => sum + (readMemory(pid) || 0), 0)
    // It may just have ended.
    const used = readMemory(own)
    if (!Number.isNaN(used)) memory.push({ command: used, load })
  }, 5_000)
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  clearInterval(watch)
  return memory
}

/** Of a request, as the run has written it down. */
interface Written {
  row: number
  tokens: number
  /** ms since the start of the run. */
  sent: number
  ttft: number
}

async function readRecords(file: string): Promise<Written[]> {
  const records: Written[] = []
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) })
  for await (const line of lines) {
    const { row, marks_ms, token_times_ms } = JSON.parse(line) as {
      row: number
      marks_ms: { dispatched: number | null; first_token: number | null }
      token_times_ms: number[]
    }
    const sent = marks_ms.dispatched ?? Number.NaN
    const ttft = (marks_ms.first_token ?? Number.NaN) - sent
    records.push({ row, tokens: token_times_ms.length, sent, ttft })
  }
  return records.toSorted((a, b) => a.sent - b.sent)
}

function report(
  records: readonly Written[],
  log: readonly SentStream[],
  memory: readonly Memory[],
): boolean {
  const byRow = Map.groupBy(log, ({ id }) => id)
  const minutes: number[][] = []
  let wrong = 0
  for (const { row, tokens, sent, ttft } of records) {
    const truth = byRow.get(`req-${row}`)?.shift()
    if (truth === undefined || truth.tokens !== tokens || Number.isNaN(ttft)) {
      wrong++
      continue
    }
    const minute = (minutes[Math.floor(sent / 60_000)] ??= [])
    minute.push(ttft - (truth.first - truth.received))
  }
  const rows = minutes.map((errors, minute) => {
    const last = memory[Math.min(12 * (minute + 1), memory.length) - 1]
    return [
      ...[minute + 1, errors.length].map(String),
      ...[0.5, 0.99].map((p) => quantileOf(errors, p).toFixed(2)),
      ...[last?.command, last?.load].map(toMebibytes),
    ]
  })
  const head = ['minute', 'requests', 'TTFT error p50', 'p99', 'command MiB', 'load MiB']
  console.log(renderTable('Minute by minute, errors in ms, memory at its end', [head, ...rows]))
  const tokens = records.reduce((sum, record) => sum + record.tokens, 0)
  const sentTokens = log.reduce((sum, stream) => sum + stream.tokens, 0)
  console.log(
    `requests ${records.length} (server ${log.length}), tokens ${tokens} (server ${sentTokens}), not agreed on ${wrong}`,
  )
  const third = Math.floor(memory.length / 3)
  const [middle, end] = [memory.slice(third, 2 * third), memory.slice(2 * third)].map((part) =>
    part.reduce((most, { load }) => Math.max(most, load), 0),
  )
  const agrees = wrong === 0 && records.length === log.length && tokens === sentTokens
  return agrees && (end ?? 0) <= 1.1 * (middle ?? 0)
}

function toMebibytes(kibibytes = 0): string {
  return (kibibytes / 1024).toFixed(0)
}
