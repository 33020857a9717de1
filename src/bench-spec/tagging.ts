import { findModel } from './asked.ts'
import { orderKinds } from './kind-order.ts'
import { countStaying, isSeenOfLeaving, leaves, type LeavingLoad } from './leaving.ts'
import { orderRows } from './row-order.ts'
import { orderSessions } from './session-order.ts'
import { listPlaces, type Placed, type SessionTags, tagSessions } from './session-tags.ts'
import type { Slo } from './slo.ts'
import type { BenchSpec, Dataset, Kind, Load, Stage, Target } from './spec.ts'
import { expectRequests } from './stages.ts'
import { matchesTag, type Tag } from './tag.ts'
import { hasPlaceholder, prepareRequest } from './template.ts'

/** What a request is told by; a record is one. */
export interface Tagged {
  /** `candidate` by default. */
  target?: 'candidate' | 'baseline'
  /** 0-based row of the data; `undefined` without any. */
  row?: number
  /** 0-based kind of a mix; `undefined` without one. */
  kind?: number
  /** 0-based stage in which it was due; `undefined` without stages. */
  stage?: number
  /** 0-based turn of its conversation, and results of tools in it before; `undefined` without one. */
  turn?: number
  step?: number
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
  /** Whether any request to the candidate has all of them, those of stages left out. */
  exists(tags: readonly Tag[]): boolean
}

/** What tags are read from. */
export interface TagSource {
  dataset?: Dataset | undefined
  target: Target
  /** A second target, whose body may name another model. */
  baseline?: Target | undefined
  /** Kinds that have these each for itself. */
  mix?: readonly Kind[] | undefined
  load: {
    shuffle?: boolean | undefined
    seed: number
    stages?: readonly Pick<Stage, 'name'>[] | undefined
  }
}

/** Of a checked spec. */
export function tagSpec({ dataset, target, baseline, mix, load }: BenchSpec): Tagging {
  const second = baseline?.kind === 'interleaved' ? baseline.target : undefined
  return createTagging({ dataset, target, baseline: second, mix, load })
}

/**
 * A column of the data is a tag, and before a column of that name the stage in which a request was due,
 * its kind in a mix and the model of its body as it is sent.
 */
export function createTagging({ mix, load, ...alone }: TagSource): Tagging {
  const { stages, seed } = load
  const kinds = (mix ?? [{ ...alone, shuffle: load.shuffle, name: '', weight: 1 }]).map((kind) =>
    readKind({ dataset: undefined, baseline: undefined, shuffle: undefined, ...kind }, seed),
  )
  const named = kinds.some(({ model }) => model !== undefined)
  const deal = orderKinds(
    kinds.map(({ weight }) => weight),
    seed,
  )
  const lists = new WeakMap<readonly Tag[], { requests: number; list: number[] }>()

  function read(request: Tagged, name: string): string | undefined {
    const { target: role = 'candidate', row = 0, stage = -1 } = request
    const kind = kinds[request.kind ?? 0]
    if (stages !== undefined && name === 'stage') return stages[stage]?.name
    const placed = kind?.talks.find(request, name)
    if (placed !== undefined) return placed
    if (mix !== undefined && name === 'kind') return kind?.name
    if (named && name === 'model') return kind?.models[role](row)
    return toText(kind?.rows[row]?.[name])
  }

  /** One request for each row of each kind, of conversations for each request of theirs. */
  function listEach(): Tagged[] {
    return kinds.flatMap(({ places }, kind) => places.map((place) => ({ kind, ...place })))
  }

  function has(request: Tagged, tags: readonly Tag[]): boolean {
    return tags.every(({ name, value }) => {
      const actual = read(request, name)
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
        const { kind, nth } = deal({ phase: 'measured', index })
        const request = kinds[kind]?.find(nth)
        if (has({ kind, ...request }, tags)) list.push(index)
      }
      lists.set(tags, { requests, list })
      return list
    },
    names: [
      ...new Set([
        ...(stages === undefined ? [] : ['stage']),
        ...(mix === undefined ? [] : ['kind']),
        ...kinds.flatMap(({ talks }) => talks.names),
        ...(named ? ['model'] : []),
        ...kinds.flatMap(({ columns }) => columns),
      ]),
    ],
    values: (name) => {
      if (stages !== undefined && name === 'stage') return stages.map((stage) => stage.name)
      const found = listEach().map((request) => read(request, name))
      return [...new Set(found.filter((value) => value !== undefined))]
    },
    exists: (tags) => listEach().some((request) => has(request, tags)),
  }
}

type KindSource = Pick<Kind, 'name' | 'weight' | 'target'> & {
  [Key in 'dataset' | 'baseline' | 'shuffle']: Kind[Key] | undefined
}

/** A kind as its tags are read. */
interface TaggedKind {
  name: string
  weight: number
  rows: Dataset['rows']
  columns: readonly string[]
  talks: SessionTags
  /** What requests there may be. */
  places: readonly Placed[]
  /** What is known of a measured request by its 0-based number within the kind. */
  find(nth: number): Placed
  model: string | undefined
  models: Readonly<Record<'candidate' | 'baseline', (row: number) => string | undefined>>
}

function readKind(
  { name, weight, dataset, target, baseline, shuffle }: KindSource,
  seed: number,
): TaggedKind {
  const rows = dataset?.rows ?? [{}]
  return {
    name,
    weight,
    rows,
    columns: dataset?.columns ?? [],
    talks: tagSessions(dataset?.sessions),
    places: listPlaces(rows, dataset?.sessions),
    find: findRequest(dataset, { shuffle, seed }),
    model: findModel(target.body),
    models: {
      candidate: readModels(target, rows),
      baseline: readModels(baseline ?? target, rows),
    },
  }
}

/** What is known of a measured request by its 0-based number. */
function findRequest(
  dataset: Dataset | undefined,
  load: Pick<TagSource['load'], 'shuffle' | 'seed'>,
): (index: number) => Placed {
  if (dataset?.sessions !== undefined) return orderSessions(dataset.sessions, load).find
  const order = orderRows(dataset?.rows.length ?? 1, load)
  return (index) => ({ row: order({ phase: 'measured', index }) })
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
