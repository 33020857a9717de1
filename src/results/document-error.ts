import { IssueError } from '../bench-spec/issue.ts'

/** A file that this package writes cannot be used: `results.json`, the requests of a run, a calibration. */
export class DocumentError extends IssueError {
  override readonly name = 'DocumentError'

  /** About a file as a whole. */
  static ofFile(file: string, message: string): DocumentError {
    return new DocumentError([{ path: [], message }], file)
  }
}
