// The tool chain under every script: what is installed, whether it fits, and how to call it. Plain JavaScript, because it runs
// before anything is installed, on Node.js 20.19; libp2p 3 and Helia 7 need Node.js 22, so everything else runs on the version
// that the development dependency `node` puts into node_modules (docs/decisions/0001-tool-chain.md). Knows nothing of the product.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const WINDOWS = process.platform === 'win32';
const LOWEST_BOOT = [20, 19];
const LOWEST_RUN = [24, 0];

/** Trouble with the machine, with what a person can do about it. Printed without a stack. */
export class ToolchainError extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   */
  constructor(message, remedy) {
    super(message);
    this.name = 'ToolchainError';
    this.remedy = remedy;
  }
}

/**
 * @param {string} version for example `v20.19.4`
 * @param {readonly number[]} lowest major and minor
 */
export function atLeast(version, lowest) {
  const parts = version.replace(/^v/u, '').split('.').map(Number);
  const [major = 0, minor = 0] = parts;
  const [lowMajor = 0, lowMinor = 0] = lowest;
  return major > lowMajor || (major === lowMajor && minor >= lowMinor);
}

/** Throws ToolchainError where the Node.js that runs this script is too old to even install the rest. */
export function requireBootNode() {
  if (atLeast(process.version, LOWEST_BOOT)) return;
  throw new ToolchainError(
    `Node.js ${process.version} is too old.`,
    `Install Node.js ${LOWEST_BOOT.join('.')} or later (https://nodejs.org) and try again.`,
  );
}

/** Whether this process itself may run the product. */
export function runsProduct() {
  return atLeast(process.version, LOWEST_RUN);
}

function nodeBinary() {
  return path.join(ROOT, 'node_modules', 'node', 'bin', WINDOWS ? 'node.exe' : 'node');
}

/** Path of a Node.js that runs the product: this one, or the installed one. Throws ToolchainError. */
export function productNode() {
  if (runsProduct()) return process.execPath;
  const binary = nodeBinary();
  const answer = existsSync(binary) ? spawnSync(binary, ['--version'], { encoding: 'utf8' }) : null;
  const version = answer?.stdout.trim() ?? '';
  if (version !== '' && atLeast(version, LOWEST_RUN)) return binary;
  throw new ToolchainError(
    `Node.js ${LOWEST_RUN[0]} is missing from node_modules (this is ${process.version}).`,
    'The package `node` fetches it in its install script. Allow install scripts (no `ignore-scripts` in an .npmrc), then run ' +
      `\`npm rebuild node\`, or \`npm ci\`. Or install Node.js ${LOWEST_RUN[0]} or later on this machine.`,
  );
}

/**
 * @param {string} file relative to the root
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }> | null}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** Why the installed packages do not fit package-lock.json, or null where they do. */
export function staleInstall() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (wanted === null) throw new ToolchainError('package-lock.json is missing or damaged.', 'Restore it from the repository.');
  if (installed === null) return 'nothing is installed yet';
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === '' || entry.link === true || !place.startsWith('node_modules/')) continue;
    const found = installed[place];
    // Optional ones may be for other platforms.
    if (found === undefined && entry.optional !== true && entry.devOptional !== true) return `${place.slice(13)} is not installed`;
    if (found !== undefined && found.version !== entry.version) return `${place.slice(13)} has another version than package-lock.json`;
  }
  return null;
}

/**
 * Installs with `npm ci` where packages are missing or stale. Throws ToolchainError.
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function installIfStale(say) {
  const why = staleInstall();
  if (why === null) return fetchNodeIfMissing(say);
  say(`Installing packages (${why}); this takes a minute or two.`);
  // Never --omit=optional: node-datachannel brings its binaries as optional dependencies.
  const code = await run(npmCommand(), ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);
  if (code !== 0) {
    throw new ToolchainError(
      '`npm ci` failed.',
      'Read its message above; most often the package registry cannot be reached or a proxy is missing.',
    );
  }
  return true;
}

/**
 * Where packages were installed without their install scripts, runs the one of `node`.
 * @param {(line: string) => void} say
 */
async function fetchNodeIfMissing(say) {
  if (runsProduct() || existsSync(nodeBinary())) return false;
  say(`Fetching Node.js ${LOWEST_RUN[0]}.`);
  // Whether it worked is judged when it is needed.
  await run(npmCommand(), ['rebuild', 'node', '--ignore-scripts=false', '--loglevel', 'error']);
  return true;
}

function npmCommand() {
  return WINDOWS ? 'npm.cmd' : 'npm';
}

/**
 * Runs a program with no standard input; resolves with its exit code. Its output goes to our standard error, so that standard
 * output keeps one JSON document: at once, or, with `hidden`, only when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ hidden?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const output = options.hidden === true ? 'pipe' : 2;
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', output, output],
      env: productEnvironment(options.env ?? process.env),
      // npm.cmd is a shell script.
      shell: WINDOWS && command.endsWith('.cmd'),
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) process.stderr.write(Buffer.concat(chunks));
      resolve(signal === null ? (code ?? 1) : 1);
    });
  });
}

/**
 * Runs a TypeScript script of this project on a Node.js that reads it: in this process where that fits, else in a child that
 * ends when this process ends. Resolves with the exit code; a script in this process may go on after that.
 * @param {string} file relative to the root
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function runScript(file, args) {
  const script = path.join(ROOT, file);
  if (runsProduct()) {
    process.argv.splice(1, Infinity, script, ...args);
    process.exitCode = 0;
    await import(pathToFileURL(script).href);
    return Number(process.exitCode);
  }
  // The channel lets the child notice that we are gone (endWithParent).
  const child = spawn(productNode(), [script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: productEnvironment(process.env),
  });
  // A terminal signals the whole group itself; a plain SIGTERM reaches only us. Either way the child ends first.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/**
 * The environment with node_modules/.bin first, as in an npm script.
 * @param {NodeJS.ProcessEnv} env
 */
export function productEnvironment(env) {
  const bin = path.join(ROOT, 'node_modules', '.bin');
  return { ...env, PATH: `${bin}${path.delimiter}${env['PATH'] ?? ''}` };
}

let watchesParent = false;

/** A process that was started with a channel ends as on SIGTERM when its parent is gone: no orphans, however that one died. */
function endWithParent() {
  if (process.channel === undefined || watchesParent) return;
  watchesParent = true;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel alone is no reason to stay.
  process.channel.unref();
}

/**
 * Runs the main part of a script; prints trouble for people and sets the exit code.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    requireBootNode();
    endWithParent();
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    process.stderr.write(`\n${error.message}\n${error.remedy}\n`);
    process.exitCode = 1;
  }
}
