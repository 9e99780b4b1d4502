// The browser for stories and benchmarks: the operating system's Chromium where there is one, else Playwright's own. Sets one
// up where it may: by apt on Debian as root, else by Playwright's installer. Throws ToolchainError with what to do.
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { ToolchainError, run } from './toolchain.mjs';

/** CHROMIUM names another one. */
const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** It runs as root in containers, contacts nobody on its own, and keeps the machine's two cores for the tabs. */
export const CHROMIUM_FLAGS: readonly string[] = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Path of a system's Chromium; undefined where Playwright should use its own. */
export function systemChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named === undefined || named === '') return SYSTEM.find((file) => existsSync(file));
  if (!existsSync(named)) throw new ToolchainError(`CHROMIUM names ${named}, which does not exist.`, 'Correct it or unset it.');
  return named;
}

const isThere = (): boolean => systemChromium() !== undefined || existsSync(chromium.executablePath());

async function installByApt(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): Promise<number> => run('apt-get', ['-q', '-y', ...args], { hidden: true, env });
  const install = ['install', '--no-install-recommends', 'chromium'];
  if ((await apt(...install)) === 0) return systemChromium() !== undefined;
  // The lists of packages may be missing or old.
  return (await apt('update')) === 0 && (await apt(...install)) === 0 && systemChromium() !== undefined;
}

/** Makes sure that there is a browser. */
export async function ensureChromium(say: (line: string) => void): Promise<void> {
  if (isThere()) return;
  say('There is no Chromium; installing one.');
  if (await installByApt()) return;
  const code = await run('npx', ['--no-install', 'playwright', 'install', 'chromium']);
  if (code === 0 && isThere()) return;
  throw new ToolchainError(
    'Chromium could not be installed.',
    'Install it by the means of your system (Debian: apt-get install chromium) or name one in the variable CHROMIUM.',
  );
}
