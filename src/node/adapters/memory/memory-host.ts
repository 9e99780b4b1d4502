// A machine that a test turns by hand: its time stands still until it is moved, its timers fire in order, its locks can be
// stolen, its log is a list.
import type { Clock, InstanceLock, Log, Timers } from '../../ports/index.ts';
import { type LogLevel, type LogLine, createLog } from '../host/index.ts';

export interface MemoryTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves time on and calls what falls due, in order of time, then of setting. */
  advance(byMs: number): void;
  /** When the next timer is due, or null. */
  nextMs(): number | null;
}

export function createMemoryTime(startMs = 0): MemoryTime {
  let nowMs = startMs;
  let count = 0;
  const waiting = new Map<number, { readonly dueMs: number; readonly callback: () => void }>();

  function next(): readonly [number, { readonly dueMs: number; readonly callback: () => void }] | null {
    let found: readonly [number, { readonly dueMs: number; readonly callback: () => void }] | null = null;
    for (const entry of waiting) if (found === null || entry[1].dueMs < found[1].dueMs) found = entry;
    return found;
  }

  return {
    clock: { nowMs: () => nowMs },
    timers: {
      after(delayMs, callback) {
        const id = (count += 1);
        waiting.set(id, { dueMs: nowMs + Math.max(0, delayMs), callback });
        return () => {
          waiting.delete(id);
        };
      },
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let due = next(); due !== null && due[1].dueMs <= untilMs; due = next()) {
        waiting.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].dueMs);
        due[1].callback();
      }
      nowMs = untilMs;
    },
    nextMs: () => next()?.[1].dueMs ?? null,
  };
}

/** Locks of one machine, by name. */
export interface MemoryLocks {
  lock(name: string): InstanceLock;
  /** Takes a lock away from its holder, who is told. */
  steal(name: string): void;
}

export function createMemoryLocks(): MemoryLocks {
  const holders = new Map<string, { readonly owner: InstanceLock; readonly onLost: () => void }>();
  return {
    lock(name) {
      const self: InstanceLock = {
        async acquire(onLost) {
          await Promise.resolve();
          const holder = holders.get(name);
          if (holder !== undefined) return holder.owner === self;
          holders.set(name, { owner: self, onLost });
          return true;
        },
        async release() {
          if (holders.get(name)?.owner === self) holders.delete(name);
        },
      };
      return self;
    },
    steal(name) {
      const holder = holders.get(name);
      holders.delete(name);
      holder?.onLost();
    },
  };
}

export interface MemoryLog extends Log {
  readonly lines: readonly LogLine[];
}

export function createMemoryLog(least: LogLevel = 'debug'): MemoryLog {
  const lines: LogLine[] = [];
  return { ...createLog(least, (line) => lines.push(line)), lines };
}
