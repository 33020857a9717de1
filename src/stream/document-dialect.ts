import type { Dialect } from './dialect.ts'
import { openaiUsage } from './named-dialects.ts'

/**
 * Whole answers of all servers that are known: their shapes do not collide. Of several places the
 * first that holds something counts.
 */
export const documentDialect: Dialect = {
  name: 'json',
  framing: 'document',
  contentTypes: ['application/json'],
  payload: 'json',
  content: [
    { path: 'choices.*.message.content' },
    { path: 'choices.*.message.refusal' },
    { path: 'choices.*.text' },
    { path: 'output.*.content.*.text', where: { key: 'type', equals: 'output_text' } },
    { path: 'content.*.text', where: { key: 'type', equals: 'text' } },
    { path: 'candidates.*.content.parts.*.text', where: { key: 'thought', equals: undefined } },
    { path: 'candidates.*.content.parts.*.text', where: { key: 'thought', equals: false } },
    { path: 'message.content' },
    { path: 'response' },
    { path: 'generated_text' },
    { path: '*.generated_text' },
    { path: 'answer' },
    { path: 'output.choices.*.message.content' },
    { path: 'output.text' },
    { path: 'result' },
  ],
  reasoning: [],
  toolCalls: [],
  toolNames: [
    { path: 'choices.*.message.tool_calls.*.function.name' },
    { path: 'choices.*.message.function_call.name' },
    { path: 'output.*.name', where: { key: 'type', equals: 'function_call' } },
    { path: 'content.*.name', where: { key: 'type', equals: 'tool_use' } },
    { path: 'candidates.*.content.parts.*.functionCall.name' },
    { path: 'message.tool_calls.*.function.name' },
    { path: 'output.choices.*.message.tool_calls.*.function.name' },
    { path: 'function_call.name' },
  ],
  tokenEvents: 'content',
  completion: [{ kind: 'eof' }],
  error: { path: 'error' },
  usage: [
    ...openaiUsage,
    { promptTokens: 'usage.input_tokens', completionTokens: 'usage.output_tokens' },
    {
      promptTokens: 'usageMetadata.promptTokenCount',
      completionTokens: 'usageMetadata.candidatesTokenCount',
      reasoningTokens: 'usageMetadata.thoughtsTokenCount',
    },
    { promptTokens: 'prompt_eval_count', completionTokens: 'eval_count' },
    { promptTokens: 'details.input_length', completionTokens: 'details.generated_tokens' },
    {
      promptTokens: 'metadata.usage.prompt_tokens',
      completionTokens: 'metadata.usage.completion_tokens',
    },
    // Where nothing is generated, embeddings and ranks, the total is the prompt.
    { promptTokens: 'meta.tokens.input_tokens', completionTokens: 'meta.tokens.output_tokens' },
    { promptTokens: 'meta.billed_units.input_tokens' },
    { promptTokens: 'usage.total_tokens' },
  ],
  ignoredEvents: [],
}
