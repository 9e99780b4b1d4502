// What every contract finds when it starts: the language without clock, chance or anything that waits, and the one function that
// runs a method. It is evaluated once; memory is then as it will be at the start of every call. What it uses later it keeps for itself,
// because a contract may change everything else.

/** Names that stay. Everything else that the machine may define (Date, Proxy, WeakRef, typed arrays, timers) is removed. */
const KEPT = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Math', 'JSON', 'Map', 'Set', 'RegExp'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'InternalError', 'AggregateError'],
  ...['Promise', 'undefined', 'NaN', 'Infinity', 'globalThis', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'Iterator'],
  ...['encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'escape', 'unescape'],
];

/** A script whose value is `[run, describe]`; `__read` is the host's only function and is gone afterwards. */
export const PRELUDE = `'use strict';
((read) => {
  const { parse, stringify } = JSON;
  const { create, freeze, hasOwn, getOwnPropertyNames } = Object;
  const KeyError = TypeError;
  const kept = ${JSON.stringify(KEPT)};
  for (const name of getOwnPropertyNames(globalThis)) if (!kept.includes(name)) delete globalThis[name];
  delete Math.random;
  const checked = (key) => {
    if (typeof key !== 'string') throw new KeyError('a key is text');
    return key;
  };
  const stateOver = (writes) =>
    freeze({
      get(key) {
        const own = writes[checked(key)];
        const text = own === undefined ? read(key) : own;
        return typeof text === 'string' ? parse(text) : null;
      },
      set(key, value) {
        const text = stringify(value);
        if (typeof text !== 'string') throw new KeyError('a value is JSON');
        writes[checked(key)] = text;
      },
      remove(key) {
        writes[checked(key)] = null;
      },
    });
  const run = (methods, method, argument, context) => {
    if (typeof methods !== 'object' || methods === null || !hasOwn(methods, method)) return '';
    const writes = create(null);
    const chosen = methods[method];
    if (typeof chosen !== 'function') return '';
    const answer = chosen(stateOver(writes), parse(argument), freeze(parse(context)));
    return '{"writes":' + stringify(writes) + ',"answer":' + (stringify(answer) ?? 'null') + '}';
  };
  const describe = (error) => {
    try {
      if (error === null) return 'no memory is left for it';
      return '' + (typeof error === 'object' ? error.message : error);
    } catch {
      return 'it threw what cannot be shown';
    }
  };
  return (first, ...rest) => (rest.length === 0 ? describe(first) : run(first, ...rest));
})(globalThis.__read);
`;
