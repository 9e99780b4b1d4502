// The blob store of a node. The shelf on disk is exported by the door for Node.js.
export { openBrowserShelf } from './browser-shelf.ts';
export { HeliaBlobs } from './helia-blobs.ts';
