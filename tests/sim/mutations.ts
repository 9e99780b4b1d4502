// Faults to plant in the engine, one by one: what implementers get wrong (docs/protocol.md), as the smallest change of a file's text.
// Each text must be there exactly once: a mutation that no longer fits fails loudly. They are planted in a copy only (planted.ts).

export interface Mutation {
  readonly name: string;
  readonly rule: string;
  /** In src/node/consensus. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What has to change with it, where another line holds the same rule. */
  readonly also?: Omit<Mutation, 'name' | 'rule'>;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: '2F+1 in place of the quorum (two sets of 3 of 6 need not meet)',
    rule: 'R0',
    file: 'quorum.ts',
    find: 'Math.ceil((voters + tolerated + 1) / 2)',
    replace: 'Math.min(voters, 2 * tolerated + 1)',
  },
  {
    name: 'F recomputed over those who are awake',
    rule: 'R0',
    file: 'quorum.ts',
    find: 'Math.ceil((voters + tolerated + 1) / 2)',
    replace: 'Math.ceil((voters + Math.min(tolerated, toleratedFaults(voters)) + 1) / 2)',
  },
  {
    name: 'a repeated vote counts again (a leader’s prepare counts twice)',
    rule: 'R2',
    file: 'tally.ts',
    find: 'if (before !== null) return {',
    replace: 'if (before !== null && before.digest !== cast.digest) return {',
  },
  {
    name: 'the leader prepares beside its proposal',
    rule: 'R2',
    file: 'advance.ts',
    find: "leaderIndex(configuration, height, row.view) === index || hasSaid(turn.open, 'prepare', row.view)",
    replace: "hasSaid(turn.open, 'prepare', row.view)",
  },
  {
    name: 'says before the row is durable',
    rule: 'R3',
    file: 'speak.ts',
    find: "turn.effects.push({ kind: 'persist', row: next }, aloud(message));",
    replace: "turn.effects.push(aloud(message), { kind: 'persist', row: next });",
  },
  {
    name: 'the lock is durable without its bytes',
    rule: 'R3',
    file: 'speak.ts',
    find: 'const next: VoteRow = { ...row, ...change,',
    replace: 'const next: VoteRow = { ...row, ...change, values: [],',
  },
  {
    name: 'votes in a view after asking to leave it',
    rule: 'R2',
    file: 'advance.ts',
    find: 'return open.index >= 0 && open.row.askedView === open.row.view;',
    replace: 'return open.index >= 0;',
  },
  {
    name: 'the row is forgotten after a restart',
    rule: 'R14',
    file: 'state.ts',
    find: 'const known = index < 0 || row === null ? emptyRow(channel, epoch, height) : row;',
    replace: 'const known = emptyRow(channel, epoch, height);',
  },
  {
    name: 'what was said is forgotten after a restart',
    rule: 'R14',
    file: 'state.ts',
    find: '    row: known,\n',
    replace: '    row: { ...known, said: [] },\n',
  },
  {
    name: 'certificates are checked up to the quorum only',
    rule: 'R6',
    file: 'checks.ts',
    find: 'return certificate.votes.map((vote) => ({\n    publicKey',
    replace: 'return certificate.votes.slice(0, configuration.quorum).map((vote) => ({\n    publicKey',
  },
  {
    name: 'a certificate may be short',
    rule: 'R6',
    file: 'checks.ts',
    find: 'if (signers.length < configuration.quorum) {',
    replace: 'if (signers.length < configuration.quorum - 1) {',
  },
  {
    name: 'strangers sign certificates',
    rule: 'R6',
    file: 'lane-checks.ts',
    find: "if (foreign !== undefined) return reject('stranger'",
    replace: "if (foreign !== undefined && votes.length === 0) return reject('stranger'",
  },
  {
    name: 'certificates and new views of mixed views',
    rule: 'R6',
    file: 'checks.ts',
    find: 'viewChange.height !== proposal.height || viewChange.view !== proposal.view',
    replace: 'viewChange.height !== proposal.height',
  },
  {
    name: 'a new view is not recomputed',
    rule: 'R5',
    file: 'hear.ts',
    find: "if (validity !== 'valid' || (highest !== null && highest.lockedDigest !== digest)) return;",
    replace: "if (validity !== 'valid') return;",
  },
  {
    name: 'a justified proposal is refused because of an own lock',
    rule: 'R5',
    file: 'advance.ts',
    find: '  sayPrepare(turn, proposal.digest);',
    replace: '  if (row.lock === null || row.lock.digest === proposal.digest) sayPrepare(turn, proposal.digest);',
  },
  {
    name: 'a view change hides its lock',
    rule: 'R5',
    file: 'speak.ts',
    find: 'lockedView: row.lock?.view ?? null,\n    lockedDigest: row.lock?.digest ?? null,\n    signer: selfOf(open),\n    certificate: row.lock?.certificate ?? null,',
    replace: 'lockedView: null,\n    lockedDigest: null,\n    signer: selfOf(open),\n    certificate: null,',
  },
  {
    name: 'the lowest lock wins',
    rule: 'R5',
    file: 'checks.ts',
    find: '((candidate.lockedView ?? -1) > (highest?.lockedView ?? -1) ? candidate : highest)',
    replace: '((candidate.lockedView ?? 99) < (highest?.lockedView ?? 99) ? candidate : highest)',
  },
  {
    name: 'a lock needs no proof',
    rule: 'R5',
    file: 'checks.ts',
    find: "if (certificate === null) return reject('unproven-lock'",
    replace: "if (certificate === null) return [];\n  if (certificate.votes.length === 0) return reject('unproven-lock'",
  },
  {
    name: 'commits without a prepare certificate',
    rule: 'R2',
    file: 'advance.ts',
    find: 'quorumDigest(round.prepares, configuration.quorum);\n  if (round === undefined',
    replace: 'quorumDigest(round.prepares, configuration.quorum - 1);\n  if (round === undefined',
  },
  {
    name: 'one commit too few makes a value final',
    rule: 'R6',
    file: 'hear.ts',
    find: 'if (votes === turn.open.configuration.quorum && turn.open.commit === null)',
    replace: 'if (votes === turn.open.configuration.quorum - 1 && turn.open.commit === null)',
  },
  {
    name: 'a final value without proof',
    rule: 'R9',
    file: 'checks.ts',
    find: "return certificateChecks(message.certificate, configuration, 'commit');\n    case 'bundle'",
    replace: "return [];\n    case 'bundle'",
  },
  {
    name: 'any message restarts the timer',
    rule: 'R7',
    file: 'advance.ts',
    find: 'if (open.timerView === view) return;',
    replace: 'if (open.timerView === view && view === null) return;',
  },
  {
    name: 'all timers run in step',
    rule: 'R7',
    file: 'timing.ts',
    find: 'const jitter = (mixed >>> 16) % JITTER_STEPS;',
    replace: 'const jitter = (mixed & 0) % JITTER_STEPS;',
  },
  {
    name: 'nobody joins a view that F+1 ask for, and one lonely request is enough to leave',
    rule: 'R7',
    file: 'timing.ts',
    find: 'return rankedAsk(asked, configuration.tolerated + 1);',
    replace: 'return rankedAsk(asked, Math.max(1, configuration.tolerated));',
  },
  {
    name: 'leaders depend on local state',
    rule: 'R7',
    file: 'advance.ts',
    find: "if (leaderIndex(configuration, height, view) !== index || hasSaid(turn.open, 'propose', view)) return;",
    replace:
      "if (leaderIndex(configuration, height + turn.open.rounds.length, view) !== index || hasSaid(turn.open, 'propose', view)) return;",
  },
  {
    name: 'anybody may propose',
    rule: 'R7',
    file: 'checks.ts',
    find: 'if (message.signer !== leaderOf(configuration, message.height, message.view)) {',
    replace: 'if (message.height < 0) {',
  },
  {
    name: 'views far ahead are kept without bound',
    rule: 'R18',
    file: 'state.ts',
    find: '|| view > row.askedView + MAX_VIEWS_AHEAD) return null;',
    replace: ') return null;',
  },
  {
    name: 'a correct member trips over evidence',
    rule: 'R15',
    file: 'hear.ts',
    find: 'if (ask === null || round.view <= commit.view || (ask.lockedView ?? -1) >= commit.view) continue;',
    replace: 'if (ask === null || round.view <= commit.view || (ask.lockedView ?? -1) > commit.view) continue;',
  },
  {
    name: 'two digests of one voter are no evidence',
    rule: 'R15',
    file: 'hear.ts',
    find: "if (outcome === 'conflict') {",
    replace: "if (outcome === 'conflict' && vote.view < 0) {",
  },
  {
    name: 'a signature does not cover the height: requests and votes are replayed across heights',
    rule: 'R1',
    file: 'statement.ts',
    find: '    phase: said.phase,\n    height: said.height,',
    replace: '    phase: said.phase,\n    height: 0,',
  },
  {
    name: 'a signature does not cover the view',
    rule: 'R1',
    file: 'statement.ts',
    find: '    height: said.height,\n    view: said.view,',
    replace: '    height: said.height,\n    view: 0,',
  },
  {
    name: 'a signature does not cover the phase',
    rule: 'R1',
    file: 'statement.ts',
    find: '    phase: said.phase,\n    height',
    replace: "    phase: 'commit',\n    height",
  },
  {
    name: 'an old epoch’s certificates count: both configurations can decide',
    rule: 'R13',
    file: 'checks.ts',
    find: 'if (certificate.epoch !== configuration.epoch) return wrongEpoch(certificate.epoch, configuration);\n  if (certificate.phase',
    replace: 'if (certificate.phase',
  },
  {
    name: 'a seat never moves',
    rule: 'R7',
    file: 'seats.ts',
    find: 'rank: (seat.rank + 1) % size,',
    replace: 'rank: seat.rank % size,',
  },
  {
    name: '2f+1 in a group',
    rule: 'R8',
    file: 'circle.ts',
    find: 'return quorum(membersOf(configuration, group).length, groupTolerates(configuration, group));',
    replace: 'return 2 * groupTolerates(configuration, group) + 1;',
  },
  {
    name: 'bad votes stay in a bundle',
    rule: 'R6',
    file: 'checks.ts',
    find: 'const votes = bundle.votes.filter((_, index) => holds[index] === true);',
    replace: 'const votes = bundle.votes.filter((_, index) => index < holds.length);',
  },
  {
    name: 'anybody is a lane’s author',
    rule: 'R8',
    file: 'lane-checks.ts',
    find: "if (signer !== authorOf(configuration, reference.group, reference.localView)) {\n    return reject('not-the-author', 'the batch comes",
    replace:
      "if (signer !== authorOf(configuration, reference.group, reference.localView) && batch.epoch < 0) {\n    return reject('not-the-author', 'the batch comes",
  },
  {
    name: 'votes for batches that nobody can fetch',
    rule: 'R4',
    file: 'grouped/grouped.ts',
    find: "if (validity === 'incomplete' || (validity === 'valid' && !isComplete(turn, message))) return parkOrJudge(turn, standing, message);",
    replace: "if (validity === 'incomplete') return agree(turn, standing, { kind: 'message', message, validity: 'valid' });",
  },
  {
    name: 'nobody goes past a bad carrier',
    rule: 'R9',
    file: 'grouped/grouped.ts',
    find: 'function startBypass(turn: GroupedTurn): void {',
    replace: 'function startBypass(turn: GroupedTurn): void {\n  if (turn.open.height >= 0) return;',
  },
];

/** Rules that stand in more than one place, switched off altogether: the model check has to find the fork itself. */
export const FORKS: readonly Mutation[] = [
  {
    name: 'R2 off: votes below a view that it asked for',
    rule: 'R2',
    file: 'advance.ts',
    find: 'return open.index >= 0 && open.row.askedView === open.row.view;',
    replace: 'return open.index >= 0;',
    also: { file: 'speak.ts', find: 'assert(view === row.askedView && view >= row.view,', replace: 'assert(view >= row.view,' },
  },
  {
    name: 'R5 off: a new view is not recomputed',
    rule: 'R5',
    file: 'hear.ts',
    find: "if (validity !== 'valid' || (highest !== null && highest.lockedDigest !== digest)) return;",
    replace: "if (validity !== 'valid') return;",
  },
  {
    name: 'R0 off: quorums that share nobody',
    rule: 'R0',
    file: 'quorum.ts',
    find: 'Math.ceil((voters + tolerated + 1) / 2)',
    replace: 'Math.ceil(voters / 2)',
  },
];
