// consortium/: members, links and the way into the consortium.
export { default as ChannelList } from './ChannelList.svelte';
export { default as ConvictionList } from './ConvictionList.svelte';
export { default as GroupList } from './GroupList.svelte';
export { default as GroupMap } from './GroupMap.svelte';
export { default as InvitationCard } from './InvitationCard.svelte';
export { default as LinkTable } from './LinkTable.svelte';
export { default as ManagersNotice } from './ManagersNotice.svelte';
export { default as MemberTable } from './MemberTable.svelte';
export { default as NodeBadges } from './NodeBadges.svelte';
export { default as RingPicture } from './RingPicture.svelte';
export { default as TrafficList } from './TrafficList.svelte';
export * from './attest-input.ts';
export { survivedBy } from './channel-words.ts';
export { noGroupsWords, placeText, ratingText } from './group-reasons.ts';
export * from './joining-steps.ts';
