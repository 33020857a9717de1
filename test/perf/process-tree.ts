import { readdirSync, readFileSync } from 'node:fs'

import { now } from '../../src/engine/clock.ts'

/** CPU time that a process and its descendants have used, by the instant of reading. */
export interface CpuWatch {
  stop(): CpuReadings
}

export interface CpuReadings {
  /** ms of CPU between two instants on CLOCK_MONOTONIC, drawn straight between readings. */
  between(from: number, to: number): number
}

/** ms between two readings. */
const interval = 50

/** Watches a process and those it starts, until stopped. What has ended keeps what it had used. */
export function watchCpu(root: number): CpuWatch {
  const used = new Map<number, number>()
  const readings: Reading[] = []
  const read = (): void => {
    for (const { pid, cpu } of listTree(root)) used.set(pid, cpu)
    let sum = 0
    for (const cpu of used.values()) sum += cpu
    readings.push({ at: now(), cpu: sum })
  }
  read()
  const timer = setInterval(read, interval)
  return {
    stop() {
      clearInterval(timer)
      read()
      return { between: (from, to) => readAt(readings, to) - readAt(readings, from) }
    },
  }
}

interface Reading {
  at: number
  cpu: number
}

function readAt(readings: readonly Reading[], at: number): number {
  const next = readings.findIndex((reading) => reading.at >= at)
  const after = readings.at(next) ?? { at, cpu: Number.NaN }
  const before = next > 0 ? (readings[next - 1] ?? after) : after
  if (next === -1 || after.at === before.at) return after.cpu
  return before.cpu + ((after.cpu - before.cpu) * (at - before.at)) / (after.at - before.at)
}

/** The process and all below it; empty where the system does not tell. */
function listTree(root: number): { pid: number; cpu: number }[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
  const members = new Set([root])
  // A child has not always the larger number.
  for (let before = 0; before < members.size;) {
    before = members.size
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid)
  }
  return processes.filter(({ pid }) => members.has(pid))
}

function readProcess(pid: number): { pid: number; parent: number; cpu: number } | undefined {
  try {
    // Behind the name, which may hold blanks: the parent is the 2nd, user and system time the 12th and
    // 13th, in 1/100 s.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { pid, parent: Number(fields[1]), cpu: 10 * (Number(fields[11]) + Number(fields[12])) }
  } catch {
    return undefined
  }
}
