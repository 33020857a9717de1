"""Asks with OpenAI's SDK: `openai-client.py BASE_URL REQUESTS CONCURRENCY TOKENS`; prints figures as JSON."""

import asyncio
import json
import math
import sys
import time

from openai import AsyncOpenAI

base_url, requests, concurrency, tokens = sys.argv[1], *map(int, sys.argv[2:5])
client = AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)


async def ask() -> tuple[float, float, int]:
    """Ms to the first text, ms to the last, tokens."""
    start, times, count = time.monotonic(), [], 0
    stream = await client.chat.completions.create(
        model="mock-model",
        messages=[{"role": "user", "content": "Name three rivers."}],
        max_tokens=tokens,
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            times.append(time.monotonic())
        if chunk.usage:
            count = chunk.usage.completion_tokens
    return (times[0] - start) * 1000, (times[-1] - start) * 1000, count


async def main() -> None:
    limit = asyncio.Semaphore(concurrency)

    async def limited() -> tuple[float, float, int]:
        async with limit:
            return await ask()

    results = await asyncio.gather(*[limited() for _ in range(requests)], return_exceptions=True)
    answers = [result for result in results if not isinstance(result, BaseException)]

    def quantiles(values: list[float]) -> dict[str, float]:
        values = sorted(values)
        return {f"p{p}": values[math.ceil(p / 100 * len(values)) - 1] for p in (50, 99)}

    figures = {
        "completed": len(answers),
        "failed": requests - len(answers),
        "ttft": quantiles([ttft for ttft, _, _ in answers]),
        "latency": quantiles([latency for _, latency, _ in answers]),
        "tokens": sum(count for _, _, count in answers),
    }
    print(json.dumps(figures))


asyncio.run(main())
