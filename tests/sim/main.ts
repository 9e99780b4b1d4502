// `npm run sim -- …`: one run, a swarm of random ones, twins, the model check, planted bugs. Prints one JSON document, last on
// standard output.
import { paperLabel } from '../../src/node/consensus/index.ts';
import { HELP, type Values, readArguments, refuse, wishOf } from './arguments.ts';
import { explore } from './model.ts';
import { PLACEMENTS, exploreGroups, walkGroups } from './model-groups.ts';
import { twinsCommand } from './twins.ts';
import { plantedCommand } from './planted.ts';
import { planOf, randomPlan } from './plan.ts';
import { type Outcome, reportOf, run } from './run.ts';

/** Of the model check in groups, for each placement. */
const WALKS = 10;

const { values, positionals } = readArguments();
const [command] = positionals;

if (values.help) console.log(HELP);
else if (positionals.length > 1) refuse(`unknown command ${positionals.join(' ')}`);
else if (command === undefined) once();
else if (command === 'swarm') swarm();
else if (command === 'model') (values.groups === '0' ? model : modelInGroups)();
else if (command === 'twins') process.exitCode = twinsCommand(values);
else if (command === 'planted') process.exitCode = await plantedCommand(values);
else refuse(`unknown command ${command}`);

function once(): void {
  const wish = wishOf(values);
  const outcome = run(planOf(wish));
  if (wish.engine === 'grouped-paper') console.error(paperLabel(outcome.groups));
  for (const violation of outcome.violations) console.error(violation);
  const report = reportOf(outcome);
  console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
  process.exitCode = report.safe && report.framed.length === 0 && (report.live || !values['expect-live']) ? 0 : 1;
}

function swarm(): void {
  const { first, runs } = seedsOf(values);
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

function seedsOf({ integer }: Pick<Values, 'integer'>): { readonly first: number; readonly runs: number } {
  return { first: integer('first-seed', 0), runs: integer('seeds', 1) };
}

/** One exploration for each place of the Byzantine voter: leader of view 0, of view 1, …, of none. */
function model(): void {
  const views = values.integer('views', 1, 4);
  const init = { views, restarts: values.restarts, maxStates: values.integer('max-states', 1) };
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

/** Two groups of four, to a depth and then by long walks, for each place of the two Byzantine voters. */
function modelInGroups(): void {
  const groups = values.integer('groups', 2, 2);
  const depth = values.integer('depth', 1, 40);
  const maxStates = values.integer('max-states', 1);
  const seed = values.integer('seed', 0);
  const reports = PLACEMENTS.map((placement) => {
    const report = exploreGroups(placement, depth, maxStates);
    const walked = walkGroups(placement, WALKS, seed);
    console.error(`${placement}: ${report.states} states to depth ${report.depth}, ${walked.steps} events in ${WALKS} walks`);
    return { ...report, walked };
  });
  console.log(JSON.stringify({ views: 2, voters: 8, groups, reports }));
  process.exitCode = reports.every(({ violation, walked }) => violation === null && walked.violation === null) ? 0 : 1;
}
/** An assert in the engine is a failure with a seed like any other. */
function failureOf(seed: number): string | null {
  try {
    return judge(run(randomPlan(seed)));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function judge(outcome: Outcome): string | null {
  if (!outcome.safe) return outcome.violations.join('; ');
  if (outcome.framed.length > 0) return `correct members in evidence: ${outcome.framed.join(', ')}`;
  return outcome.live ? null : `not live: ${outcome.finalRequests} requests final after ${outcome.virtualMs} ms`;
}
