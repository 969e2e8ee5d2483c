import { mount } from 'svelte';
import '../lib/look/look.css';
import Vault from './Vault.svelte';

mount(Vault, { target: document.body });
