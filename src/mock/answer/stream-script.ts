import { readFileSync } from 'node:fs'

import type { Report } from '../plan/fields.ts'

/** A recorded stream, cut into what is sent at once. */
export interface Script {
  /** At least one. */
  parts: readonly ScriptPart[]
}

export interface ScriptPart {
  text: string
  /** ms after admission; `undefined`: one `itl` after the part before, the first after `ttft`. */
  atMs: number | undefined
}

/**
 * Reads a recorded stream. What belongs together ends with a blank line in a recording of
 * server-sent events, with the line when its first line begins with `{`. A line `: @120ms` says when
 * what follows is sent; it is not sent itself.
 */
export function readScript(
  report: Report,
  value: unknown,
  latencyFactor: number,
): Script | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '') {
    report('script', 'the path of a file', value, 'Write e.g. recorded.sse')
    return undefined
  }
  let text: string
  try {
    text = readFileSync(value, 'utf8')
  } catch {
    report('script', 'a file that can be read', value, 'Correct the path')
    return undefined
  }
  const parts = cutScript(text, latencyFactor)
  if (parts.length > 0) return { parts }
  report('script', 'a file with at least one event', value, 'Record a stream, e.g. with curl -N')
  return undefined
}

function cutScript(text: string, latencyFactor: number): ScriptPart[] {
  const parts: ScriptPart[] = []
  let atMs: number | undefined
  let lines = ''
  const isJson = /^(?:: @.*\n|\s)*\{/.test(text)
  const close = (): void => {
    if (lines.trim() === '') return
    parts.push({ text: lines, atMs })
    atMs = undefined
    lines = ''
  }
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const time = /^: @(\d+(?:\.\d+)?)ms\r?\n?$/.exec(line)
    if (time !== null) atMs = Number(time[1]) * latencyFactor
    else {
      lines += line
      if (isJson || line.trim() === '') close()
    }
  }
  close()
  return parts
}
