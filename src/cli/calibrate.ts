import { relative } from 'node:path'
import { parseArgs } from 'node:util'

import type { Overrides } from '../bench-spec/overrides.ts'
import type { Load } from '../bench-spec/spec.ts'
import { calibrationPath, storeCalibration } from '../calibration/calibration-file.ts'
import {
  calibrate as calibrateClient,
  countRequests,
  measureTarget,
} from '../calibration/calibration.ts'
import { shapeOfSpec } from '../calibration/load-shape.ts'
import { explainMismatch } from '../calibration/match.ts'
import { renderCalibration } from '../report/calibration-table.ts'
import { detectStyle } from '../report/console-style.ts'
import type { Progress } from '../report/progress-text.ts'
import { checkSpec, loadSpec } from '../run/checked-spec.ts'
import { trackProgress } from '../run/progress.ts'
import { toSignalCode } from '../verdict/exit-code.ts'
import { type Command, UsageError } from './command.ts'
import { readCount } from './count.ts'
import { createProgressLine } from './progress-line.ts'

const help = `Usage: slogate calibrate [-c FILE] [OPTIONS]

Measures this machine's own error: sends the load of a spec to the bundled mock
and compares every answer with what the mock says it sent, and when. Later runs
of a load like it, started in the same folder, take the error into account.

Options:
  -c, --config FILE       bench spec whose load is taken; default: 10 in flight
  -u, --url URL           with --noise: target; it replaces the base of the spec's url
  -n, --requests N        requests (default: for about ten seconds, 100 to 300 of
                          them to the mock; what the spec asks for to the target)
  -p, --concurrency N     requests in flight
      --noise             then send the load to the target as well, and say how much
                          it differs from itself and what a comparison could see
      --json              print what was found as JSON
      --quiet             print no progress

Stored in .slogate/calibration.json, one for each machine and load. It is of no
use on another machine: keep it out of version control.

Exit codes: 0 done, 3 bad spec or usage, 4 no data or target unreachable,
130/143 interrupted.

Examples:
  slogate calibrate -c bench/chat.bench.yaml
  slogate calibrate -c bench/chat.bench.yaml -u https://staging.example.com --noise
`

export const calibrate: Command = {
  summary: "measure this machine's own error, and a target's noise",
  help,
  async run(args, context) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        url: { type: 'string', short: 'u' },
        requests: { type: 'string', short: 'n' },
        concurrency: { type: 'string', short: 'p' },
        noise: { type: 'boolean' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
      },
    })
    const { env, cwd, stdout, signal } = context
    const requests =
      values.requests === undefined ? undefined : readCount('--requests', values.requests)
    const overrides: Overrides = {
      ...(values.url !== undefined && { url: values.url }),
      ...(requests !== undefined && { requests }),
      ...(values.concurrency !== undefined && {
        concurrency: readCount('--concurrency', values.concurrency),
      }),
    }
    const spec =
      values.config === undefined
        ? checkSpec({ url: anyUrl }, { env, baseDir: cwd, overrides })
        : loadSpec(values.config, { env, cwd, overrides })
    const noise = values.noise === true
    const aimed = values.config === undefined ? values.url !== undefined : spec.mock === undefined
    if (noise && !aimed)
      throw new UsageError('--noise needs a target: -u URL, or a spec without mock')

    const shape = shapeOfSpec(spec)
    const asked = requests ?? countRequests(shape)
    const load: Load = { ...spec.load, requests: asked }
    const line = createProgressLine(context.stderr)
    const watch = (name: string, of: Load) => ({
      signal,
      onRecords: trackProgress(of, (progress: Progress) => {
        if (values.quiet !== true) line.show(name, progress)
      }).add,
    })
    try {
      const calibration = await calibrateClient(shape, asked, watch('mock', load))
      const found = noise ? await measureTarget(spec, watch('target', spec.load)) : undefined
      line.clear()
      storeCalibration(cwd, calibration, {
        noise: found,
        replaces: (other) => explainMismatch(other, calibration) === undefined,
      })
      const text =
        values.json === true
          ? JSON.stringify({ ...calibration, noise: found ?? null }, null, 2)
          : [
              renderCalibration(calibration, found, detectStyle(stdout, env)),
              ` stored in ${relative(cwd, calibrationPath(cwd))}; add it to .gitignore`,
            ].join('\n\n')
      stdout.write(`${text}\n`)
      return 0
    } catch (error) {
      line.clear()
      if (signal.aborted) return toSignalCode(signal.reason)
      throw error
    }
  },
}

/** Stands where no target is needed. */
const anyUrl = 'http://127.0.0.1'
