import type { Component } from 'svelte';
import type { Renewing } from './renewing.svelte';
import type { Step } from './steps';
import Bring from './steps/Bring.svelte';
import Check from './steps/Check.svelte';
import Saml from './steps/Saml.svelte';
import Save from './steps/Save.svelte';
import Seen from './steps/Seen.svelte';

/** The page of each step. */
export const pages: Record<Step, Component<{ renewing: Renewing }>> = {
  saml: Saml,
  bring: Bring,
  check: Check,
  save: Save,
  seen: Seen,
};
