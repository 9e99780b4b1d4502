// Which codes make a resource restricted or very restricted (P0-08). A small table on purpose: what HL7 labels say comes
// first, then well-known codes of mental health, substance use, HIV and other sexually transmitted infections, sexual
// and reproductive health, genetics and violence. A clinic that needs more labels its resources (meta.security).
// A prefix rule stands where a code system is ordered by subject; elsewhere codes are listed one by one.
import type { SensitivityClass } from '../contracts/index.ts';

type Protected = Extract<SensitivityClass, 'restricted' | 'very-restricted'>;

export interface CodeRule {
  /** Names the subject, for people and tests. */
  readonly subject: string;
  readonly class: Protected;
  readonly system: string;
  /** Whole codes. */
  readonly codes?: readonly string[];
  /** Beginnings of codes. */
  readonly prefixes?: readonly string[];
}

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const ICD10 = ['http://hl7.org/fhir/sid/icd-10', 'http://hl7.org/fhir/sid/icd-10-cm'] as const;
const ATC = 'http://www.whocc.no/atc';

const labels: readonly CodeRule[] = [
  { subject: 'label', class: 'restricted', system: CONFIDENTIALITY, codes: ['R'] },
  { subject: 'label', class: 'very-restricted', system: CONFIDENTIALITY, codes: ['V'] },
  {
    subject: 'label',
    class: 'restricted',
    system: ACT_CODE,
    codes: [
      'ETH',
      'ETHUD',
      'SUD',
      'OPIOIDUD',
      'ALC',
      'DRUGRG',
      'HIV',
      'STD',
      'SEX',
      'PSY',
      'MH',
      'BH',
      'GDIS',
      'SICKLE',
      'COGN',
      'DVD',
      'EMOTDIS',
      'PREGNANT',
      'SPI',
    ],
  },
  { subject: 'label', class: 'very-restricted', system: ACT_CODE, codes: ['PSYTHPN', 'SDV', 'VIO', 'TABOO'] },
];

/** International and clinical modification: the chapters agree. Source: https://icd.who.int/browse10/2019/en */
const icd10: readonly CodeRule[] = ICD10.flatMap((system): readonly CodeRule[] => [
  { subject: 'mental health and substance use', class: 'restricted', system, prefixes: ['F'] },
  { subject: 'HIV', class: 'restricted', system, prefixes: ['B20', 'B21', 'B22', 'B23', 'B24', 'Z21', 'R75', 'O98.7'] },
  {
    subject: 'sexually transmitted infection',
    class: 'restricted',
    system,
    prefixes: ['A50', 'A51', 'A52', 'A53', 'A54', 'A55', 'A56', 'A57', 'A58', 'A59', 'A60', 'A63', 'A64', 'Z20.2'],
  },
  {
    subject: 'sexual and reproductive health',
    class: 'restricted',
    system,
    prefixes: [
      'O00',
      'O01',
      'O02',
      'O03',
      'O04',
      'O05',
      'O06',
      'O07',
      'O08',
      'N46',
      'N48.4',
      'N52',
      'N97',
      'Z30',
      'Z31',
      'Z32',
      'Z33',
      'Z64.0',
    ],
  },
  { subject: 'genetics', class: 'restricted', system, prefixes: ['Q9', 'Z14', 'Z15', 'D57', 'E84', 'G10'] },
  {
    subject: 'self-harm',
    class: 'restricted',
    system,
    prefixes: ['X6', 'X7', 'X80', 'X81', 'X82', 'X83', 'X84', 'R45.8', 'T14.91', 'Z91.5'],
  },
  { subject: 'violence', class: 'very-restricted', system, prefixes: ['T74', 'T76', 'Y05', 'Y06', 'Y07', 'Z61.4', 'Z61.5', 'Z69'] },
]);

const snomed: readonly CodeRule[] = [
  {
    subject: 'mental health',
    class: 'restricted',
    system: SNOMED,
    codes: [
      '370143000',
      '36923009',
      '35489007',
      '197480006',
      '21897009',
      '47505003',
      '58214004',
      '13746004',
      '192127007',
      '406506008',
      '80583007',
      '72366004',
      '225444004',
      '74732009',
      '26929004',
      '52448006',
      '171207006',
      '454711000124102',
      '715252007',
      '112001000119100',
    ],
  },
  {
    subject: 'substance use',
    class: 'restricted',
    system: SNOMED,
    codes: [
      '7200002',
      '66590003',
      '15167005',
      '191816009',
      '6525002',
      '5602001',
      '75544000',
      '361055000',
      '55680006',
      '26416006',
      '31956009',
      '428211000124100',
      '868187001',
      '763302001',
      '428341000124108',
      '707193005',
      '386449006',
      '1187604002',
    ],
  },
  { subject: 'HIV', class: 'restricted', system: SNOMED, codes: ['86406008', '62479008', '91947003', '165816005', '171121004'] },
  {
    subject: 'sexually transmitted infection',
    class: 'restricted',
    system: SNOMED,
    codes: ['76272004', '15628003', '105629000', '33839006', '266113007', '8098009', '310861008', '165829005', '169698000', '443157008'],
  },
  {
    subject: 'sexual and reproductive health',
    class: 'restricted',
    system: SNOMED,
    codes: [
      '72892002',
      '19169002',
      '35999006',
      '79586000',
      '156073000',
      '8619003',
      '15296000',
      '6738008',
      '169553002',
      '65200003',
      '305408004',
      '287664005',
      '699134002',
      '698423002',
      '1263416007',
      '16356006',
      '17382005',
      '386394001',
    ],
  },
  {
    subject: 'genetics',
    class: 'restricted',
    system: SNOMED,
    codes: ['41040004', '58756001', '190905008', '417357006', '127040003', '412734009', '412738007'],
  },
  { subject: 'wounds by weapons', class: 'restricted', system: SNOMED, codes: ['262574004', '283545005'] },
  {
    subject: 'violence',
    class: 'very-restricted',
    system: SNOMED,
    codes: ['706893006', '424393004', '225826009', '371775004', '370987001'],
  },
];

const loinc: readonly CodeRule[] = [
  {
    subject: 'mental health',
    class: 'restricted',
    system: LOINC,
    codes: ['44249-1', '44261-6', '55757-9', '55758-7', '69737-5', '70274-6', '69725-0'],
  },
  {
    subject: 'substance use',
    class: 'restricted',
    system: LOINC,
    codes: ['75626-2', '75624-7', '82667-7', '82666-9', '5643-2', '3397-7', '3879-4', '68517-2'],
  },
  { subject: 'HIV', class: 'restricted', system: LOINC, codes: ['7917-8', '5221-7', '20447-9', '24467-3', '75622-1', '56888-1'] },
  { subject: 'sexually transmitted infection', class: 'restricted', system: LOINC, codes: ['20507-0', '21613-5', '24111-7', '5292-8'] },
  { subject: 'sexual and reproductive health', class: 'restricted', system: LOINC, codes: ['2106-3', '2118-8', '82810-3', '11996-6'] },
  { subject: 'genetics', class: 'restricted', system: LOINC, codes: ['51969-4', '81247-9', '21636-6', '21639-0'] },
  {
    subject: 'violence',
    class: 'very-restricted',
    system: LOINC,
    codes: ['76499-3', '76500-8', '76501-6', '76502-4', '76503-2', '76504-0'],
  },
];

/** Medicines say what they are for. Source: https://atcddd.fhi.no/atc_ddd_index/ */
const atc: readonly CodeRule[] = [
  { subject: 'mental health', class: 'restricted', system: ATC, prefixes: ['N05A', 'N06A', 'N06BA'] },
  { subject: 'substance use', class: 'restricted', system: ATC, prefixes: ['N07BB', 'N07BC'] },
  { subject: 'HIV', class: 'restricted', system: ATC, prefixes: ['J05AE', 'J05AF', 'J05AG', 'J05AJ', 'J05AR'] },
  { subject: 'sexual and reproductive health', class: 'restricted', system: ATC, prefixes: ['G02B', 'G03A', 'G03G', 'G04BE'] },
];

/** Contraceptives, as RxNorm names products. Source: https://www.nlm.nih.gov/research/umls/rxnorm */
const rxnorm: readonly CodeRule[] = [
  {
    subject: 'sexual and reproductive health',
    class: 'restricted',
    system: 'http://www.nlm.nih.gov/research/umls/rxnorm',
    codes: ['748856', '748879', '748962', '749762', '749785', '751905', '757594', '807283', '831533', '389221', '1605257', '1856546'],
  },
];

export const CODE_RULES: readonly CodeRule[] = [...labels, ...icd10, ...snomed, ...loinc, ...atc, ...rxnorm];
