import { Refusal } from '../../src/serve/refusal.ts'

/** The request of the seed document, as the document prints it. */
export const asked = {
  api_url: 'http://localhost:8000/v1',
  parallel: 3,
  model: 'test-model',
  'min-tokens': 50,
  'max-tokens': 100,
  datasets: 'openqa',
  api_key: 'your-api-key',
}

export const limits = { requests: 10_000, concurrency: 256 }

/** Status and words of what is refused; what is not refused is thrown. */
export function refuse(act: () => unknown): [status: number, message: string] {
  try {
    throw new Error(`it was let through: ${JSON.stringify(act())}`)
  } catch (error) {
    if (error instanceof Refusal) return [error.status, error.message]
    throw error
  }
}
