// Dates and ages as health software writes them: 14-Jul-1945, never 07/14/45. Clock times are those of this computer, calendar
// dates (a birth date) have no time zone and are never shifted.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAY_MS = 86_400_000;

export const NOT_KNOWN = 'Not known';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function spell(year: number, month: number, day: number): string {
  return `${two(day)}-${MONTHS[month - 1] ?? ''}-${String(year).padStart(4, '0')}`;
}

/** A moment's date on this computer's calendar. */
export function dateText(atMs: number): string {
  const date = new Date(atMs);
  return spell(date.getFullYear(), date.getMonth() + 1, date.getDate());
}

/** 09:05:31, on this computer's clock. */
export function timeText(atMs: number): string {
  const date = new Date(atMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** 14-Jul-2026 09:05. */
export function dateTimeText(atMs: number): string {
  return `${dateText(atMs)} ${timeText(atMs).slice(0, 5)}`;
}

interface CalendarDate {
  readonly year: number;
  readonly month: number | null;
  readonly day: number | null;
}

/** Reads YYYY, YYYY-MM or YYYY-MM-DD; null for anything else, including days that do not exist. */
function readCalendarDate(iso: string): CalendarDate | null {
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(iso);
  if (parts === null) return null;
  const year = Number(parts[1]);
  const month = parts[2] === undefined ? null : Number(parts[2]);
  const day = parts[3] === undefined ? null : Number(parts[3]);
  const check = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  if (check.getUTCMonth() + 1 !== (month ?? 1) || check.getUTCDate() !== (day ?? 1)) return null;
  return { year, month, day };
}

/** A calendar date such as a FHIR `date`, which may lack day or month; "Not known" where it says nothing. */
export function calendarDateText(iso: string): string {
  const date = readCalendarDate(iso);
  if (date === null) return NOT_KNOWN;
  if (date.month === null) return String(date.year);
  if (date.day === null) return `${MONTHS[date.month - 1] ?? ''}-${date.year}`;
  return spell(date.year, date.month, date.day);
}

/** Age in words as on a patient banner: days, weeks and months for the very young, then years. Null where it cannot be told. */
export function ageText(birthIso: string, nowMs: number): string | null {
  const birth = readCalendarDate(birthIso);
  if (birth === null || birth.month === null || birth.day === null) return null;
  const now = new Date(nowMs);
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  const days = Math.floor((today - Date.UTC(birth.year, birth.month - 1, birth.day)) / DAY_MS);
  if (days < 0) return null;
  let months = (now.getFullYear() - birth.year) * 12 + (now.getMonth() + 1 - birth.month);
  if (now.getDate() < birth.day) months -= 1;
  if (days < 28) return `${days}d`;
  if (months < 12) return `${Math.floor(days / 7)}w`;
  if (months < 24) return `${months}m`;
  return `${Math.floor(months / 12)}y`;
}

/** "14-Jul-1945 (81y)", or "Not known". */
export function birthText(birthIso: string, nowMs: number): string {
  const age = ageText(birthIso, nowMs);
  return age === null ? calendarDateText(birthIso) : `${calendarDateText(birthIso)} (${age})`;
}

/** Today plus some days, as a date field wants it (YYYY-MM-DD). */
export function isoDay(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** As a date-and-time field wants it (YYYY-MM-DDTHH:MM), on this computer's clock. */
export function isoMinute(atMs: number): string {
  return `${isoDay(atMs)}T${timeText(atMs).slice(0, 5)}`;
}

/** The last moment of a day from a date field, on this computer's clock; null for no date. */
export function endOfDayMs(day: string): number | null {
  const date = readCalendarDate(day);
  if (date === null || date.month === null || date.day === null) return null;
  return new Date(date.year, date.month - 1, date.day, 23, 59, 59, 999).getTime();
}

/** The moment that a date-and-time field means, as an ISO instant; empty where it means none. */
export function instantOf(minute: string): string {
  const atMs = Date.parse(minute);
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString();
}
