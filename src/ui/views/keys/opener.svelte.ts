// By what a person shows once more that it is her: the passphrase, or a passkey. Forgotten when its dialog closes.
import type { Opener } from '../../node.ts';

export class OpenerForm {
  by = $state<Opener['kind']>('passphrase');
  passphrase = $state('');
  readonly ready = $derived(this.by === 'passkey' || this.passphrase !== '');

  opener(): Opener {
    return this.by === 'passkey' ? { kind: 'passkey' } : { kind: 'passphrase', passphrase: this.passphrase };
  }

  clear(): void {
    this.passphrase = '';
  }
}
