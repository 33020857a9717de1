import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'

import { renderJunit } from '../../src/report/junit.ts'
import { hostile, run, runs, slo, undecided, warned, tracing } from './_runs.ts'

const modes = ['rich', 'strict'] as const
const all = Object.values(runs)

async function problems(xml: string, mode: (typeof modes)[number]): Promise<string[]> {
  const file = new URL(`../../fixtures/expected/junit-${mode}.xsd`, import.meta.url)
  const schema = readFileSync(file, 'utf8')
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema })
  return errors.map(({ message }) => message)
}

function namesOf(xml: string): string[] {
  return [...xml.matchAll(/<testcase [^>]*? name="([^"]*)"/g)].map(([, name = '']) => name)
}

/** The test cases as they stand in the XML, without system-out. */
function cases(xml: string): string[] {
  return [...xml.matchAll(/<testcase [\s\S]*?<system-out>/g)].map(([text]) => text)
}

test.each(modes)('renders runs as %s JUnit', async (mode) => {
  await expect(renderJunit(all, { mode })).toMatchFileSnapshot(
    `../../fixtures/expected/junit-${mode}.xml`,
  )
})

test.each(modes)(
  '%s JUnit keeps to its schema in every state and with hostile texts',
  async (mode) => {
    expect(await problems(renderJunit(all, { mode }), mode)).toEqual([])
    expect(await problems(renderJunit([], { mode }), mode)).toEqual([])
  },
)

test('rich JUnit is more than strict readers accept', async () => {
  const found = await problems(renderJunit([runs.pass], { mode: 'rich' }), 'strict')
  expect(found.join('\n')).toContain('properties')
})

test.each([
  [
    'a second case of the same name',
    (xml: string) => xml.replace('name="success_rate >= 99%"', 'name="ttft p95 &lt;= 800ms"'),
  ],
  ['a time with four decimals', (xml: string) => xml.replace('time="25.695"', 'time="25.6951"')],
  ['skipped on the root', (xml: string) => xml.replace('<testsuites ', '<testsuites skipped="0" ')],
])('the strict schema refuses %s', async (_, spoil) => {
  const xml = renderJunit([runs.pass], { mode: 'strict' })
  expect(await problems(xml, 'strict')).toEqual([])
  expect(await problems(spoil(xml), 'strict')).not.toEqual([])
})

test('a missed SLO of level error is a failure, one of level warn is not', () => {
  const xml = renderJunit([runs.fail], { mode: 'rich' })
  expect(xml).toContain('tests="4" failures="1" errors="0" skipped="1"')
  const [, warn, , missed] = cases(xml)
  expect(missed).toContain('name="ttft p95 &lt;= 800ms"')
  expect(missed).toContain(
    '<failure message="ttft p95 &lt;= 800ms: ttft p95 is 912ms: 38 of 300 requests are above 800ms; 22 are enough to disprove it." type="SLOViolation">',
  )
  expect(missed).toContain('observed 912ms +112ms (+14.0%)\ninterval [880ms, 950ms]')
  expect(warn).toContain(`name="${warned.text.replace('<', '&lt;')}"`)
  expect(warn).not.toMatch(/<failure|<error|<skipped/)
  expect(warn).toContain('<property name="status" value="FAIL"/>')
  expect(warn).toContain('<property name="level" value="warn"/>')
})

test('an undecided SLO is skipped with its reason under pr and point, and fails under release', () => {
  const skipped =
    '<skipped message="latency p99 &lt;= 5s: latency p99 is 4.567s: 1 of 300 requests is above 5s; a PASS allows 0, a FAIL takes 7. About 180 more requests (480 in all) would decide it."/>'
  for (const policy of ['pr', 'point'] as const) {
    const pass = run({ verdict: { status: 'INCONCLUSIVE', policy, slos: [undecided] } })
    expect(renderJunit([pass], { mode: 'rich' })).toContain(skipped)
  }
  expect(renderJunit([runs.inconclusive], { mode: 'rich' })).toContain('type="Inconclusive"')
})

test.each([
  ['noData', 'Target'],
  ['interrupted', 'Interrupted'],
] as const)('the run "%s" has an error of type %s', (name, type) => {
  const xml = renderJunit([runs[name]], { mode: 'rich' })
  expect(xml).toContain(`type="${type}"`)
  expect(xml).toContain('errors="1"')
})

test('an SLO without observations in a run that has some is an error of type NoData', () => {
  const slos = [
    slo({ status: 'ERROR', observed: null, reason: { kind: 'no-value', target: 'candidate' } }),
  ]
  const xml = renderJunit([run({ verdict: { status: 'ERROR', passed: false, slos } })], {
    mode: 'rich',
  })
  expect(xml).toContain('type="NoData"')
})

test('a spec without SLOs is one test case, undecided as its verdict is: the policy says whether it blocks', () => {
  const why = 'message="No SLO was asked for, so there is nothing to judge."'
  const xml = renderJunit([runs.noSlo], { mode: 'strict' })
  expect(xml).toContain('tests="1" failures="0" errors="0" skipped="1"')
  expect(xml).toContain(`<skipped ${why}/>`)
  const { verdict } = runs.noSlo
  const released = run({ verdict: { ...verdict, policy: 'release', passed: false, exit_code: 2 } })
  const blocking = renderJunit([released], { mode: 'strict' })
  expect(blocking).toContain('tests="1" failures="1" errors="0"')
  expect(blocking).toContain(`<failure ${why} type="Inconclusive">`)
})

test('a closed gate is never a green report', () => {
  const end = { kind: 'crashed', message: 'exit 134', why: 'exit 134' } as const
  const closed = run({ end, verdict: { status: 'ERROR', passed: false, exit_code: 4 } })
  expect(renderJunit([closed], { mode: 'strict' })).toMatch(
    /tests="3" failures="0" errors="1"[\s\S]*name="verdict"[\s\S]*<error message="The run broke off \(exit 134\)\."/,
  )
})

test('a run that this machine could not send is an error of the client', () => {
  const end = { kind: 'exhausted', shortage: 'EMFILE', limit: 64, why: 'no more files' } as const
  const closed = run({ end, verdict: { status: 'ERROR', passed: false, exit_code: 4 } })
  expect(renderJunit([closed], { mode: 'rich' })).toMatch(
    /<error message="The run was stopped by a limit of this machine[^"]*" type="Client"/,
  )
})

test('names hold no measured value and stay the same from run to run', () => {
  const slower = run({
    verdict: { slos: runs.pass.verdict.slos.map((each) => ({ ...each, observed: 1, n: 7 })) },
  })
  expect(namesOf(renderJunit([slower], { mode: 'rich' }))).toEqual(
    namesOf(renderJunit([runs.pass], { mode: 'rich' })),
  )
})

test('runs and SLOs of one name are told apart by a number', () => {
  const twin = slo({ id: 'twin' })
  const same = run({ verdict: { slos: [twin, twin, twin] } })
  const xml = renderJunit([same, same], { mode: 'strict' })
  for (const name of ['chat', 'chat (2)']) expect(xml).toContain(`<testsuite name="${name}"`)
  for (const name of ['twin', 'twin (2)', 'twin (3)']) expect(xml).toContain(`name="${name}"`)
})

test('facts are properties in rich, and lines of the output in strict', () => {
  const rich = renderJunit([runs.pass], { mode: 'rich' })
  expect(rich).toContain('<property name="observed" value="640.1234"/>')
  expect(rich).toContain('file="bench/chat.bench.yaml"')
  const strict = renderJunit([runs.pass], { mode: 'strict' })
  expect(strict).toContain('[[PROPERTY|observed=640.1234]]')
  expect(strict).not.toContain(' file=')
})

test('what makes observations count as fewer is by how much the variance is larger, on each side', () => {
  const fail = { kind: 'groups', of: 'slices', groups: 5, design_effect: 4.5, at: 'bound' } as const
  const pass = { kind: 'bursts', length: 3, by: 'run' } as const
  const slos = [slo({ dependence: { fail, pass } }), slo({ dependence: null, rounds: 5 })]
  const [first, second] = cases(
    renderJunit([run({ verdict: { ...runs.pass.verdict, slos } })], { mode: 'rich' }),
  )
  expect(first).toContain('<property name="design_effect_fail" value="4.5"/>')
  expect(first).toContain('<property name="design_effect_pass" value="5"/>')
  expect(first).not.toContain('"rounds"')
  expect(second).not.toContain('design_effect')
  expect(second).toContain('<property name="rounds" value="5"/>')
})

test('a target that writes XML, CDATA ends, escapes or commands changes nothing of the report', () => {
  for (const mode of modes) {
    const xml = renderJunit([runs.hostile], { mode })
    expect(xml).not.toMatch(/(?!\n)\p{Cc}|\u202e|\[31m/u)
    expect(xml).not.toMatch(/^\s*::/m)
    expect(xml).not.toMatch(/##\w*\[/)
    // Attributes are not searched for attachments.
    const sections = [...xml.matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g)].map(([, text]) => text)
    expect(sections.join('')).not.toContain('[[ATTACHMENT')
    const markup = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
    expect(markup).not.toMatch(/<img|<script|<\/details/)
    // Two SLOs are skipped; `<skipped/>` in the text of the others must not take their messages.
    expect(markup.match(/<skipped message="[^"]*"\/>/g)).toHaveLength(2)
    expect(markup).toContain(
      '<skipped message="latency p99 &lt;= 5s: latency p99 is 4.567s: 1 of 300 requests is above 5s; a PASS allows 0, a FAIL takes 7. About 180 more requests (480 in all) would decide it."/>',
    )
    expect(xml).toContain('😀')
  }
  expect(hostile).toContain('<skipped/>')
})

test('how many left is a property of the suite, where clients were to go away', () => {
  const requests = { ...runs.pass.summary.requests, completed: 268, left: 30, leaving: 30 }
  const xml = renderJunit([run({ summary: { requests } })], { mode: 'rich' })
  expect(xml).toContain('<property name="left" value="30"/>')
  expect(renderJunit([runs.pass], { mode: 'rich' })).not.toContain('name="left"')
})

test('a missed SLO leads to the trace of the slowest request, where the server got ids', () => {
  const [, , , missed] = cases(renderJunit([{ ...runs.fail, tracing }], { mode: 'rich' }))
  expect(missed).toContain(`slowest: request 17 (912ms), trace ${tracing.slowest[0]?.trace_id}`)
  const [held] = cases(renderJunit([{ ...runs.pass, tracing }], { mode: 'rich' }))
  expect(held).not.toContain('trace ')
})
