// The record's way as steps: what has been reached, what is under way and what is to come.
import type { RecordStatus, RecordWay } from '../../node.ts';
import type { Step } from '../../shared/index.ts';

type Stage = RecordWay['stages'][number]['stage'];

const ORDER: readonly Stage[] = ['sealed', 'stored', 'awaiting', 'signed', 'proposed', 'agreed', 'final'];

const NAMES: Readonly<Record<Stage, string>> = {
  sealed: 'Sealed',
  stored: 'Stored',
  awaiting: 'Awaiting the patient',
  signed: 'Signed by the patient',
  proposed: 'Proposed',
  agreed: 'Agreed',
  final: 'Final',
};

const ALONE = 'Signed by the clinic alone';

/** Steps in order. A stage that was passed without being seen counts as done where a later one was reached. */
export function waySteps(way: RecordWay, status: RecordStatus): readonly Step[] {
  const byStage = new Map(way.stages.map((stage) => [stage.stage, stage]));
  const reached = ORDER.findLastIndex((stage) => typeof byStage.get(stage)?.atMs === 'number');
  const halted = status === 'disputed';
  return ORDER.map((stage, index) => {
    const seen = byStage.get(stage);
    // Without her device the clinic's signature stands alone until her confirmation follows as its own slip.
    const alone = stage === 'signed' && status === 'unconfirmed';
    const state = index <= reached ? 'done' : index > reached + 1 ? 'next' : halted ? 'failed' : 'now';
    return { name: alone ? ALONE : NAMES[stage], state, detail: seen?.detail === '' ? undefined : seen?.detail, atMs: seen?.atMs };
  });
}
