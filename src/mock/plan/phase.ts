/** What a request is to the load of slogate: a `gauge` tells it the tokens of words, and is none of it. */
export type Phase = 'gauge' | 'warmup' | 'measured'

/** By the `x-slogate-phase` header; `null`: it does not say. */
export function toPhase(header: string | undefined): Phase | null {
  return header === 'gauge' || header === 'warmup' || header === 'measured' ? header : null
}

/** Whether it comes before what is measured, and takes no turn from that. */
export function isPreliminary(phase: Phase | null): boolean {
  return phase === 'gauge' || phase === 'warmup'
}
