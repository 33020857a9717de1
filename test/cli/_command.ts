import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { onTestFinished } from 'vitest'

import { main } from '../../src/cli/main.ts'

export interface Output {
  code: number
  stdout: string
  /** stdout and stderr as they came. */
  text: string
}

/** A folder with these files, which ends with the test. */
export function createFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Runs a command in this process. */
export async function runCommand(
  args: readonly string[],
  cwd: string = createFolder({}),
): Promise<Output> {
  const output = { stdout: '', text: '' }
  const stdout = (part: string): void => {
    output.stdout += part
    output.text += part
  }
  const stderr = (part: string): void => {
    output.text += part
  }
  const code = await main(args, {
    stdout: { write: stdout } as unknown as NodeJS.WriteStream,
    stderr: { write: stderr } as unknown as NodeJS.WriteStream,
    env: {},
    cwd,
    signal: new AbortController().signal,
  })
  return { code, ...output }
}
