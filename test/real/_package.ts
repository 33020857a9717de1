/** Packs the package and installs it with vitest in an empty folder, as a user would. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the package is installed. */
    installed: string
  }
}

const repository = fileURLToPath(new URL('../..', import.meta.url))

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-installed-'))
  npm(['pack', '--silent', '--pack-destination', folder], repository)
  const { version, devDependencies } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  ) as { version: string; devDependencies: { vitest: string } }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import slogate from 'slogate/vitest'\nexport default { plugins: [slogate()] }\n`,
  )
  const packages = [`./slogate-${version}.tgz`, `vitest@${devDependencies.vitest}`]
  npm(['install', '--silent', '--no-audit', '--no-fund', ...packages], folder)
  project.provide('installed', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}

function npm(args: readonly string[], cwd: string): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
