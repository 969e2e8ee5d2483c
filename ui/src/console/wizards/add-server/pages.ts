import type { Component } from 'svelte';
import type { Adding } from './joining.svelte';
import type { Step } from './steps';
import Account from './steps/Account.svelte';
import Address from './steps/Address.svelte';
import Enrol from './steps/Enrol.svelte';
import Join from './steps/Join.svelte';
import Pool from './steps/Pool.svelte';
import Probe from './steps/Probe.svelte';
import Replace from './steps/Replace.svelte';

/** The page of each step. */
export const pages: Record<Step, Component<{ adding: Adding }>> = {
  join: Join,
  account: Account,
  enrol: Enrol,
  address: Address,
  probe: Probe,
  pool: Pool,
  replace: Replace,
};
