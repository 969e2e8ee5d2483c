import type { Fault } from './types/Fault';
import type { Method, Methods } from './methods';

/** The one way out of the pages. A call that fails rejects with a `Fault`. */
export interface Backend {
  call<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['reply']>;
  /** Calls `listener` with the name of every event, until the connection is lost. */
  subscribe(listener: (event: string) => void): Promise<void>;
}

/** What was caught, as a fault: anything else is a defect of the console and is named so. */
export const asFault = (caught: unknown): Fault =>
  typeof caught === 'object' && caught !== null && 'code' in caught && 'args' in caught
    ? (caught as Fault)
    : {
        code: 'console.defect',
        severity: 'error',
        args: { detail: { type: 'text', value: String(caught) } },
      };
