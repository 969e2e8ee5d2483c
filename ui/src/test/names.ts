import type { AnsweredName } from '../lib/backend/types/AnsweredName';
import type { CertificateInfo } from '../lib/backend/types/CertificateInfo';
import type { NameStep } from '../lib/backend/types/NameStep';
import { fault } from './fake';

/** What the service keeps of further names. */
export interface Names {
  others: { host: string; port: number; own: CertificateInfo | null }[];
  answersOn: string | null;
}

export const noNames = (): Names => ({ others: [], answersOn: null });

/** All names, the advertised one first. */
export const answered = (
  names: Names,
  host: string,
  port: number,
  tls: CertificateInfo | null,
): AnsweredName[] => {
  const all = [{ host, port, own: null as CertificateInfo | null }, ...names.others];
  return all
    .filter((one) => one.host !== '')
    .map((one, at) => ({
      host: one.host,
      port: one.port,
      advertised: at === 0,
      takes_answers: names.answersOn === one.host,
      acs: `https://${one.host}:${one.port}/sso-connect/saml/sso`,
      certificate: one.own ?? tls,
      own_certificate: one.own !== null,
    }));
};

/** Goes a step; what is advertised then, if that changes. */
export const stepped = (
  names: Names,
  step: NameStep,
  host: string,
  port: number,
): { host: string; port: number; own: CertificateInfo | null } | undefined => {
  const place = names.others.findIndex((one) => 'host' in step && one.host === step.host);
  const other = names.others[place];
  switch (step.step) {
    case 'add':
      if (step.host === host || other)
        throw fault('config.name_known', 'other_names', { host: step.host }) as unknown as Error;
      names.others.push({ host: step.host, port: step.port ?? port, own: null });
      return undefined;
    case 'advertise':
      if (!other) throw fault('config.no_such_name', 'other_names', { host: step.host }) as unknown as Error;
      names.others[place] = { host, port, own: null };
      return other;
    case 'remove':
      names.others.splice(place, 1);
      return undefined;
    case 'take_answers':
      names.answersOn = step.host;
      return undefined;
    case 'drop_certificate':
      if (other) other.own = null;
      return undefined;
  }
};
