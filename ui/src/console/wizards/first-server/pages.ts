import type { Component } from 'svelte';
import type { Wizard } from './setup.svelte';
import type { Step } from './steps';
import Account from './steps/Account.svelte';
import Address from './steps/Address.svelte';
import Certificate from './steps/Certificate.svelte';
import Connection from './steps/Connection.svelte';
import Enrol from './steps/Enrol.svelte';
import Idp from './steps/Idp.svelte';
import IdpSheet from './steps/IdpSheet.svelte';
import Kit from './steps/Kit.svelte';
import Preflight from './steps/Preflight.svelte';
import ReviewStep from './steps/ReviewStep.svelte';
import Running from './steps/Running.svelte';
import Second from './steps/Second.svelte';
import Test from './steps/Test.svelte';

/** The page of each step. */
export const pages: Record<Step, Component<{ wizard: Wizard }>> = {
  preflight: Preflight,
  account: Account,
  kit: Kit,
  second: Second,
  connection: Connection,
  enrol: Enrol,
  address: Address,
  sheet: IdpSheet,
  certificate: Certificate,
  idp: Idp,
  test: Test,
  review: ReviewStep,
  running: Running,
};
