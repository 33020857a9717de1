import { execFile } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { repository } from '../../_pages.ts'

/** What the linter says about a file. */
export interface Complaint {
  /** Below `src/`. */
  file: string
  rule: string
  message: string
}

/** A copy of the sources and of what lints them. */
export interface House {
  /** Its files below `src/`. */
  files: readonly string[]
  /** Adds lines of code at the end of a file, which is made if there is none. */
  plant(file: string, ...lines: readonly string[]): void
  lint(): Promise<Complaint[]>
  remove(): void
}

export function copyHouse(): House {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slogate-fence-')))
  const source = join(folder, 'src')
  for (const name of ['src', 'fence', 'oxlint.config.ts', 'package.json', 'tsconfig.json']) {
    cpSync(join(repository, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  return {
    files: readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map(({ parentPath, name }) => relative(source, join(parentPath, name))),
    plant(file, ...lines) {
      mkdirSync(dirname(join(source, file)), { recursive: true })
      appendFileSync(join(source, file), `\n${lines.join('\n')}\n`)
    },
    lint: () => lint(folder),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function lint(folder: string): Promise<Complaint[]> {
  const oxlint = join(folder, 'node_modules/oxlint/bin/oxlint')
  const args = [oxlint, '--format', 'json', 'src']
  const { promise, resolve, reject } = Promise.withResolvers<Complaint[]>()
  execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
    try {
      const { diagnostics } = JSON.parse(stdout) as {
        diagnostics: { message: string; code: string; filename: string }[]
      }
      resolve(
        diagnostics.map(({ filename, code, message }) => ({
          file: relative('src', filename),
          rule: code,
          message,
        })),
      )
    } catch {
      reject(new Error(stderr || stdout, { cause: error }))
    }
  })
  return promise
}
