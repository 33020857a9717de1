import type { Answer } from '../bench-spec/message.ts'
import type { Said } from '../bench-spec/saying.ts'
import type { Connection } from './connection.ts'
import type { RequestRecord } from './record.ts'
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
  /** Of a conversation: where it stands in it, and what was said so far. */
  said?: Said
}

/** What became of a request. */
export interface Ended {
  record: RequestRecord
  /** Of a conversation; `undefined` where nothing of it came. */
  answer?: Answer
}

/** What a pace sends with. */
export interface Dispatcher {
  /** A place more. */
  open(): Place
  /** Sends one request; the place is free again when `onEnd` is called, never in this turn. */
  send(place: Place, sending: Sending, onEnd: (ended?: Ended) => void): void
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
