/** What is ours to run: the engine, and what it is held against, each in a process of its own. */
export const ownClients = ['slogate', 'net', 'net+parser', 'undici'] as const

export type OwnClient = (typeof ownClients)[number]
