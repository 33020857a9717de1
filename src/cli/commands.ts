import { calibrate } from './calibrate.ts'
import type { Command } from './command.ts'
import { compare } from './compare.ts'
import { createCompletion } from './completion.ts'
import { explain } from './explain.ts'
import { github } from './github.ts'
import { mock } from './mock.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { validate } from './validate.ts'

/** Every command, in the order in which they are listed. */
export const commands: Readonly<Record<string, Command>> = {
  run,
  compare,
  validate,
  calibrate,
  report,
  explain,
  github,
  mock,
  schema,
  completion: createCompletion(() => commands),
}
