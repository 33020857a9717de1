import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

import { repository } from '../_pages.ts'

interface Step {
  id?: string
  shell?: string
  run?: string
  env?: Record<string, string>
  'working-directory'?: string
}

interface Action {
  inputs: Record<string, { description: string; default: string }>
  outputs: Record<string, { description: string; value: string }>
  runs: { using: string; steps: Step[] }
}

/** The action of this repository. */
export const action = parse(readFileSync(join(repository, 'action.yml'), 'utf8')) as Action

interface WorkflowStep {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}

interface Workflow {
  permissions?: object
  jobs: Record<string, { permissions?: Record<string, string>; steps: WorkflowStep[] }>
}

/** What is wrong with a workflow file. */
export function checkWorkflow(text: string): string[] {
  const { permissions, jobs } = parse(text) as Workflow
  const problems = Object.keys(permissions ?? { all: '' }).map(
    (name) => `permission ${name} for all`,
  )
  for (const [name, { steps, permissions: granted = {} }] of Object.entries(jobs)) {
    const used = steps.filter(({ uses = '' }) => isOurs(uses))
    const inputs = used.flatMap((step) => Object.entries(step.with ?? {}))
    const asked = (input: string): boolean =>
      inputs.some(([key, on]) => key === input && on === true)
    const needed = {
      ...(steps.some(({ uses = '' }) => uses.startsWith('actions/checkout')) && {
        contents: 'read',
      }),
      ...(asked('comment') && { 'pull-requests': 'write' }),
      ...(asked('check') && { checks: 'write' }),
    }
    if (JSON.stringify(granted) !== JSON.stringify(needed)) {
      problems.push(`${name}: needs the permissions ${JSON.stringify(needed)}`)
    }
    for (const [input] of inputs) {
      if (!(input in action.inputs)) problems.push(`${name}: there is no input ${input}`)
    }
    problems.push(...steps.flatMap(checkStep).map((problem) => `${name}: ${problem}`))
  }
  return problems
}

function checkStep({ uses, run, with: inputs = {} }: WorkflowStep): string[] {
  const problems: string[] = []
  if (run?.includes('${{') === true) problems.push(`an expression is part of a script: ${run}`)
  if (uses !== undefined && !isOurs(uses) && !/^actions\/[\w/-]+@v\d+$/.test(uses)) {
    problems.push(`not a major version of an action of GitHub: ${uses}`)
  }
  if (uses?.startsWith('actions/checkout') === true && inputs['persist-credentials'] !== false) {
    problems.push('the checkout leaves its token behind')
  }
  return problems
}

function isOurs(uses: string): boolean {
  return uses === './' || /^OWNER\/slogate@v\d+$/.test(uses)
}
