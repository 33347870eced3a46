import type { ContainerId } from "../../core/ids.ts";
import type { ContainerSummary, EngineState } from "../../core/observed/observed.ts";
import type { CreateRequest } from "../../ports/engine.ts";
import type { Behaviour } from "./behaviour.ts";
import type { LogBook } from "./log-book.ts";

/** A process that really runs, whatever the engine says. */
export interface Payload {
  readonly pid: number;
  /** How it would end by itself or after a stop signal; disposed when it ended otherwise. */
  readonly timers: Disposable[];
  /** It wanted to end while it was paused. */
  overdue: number | null;
}

/** One attachment to a network; the address is empty while the container does not run. */
export interface Attachment {
  readonly aliases: readonly string[];
  ip: string;
}

/** A container as the simulated engine holds it. Changed by the lifecycle alone. */
export interface ContainerRecord {
  readonly id: ContainerId;
  name: string;
  readonly request: CreateRequest;
  readonly imageId: string;
  readonly behaviour: Behaviour;
  readonly createdAt: number;
  /** The engine's word. */
  state: EngineState;
  /** The engine's word: stays where a process died unseen. */
  pid: number;
  /** The truth; null where nothing runs. */
  payload: Payload | null;
  /** Its conmon is gone, so nobody tells the engine how it ends. */
  unattended: boolean;
  /** How often a forced removal was tried while unattended. */
  removals: number;
  startedAt: number;
  exitedAt: number;
  exitCode: number;
  starts: number;
  error: string;
  readonly attachments: Map<string, Attachment>;
  readonly logs: LogBook;
  /** Signals that came and did not end it, in order. */
  readonly signals: string[];
  /** Called once when it stops running. */
  readonly onExit: Set<() => void>;
  /** What list says of it, until it changes. */
  summary: ContainerSummary | null;
}
