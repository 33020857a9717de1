export interface ParsedFamily {
  type: string
  unit?: string
  /** Values by series as it is written: `name{label="value"}`. */
  series: Map<string, number>
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`
const sample = new RegExp(
  String.raw`^((${name})(?:\{(${label}(?:,${label})*)\})?) (\+Inf|-?\d[\d.]*(?:e[-+]?\d+)?)$`,
)
const metadata = new RegExp(String.raw`^# (TYPE|UNIT|HELP) (${name}) (.+)$`)

/**
 * Reads OpenMetrics 1.0 text and throws at what its specification does not allow: families that are
 * not in one piece, a unit that is not the end of the name, a series twice, an info that is not 1,
 * more or less than one state of a state set, anything after `# EOF` or no `# EOF`.
 */
export function parseOpenMetrics(text: string): ReadonlyMap<string, ParsedFamily> {
  if (!text.endsWith('# EOF\n')) throw new Error('does not end with # EOF')
  const families = new Map<string, ParsedFamily>()
  let current: { name: string; family: ParsedFamily } | undefined
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const [, kind, of = '', rest = ''] = metadata.exec(line) ?? []
    if (kind !== undefined) {
      if (current?.name !== of) {
        if (families.has(of)) throw new Error(`${of} comes in two pieces`)
        current = { name: of, family: { type: 'unknown', series: new Map() } }
        families.set(of, current.family)
      }
      if (current.family.series.size > 0) throw new Error(`metadata of ${of} after its series`)
      if (kind === 'TYPE') current.family.type = rest
      if (kind === 'UNIT') {
        if (!of.endsWith(`_${rest}`)) throw new Error(`${of} does not end with ${rest}`)
        current.family.unit = rest
      }
      if (kind === 'HELP' && /(?<!\\)(?:\\\\)*"/.test(rest)) throw new Error('a bare quote')
      continue
    }
    const [, series, of2 = '', , value = ''] = sample.exec(line) ?? []
    if (series === undefined || current === undefined) throw new Error(`no sample: ${line}`)
    const { family } = current
    const expected = family.type === 'info' ? `${current.name}_info` : current.name
    if (of2 !== expected) throw new Error(`${of2} stands in ${current.name}`)
    if (family.series.has(series)) throw new Error(`${series} comes twice`)
    family.series.set(series, Number(value.replace('+Inf', 'Infinity')))
  }
  for (const [of, family] of families) checkFamily(of, family)
  return families
}

function checkFamily(of: string, { type, series }: ParsedFamily): void {
  if (!['gauge', 'info', 'stateset'].includes(type)) throw new Error(`${of} has the type ${type}`)
  if (series.size === 0) throw new Error(`${of} has no series`)
  if (type === 'info' && [...series.values()].some((value) => value !== 1)) {
    throw new Error(`${of} is not 1`)
  }
  if (type !== 'stateset') return
  const sets = Map.groupBy(series, ([key]) => key.replace(new RegExp(`,?${of}="[^"]*"`), ''))
  for (const [key, states] of sets) {
    const values = states.map(([, value]) => value)
    if (values.filter((value) => value === 1).length !== 1 || values.some((value) => value > 1)) {
      throw new Error(`${key} is not in one state`)
    }
  }
}
