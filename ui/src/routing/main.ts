import { mount } from 'svelte';
import '../lib/look/look.css';
import Routing from './Routing.svelte';

mount(Routing, { target: document.body });
