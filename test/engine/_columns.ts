import { type Columns, createRecordBatch } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'

export function encodeRecords(records: readonly RequestRecord[]): Columns {
  const batch = createRecordBatch()
  for (const record of records) batch.add(record)
  return batch.take()
}
