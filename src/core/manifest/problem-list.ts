import type { ErrorCode } from "../errors/codes.ts";
import type { Position, Problem } from "../errors/problem.ts";
import { boundedText } from "../errors/bounded-text.ts";
import { formatPath, type Path } from "./path.ts";
import type { YamlSource } from "./yaml-source.ts";

/** No file needs more at once; what is over is counted. */
const MOST = 500;

/** Collects what is wrong with one file, each with its place. */
export class ProblemList {
  readonly #source: YamlSource;
  readonly #code: ErrorCode;
  readonly #problems: Problem[] = [];
  readonly #seen = new Set<string>();
  #left = 0;
  #firstLeft: Position | undefined;

  constructor(source: YamlSource, code: ErrorCode) {
    this.#source = source;
    this.#code = code;
  }

  /** A problem of the value at a path; where there is none, it stands at the nearest parent that is there. */
  value(path: Path, message: string): void {
    this.at(this.#source.position(path, "value"), path, message);
  }

  /** A problem of a key itself. */
  key(path: Path, message: string): void {
    this.at(this.#source.position(path, "key"), path, message);
  }

  /** A problem within a text, such as a template: line and column count from 1 in that text. */
  within(path: Path, line: number, column: number, message: string): void {
    this.at(this.#source.within(path, line, column), path, message);
  }

  /** A problem at a known place, in whichever file. */
  at(at: Position, path: Path, message: string): void {
    const key = `${at.file}:${at.line}:${at.column}:${formatPath(path)}:${message}`;
    if (this.#seen.has(key)) return;
    if (this.#problems.length >= MOST) {
      this.#left += 1;
      this.#firstLeft ??= at;
      return;
    }
    this.#seen.add(key);
    const formatted = boundedText(formatPath(path));
    this.#problems.push({
      code: this.#code,
      message: boundedText(message),
      at,
      ...(formatted === "" ? {} : { path: formatted }),
    });
  }

  /** In the order of the file; those of other files behind, each in its own order. */
  list(): readonly Problem[] {
    const sorted = this.#problems.toSorted((a, b) => comparePlaces(a.at, b.at, this.#source.file));
    if (this.#firstLeft === undefined) return sorted;
    const message = `and ${this.#left} more problems in ${this.#source.file}`;
    return [...sorted, { code: this.#code, message, at: this.#firstLeft }];
  }
}

function comparePlaces(a: Position | undefined, b: Position | undefined, own: string): number {
  if (!a || !b) return 0;
  if (a.file !== b.file) {
    if (a.file === own) return -1;
    if (b.file === own) return 1;
    return a.file < b.file ? -1 : 1;
  }
  return a.line - b.line || a.column - b.column;
}
