// Made from matrix-schema.ts by its test: change it there and run `vitest -u`.

import type { SettingDocument, SloDocument, SummaryDocument } from './results-document.ts'

/** A cell that was run. */
export interface MatrixCellDocument {
  /** Its place among the cells, from 1. */
  number: number
  /** Name of its spec. */
  name: string
  /** Of its files, beside this one. */
  folder: string
  /** What the cell puts into the spec, in the order written. */
  settings: SettingDocument[]
  /** ISO 8601, UTC. */
  started_at: string
  /** What was decided of it. */
  verdict: {
    /** Its status. */
    status: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
    /** Whether the policy lets it through. */
    passed: boolean
    /** Of its statistics, 0.5–1. */
    confidence: number
    /**
     * 0 pass, 1 SLO missed, 2 inconclusive where the policy blocks it, 3 bad spec or usage, 4 no
     * data or target unreachable, 130 interrupted by Ctrl-C, 143 ended by SIGTERM or SIGHUP.
     */
    exit_code: number
    /** One sentence. */
    why: string
  }
  summary: SummaryDocument
  /** In the order of the spec. */
  slos: SloDocument[]
}

/** What lands in `matrix.json`; the page of a matrix is rendered from it. */
export interface Matrix {
  /** Version of this layout. */
  schema_version: 1
  /** What wrote it. */
  tool: {
    /** Always `slogate`. */
    name: 'slogate'
    /** Version of the package. */
    version: string
  }
  /** What was asked. */
  spec: {
    /** Name of the spec that the matrix stands in. */
    name: string
    /** Path as shown to people; `null` for a spec given as an object. */
    file: string | null
    /** Of the spec file, hexadecimal. */
    sha256: string | null
  }
  /** Where requests went. */
  target: {
    /** Secrets redacted. */
    url: string
    /** HTTP method. */
    method: string
    /** Whether it was the bundled mock. */
    hermetic: boolean
  }
  /** What the matrix varies: one or two keys of the load. */
  keys: string[]
  /** All cells of the matrix, also those that were not run. */
  planned: number
  /** What the cells come to together. */
  verdict: {
    /**
     * The worst of the cells: FAIL, ERROR, INCONCLUSIVE, PASS; INCONCLUSIVE while cells are missing
     * that could still miss.
     */
    status: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
    /** Whether every cell was run and passes. */
    passed: boolean
    /**
     * The worst of the cells that were run: 0 pass, 1 SLO missed, 2 inconclusive where the policy
     * blocks it, 3 bad spec or usage, 4 no data or target unreachable, 130 interrupted by Ctrl-C,
     * 143 ended by SIGTERM or SIGHUP.
     */
    exit_code: number
  }
  /** Those that were run, in the order written. */
  cells: MatrixCellDocument[]
}
