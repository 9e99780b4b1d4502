// What a person set for this browser, and which profile this tab runs: not secret, not on the ledger. A browser that refuses
// storage gets the defaults.

export const LOCK_MINUTES = [1, 5, 10, 30, 60] as const;
const DEFAULT_LOCK_MINUTES = 10;
const LOCK_KEY = 'clinicord.lock-minutes';
const SLOT_KEY = 'clinicord.slot';

function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

function write(storage: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // Storage is switched off: the setting lasts as long as the page.
  }
}

/** Minutes without a touch or key after which a tab forgets the person's keys. */
export function lockMinutes(): number {
  const minutes = Number(read(() => localStorage, LOCK_KEY));
  return LOCK_MINUTES.find((known) => known === minutes) ?? DEFAULT_LOCK_MINUTES;
}

export function setLockMinutes(minutes: number): void {
  write(() => localStorage, LOCK_KEY, String(minutes));
}

/** The profile that this tab ran before it was reloaded. */
export function tabSlot(): string | null {
  return read(() => sessionStorage, SLOT_KEY);
}

export function setTabSlot(slot: string | null): void {
  write(() => sessionStorage, SLOT_KEY, slot);
}

/** Earlier versions kept here which pseudonym has a draft; now that is sealed with the draft, and these are taken away. */
const OLD_DRAFT_KEY = 'clinicord.draft-corrects.';

export function forgetOldDraftKeys(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(OLD_DRAFT_KEY)) localStorage.removeItem(key);
  } catch {
    // Storage is switched off: nothing was kept.
  }
}
