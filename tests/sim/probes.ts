// What a run does not show, looked at in one engine alone: whether timers run in step, how much is remembered of a flood of messages
// about views and positions far ahead, that a lock binds nobody where a new view is justified, that a timer of a view that is over
// counts for no other, and that the convicted lead nothing (R5, R7, R18).
import { type ConsensusMessage, asVerified, leaderOf } from '../../src/node/consensus/index.ts';
import { Actor, Cast, configurationOf, party } from '../../src/node/consensus/transcript.ts';
import { ENGINES, type EngineName } from './engines.ts';
import { configurationsOf, everybody, partyOf } from './layout.ts';
import { standInSignatures } from './signer.ts';

/** Of seven members, all with something pending, no two may wait equally long for view 0. */
export function timersInStep(): string | null {
  const signatures = standInSignatures(1);
  const [configuration] = configurationsOf([everybody(7, [])], { seed: 1, baseTimeoutMs: 1_000, publicKey: signatures.publicKey });
  if (configuration === undefined) return 'no configuration';
  const delays = configuration.voters.map((voter) => {
    const machine = ENGINES.pbft.machine();
    machine.step({ kind: 'begin', configuration, self: voter.party, height: 0, row: null });
    const effects = machine.step({ kind: 'pending', pending: true });
    return effects.flatMap((effect) => (effect.kind === 'timer' && effect.delayMs !== null ? [effect.delayMs] : []))[0] ?? 0;
  });
  return new Set(delays).size > 1 ? null : 'all timers run in step (R7)';
}

/** Votes of one member for thousands of views, and in a lane for thousands of positions, leave no more than a few. */
export function weightAfterFlood(): string | null {
  for (const engine of ['pbft', 'grouped'] as const) {
    const quiet = weighAfter(engine, 0);
    const flooded = weighAfter(engine, 3_000);
    if (flooded > quiet + MOST_WEIGHT) return `${engine} remembers ${flooded - quiet} entries of a flood (R18)`;
  }
  return null;
}
const MOST_WEIGHT = 60_000;

function weighAfter(engine: EngineName, messages: number): number {
  const signatures = standInSignatures(1);
  const members = 9;
  const [configuration] = configurationsOf([everybody(members, engine === 'grouped' ? [5, 4] : [])], {
    seed: 1,
    baseTimeoutMs: 1_000,
    publicKey: signatures.publicKey,
  });
  if (configuration === undefined) return 0;
  const machine = ENGINES[engine].machine();
  machine.step({ kind: 'begin', configuration, self: partyOf(0), height: 0, row: null });
  const signer = partyOf(1);
  const signature = new Uint8Array(64);
  const { epoch } = configuration;
  const hear = (message: ConsensusMessage) => machine.step({ kind: 'message', message: asVerified(message), validity: 'valid' });
  for (let i = 0; i < messages; i += 1) {
    const digest = i.toString(16).padStart(64, '0') as never;
    hear({ kind: 'vote', epoch, phase: 'prepare', height: 0, view: i, digest, signer, signature });
    hear({
      kind: 'view-change',
      epoch,
      height: 0,
      view: i + 1,
      lockedView: null,
      lockedDigest: null,
      signer,
      signature,
      certificate: null,
    });
    if (engine === 'pbft') continue;
    const reference = { group: 0, localView: 0, sequence: i, digest };
    hear({ kind: 'lane-vote', epoch, phase: 'prepare', reference, signer, signature });
    hear({ kind: 'lane-move', epoch, group: 0, localView: i + 1, signer, signature });
  }
  return machine.weight();
}

/** R5: a member that locked a value in view 0 votes for another one in view 1, where the new view shows that nobody had to know of it. */
export function hiddenLock(): string | null {
  const four = new Cast(configurationOf(4));
  const [leader, second, third, fourth] = [0, 1, 2, 3].map((view) => four.leads(view)) as [number, number, number, number];
  const actor = new Actor(four, third);
  actor.hearsAll([four.proposal(0, 'a'), four.vote('prepare', fourth, 0, 'a')]);
  if (actor.row?.lock?.view !== 0) return 'no lock after Q prepares (R2)';
  const asks = [leader, second, fourth].toSorted((a, b) => a - b).map((voter) => four.viewChange(voter, 1));
  const lines = actor.hearsAll([...asks, four.proposal(1, 'b', four.justification(asks))]);
  return lines.includes('say prepare b@1') ? null : 'a justified proposal is refused because of an own lock (R5)';
}

/** R7: one voter that asks for another view moves nobody; F+1 of them do. */
export function joinedViews(): string | null {
  const four = new Cast(configurationOf(4));
  const [, second, third, fourth] = [0, 1, 2, 3].map((view) => four.leads(view)) as [number, number, number, number];
  const actor = new Actor(four, third);
  const asks = (lines: readonly string[]) => lines.some((line) => line.startsWith('say view-change'));
  if (asks(actor.hears(four.viewChange(fourth, 1)))) return 'one voter moves another to its view (R7)';
  return asks(actor.hears(four.viewChange(second, 1))) ? null : 'nobody joins the view that F+1 ask for (R7)';
}

/** R7: a timer that was set for view 0 fires after a sleep, when view 1 is open: that is nobody's silence. */
export function lateTimer(): string | null {
  const four = new Cast(configurationOf(4));
  const [, second, third, fourth] = [0, 1, 2, 3].map((view) => four.leads(view)) as [number, number, number, number];
  const actor = new Actor(four, third);
  actor.hearsAll([second, fourth].map((voter) => four.viewChange(voter, 1)));
  const lines = actor.timesOut(0);
  return lines.some((line) => line.startsWith('say view-change')) ? 'a timer of view 0 ends view 1 (R7)' : null;
}

/** P0-27: a convicted voter leads no view while more than may be absent are left. */
export function convictedLeaders(): string | null {
  const configuration = { ...configurationOf(7), barred: [party(3)] };
  const leaders = Array.from({ length: 21 }, (_, view) => leaderOf(configuration, 5, view));
  return leaders.includes(party(3)) ? 'a convicted voter leads (R7)' : null;
}
