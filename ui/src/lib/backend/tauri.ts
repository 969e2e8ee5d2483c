import { Channel, invoke } from '@tauri-apps/api/core';
import type { Backend } from './backend';

/** The backend of the desktop window: two commands, see src-tauri/backend.rs. */
export const tauri: Backend = {
  call: (method, params) => invoke('call', { method, params }),
  subscribe: (listener) => {
    const onEvent = new Channel<string>();
    onEvent.onmessage = listener;
    return invoke('subscribe', { onEvent });
  },
};
