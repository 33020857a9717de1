import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('..', import.meta.url))

export const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string
  bin: { slogate: string }
  dependencies: Record<string, string>
}

/** The package as it would be published. */
export interface Package {
  /** Outside of the repository, so that nothing of it is found by looking upwards. */
  folder: string
  files: readonly string[]
  unpackedSize: number
  /** Makes a project in a folder of that name, with the package and vitest installed. */
  createProject(name: string, files: Readonly<Record<string, string>>): string
  remove(): void
}

/** Builds the package and asks npm what it would take along. */
export async function buildPackage(): Promise<Package> {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-package-'))
  const checkout = join(folder, 'checkout')
  for (const name of [
    'package.json',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'action.yml',
    'schema',
    'fixtures/scenarios',
    'docs',
    'src',
    'test',
  ]) {
    const from = join(repository, name)
    if (existsSync(from)) cpSync(from, join(checkout, name), { recursive: true })
  }
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', join(repository, 'src'), '--outDir', join(checkout, 'dist')]
  await runProgram(process.execPath, args, { cwd: repository })
  const report = await runProgram('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: checkout,
    env: { npm_config_cache: join(folder, 'npm') },
  })
  const [packed] = JSON.parse(report.stdout) as {
    files: { path: string }[]
    unpackedSize: number
  }[]
  const paths = packed?.files.map(({ path }) => path) ?? []

  function createProject(name: string, files: Readonly<Record<string, string>>): string {
    const project = join(folder, name)
    const modules = join(project, 'node_modules')
    for (const path of paths) cpSync(join(checkout, path), join(modules, 'slogate', path))
    for (const dependency of [...Object.keys(manifest.dependencies), 'vitest']) {
      mkdirSync(dirname(join(modules, dependency)), { recursive: true })
      symlinkSync(join(repository, 'node_modules', dependency), join(modules, dependency), 'dir')
    }
    mkdirSync(join(modules, '.bin'))
    symlinkSync(join(modules, 'slogate', manifest.bin.slogate), join(modules, '.bin/slogate'))
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(project, file)), { recursive: true })
      writeFileSync(join(project, file), content)
    }
    return project
  }

  return {
    folder,
    files: paths,
    unpackedSize: packed?.unpackedSize ?? 0,
    createProject,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export interface Output {
  code: number
  stdout: string
  stderr: string
}

/** With an environment of its own: nothing of this test run, of a CI or of a user's npm gets in. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Output> {
  const own = { PATH: process.env['PATH'], NO_COLOR: '1', ...env }
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env: own, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error ?? new Error(command))
    })
  })
}
