// Clock, timers and log: the machine's and a test's.
import { describe, expect, test, vi } from 'vitest';
import { createClock, createLog, createTimers } from '../../../src/node/adapters/index.ts';
import { createMemoryLog, createMemoryTime } from '../../../src/node/adapters/memory.ts';
import { createJsonLog } from '../../../src/node/adapters/node.ts';

function realTime() {
  return { clock: createClock(), timers: createTimers(), wait: (done: () => boolean) => vi.waitFor(() => expect(done()).toBe(true)) };
}

function memoryTime() {
  const time = createMemoryTime(1_000);
  return { clock: time.clock, timers: time.timers, wait: async () => time.advance(1_000) };
}

describe.each([
  ['memory', memoryTime],
  ['the machine', realTime],
] as const)('timers of %s', (_, make) => {
  test('call once, in the order in which they fall due', async () => {
    const { clock, timers, wait } = make();
    const startMs = clock.nowMs();
    const calls: number[] = [];
    timers.after(30, () => calls.push(30));
    timers.after(10, () => calls.push(10));
    timers.after(20, () => calls.push(20));
    await wait(() => calls.length === 3);
    expect(calls).toEqual([10, 20, 30]);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(startMs);
  });

  test('that were cancelled never call', async () => {
    const { timers, wait } = make();
    const calls: string[] = [];
    const cancel = timers.after(5, () => calls.push('cancelled'));
    timers.after(10, () => calls.push('later'));
    cancel();
    cancel();
    await wait(() => calls.length === 1);
    expect(calls).toEqual(['later']);
  });

  test('set inside a call fall due after it', async () => {
    const { timers, wait } = make();
    const calls: string[] = [];
    timers.after(1, () => {
      calls.push('first');
      timers.after(1, () => calls.push('second'));
    });
    await wait(() => calls.length === 2);
    expect(calls).toEqual(['first', 'second']);
  });
});

describe('the log', () => {
  test('shows bytes by their length only, and no objects', () => {
    const log = createMemoryLog();
    log.info('unlocked', { key: new Uint8Array(32).fill(7), record: { name: 'Ana' }, height: 3, error: new TypeError('bad') });
    expect(log.lines).toEqual([
      { level: 'info', event: 'unlocked', fields: { key: '[32 bytes]', record: '[object]', height: 3, error: 'TypeError: bad' } },
    ]);
  });

  test('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = createLog('warn', ({ event }) => lines.push(event));
    log.debug('a');
    log.info('b');
    log.warn('c');
    expect(lines).toEqual(['c']);
  });

  test('of a process is one JSON document a line', () => {
    const lines: string[] = [];
    createJsonLog('debug', (line) => lines.push(line)).debug('started', { port: 1, text: 'two\nlines' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'debug', event: 'started', port: 1, text: 'two\nlines' });
  });
});
