// The page's handle on a node: the node's own commands and those of the care workflow under one roof.
import type { ClinicordNode, ContractCommands } from '../api.ts';
import type { RunningNode } from './node.ts';

export function clinicordNode(node: RunningNode): ClinicordNode {
  const care = (): ReturnType<RunningNode['care']> => node.care();
  return {
    get view() {
      return node.view;
    },
    subscribe: (listener) => node.subscribe(listener),
    unlock: (passphrase) => node.unlock(passphrase),
    lock: () => node.lock(),
    keys: node.keys,
    leave: () => node.leave(),
    stop: () => node.stop(),
    invitation: () => node.invitation(),
    block: (height) => node.block(height),
    verifyBlock: (height) => node.verifyBlock(height),
    files: {
      attach: (patient, source, onProgress) => care().files.attach(patient, source, onProgress),
      unfinished: async (patient) => care().files.unfinished(patient),
      discard: async (patient, file) => care().files.discard(patient, file),
      open: (file) => care().files.open(file),
    },
    search: { find: async (text, within) => care().search.find(text, within) },
    serials: {
      find: async (name, identityNumber) => care().serials.find(name, identityNumber),
      register: async (registration) => care().serials.register(registration),
      answerWish: async (id, agree) => care().serials.answerWish(id, agree),
      withdraw: async (id) => care().serials.withdraw(id),
      setUp: async () => care().serials.setUp(),
      audits: async () => care().serials.audits(),
    },
    emergency: emergencyCommands(care),
    managers: {
      choose: async (managers, threshold) => care().managers.choose(managers, threshold),
      askOpening: async (record, version, reason) => care().managers.askOpening(record, version, reason),
      answerOpening: async (id, give) => care().managers.answerOpening(id, give),
      readOpening: async (id) => care().managers.readOpening(id),
    },
    channels: {
      open: async (wish) => node.channels().open(wish),
      join: async (channel) => node.channels().join(channel),
      leave: async (channel) => node.channels().leave(channel),
    },
    contracts: contractsOf(node),
    contactLink: () => care().contactLink(),
    registerPatient: async (link, details) => care().registerPatient(link, details),
    saveDraft: async (patient, form, corrects) => care().saveDraft(patient, form, corrects),
    loadDraft: async (patient) => care().loadDraft(patient),
    discardDraft: async (patient) => care().discardDraft(patient),
    previewVisit: async (patient, form) => care().previewVisit(patient, form),
    previewBundle: async (patient, json) => care().previewBundle(patient, json),
    writeRecord: async (patient, preview, options) => care().writeRecord(patient, preview, options),
    writeUnconfirmed: async (record, reason) => care().writeUnconfirmed(record, reason),
    markEnteredInError: async (record, reason) => care().markEnteredInError(record, reason),
    requestAccess: async (record, purpose, untilMs) => care().requestAccess(record, purpose, untilMs),
    openRecord: async (record, version) => care().openRecord(record, version),
    confirmRecord: async (record, version) => care().confirmRecord(record, version),
    disputeRecord: async (record, version, reason) => care().disputeRecord(record, version, reason),
    grantAccess: async (grant) => care().grantAccess(grant),
    approveRequest: async (request) => care().approveRequest(request),
    declineRequest: async (request) => care().declineRequest(request),
    eraseRecord: async (record) => care().eraseRecord(record),
    revokeGrant: async (grant) => care().revokeGrant(grant),
    approveApplication: async (id) => care().approveApplication(id),
    refuseApplication: async (id, reason) => care().refuseApplication(id, reason),
    revokeParty: async (party, reason) => care().revokeParty(party, reason),
    attestParty: async (party, attested) => care().attestParty(party, attested),
  };
}

function contractsOf(node: RunningNode): ContractCommands {
  return {
    list: () => node.contracts().list(),
    upload: async (upload) => node.contracts().upload(upload),
    vote: async (contract, version, approve) => node.contracts().vote(contract, version, approve),
    call: async (contract, method, argument) => node.contracts().call(contract, method, argument),
    ask: async (contract, method, argument) => node.contracts().ask(contract, method, argument),
  };
}

function emergencyCommands(care: () => ReturnType<RunningNode['care']>): ClinicordNode['emergency'] {
  return {
    ask: async (record, cause, words) => care().emergency.ask(record, cause, words),
    release: async (id) => care().emergency.release(id),
    read: async (id) => care().emergency.read(id),
    review: async (id, verdict, words) => care().emergency.review(id, verdict, words),
  };
}
