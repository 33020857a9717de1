import type { Command } from './command.ts'
import type { Commands } from './completion-script.ts'

/** Each is loaded when it is asked for: all of them take three times as long as `mock`. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  run: async () => (await import('./run.ts')).run,
  compare: async () => (await import('./compare.ts')).compare,
  validate: async () => (await import('./validate.ts')).validate,
  calibrate: async () => (await import('./calibrate.ts')).calibrate,
  report: async () => (await import('./report.ts')).report,
  explain: async () => (await import('./explain.ts')).explain,
  replay: async () => (await import('./replay.ts')).replay,
  github: async () => (await import('./github.ts')).github,
  serve: async () => (await import('./serve.ts')).serve,
  mock: async () => (await import('./mock.ts')).mock,
  schema: async () => (await import('./schema.ts')).schema,
  completion: async () => (await import('./completion.ts')).createCompletion(loadCommands),
}

/** In the order in which they are listed. */
export const commandNames: readonly string[] = Object.keys(loaders)

/** Resolves to `undefined` when no command has the name. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined
}

/** Every command by its name, in the order in which they are listed. */
export async function loadCommands(): Promise<Commands> {
  const entries = Object.entries(loaders)
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, load]) => [name, await load()] as const)),
  )
}
