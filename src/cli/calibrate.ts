import { relative } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import type { Load } from '../bench-spec/spec.ts'
import { calibrationPath, storeCalibration } from '../calibration/calibration-file.ts'
import {
  calibrate as calibrateClient,
  countRequests,
  measureTarget,
} from '../calibration/calibration.ts'
import { shapeOfSpec } from '../calibration/load-shape.ts'
import { findMismatch } from '../calibration/match.ts'
import { renderCalibration } from '../report/calibration-table.ts'
import { detectStyle } from '../report/console-style.ts'
import { renderJson } from '../report/escaping.ts'
import type { Progress } from '../report/progress-text.ts'
import { checkSpec, loadSpec } from '../run/checked-spec.ts'
import { attempt } from '../run/output-file.ts'
import { trackProgress } from '../run/progress.ts'
import { exitCodeMeanings, toSignalCode } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { createProgressLine } from './progress-line.ts'
import { body, concurrency, config, quiet, requests, toOverrides, url } from './shared-options.ts'

export const calibrate: Command = defineCommand({
  summary: "measure this machine's own error, and a target's noise",
  usage: ['[-c FILE] [OPTIONS]'],
  purpose:
    "Measures this machine's own error: sends the load of a spec to the bundled mock and compares every answer with what the mock says it sent, and when. Later runs of a load like it, started in the same folder, take the error into account.",
  options: {
    config: { ...config, description: 'bench spec whose load is taken; without it 10 in flight' },
    url: { ...url, description: "with `--noise`: target; it replaces the base of the spec's url" },
    body,
    requests: {
      ...requests,
      description:
        'requests; by default as many as take about ten seconds, 100 to 300, to the mock, and what the spec asks for to the target; fewer than 100 have no p99',
    },
    concurrency,
    noise: {
      description:
        'then send the load to the target as well, and say how much it differs from itself and what a comparison could see',
    },
    json: { description: 'print what was found as JSON' },
    quiet,
  },
  notes: [
    'Stored in `.slogate/calibration.json`, one for each machine and load. It is of no use on another machine: keep it out of version control.',
  ],
  exitCodes: {
    0: 'done',
    3: exitCodeMeanings[3],
    4: exitCodeMeanings[4],
    130: exitCodeMeanings[130],
    143: exitCodeMeanings[143],
  },
  examples: [
    'slogate calibrate -c chat.bench.yaml',
    'slogate calibrate -c chat.bench.yaml -u https://staging.example.com --noise',
  ],
  async run({ values }, context) {
    const { env, cwd, stdout, signal } = context
    const { config, noise, requests } = values
    const overrides = toOverrides(values, cwd)
    const { url = anyUrl, ...others } = overrides
    const spec =
      config === undefined
        ? checkSpec(keepKnown({ url, body: values.body }), {
            env,
            baseDir: cwd,
            overrides: others,
          })
        : loadSpec(config, { env, cwd, overrides })
    if (config !== undefined && values.body !== undefined) {
      throw new UsageError('--body is for a target without a spec, which has its own')
    }
    const aimed = config === undefined ? values.url !== undefined : spec.mock === undefined
    if (noise && !aimed)
      throw new UsageError('--noise needs a target: -u URL, or a spec without mock')

    if (spec.load.kind === 'open') {
      throw new UsageError(
        'a rate says nothing of how many requests are in flight, which is what is calibrated: give --concurrency N, about as many as runs of the spec have',
      )
    }
    const shape = shapeOfSpec(spec)
    const asked = requests ?? countRequests(shape)
    const load: Load = { ...spec.load, requests: asked }
    const line = createProgressLine(context.stderr)
    const watch = (name: string, of: Load) => ({
      signal,
      onRecords: trackProgress(of, (progress: Progress) => {
        if (!values.quiet) line.show(name, progress)
      }).add,
    })
    try {
      const calibration = await calibrateClient(shape, asked, watch('mock', load))
      const found = noise ? await measureTarget(spec, watch('target', spec.load)) : undefined
      line.clear()
      attempt(calibrationPath(cwd), () =>
        storeCalibration(cwd, calibration, {
          noise: found,
          replaces: (other) => findMismatch(other, calibration) === undefined,
        }),
      )
      const text = values.json
        ? renderJson({ ...calibration, noise: found ?? null })
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
})

/** Stands where no target is needed. */
const anyUrl = 'http://127.0.0.1'
