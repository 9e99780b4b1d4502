// The machine under a node: time, timers, one instance per profile.

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

export interface Timers {
  /** Calls back once; returns how to cancel. */
  after(delayMs: number, callback: () => void): () => void;
}

/** R16: one live instance per profile. */
export interface InstanceLock {
  /** Holds the lock until `release`, or returns false at once where another instance holds it. `onLost` is called if it is taken away. */
  acquire(onLost: () => void): Promise<boolean>;
  release(): Promise<void>;
}

/** Structured log without addresses of people, keys or content. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
