// `npm run sim -- …`: one run of the flat engine, or a swarm of random ones. Prints one JSON document, last on standard output.
import { parseArgs } from 'node:util';
import { BEHAVIOURS, type Behaviour } from './faulty.ts';
import { explore } from './model.ts';
import { planOf, randomPlan } from './plan.ts';
import { type Report, run } from './run.ts';

const HELP = `npm run sim -- --engine pbft --members 4 --requests 100 --seed 1 [options]
npm run sim -- swarm --seeds 400 [--first-seed 1]
npm run sim -- model [--views 2] [--max-states 1000000]

  --engine pbft          the engine; others come with later work
  --members n            members, all of them voters (default 4)
  --requests r           requests to make final (default 100)
  --outstanding r        requests under way at once (default 1)
  --batch r              requests in a block at most (default 64)
  --seed s               one seed and one commit reproduce a run (default 1)
  --faulty b             so many members are faulty (default 0)
  --behaviour x          ${BEHAVIOURS.join(', ')}, random (default random)
  --net lan|wan          delays (default lan)
  --signer x             stand-in, ed25519 (default stand-in)
  --expect-live          exit 1 where something never becomes final
  --json                 one line instead of a summary for people

  swarm --seeds n        random layouts, faults and networks, then healing to exactly Q correct members
  --first-seed n         where the seeds begin (default 1)

  model                  every order of events for four voters, one of them Byzantine, in few views
  --views n              views 0 to n-1 (default 2)
  --restarts             voters may lose everything but their row at any time
  --max-states n         where to stop (default 1000000)

Exit 1 where safety fails, or liveness where it is expected (always in a swarm).`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'pbft' },
    members: { type: 'string', default: '4' },
    requests: { type: 'string', default: '100' },
    outstanding: { type: 'string', default: '1' },
    batch: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    faulty: { type: 'string', default: '0' },
    behaviour: { type: 'string', default: 'random' },
    net: { type: 'string', default: 'lan' },
    signer: { type: 'string', default: 'stand-in' },
    'expect-live': { type: 'boolean', default: false },
    seeds: { type: 'string', default: '400' },
    'first-seed': { type: 'string', default: '1' },
    views: { type: 'string', default: '2' },
    restarts: { type: 'boolean', default: false },
    'max-states': { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else if (positionals[0] === 'swarm') swarm();
else if (positionals[0] === 'model') model();
else if (positionals.length > 0) refuse(`unknown command ${positionals.join(' ')}`);
else once();

function once(): void {
  if (values.engine !== 'pbft') refuse(`--engine ${values.engine}: only pbft is built`);
  const members = integer('members', 1, 200);
  const report = run(
    planOf({
      seed: integer('seed', 0),
      members,
      requests: integer('requests', 1),
      outstanding: integer('outstanding', 1),
      batch: integer('batch', 1),
      faulty: integer('faulty', 0, members),
      behaviour: oneOf('behaviour', [...BEHAVIOURS, 'random']) as Behaviour | 'random',
      net: oneOf('net', ['lan', 'wan']) as 'lan' | 'wan',
      signer: oneOf('signer', ['stand-in', 'ed25519']) as 'stand-in' | 'ed25519',
    }),
  );
  for (const violation of report.violations) console.error(violation);
  console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  process.exitCode = report.safe && report.framed.length === 0 && (report.live || !values['expect-live']) ? 0 : 1;
}

function swarm(): void {
  const first = integer('first-seed', 0);
  const runs = integer('seeds', 1);
  const failed: number[] = [];
  for (let seed = first; seed < first + runs; seed += 1) {
    const why = failureOf(seed);
    if (why === null) continue;
    failed.push(seed);
    console.error(`seed ${seed}: ${why}\n  npm run sim -- swarm --seeds 1 --first-seed ${seed}`);
  }
  console.log(JSON.stringify({ runs, failed: failed.length, seeds: failed }));
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** One exploration for each place of the Byzantine voter: leader of view 0, of view 1, …, of none. */
function model(): void {
  const views = integer('views', 1, 4);
  const init = { views, restarts: values.restarts, maxStates: integer('max-states', 1) };
  const reports = Array.from({ length: views + 1 }, (_, byzantineLeads) => {
    const report = { byzantineLeads: byzantineLeads < views ? byzantineLeads : null, ...explore({ ...init, byzantineLeads }) };
    console.error(
      `Byzantine leader of view ${report.byzantineLeads ?? 'none'}: ${report.states} states, ${report.complete ? 'complete' : 'stopped'}`,
    );
    return report;
  });
  console.log(JSON.stringify({ views, voters: 4, reports }));
  process.exitCode = reports.every((report) => report.violation === null) ? 0 : 1;
}

/** An assert in the engine is a failure with a seed like any other. */
function failureOf(seed: number): string | null {
  try {
    return judge(run(randomPlan(seed)));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function judge(report: Report): string | null {
  if (!report.safe) return report.violations.join('; ');
  if (report.framed.length > 0) return `correct members in evidence: ${report.framed.join(', ')}`;
  return report.live ? null : `not live: ${report.finalRequests} requests final after ${report.virtualMs} ms`;
}

function integer(
  name: 'members' | 'requests' | 'outstanding' | 'batch' | 'seed' | 'faulty' | 'seeds' | 'first-seed' | 'views' | 'max-states',
  least: number,
  most = 2 ** 31,
): number {
  const text = values[name];
  const number = Number(text);
  if (!/^\d+$/u.test(text) || number < least || number > most) refuse(`--${name} ${text}: an integer from ${least} to ${most} is needed`);
  return number;
}

function oneOf(name: 'behaviour' | 'net' | 'signer', words: readonly string[]): string {
  const word = values[name];
  if (!words.includes(word)) refuse(`--${name} ${word}: one of ${words.join(', ')} is needed`);
  return word;
}

function refuse(why: string): never {
  console.error(`${why}\n\n${HELP}`);
  process.exit(2);
}
