import type { Entry } from './types/Entry';
import type { Page } from './types/Page';
import type { Status } from './types/Status';

/** The methods of the admin API that the console calls: parameters and reply. */
export interface Methods {
  'status.get': { params: null; reply: Status };
  'activity.list': { params: Page; reply: Entry[] };
}

export type Method = keyof Methods;
