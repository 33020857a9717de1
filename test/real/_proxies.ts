import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Command } from './_process.ts'
import { fromPython, fromSystem, type Software } from './_software.ts'

export interface Proxy {
  software: Software
  /** What was changed of what it does by itself. */
  setting: string
  /** Whether answers come through as they are generated. */
  streams: boolean
  /** Failures that are its own: other clients have them too. */
  drops?: 'incomplete_stream'
  /** Path that answers with 200 when it is ready. */
  ready: string
  /** A proxy on `port` in front of `target`; its files go to `folder`. */
  command(path: string, place: Place): Command
}

export interface Place {
  port: number
  /** Origin of the server behind it. */
  target: string
  folder: string
}

const nginx = fromSystem('nginx', ['-v'], 'nginx')
const haproxy = fromSystem('haproxy', ['-v'], 'haproxy')

/** What requests carry: LiteLLM does not start without one. */
export const key = 'sk-of-nobody-0123456789'

export const proxies: readonly Proxy[] = [
  {
    software: nginx,
    setting: 'default',
    streams: false,
    ready: '/health',
    command: startNginx(''),
  },
  {
    software: nginx,
    setting: 'proxy_buffering off',
    streams: true,
    ready: '/health',
    command: startNginx('proxy_buffering off;'),
  },
  {
    software: haproxy,
    setting: 'default',
    streams: false,
    ready: '/health',
    command: startHaproxy(''),
  },
  {
    software: haproxy,
    setting: 'option http-no-delay',
    streams: true,
    ready: '/health',
    command: startHaproxy('option http-no-delay'),
  },
  {
    software: fromSystem('caddy', ['version'], 'Caddy'),
    setting: 'default',
    streams: true,
    // Of answers whose headers come before their first event, version 2.6 loses one in hundreds.
    drops: 'incomplete_stream',
    ready: '/health',
    command(path, { port, target, folder }) {
      const text = `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy ${target}
}
`
      const file = write(folder, 'Caddyfile', text)
      return {
        path,
        args: ['run', '--config', file, '--adapter', 'caddyfile'],
        env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      }
    },
  },
  {
    software: fromPython('litellm', 'litellm', 'litellm', 'LiteLLM'),
    setting: 'default',
    streams: true,
    ready: '/health/liveliness',
    command(path, { port, target, folder }) {
      const parameters = { model: 'openai/mock-model', api_base: `${target}/v1`, api_key: 'none' }
      // JSON is YAML.
      const config = { model_list: [{ model_name: 'mock-model', litellm_params: parameters }] }
      const file = write(folder, 'litellm.yaml', JSON.stringify(config))
      return {
        path,
        args: ['--config', file, '--host', '127.0.0.1', '--port', String(port)],
        // Its list of prices would be downloaded.
        env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_MASTER_KEY: key },
      }
    },
  },
]

function startNginx(line: string): Proxy['command'] {
  return (path, { port, target, folder }) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    const text = `daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${target};
      ${line}
    }
  }
}
`
    return { path, args: ['-e', 'stderr', '-c', write(folder, 'nginx.conf', text)] }
  }
}

function startHaproxy(line: string): Proxy['command'] {
  return (path, { port, target, folder }) => {
    const text = `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  ${line}
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server one ${new URL(target).host}
`
    return { path, args: ['-db', '-f', write(folder, 'haproxy.cfg', text)] }
  }
}

function write(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
