// Invented people: names of several languages, places that do not exist together. Any likeness is chance.
import type { Dice } from './sample-dice.ts';

type Names = readonly [string, ...string[]];

interface Culture {
  readonly female: Names;
  readonly male: Names;
  readonly family: Names;
  /** Whether people have two family names. */
  readonly double: boolean;
}

const SPANISH: Culture = {
  female: ['Inés', 'Lucía', 'Begoña', 'Ana María', 'Remedios', 'Itziar', 'Montserrat', 'Noelia', 'Rocío', 'Teresa'],
  male: ['Agustín', 'Ramón', 'José Ángel', 'Iñaki', 'Jordi', 'Germán', 'Andrés', 'Óscar', 'Nicolás', 'Emilio'],
  family: ['Núñez', 'Ibáñez', 'Echevarría', 'Muñoz', 'Peña', 'Gutiérrez', 'Solà', 'Vázquez', 'Castaño', 'Ordóñez', 'Etxeberria', 'Lozano'],
  double: true,
};
const OTHERS: readonly [Culture, ...Culture[]] = [
  {
    female: ['Annika', 'Greta', 'Ursula'],
    male: ['Jürgen', 'Lars', 'Matthias'],
    family: ['Böhm', 'Größel', 'Vogt', 'Schäfer'],
    double: false,
  },
  { female: ['Zeynep', 'Elif', 'Gülşen'], male: ['Emre', 'Ömer', 'Çağlar'], family: ['Yıldız', 'Öztürk', 'Şahin'], double: false },
  { female: ['Małgorzata', 'Zofia'], male: ['Paweł', 'Łukasz'], family: ['Wójcik', 'Dąbrowska', 'Zięba'], double: false },
  { female: ['Thị Mai', 'Ngọc Anh'], male: ['Văn Hùng', 'Minh Đức'], family: ['Nguyễn', 'Trần', 'Phạm'], double: false },
  { female: ['Amara', 'Folasade'], male: ['Chidi', 'Olúwaṣeun'], family: ['Okafor', 'Adébáyọ̀', 'Balogun'], double: false },
  { female: ['Mei', 'Xiùyīng'], male: ['Wei', 'Jiànguó'], family: ['Chén', 'Lǐ', 'Zhāng'], double: false },
];
const STREETS: Names = [
  'Calle de los Olmos',
  'Avenida del Puerto',
  'Paseo de la Ribera',
  'Calle Mayor',
  'Plaza del Mercado',
  'Camino Viejo',
];
const TOWNS: Names = ['Villaverde del Río', 'Puerto Nuevo', 'Santa Elena', 'San Telmo', 'Los Arcos'];
const CLINICIANS: Names = ['Dr. Pilar Aguirre', 'Dr. Tomás Ferrer', 'Dr. Hana Novák', 'Dr. Samuel Osei', 'Dr. Clara Weiss'];
const CLINICS: Names = ['Centro de Salud La Ribera', 'Hospital Santa Elena', 'Consultorio San Telmo', 'Policlínica del Puerto'];

export interface SamplePerson {
  readonly gender: 'female' | 'male';
  readonly given: string;
  readonly family: string;
  readonly street: string;
  readonly town: string;
}

export function samplePerson(dice: Dice): SamplePerson {
  const culture = dice.chance(650) ? SPANISH : dice.pick(OTHERS);
  const gender = dice.chance(500) ? 'female' : 'male';
  const given = dice.pick(culture[gender]);
  const family = culture.double ? `${dice.pick(culture.family)} ${dice.pick(culture.family)}` : dice.pick(culture.family);
  return { gender, given, family, street: `${dice.pick(STREETS)} ${1 + dice.below(120)}`, town: dice.pick(TOWNS) };
}

export function sampleClinic(dice: Dice): { readonly name: string; readonly clinician: string } {
  return { name: dice.pick(CLINICS), clinician: dice.pick(CLINICIANS) };
}
