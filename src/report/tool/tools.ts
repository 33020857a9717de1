import { aiperf } from './aiperf.ts'
import { evalscope } from './evalscope.ts'
import { guidellm } from './guidellm.ts'
import { inferencePerf } from './inference-perf.ts'
import type { Tool } from './tool.ts'
import { vllm } from './vllm.ts'

/** By the word that `--as` takes. */
export const tools: Readonly<Record<string, Tool>> = {
  vllm,
  aiperf,
  guidellm,
  evalscope,
  'inference-perf': inferencePerf,
}
