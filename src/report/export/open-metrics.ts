import type { Results } from '../../results/results.ts'
import { escapeText, type Family, listFamilies, renderSamples } from './metric-families.ts'

/** OpenMetrics 1.0 text. */
export function renderOpenMetrics(runs: readonly Results[]): string {
  return `${[...listFamilies(runs).flatMap(renderFamily), '# EOF'].join('\n')}\n`
}

function renderFamily({ name, type, unit, help, samples }: Family): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapeText(help)}`,
    ...renderSamples(type === 'info' ? `${name}_info` : name, samples),
  ]
}
