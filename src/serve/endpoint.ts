import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

import { Refusal } from './refusal.ts'

/** Where requests may be sent to. */
export type AllowedTargets = 'any' | readonly string[]

/** What `--allow-target` takes: a host, and a port for that port alone. */
export const targetPattern: RegExp = /^(\[[\da-f:.]+\]|[^\s:/@?#[\]]+)(:\d{1,5})?$/i

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const completions = /\/(?:chat\/)?completions$/

/**
 * The endpoint of an `api_url`: a path that ends in `/completions` is kept, to any other
 * `/chat/completions` is added, behind `/v1` where there is no path.
 * @throws {Refusal} 400
 */
export function toEndpoint(apiUrl: string): URL {
  const url = URL.parse(apiUrl.trim())
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Refusal(400, 'api_url must be a URL of http or https, like http://127.0.0.1:8000/v1.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new Refusal(400, 'api_url must hold no user and no password. Give a key as api_key.')
  }
  url.hash = ''
  const path = url.pathname.replace(/\/+$/, '')
  if (completions.test(path)) url.pathname = path
  else url.pathname = `${path === '' ? '/v1' : path}/chat/completions`
  return url
}

/** Where the server of an endpoint lists its models. */
export function toModelsUrl(endpoint: URL): URL {
  const url = new URL(endpoint)
  url.pathname = url.pathname.replace(completions, '/models')
  return url
}

/** Whether the requests are chats, or prompts of text. */
export function isChat({ pathname }: URL): boolean {
  return pathname.endsWith('/chat/completions')
}

/**
 * Lets nothing be sent to a host that was not allowed. Without leave these are addresses of this
 * machine, and `localhost` where it is one: another name could stand for another address by the time
 * that it is connected to.
 * @throws {Refusal} 403
 */
export async function checkTarget(url: URL, allowed: AllowedTargets): Promise<void> {
  if (allowed === 'any' || allowed.some((target) => isAt(url, target))) return
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0 ? isLoopback(host) : host === 'localhost' && (await isLocalhostHere())) return
  throw new Refusal(
    403,
    `api_url: ${url.hostname} is no address of this machine. Whoever starts the server allows it: slogate serve --allow-target ${url.host}`,
  )
}

function isAt(url: URL, target: string): boolean {
  const wanted = URL.parse(`${url.protocol}//${target}`)
  if (wanted === null || wanted.hostname !== url.hostname) return false
  return !/:\d+$/.test(target) || wanted.port === url.port
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

async function isLocalhostHere(): Promise<boolean> {
  const addresses = await lookup('localhost', { all: true }).catch(() => [])
  return addresses.length > 0 && addresses.every(({ address }) => isLoopback(address))
}
