// The page's entry: draws the app and tells it where the node's code is. Nothing of the node is fetched here.
import { mount } from 'svelte';
import App from './App.svelte';
import './shared/style/tokens.css';
import './shared/style/base.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no element for the app');
mount(App, { target, props: { openDoor: () => import('../node/index.ts') } });
