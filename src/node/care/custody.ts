// What this node asks of keepers: to keep a version, to give its manifest, to take keys for those whom the patient granted.
// Asking goes on with other keepers where some are away; a person is told how many of how many could be reached.
import { AppError, type Digest, type PartyId, isRejection } from '../base/index.ts';
import type { Clock, Timers } from '../ports/index.ts';
import { type KeyWrapEntry, type Manifest, manifestBytes, readManifest } from '../records/index.ts';
import type { Desk } from './desk.ts';
import { HANDOUT_PATIENCE_MS, KEEP_TIMEOUT_MS } from './limits.ts';
import type { Keeper, Keepers } from './keepers.ts';
import { REQUEST_KINDS, addWraps, done, keep, kept, manifestAnswer, manifestWish } from './requests.ts';
import type { VersionName } from './ways.ts';

/** Between two rounds while a keeper has yet to see what this node has seen. */
const ROUND_MS = 100;

export interface CustodyInit {
  readonly desk: Desk;
  readonly keepers: Keepers;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class Custody {
  private readonly init: CustodyInit;

  constructor(init: CustodyInit) {
    this.init = init;
  }

  /**
   * Whether this keeper now holds every one of `cids`, all chunks of files and the manifest. A keeper that is still fetching is asked again as
   * long as it gets on. Throws AppError for what it says instead.
   */
  async keepAt(keeper: Keeper, manifest: Manifest, cids: readonly string[], onHeld: (heldBytes: number) => void): Promise<boolean> {
    const request = { manifest: manifestBytes(manifest) };
    for (let beforeBytes = -1; ;) {
      const answer = await this.init.desk.ask(keeper, REQUEST_KINDS.keep, keep, kept, request, KEEP_TIMEOUT_MS);
      const held = new Set(answer.cids);
      if (cids.every((cid) => held.has(cid))) return true;
      if (answer.cids.length > 0 || answer.heldBytes <= beforeBytes) return false;
      beforeBytes = answer.heldBytes;
      onHeld(beforeBytes);
    }
  }

  /**
   * The manifest with this party's wraps, from whichever keeper gives it. `commitment` names a version that is not final.
   * Throws AppError `keepers-unreachable`, `keys-not-delivered`, `no-access`, `not-held`.
   */
  async manifest(of: VersionName, commitment: Digest | null, patienceMs: number = HANDOUT_PATIENCE_MS): Promise<Manifest> {
    const untilMs = this.init.clock.nowMs() + patienceMs;
    for (;;) {
      const linked = this.init.keepers.linked();
      if (linked.length === 0) throw this.unreachable();
      const refusals: AppError[] = [];
      for (const keeper of linked) {
        const answer = await this.askManifest(keeper, of, commitment);
        if (!(answer instanceof AppError)) return answer;
        refusals.push(answer);
      }
      if (this.init.clock.nowMs() >= untilMs) throw this.summary(refusals);
      await this.pause();
    }
  }

  /** Hands wraps to every linked keeper that holds the version. Returns those that have them now. */
  async addWraps(of: VersionName, wraps: readonly KeyWrapEntry[]): Promise<readonly PartyId[]> {
    const { desk, keepers } = this.init;
    const request = { record: of.record, version: of.version, wraps };
    const results = await Promise.all(
      keepers.linked().map(async (keeper) => {
        try {
          await desk.ask(keeper, REQUEST_KINDS.addWraps, addWraps, done, request);
          return keeper.party;
        } catch (error) {
          if (error instanceof AppError) return null;
          throw error;
        }
      }),
    );
    return results.filter((party) => party !== null);
  }

  private async askManifest(keeper: Keeper, of: VersionName, commitment: Digest | null): Promise<Manifest | AppError> {
    const wish = { record: of.record, version: of.version, commitment };
    try {
      const answer = await this.init.desk.ask(keeper, REQUEST_KINDS.manifest, manifestWish, manifestAnswer, wish);
      const manifest = readManifest(answer.manifest);
      if (!isRejection(manifest)) return manifest;
      return new AppError({ code: manifest.reason, message: manifest.detail, remedy: 'Ask another keeper.' });
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** The one reason that helps a person most. */
  private summary(refusals: readonly AppError[]): AppError {
    const codes = new Set(refusals.map(({ code }) => code));
    if (codes.has('keys-not-delivered')) {
      return new AppError({
        code: 'keys-not-delivered',
        message: 'The patient’s page has not handed over the keys of this version yet.',
        remedy: 'Try again when the patient has opened their page.',
      });
    }
    if (codes.has('no-access') || codes.has('not-on-ledger')) {
      return new AppError({
        code: 'no-access',
        message: 'The keepers do not release this version to you.',
        remedy: 'Ask the patient for access.',
      });
    }
    if (!codes.has('not-held')) return this.unreachable();
    return new AppError({
      code: 'not-held',
      message: `None of the ${refusals.length} keepers that can be reached holds this version.`,
      remedy: 'Wait until other archive members are connected, then try again.',
    });
  }

  private unreachable(): AppError {
    const { keepers } = this.init;
    return new AppError({
      code: 'keepers-unreachable',
      message: `${keepers.linked().length} of ${keepers.count()} keepers can be reached.`,
      remedy: 'Check the connection and wait until an archive member is connected, then try again.',
    });
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => this.init.timers.after(ROUND_MS, resolve));
  }
}
