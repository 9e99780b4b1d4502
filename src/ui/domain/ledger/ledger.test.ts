// The ledger on the screen: pages follow the newest block, and verification goes through every block or says that it was stopped.
import { describe, expect, it } from 'vitest';
import type { BlockCheck, BlockSummary, BlockView, NodeView } from '../../node.ts';
import { BLOCKS_PER_PAGE, BlockPages } from './block-pages.svelte.ts';
import { LedgerVerifier } from './ledger-verifier.svelte.ts';

const block = (height: number) => ({ height }) as BlockView;

function ledger(height: number): NodeView['ledger'] {
  const newest = Array.from({ length: Math.min(20, height + 1) }, (_, index) => block(height - index) as BlockSummary);
  return { height, newest, name: 'test' } as unknown as NodeView['ledger'];
}

describe('pages of blocks', () => {
  const settled = (pages: BlockPages) => expect.poll(() => pages.task.busy).toBe(false);

  it('follow the newest block until an older page is asked for', async () => {
    const pages = new BlockPages({ block: async (height) => block(height) });
    expect(pages.shown(ledger(40))[0]?.height).toBe(40);
    expect(pages.shown(ledger(41))[0]?.height).toBe(41);
    pages.showOlder(ledger(41));
    await settled(pages);
    expect(pages.shown(ledger(50)).map(({ height }) => height)).toEqual(Array.from({ length: BLOCKS_PER_PAGE }, (_, index) => 26 - index));
  });

  it('end at the founding block and lead back to the newest', async () => {
    const pages = new BlockPages({ block: async (height) => block(height) });
    pages.showOlder(ledger(17));
    await settled(pages);
    expect(pages.shown(ledger(17)).map(({ height }) => height)).toEqual([2, 1, 0]);
    expect(pages.bottom(ledger(17))).toBe(0);
    pages.showNewer(ledger(17));
    expect(pages.top).toBeNull();
  });
});

describe('the verification of the whole ledger', () => {
  const check = (height: number, ok: boolean): BlockCheck => ({ height, checks: [{ what: 'parent', ok, detail: '' }] });

  it('checks every block from the founding one and keeps what failed', async () => {
    const seen: number[] = [];
    const verifier = new LedgerVerifier({
      verifyBlock: async (height) => {
        seen.push(height);
        return check(height, height !== 2);
      },
    });
    await verifier.run(4);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(verifier).toMatchObject({ finished: true, done: 5, total: 5 });
    expect(verifier.failures.map(({ height }) => height)).toEqual([2]);
  });

  it('can be stopped, and then never says that all was verified', async () => {
    const verifier: LedgerVerifier = new LedgerVerifier({
      verifyBlock: async (height) => {
        if (height === 3) verifier.stop();
        return check(height, true);
      },
    });
    await verifier.run(100);
    expect(verifier).toMatchObject({ finished: false, done: 4 });
  });
});
