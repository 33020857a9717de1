import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** The first of these commands that there is on this machine; `undefined`: none. */
export function findTool(...names: readonly string[]): string | undefined {
  return names.find((name) => spawnSync(name, ['--version']).error === undefined)
}

/** Whether the Python on the path has this module. */
export function hasModule(name: string): boolean {
  return spawnSync('python3', ['-c', `import ${name}`]).status === 0
}

/** What a program says about an input, and how it ends. */
export async function runTool(
  command: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; text: string }> {
  const child = spawn(command, args)
  let stdout = ''
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece
    text += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, text }
}
