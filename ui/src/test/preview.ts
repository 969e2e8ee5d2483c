// The console before a fake backend, to look at it: `npm run dev`, then /src/test/preview.html?running
import { mount } from 'svelte';
import '../lib/look/look.css';
import '../console/console.css';
import App from '../console/App.svelte';
import { Fake } from './fake';

const fake = location.search.includes('running') ? new Fake().running() : new Fake();
Object.assign(window, { fake });
mount(App, { target: document.body, props: { backend: fake } });
