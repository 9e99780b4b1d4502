// Shapes that widgets take, for those who hand them over.

/** One of a few, in a field or among radio buttons. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What ties a control to its label, hint and error. */
export interface ControlIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** One stage of something on its way. */
export interface Step {
  readonly name: string;
  readonly state: 'done' | 'now' | 'next' | 'failed';
  readonly detail?: string | undefined;
  /** Milliseconds; shown as a time of day. */
  readonly atMs?: number | null | undefined;
}

export type Tone = 'plain' | 'ok' | 'info' | 'warn' | 'alarm';
