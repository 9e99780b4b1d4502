// What paper 000 prints in its analysis, computed again: formula (6) with Figure 5, the message formulas with Figure 6 and Table 2,
// and Table 1 as it stands there. Labelled: none of it says how safe a grouped PBFT is.

interface PaperFigures {
  readonly formula6: {
    readonly label: string;
    readonly figure5: readonly {
      readonly attacker: number;
      readonly chances: readonly { readonly blocks: number; readonly chance: number }[];
    }[];
  };
  readonly figure6: { readonly label: string; readonly rows: readonly MessageRow[] };
  readonly table1: { readonly label: string; readonly rows: readonly (readonly string[])[] };
  readonly table2: { readonly label: string; readonly rows: readonly (readonly string[])[]; readonly at16in4: MessageRow };
  readonly lines: readonly string[];
}

interface MessageRow {
  readonly members: number;
  readonly groups: number;
  readonly pbft: number;
  readonly sgPbft: number;
  readonly paper: number;
}

const ATTACKERS = [0.1, 0.2] as const;
const MOST_BLOCKS = 10;
/** The paper does not say how many groups its figure has; the members of a group stay four here. */
const FIGURE_MEMBERS = [8, 16, 32, 48, 64, 80, 100] as const;

export function paperFigures(): PaperFigures {
  const figure5 = ATTACKERS.map((attacker) => ({
    attacker,
    chances: Array.from({ length: MOST_BLOCKS + 1 }, (_, blocks) => ({ blocks, chance: formula6(attacker, blocks) })),
  }));
  const rows = FIGURE_MEMBERS.map((members) => messageRow(members, members / 4));
  const at16in4 = messageRow(16, 4);
  return {
    formula6: {
      label:
        'Formula (6) and Figure 5: the race of a miner with share w of all power who is n blocks behind (Nakamoto). PBFT has no such race (T9).',
      figure5,
    },
    figure6: {
      label: 'Figure 6: the formulas of Table 2; groups of four, because the paper gives no number. Deliveries are left out, as there.',
      rows,
    },
    table1: {
      label: 'Table 1, as printed: blockchain, consensus, medical, affiliate chain.',
      rows: [
        ['Factom', 'No', 'None', 'No', 'No'],
        ['MedRec', 'Yes', 'POW', 'Yes', 'No'],
        ['AMDSM', 'Yes', 'DPOS + PBFT', 'Yes', 'No'],
        ['This article', 'Yes', 'Improvement of PBFT', 'Yes', 'Yes'],
      ],
    },
    table2: {
      label: 'Table 2. Its text calls the three "not much different" below 32 members; at 16 in four groups they are as in at16in4 (T26).',
      rows: [
        ['PBFT', 'n-1', 'n(n-1)', 'n(n-1)', '2n²-n-1'],
        ['SG-PBFT', 'n/2-1', '(n/2-1)²', 'n/2-1', '(n/2-1)(n/2+1)'],
        ['paper 000, first', 'n/k-1', '(n/k)(n/k-1)', '(n/k)(n/k-1)', '(1+2n/k)(n/k-1)'],
        ['paper 000, second', 'k-1', 'k(k-1)', 'k(k-1)', '(k-1)(2k+1)'],
      ],
      at16in4,
    },
    lines: [
      'Paper 000, formula (6), a race of miners and no statement about PBFT:',
      ...figure5.map(({ attacker, chances }) => `  w = ${attacker}: ${chances.map(({ chance }) => chance).join(' ')}`),
      'Paper 000, Figure 6 and Table 2, messages (PBFT / SG-PBFT / paper):',
      ...rows.map(({ members, groups, pbft, sgPbft, paper }) => `  n = ${members}, k = ${groups}: ${pbft} / ${sgPbft} / ${paper}`),
    ],
  };
}

/** w_n = 1 - sum over k from 0 to n of (lambda^k e^-lambda / k!)(1 - (w/r)^(n-k)), lambda = n w/r, r = 1-w. */
export function formula6(attacker: number, blocks: number): number {
  const ratio = attacker / (1 - attacker);
  const lambda = blocks * ratio;
  let poisson = Math.exp(-lambda);
  let chance = 1;
  for (let k = 0; k <= blocks; k += 1) {
    chance -= poisson * (1 - ratio ** (blocks - k));
    poisson *= lambda / (k + 1);
  }
  return Number(chance.toPrecision(4));
}

function messageRow(members: number, groups: number): MessageRow {
  const size = members / groups;
  return {
    members,
    groups,
    pbft: 2 * members ** 2 - members - 1,
    sgPbft: (members / 2 - 1) * (members / 2 + 1),
    paper: (1 + 2 * size) * (size - 1) + (groups - 1) * (2 * groups + 1),
  };
}
