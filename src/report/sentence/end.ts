import type { EndDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'

type End = Untold<EndDocument>

/** Why a run did not end by itself, as a clause: `its outcome was certain`. */
export function explainEnd(end: Exclude<End, { kind: 'finished' }>): string {
  switch (end.kind) {
    case 'curtailed':
      return 'its outcome was certain'
    case 'unhealthy':
      return explainIllness(end.illness)
    case 'exhausted':
      return end.shortage === 'ENFILE'
        ? 'this machine can open no further file, ENFILE: end what holds them, or lower concurrency'
        : `the load process can open no further connection, EMFILE${end.limit === null ? '' : `: it may have ${end.limit} files open`}; raise the limit (ulimit -n), or lower concurrency`
    case 'interrupted':
      return end.reason
    case 'crashed':
      return end.message
  }
}

/** `The run was interrupted (SIGINT)`, to be continued. */
export function nameEnd(end: End): string {
  switch (end.kind) {
    case 'finished':
      return 'The run ended'
    case 'curtailed':
      return `The run was stopped because ${explainEnd(end)}`
    case 'unhealthy':
      return `The run was stopped, the target being unhealthy (${explainEnd(end)})`
    case 'exhausted':
      return `The run was stopped by a limit of this machine, not by the target (${explainEnd(end)})`
    case 'interrupted':
      return `The run was interrupted (${explainEnd(end)})`
    case 'crashed':
      return `The run broke off (${explainEnd(end)})`
  }
}

function explainIllness(illness: Extract<End, { kind: 'unhealthy' }>['illness']): string {
  return illness.kind === 'no-connection'
    ? `the first ${illness.requests} requests found no connection`
    : `${illness.failed} of ${illness.requests} requests failed, max_error_rate is ${formatQuantity(illness.limit, 'share')}`
}
