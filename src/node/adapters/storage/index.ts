// adapters/storage/: what a tab keeps, in IndexedDB. Its door for browsers; files of Node.js have node.ts.
export { eraseBrowserStores, openBrowserNotes, openBrowserStores } from './browser-stores.ts';
