import { mount } from 'svelte';
import { tauri } from '../lib/backend/tauri';
import '../lib/look/look.css';
import './console.css';
import App from './App.svelte';

mount(App, { target: document.body, props: { backend: tauri } });
