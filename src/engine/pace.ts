import type { Connection } from './request.ts'
import type { Ticket } from './schedule.ts'

/** One connection to each target, for one request at a time. */
export interface Place {
  /** 0-based. */
  slot: number
  candidate: Connection
  /** `undefined` without a second target. */
  baseline?: Connection
}

/** A request that is to be sent now. */
export interface Sending {
  ticket: Ticket
  /** Instant at which it was due. */
  scheduled: number
  /** Whether it had to wait for another one to end. */
  heldBack?: true
}

/** What a pace sends with. */
export interface Dispatcher {
  /** A place more. */
  open(): Place
  /** Sends one request; the place is free again when `onEnd` is called, never in this turn. */
  send(place: Place, sending: Sending, onEnd: () => void): void
  inFlight(): number
  /** Measured ones of them. */
  pending(): number
  /** Whether nothing more is to be sent. */
  isStopped(): boolean
  /** Nothing is in flight and nothing is left to send. */
  finish(): void
  now(): number
}

/** Decides when what is sent. */
export interface Pace {
  /** Adds one round, where one may be added. */
  extend(): void
  /** Nothing more is to be sent: to be called when that is not known from the end of a request. */
  stop(): void
}
