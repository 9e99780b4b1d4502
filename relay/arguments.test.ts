// The relay's command line.
import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

test('needs a place for its key and nothing else', () => {
  expect(parseArguments(['--data', 'd'])).toEqual({ port: 9090, dataDirectory: 'd', documents: {}, logLevel: 'info' });
});

test('takes every option', () => {
  const words = '--data d --host 0.0.0.0 --port 443 --cert c.pem --key k.pem --app dist --metrics-port 0 --log debug';
  const documents = ['--document', '/demonstration.json=d/demo.json', '--document', '/a.json=x=y'];
  expect(parseArguments([...words.split(' '), ...documents])).toEqual({
    dataDirectory: 'd',
    host: '0.0.0.0',
    port: 443,
    certFile: 'c.pem',
    keyFile: 'k.pem',
    appDirectory: 'dist',
    metricsPort: 0,
    logLevel: 'debug',
    documents: { '/demonstration.json': 'd/demo.json', '/a.json': 'x=y' },
  });
});

test('asks for help with null', () => {
  expect(parseArguments(['-h'])).toBeNull();
});

test.each([
  [[], '--data'],
  [['--data', 'd', '--port', 'ninety'], '--port'],
  [['--data', 'd', '--port', '65536'], '--port'],
  [['--data', 'd', '--metrics-port', '-1'], '--metrics-port'],
  [['--data', 'd', '--log', 'loud'], '--log'],
  [['--data', 'd', '--document', 'demo.json'], '--document'],
  [['--data', 'd', '--colour', 'red'], '--colour'],
])('names the option that is wrong: %j', (words, option) => {
  expect(() => parseArguments(words)).toThrow(option);
});
