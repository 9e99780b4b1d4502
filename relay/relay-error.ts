// What stops the relay from starting, said so that the person at the keyboard can do something about it.

export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The error for a port that cannot be listened on, or null where the failure is another. `option` is the option that sets it. */
export function portError(error: unknown, host: string, port: number, option: string): RelayError | null {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  if (text.includes('EADDRINUSE')) {
    const message = `Port ${port} on ${host} is taken. Stop the program that uses it, or choose another port with ${option}.`;
    return new RelayError('port-taken', message, error);
  }
  if (text.includes('EACCES')) {
    return new RelayError('port-refused', `Port ${port} may not be used here. Choose one above 1023 with ${option}.`, error);
  }
  if (text.includes('EADDRNOTAVAIL')) {
    return new RelayError('host-unknown', `${host} is no address of this machine. Choose one with --host.`, error);
  }
  return null;
}
