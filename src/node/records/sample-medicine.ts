// What invented patients have: common problems with what is given and measured for them. Codes are of ICD-10, SNOMED CT, ATC,
// LOINC and CVX; numbers are plausible, not epidemiology.

export interface SampleLab {
  readonly loinc: string;
  readonly display: string;
  readonly unit: string;
  readonly ucum: string;
  /** Reference range, middle and spread, all times ten, so that chance stays in integers. */
  readonly range: readonly [low: number, high: number];
  readonly mean: number;
  readonly spread: number;
}

export const LABS = {
  hemoglobin: {
    loinc: '718-7',
    display: 'Hemoglobin [Mass/volume] in Blood',
    unit: 'g/dL',
    ucum: 'g/dL',
    range: [120, 175],
    mean: 142,
    spread: 20,
  },
  glucose: {
    loinc: '2345-7',
    display: 'Glucose [Mass/volume] in Serum or Plasma',
    unit: 'mg/dL',
    ucum: 'mg/dL',
    range: [700, 1000],
    mean: 920,
    spread: 120,
  },
  hba1c: {
    loinc: '4548-4',
    display: 'Hemoglobin A1c/Hemoglobin.total in Blood',
    unit: '%',
    ucum: '%',
    range: [40, 56],
    mean: 70,
    spread: 12,
  },
  cholesterol: {
    loinc: '2093-3',
    display: 'Cholesterol [Mass/volume] in Serum or Plasma',
    unit: 'mg/dL',
    ucum: 'mg/dL',
    range: [1200, 2000],
    mean: 1980,
    spread: 400,
  },
  creatinine: {
    loinc: '2160-0',
    display: 'Creatinine [Mass/volume] in Serum or Plasma',
    unit: 'mg/dL',
    ucum: 'mg/dL',
    range: [6, 12],
    mean: 9,
    spread: 4,
  },
  potassium: {
    loinc: '2823-3',
    display: 'Potassium [Moles/volume] in Serum or Plasma',
    unit: 'mmol/L',
    ucum: 'mmol/L',
    range: [35, 51],
    mean: 42,
    spread: 8,
  },
  thyrotropin: {
    loinc: '3016-3',
    display: 'Thyrotropin [Units/volume] in Serum or Plasma',
    unit: 'mU/L',
    ucum: 'm[IU]/L',
    range: [4, 40],
    mean: 52,
    spread: 30,
  },
  crp: {
    loinc: '1988-5',
    display: 'C reactive protein [Mass/volume] in Serum or Plasma',
    unit: 'mg/L',
    ucum: 'mg/L',
    range: [0, 50],
    mean: 80,
    spread: 75,
  },
} as const satisfies Readonly<Record<string, SampleLab>>;
export type LabName = keyof typeof LABS;

export interface SampleProblem {
  readonly text: string;
  readonly snomed: string;
  readonly icd10: string;
  readonly ages: readonly [from: number, to: number];
  /** How many of a thousand people of that age have it. */
  readonly perMille: number;
  readonly chronic: boolean;
  readonly medicine: readonly { readonly text: string; readonly atc: string; readonly dosage: string }[];
  readonly labs: readonly LabName[];
  readonly complaint: string;
  readonly finding: string;
}

export const PROBLEMS: readonly SampleProblem[] = [
  {
    text: 'Essential hypertension',
    snomed: '59621000',
    icd10: 'I10',
    ages: [38, 99],
    perMille: 400,
    chronic: true,
    medicine: [
      { text: 'Enalapril 10 mg tablet', atc: 'C09AA02', dosage: '1 tablet in the morning' },
      { text: 'Hydrochlorothiazide 25 mg tablet', atc: 'C03AA03', dosage: '1 tablet in the morning' },
    ],
    labs: ['creatinine', 'potassium'],
    complaint: 'Blood pressure check',
    finding: 'Home readings discussed. Heart sounds regular, no oedema.',
  },
  {
    text: 'Type 2 diabetes mellitus',
    snomed: '44054006',
    icd10: 'E11.9',
    ages: [40, 99],
    perMille: 180,
    chronic: true,
    medicine: [{ text: 'Metformin 850 mg tablet', atc: 'A10BA02', dosage: '1 tablet with breakfast and dinner' }],
    labs: ['glucose', 'hba1c', 'creatinine'],
    complaint: 'Diabetes follow-up',
    finding: 'Feet: pulses present, monofilament felt everywhere. Diet reviewed.',
  },
  {
    text: 'Asthma',
    snomed: '195967001',
    icd10: 'J45.9',
    ages: [4, 70],
    perMille: 120,
    chronic: true,
    medicine: [{ text: 'Salbutamol 100 micrograms inhaler', atc: 'R03AC02', dosage: '2 puffs when short of breath' }],
    labs: [],
    complaint: 'Wheezing at night',
    finding: 'Expiratory wheeze on both sides, speaks in full sentences.',
  },
  {
    text: 'Hypothyroidism',
    snomed: '40930008',
    icd10: 'E03.9',
    ages: [25, 99],
    perMille: 70,
    chronic: true,
    medicine: [{ text: 'Levothyroxine 75 micrograms tablet', atc: 'H03AA01', dosage: '1 tablet on an empty stomach' }],
    labs: ['thyrotropin'],
    complaint: 'Tiredness',
    finding: 'Skin dry, thyroid not enlarged.',
  },
  {
    text: 'Hyperlipidemia',
    snomed: '55822004',
    icd10: 'E78.5',
    ages: [35, 99],
    perMille: 250,
    chronic: true,
    medicine: [{ text: 'Simvastatin 20 mg tablet', atc: 'C10AA01', dosage: '1 tablet in the evening' }],
    labs: ['cholesterol'],
    complaint: 'Laboratory results',
    finding: 'No complaints. Cardiovascular risk explained.',
  },
  {
    text: 'Recurrent depressive disorder',
    snomed: '191616006',
    icd10: 'F33.1',
    ages: [16, 90],
    perMille: 90,
    chronic: true,
    medicine: [{ text: 'Sertraline 50 mg tablet', atc: 'N06AB06', dosage: '1 tablet in the morning' }],
    labs: [],
    complaint: 'Low mood for weeks',
    finding: 'Sleeps badly, no thoughts of self-harm. Plan agreed.',
  },
  {
    text: 'Alcohol dependence',
    snomed: '66590003',
    icd10: 'F10.2',
    ages: [25, 80],
    perMille: 30,
    chronic: true,
    medicine: [{ text: 'Naltrexone 50 mg tablet', atc: 'N07BB04', dosage: '1 tablet daily' }],
    labs: ['hemoglobin'],
    complaint: 'Wants help to stop drinking',
    finding: 'Tremor of the hands, liver not enlarged.',
  },
  {
    text: 'Acute viral pharyngitis',
    snomed: '195662009',
    icd10: 'J02.9',
    ages: [2, 99],
    perMille: 300,
    chronic: false,
    medicine: [{ text: 'Paracetamol 500 mg tablet', atc: 'N02BE01', dosage: '1 tablet up to 3 times a day' }],
    labs: [],
    complaint: 'Sore throat for two days',
    finding: 'Throat red, no exudate, no enlarged nodes.',
  },
  {
    text: 'Acute cystitis',
    snomed: '68226007',
    icd10: 'N30.0',
    ages: [15, 99],
    perMille: 120,
    chronic: false,
    medicine: [{ text: 'Fosfomycin 3 g granules', atc: 'J01XX01', dosage: '1 sachet once, at bedtime' }],
    labs: ['crp'],
    complaint: 'Burning when passing water',
    finding: 'No fever, flanks not tender.',
  },
  {
    text: 'Low back pain',
    snomed: '279039007',
    icd10: 'M54.5',
    ages: [18, 99],
    perMille: 260,
    chronic: false,
    medicine: [{ text: 'Ibuprofen 400 mg tablet', atc: 'M01AE01', dosage: '1 tablet up to 3 times a day with food' }],
    labs: [],
    complaint: 'Back pain after lifting',
    finding: 'Muscle tenderness, straight leg raise normal, reflexes equal.',
  },
  {
    text: 'Sprain of ankle',
    snomed: '44465007',
    icd10: 'S93.4',
    ages: [8, 70],
    perMille: 90,
    chronic: false,
    medicine: [],
    labs: [],
    complaint: 'Twisted the ankle',
    finding: 'Swelling below the outer ankle, can bear weight.',
  },
  {
    text: 'Iron deficiency anemia',
    snomed: '87522002',
    icd10: 'D50.9',
    ages: [14, 99],
    perMille: 70,
    chronic: false,
    medicine: [{ text: 'Ferrous sulfate 80 mg tablet', atc: 'B03AA07', dosage: '1 tablet daily before breakfast' }],
    labs: ['hemoglobin'],
    complaint: 'Short of breath on stairs',
    finding: 'Pale conjunctivae, otherwise normal.',
  },
];

export const CHECK_UP = { complaint: 'Check-up', finding: 'No complaints. Examination without findings.' } as const;

export interface SampleAllergy {
  readonly text: string;
  readonly snomed: string;
  readonly category: 'food' | 'medication' | 'environment';
  readonly reaction: string;
  readonly perMille: number;
}

export const ALLERGIES: readonly SampleAllergy[] = [
  { text: 'Allergy to penicillin', snomed: '91936005', category: 'medication', reaction: 'Rash', perMille: 80 },
  { text: 'Allergy to grass pollen', snomed: '418689008', category: 'environment', reaction: 'Sneezing and watery eyes', perMille: 150 },
  { text: 'House dust mite allergy', snomed: '232350006', category: 'environment', reaction: 'Blocked nose', perMille: 90 },
  { text: 'Allergy to nut', snomed: '91934008', category: 'food', reaction: 'Swelling of the lips', perMille: 30 },
];

export const VACCINES: readonly { readonly cvx: string; readonly text: string; readonly perMille: number }[] = [
  { cvx: '140', text: 'Influenza, seasonal, injectable, preservative free', perMille: 250 },
  { cvx: '113', text: 'Td (adult) preservative free', perMille: 60 },
  { cvx: '33', text: 'Pneumococcal polysaccharide vaccine', perMille: 40 },
];
