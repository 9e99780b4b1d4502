// The care workflow of one profile, as the node around it holds it.
import type { CareEnvironment } from './access.ts';
import type { Care, CareOptions } from './api.ts';
import { CareParts } from './care-parts.ts';
import { commandsOf } from './commands.ts';

export function createCare(environment: CareEnvironment, options: CareOptions = {}): Care {
  const parts = new CareParts(environment, options);
  return {
    ...commandsOf(parts),
    view: () => parts.view(),
    start: () => parts.start(),
    stop: () => parts.stop(),
    personChanged: () => parts.personChanged(),
    applyForCertificate: (certificate, possession) => parts.apply(certificate, possession),
    standing: () => parts.applying.standing(),
    guardians: parts.guardians,
  };
}
