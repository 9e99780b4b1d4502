// What tabs cost, asked of the browser over its debugging protocol: bytes that left over WebRTC, and memory and processor time of the
// processes behind the tabs. Nothing is counted inside the product. Memory is the proportional set (shared pages counted in parts)
// where the system tells it, else the resident set.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';

interface ProcessInfo {
  readonly type: string;
  readonly id: number;
  readonly cpuTime: number;
}

export interface ProcessCost {
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

/** Bytes that a tab has sent over its open WebRTC connections, with their encryption, without IP and UDP headers. */
export async function bytesSent(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    const group = { objectGroup: 'meter' };
    const { result: prototype } = await session.send('Runtime.evaluate', { expression: 'RTCPeerConnection.prototype', ...group });
    const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: prototype.objectId ?? '', ...group });
    const { result } = await session.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: String(async function (this: readonly RTCPeerConnection[]): Promise<number> {
        let bytes = 0;
        for (const connection of this) {
          if (connection.connectionState !== 'connected') continue;
          const report = (await connection.getStats()) as unknown as ReadonlyMap<string, { type: string; bytesSent?: number }>;
          for (const entry of report.values()) if (entry.type === 'transport') bytes += entry.bytesSent ?? 0;
        }
        return bytes;
      }),
      awaitPromise: true,
      returnByValue: true,
    });
    await session.send('Runtime.releaseObjectGroup', group);
    return Number(result.value);
  } finally {
    await session.detach();
  }
}

/** The processes behind so many tabs: those that have worked most, because the browser also keeps empty ones in stock. */
export async function tabProcesses(browser: Browser, tabs: number): Promise<readonly ProcessCost[]> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as { readonly processInfo: readonly ProcessInfo[] };
    const renderers = processInfo.filter(({ type }) => type === 'renderer').toSorted((a, b) => b.cpuTime - a.cpuTime);
    return renderers.slice(0, tabs).map(({ id, cpuTime }) => ({ megabytes: megabytesOf(id), cpuSeconds: cpuTime }));
  } finally {
    await session.detach();
  }
}

function megabytesOf(process: number): number {
  try {
    const [, kibibytes] = /^Pss:\s+(\d+)/mu.exec(readFileSync(`/proc/${process}/smaps_rollup`, 'utf8')) ?? [];
    if (kibibytes !== undefined) return (Number(kibibytes) * 1024) / 1e6;
  } catch {
    // Not this system's way, or not for this user.
  }
  return (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(process)], { encoding: 'utf8' })) * 1024) / 1e6;
}
