import { findModel } from './asked.ts'
import { countStaying, isSeenOfLeaving, leaves, type LeavingLoad } from './leaving.ts'
import { orderRows } from './row-order.ts'
import type { Slo } from './slo.ts'
import type { BenchSpec, Dataset, Load, Stage, Target } from './spec.ts'
import { expectRequests } from './stages.ts'
import { matchesTag, type Tag } from './tag.ts'
import { hasPlaceholder, prepareRequest } from './template.ts'

/** What a request is told by; a record is one. */
export interface Tagged {
  /** `candidate` by default. */
  target?: 'candidate' | 'baseline'
  /** 0-based row of the data; `undefined` without any. */
  row?: number
  /** 0-based stage in which it was due; `undefined` without stages. */
  stage?: number
}

/** The tags of the requests of a spec: a pure function of both. */
export interface Tagging {
  /** Whether a request has all of them. */
  has(request: Tagged, tags: readonly Tag[]): boolean
  /** 0-based numbers of those of the first `requests` measured requests that have all of them, ascending. */
  list(tags: readonly Tag[], requests: number): readonly number[]
  /** Names that a tag may have. */
  names: readonly string[]
  /** What the requests to the candidate have by a name, each value once; empty where none has it. */
  values(name: string): readonly string[]
}

/** What tags are read from. */
export interface TagSource {
  dataset?: Dataset | undefined
  target: Target
  /** A second target, whose body may name another model. */
  baseline?: Target | undefined
  load: {
    shuffle?: boolean | undefined
    seed: number
    stages?: readonly Pick<Stage, 'name'>[] | undefined
  }
}

/** Of a checked spec. */
export function tagSpec({ dataset, target, baseline, load }: BenchSpec): Tagging {
  const second = baseline?.kind === 'interleaved' ? baseline.target : undefined
  return createTagging({ dataset, target, baseline: second, load })
}

/**
 * A column of the data is a tag, and before a column of that name the stage in which a request was due
 * and the model of its body as it is sent.
 */
export function createTagging({ dataset, target, baseline, load }: TagSource): Tagging {
  const rows = dataset?.rows ?? [{}]
  const order = orderRows(rows.length, load)
  const { stages } = load
  const models = {
    candidate: readModels(target, rows),
    baseline: readModels(baseline ?? target, rows),
  }
  const named = findModel(target.body) !== undefined
  const lists = new WeakMap<readonly Tag[], { requests: number; list: number[] }>()

  function find(request: Tagged, name: string): string | undefined {
    const { target: role = 'candidate', row = 0, stage = -1 } = request
    if (stages !== undefined && name === 'stage') return stages[stage]?.name
    if (named && name === 'model') return models[role](row)
    return toText(rows[row]?.[name])
  }

  function has(request: Tagged, tags: readonly Tag[]): boolean {
    return tags.every(({ name, value }) => {
      const actual = find(request, name)
      return actual !== undefined && matchesTag(value, actual)
    })
  }

  return {
    has,
    list(tags, requests) {
      const known = lists.get(tags)
      if (known?.requests === requests) return known.list
      const list: number[] = []
      for (let index = 0; index < requests; index++) {
        if (has({ row: order({ phase: 'measured', index }) }, tags)) list.push(index)
      }
      lists.set(tags, { requests, list })
      return list
    },
    names: [
      ...new Set([
        ...(stages === undefined ? [] : ['stage']),
        ...(named ? ['model'] : []),
        ...(dataset?.columns ?? []),
      ]),
    ],
    values: (name) => {
      if (stages !== undefined && name === 'stage') return stages.map((stage) => stage.name)
      const found = rows.map((_, row) => find({ row }, name))
      return [...new Set(found.filter((value) => value !== undefined))]
    },
  }
}

/** What tells which requests an SLO is about; without a metric those whose client goes away are of them. */
type Asking = Pick<Slo, 'tags'> & Partial<Pick<Slo, 'metric'>>

/** A load as an SLO sees it, which is about some of its requests: `requests` is how many these are. */
export function narrowLoad(load: Load, asking: Asking, tagging: Tagging | undefined): Load {
  const { requests } = load
  if (requests === undefined) return load
  const own = asking.tags && listOwn(load, asking, tagging, requests)
  if (own !== undefined) return { ...load, requests: own.length }
  return leavesOut(load, asking) ? { ...load, requests: countStaying(load, requests) } : load
}

/** 0-based numbers of those of the first `requests` requests that an SLO is about; `undefined`: every one. */
export function listOwn(
  load: LeavingLoad,
  asking: Asking,
  tagging: Tagging | undefined,
  requests: number,
): readonly number[] | undefined {
  const { tags } = asking
  const tagged = tags && tagging?.list(tags, requests)
  if (!leavesOut(load, asking)) return tagged
  const all = tagged ?? Array.from({ length: requests }, (_, index) => index)
  return all.filter((index) => !leaves(load, { phase: 'measured', index }))
}

function leavesOut({ cancel }: LeavingLoad, { metric }: Asking): boolean {
  return cancel !== undefined && metric !== undefined && !isSeenOfLeaving(metric)
}

/**
 * The same before anything is sent, where stages of rates say about how many requests there will be;
 * of other stages nobody knows.
 */
export function expectLoad(load: Load, slo: Asking, tagging: Tagging | undefined): Load {
  const { stages } = load
  if (load.kind === 'closed' || stages === undefined) return narrowLoad(load, slo, tagging)
  const { tags = [] } = slo
  const own = stages.filter(({ name }) =>
    tags.filter(isOfStage).every(({ value }) => matchesTag(value, name)),
  )
  const requests = Math.floor(own.reduce((sum, stage) => sum + expectRequests(stage), 0))
  const others = tags.filter((tag) => !isOfStage(tag))
  const { tags: _, ...rest } = slo
  const asking = others.length === 0 ? rest : { ...rest, tags: others }
  return narrowLoad({ ...load, requests }, asking, tagging)
}

function isOfStage({ name }: Tag): boolean {
  return name === 'stage'
}

/** The model that a request asks for, by the row of the request. */
function readModels(target: Target, rows: Dataset['rows']): (row: number) => string | undefined {
  const model = findModel(target.body)
  if (model === undefined || !hasPlaceholder(model)) return () => model
  const filled = new Map<number, string | undefined>()
  return (row) => {
    if (!filled.has(row)) {
      const { body } = prepareRequest(
        { ...target, url: '', headers: {}, body: model },
        rows[row] ?? {},
      )
      filled.set(row, body)
    }
    return filled.get(row)
  }
}

/** A cell as it is compared: what is no text as JSON. */
function toText(cell: unknown): string | undefined {
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}
