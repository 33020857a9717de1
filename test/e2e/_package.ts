/** Builds the package once for all tests that start processes. */
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
import { promisify } from 'node:util'

import type { TestProject } from 'vitest/node'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The package as it would be published, installed with vitest for whatever lies below `folder`. */
interface Package {
  /** Outside of the repository, so that nothing of it is found by looking upwards. */
  folder: string
  version: string
  /** Path of the command. */
  bin: string
  files: readonly string[]
  /** Bytes. */
  unpackedSize: number
}

declare module 'vitest' {
  interface ProvidedContext {
    package: Package
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-package-'))
  project.provide('package', await installPackage(folder))
  return () => rmSync(folder, { recursive: true, force: true })
}

/** Builds the package and installs what npm would take along. */
async function installPackage(folder: string): Promise<Package> {
  const checkout = join(folder, 'checkout')
  for (const name of [
    'package.json',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'CHANGELOG.md',
    'action.yml',
    'schema',
    'datasets',
    'fixtures/scenarios',
    'docs',
    'examples',
    'src',
    'test',
  ]) {
    const from = join(repository, name)
    if (existsSync(from)) cpSync(from, join(checkout, name), { recursive: true })
  }
  const run = promisify(execFile)
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const outDir = join(checkout, 'dist')
  await run(process.execPath, [
    tsc,
    '-p',
    join(repository, 'tsconfig.build.json'),
    '--outDir',
    outDir,
    // That is another check's.
    '--noCheck',
  ])
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { PATH } = process.env
  const env = { PATH, npm_config_cache: join(folder, 'npm') }
  const { stdout } = await run('npm', pack, { cwd: checkout, env, maxBuffer: 1e8 })
  const [packed] = JSON.parse(stdout) as { files: { path: string }[]; unpackedSize: number }[]
  const files = packed?.files.map(({ path }) => path) ?? []

  const modules = join(folder, 'node_modules')
  const { version, bin, dependencies } = JSON.parse(
    readFileSync(join(checkout, 'package.json'), 'utf8'),
  ) as { version: string; bin: { slogate: string }; dependencies: Record<string, string> }
  for (const path of files) cpSync(join(checkout, path), join(modules, 'slogate', path))
  // The types of Node are for examples that are checked.
  for (const name of [...Object.keys(dependencies), 'vitest', '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'dir')
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const command = join(modules, 'slogate', bin.slogate)
  mkdirSync(join(modules, '.bin'))
  symlinkSync(command, join(modules, '.bin/slogate'))
  return { folder, version, bin: command, files, unpackedSize: packed?.unpackedSize ?? 0 }
}
