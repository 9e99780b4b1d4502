// Named limits of the managers' copy, with their units (R18).

export const MAX_MANAGERS = 16;
/** One manager alone opens nothing (T14). */
export const MIN_MANAGERS_TO_OPEN = 2;
/** Keys of days that a manager publishes before they come: clinics write while it is away. */
export const MANAGER_DAYS_AHEAD = 7;
/** A day key is taken for so many days after its day: clocks differ, and clinics copy what they wrote yesterday. */
export const MANAGER_DAYS_BEHIND = 1;
/** Keys of days in a manager's table: ten years. */
export const MAX_DAY_KEYS = 3_700;
/** One copy of one version: 16 managers, four classes. */
export const MAX_COPY_BYTES = 24 * 1024;
/** Keepers that must hold a copy before its clinic is done with it, fewer where there are fewer. */
export const COPY_KEEPERS = 2;
/** Openings that a manager has before it, and notices of them that a patient is shown; the oldest go. */
export const MAX_OPENINGS = 256;
/** Between two questions whether the managers are still the same, where no link is new. */
export const OPTION_EVERY_MS = 600_000;
/** How long a clinic may read what was released to it in an emergency. */
export const EMERGENCY_LIFETIME_MS = 4 * 3_600_000;
/** Newest emergencies that a page lists. */
export const MAX_SHOWN_EMERGENCIES = 200;
export const DAY_MS = 86_400_000;
