// What a person reads of a record: sections of rows. Units and ranges stand apart from values, so that a page can set them.

import type { AttachedFile } from '../api.ts';

export interface ReadableRow {
  /** What it is, with its day where it has one: "Body weight, 14-Jul-2019". */
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  /** Reference range in the unit of the value. */
  readonly range?: string;
  readonly flag?: 'high' | 'low';
  /** As the resource has it (ISO), for sorting; empty where unknown. */
  readonly date?: string;
  /** "system|code" of the first coding. */
  readonly code?: string;
  /** A sealed file: what a page shows or saves, if its reader has the key. */
  readonly file?: AttachedFile;
}

export interface ReadableSection {
  readonly title: string;
  readonly rows: readonly ReadableRow[];
}
