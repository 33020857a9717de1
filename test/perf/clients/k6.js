/* A script of k6 with its extension for server-sent events: a closed loop, and a line of what was seen of each request. */
import exec from 'k6/execution'
import sse from 'k6/x/sse'

const { URL, STREAMS, REQUESTS, TOKENS } = __ENV

export const options = {
  scenarios: {
    loop: {
      executor: 'shared-iterations',
      vus: Number(STREAMS),
      iterations: Number(REQUESTS),
      maxDuration: '10m',
    },
  },
}

const body = JSON.stringify({
  model: 'mock-model',
  messages: [{ role: 'user', content: 'Say something.' }],
  max_tokens: Number(TOKENS),
  stream: true,
})

export default function ask() {
  const id = `req-${exec.scenario.iterationInTest}`
  const headers = { 'content-type': 'application/json', 'x-request-id': id }
  const times = []
  const sent = Date.now()
  sse.open(URL, { method: 'POST', headers, body }, (client) => {
    client.on('event', () => {
      times.push(Date.now() - sent)
    })
  })
  // Behind the tokens come the finish reason, the usage and [DONE].
  console.log(`seen ${JSON.stringify({ id, times: times.slice(0, -3) })}`)
}
