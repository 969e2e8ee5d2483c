import type { Component } from 'svelte';
import type { Moving } from './moving.svelte';
import type { Step } from './steps';
import Certificate from './steps/Certificate.svelte';
import Idp from './steps/Idp.svelte';
import Name from './steps/Name.svelte';
import Overlap from './steps/Overlap.svelte';
import Retire from './steps/Retire.svelte';
import Switch from './steps/Switch.svelte';
import Test from './steps/Test.svelte';

/** The page of each step. */
export const pages: Record<Step, Component<{ moving: Moving }>> = {
  name: Name,
  certificate: Certificate,
  idp: Idp,
  overlap: Overlap,
  test: Test,
  switch: Switch,
  retire: Retire,
};
