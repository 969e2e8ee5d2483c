import { mount } from 'svelte';
import '../lib/look/look.css';
import Vault from './Vault.svelte';

mount(Vault, { target: document.body });
// Where a browser keeps none, the page opens while its server is there.
navigator.serviceWorker?.register('./worker.js').catch(() => undefined);
