import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { openSync } from 'node:fs'

export interface Blow {
  name: string
  strike(child: ChildProcess): void
  /** Exit codes that are right after it; runs that were over before it pass. */
  codes: readonly number[]
  /** Whether it ends the process without its doing. */
  kills: boolean
  /** Whether the run goes on to its end as if nothing had happened. */
  hears: boolean
  /** Where stdout goes; `undefined`: to us. */
  stdout?: string
}

const told = { kills: false, hears: false }
const unheard = { kills: false, hears: true }

export const blows: readonly Blow[] = [
  { name: 'SIGINT', strike: (child) => child.kill('SIGINT'), codes: [0, 130], ...told },
  { name: 'SIGTERM', strike: (child) => child.kill('SIGTERM'), codes: [0, 143], ...told },
  { name: 'SIGHUP', strike: (child) => child.kill('SIGHUP'), codes: [0, 129, 143], ...told },
  {
    name: 'SIGINT twice',
    strike(child) {
      child.kill('SIGINT')
      setTimeout(() => child.kill('SIGINT'), 50)
    },
    codes: [0, 130],
    kills: true,
    hears: false,
  },
  {
    name: 'SIGKILL',
    strike: (child) => child.kill('SIGKILL'),
    codes: [0],
    kills: true,
    hears: false,
  },
  {
    name: 'SIGKILL of the load process',
    strike: (child) => killDescendants(child, /engine\/process/),
    codes: [0, 4],
    ...unheard,
  },
  {
    name: 'SIGKILL of the mock',
    strike: (child) => killDescendants(child, /mock\/main/),
    codes: [0, 1, 2, 4],
    ...unheard,
  },
  { name: 'stdout closed', strike: (child) => child.stdout?.destroy(), codes: [0], ...unheard },
  { name: 'stderr closed', strike: (child) => child.stderr?.destroy(), codes: [0], ...unheard },
  {
    name: 'both closed',
    strike(child) {
      child.stdout?.destroy()
      child.stderr?.destroy()
    },
    codes: [0],
    ...unheard,
  },
  { name: 'a full disk behind stdout', strike() {}, codes: [0], stdout: '/dev/full', ...unheard },
]

export interface Performance {
  code: number | null
  signal: NodeJS.Signals | null
  /** Commands of processes that outlived it. */
  left: string[]
  text: string
}

/** Runs `node args` in a process, strikes it `moment` ms after its start, and waits for its end. */
export async function perform(
  args: readonly string[],
  { cwd, blow, moment }: { cwd: string; blow: Blow; moment: number },
): Promise<Performance> {
  const stdout = blow.stdout === undefined ? 'pipe' : openSync(blow.stdout, 'w')
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' },
    stdio: ['ignore', stdout, 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(-1500)))
  }
  const strike = setTimeout(() => {
    if (child.exitCode === null) blow.strike(child)
  }, moment)
  let family: Member[] = []
  const census = setInterval(() => (family = union(family, listDescendants(child.pid))), 100)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('exit', (...how) => resolve(how)),
  )
  clearTimeout(strike)
  clearInterval(census)
  return { code, signal, left: await listLeft(family), text }
}

interface Member {
  pid: number
  command: string
}

function union(one: readonly Member[], other: readonly Member[]): Member[] {
  return [...new Map([...one, ...other].map((member) => [member.pid, member])).values()]
}

/** Those of them that are still there after some seconds, whom nobody would end any more. */
async function listLeft(family: readonly Member[]): Promise<string[]> {
  let left = [...family]
  for (let tries = 0; tries < 100 && left.length > 0; tries++) {
    const all = new Map(listProcesses().map(({ pid, command }) => [pid, command]))
    left = left.filter(({ pid, command }) => all.get(pid) === command)
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return left.map(({ command }) => command)
}

function killDescendants(child: ChildProcess, pattern: RegExp): void {
  for (const { pid, command } of listDescendants(child.pid)) {
    if (pattern.test(command)) process.kill(pid, 'SIGKILL')
  }
}

/** Children of a process and theirs. */
function listDescendants(root: number | undefined): Member[] {
  const all = listProcesses()
  const listOf = (parent: number | undefined): Member[] =>
    all
      .filter((member) => member.parent === parent)
      .flatMap((member) => [member, ...listOf(member.pid)])
  return root === undefined ? [] : listOf(root)
}

function listProcesses(): (Member & { parent: number })[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || command === undefined || state?.startsWith('Z') === true) return []
    return [{ pid: Number(pid), parent: Number(parent), command }]
  })
}
