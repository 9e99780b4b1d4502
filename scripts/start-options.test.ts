// Options of `npm start`: defaults, and mistakes that are answered before anything is installed.
import { expect, test } from 'vitest';
import { START_HELP, readStartOptions } from './start-options.mjs';

test('without options the page is on localhost only', () => {
  expect(readStartOptions([])).toMatchObject({ port: 8080, host: '127.0.0.1', tls: null, fresh: false, help: false });
});

test('every option is explained', () => {
  for (const option of ['port', 'host', 'cert', 'key', 'data', 'metrics', 'fresh', 'help']) expect(START_HELP).toContain(`--${option}`);
});

test('certificate and key belong together', () => {
  const file = import.meta.filename;
  expect(readStartOptions(['--cert', file, '--key', file]).tls).toEqual({ cert: file, key: file });
  expect(() => readStartOptions(['--cert', file])).toThrow('belong together');
  expect(() => readStartOptions(['--cert', file, '--key', 'no-such-file'])).toThrow('no file');
});

test.each([['--port', '0'], ['--port', '70000'], ['--port', '80a'], ['--metrics', 'x'], ['--sport', '1'], ['extra']])(
  '%s %s is refused',
  (...argv) => {
    expect(() => readStartOptions(argv)).toThrow();
  },
);
