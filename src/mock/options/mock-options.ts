import type { ProfileName } from '../answer/profile.ts'
import { shapeKeys, type ShapeOption } from '../answer/shape.ts'
import type { FaultOption } from '../fault/fault-option.ts'
import type { DurationOption, LatencyOption } from '../latency/distribution-option.ts'
import type { StallOption } from '../latency/stalls.ts'
import type { TierOption } from '../latency/tier.ts'

/** Options of the mock server as they are written: JSON, or the `mock:` block of a spec. */
export interface MockOptions extends ShapeOption {
  /** Name of a prepared set of options; options that are given beside it go before it. */
  scenario?: string
  /** `qwen-vllm` (3 running, 10 waiting) by default; `vllm` and `openai` admit everybody. */
  profile?: ProfileName
  /** Whether times are `fixed` (default), or depend on the prompt and on who else runs. */
  latency?: TierOption
  /** Time from admission to the first content with tier `fixed`; 40 ms by default. */
  ttft?: LatencyOption
  /** Time between two content events, of a request that runs alone; 5 ms by default. */
  itl?: LatencyOption
  /** Length of an answer; `max_tokens` of a request limits it. By default max_tokens itself. */
  tokens?: number | { min: number; max: number }
  /** Tokens in one content event; 1 by default. */
  tokens_per_event?: number
  /** `null`: no limit. Without `waiting` any number may wait. */
  queue?: { running: number; waiting?: number } | null
  /** Prompts that begin like an earlier one prefill only the rest. */
  prefix_cache?: boolean | { block_tokens?: number; blocks?: number }
  /** How much later the first content of the first request is, or of the first few. */
  cold_start?: DurationOption | { requests: number; delay: DurationOption }
  /** When the engine stands still, and with it every answer that is under way. */
  stalls?: StallOption
  seed?: number
  /** Names under /v1/models; with `vllm` and `openai` any other model is then refused. */
  models?: readonly string[]
  /** Ids and times of creation that depend on the arrival alone; true by default. */
  deterministic_ids?: boolean
  /** When given, /v1/*, /v1beta/* and /__mock/* demand it, as a bearer token or as their format has it. */
  api_key?: string
  /** Multiplies every time; 1 by default. */
  latency_factor?: number
  /** Time from the start during which everything is answered with 503. */
  start_delay?: DurationOption
  /** Time before the body of a request is read. */
  read_delay?: DurationOption
  /** Requests after which the engine is dead: 500 for answers, 503 for /health. */
  dies_after?: number
  /** What goes wrong, and for which requests; of several that are due the first. */
  faults?: readonly FaultOption[]
  /** Whether a request may change its own answer by `x-mock-*` headers; false by default. */
  allow_overrides?: boolean
}

/** Every option there is. */
export const optionKeys: readonly (keyof MockOptions)[] = [
  'scenario',
  'profile',
  'latency',
  'ttft',
  'itl',
  'tokens',
  'tokens_per_event',
  'queue',
  'prefix_cache',
  'cold_start',
  'stalls',
  'seed',
  'models',
  'deterministic_ids',
  'api_key',
  'latency_factor',
  'start_delay',
  'read_delay',
  'dies_after',
  'faults',
  'allow_overrides',
  ...shapeKeys,
]
