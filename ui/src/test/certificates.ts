import type { CertificateInfo } from '../lib/backend/types/CertificateInfo';
import type { CertificateMatrix } from '../lib/backend/types/CertificateMatrix';
import type { CertificatePlace } from '../lib/backend/types/CertificatePlace';
import type { Coverage } from '../lib/backend/types/Coverage';
import type { NameInPlay } from '../lib/backend/types/NameInPlay';
import type { ServedCertificates } from '../lib/backend/types/ServedCertificates';

const covers = (certificate: CertificateInfo, host: string): [string, string] => {
  if (certificate.names.includes(host)) return ['certs.covered_by_itself', host];
  const wildcard = `*${host.slice(host.indexOf('.'))}`;
  return certificate.names.includes(wildcard)
    ? ['certs.covered_by_wildcard', wildcard]
    : ['certs.name_not_in_certificate', ''];
};

const coverage = (certificate: CertificateInfo, { name, role }: NameInPlay): Coverage => {
  const [code, by] = covers(certificate, name);
  const covered = code !== 'certs.name_not_in_certificate';
  const severity = covered || role === 'server' ? 'info' : role === 'asked' ? 'warning' : 'error';
  const args = { host: { type: 'text', value: name }, by: { type: 'text', value: by } } as const;
  return { name, covered, reason: { code, severity, args } };
};

/** Each certificate that is there beside each name. */
export const matrixOf = (
  names: NameInPlay[],
  certificates: Partial<Record<CertificatePlace, CertificateInfo | null>>,
): CertificateMatrix => ({
  names,
  before: null,
  certificates: Object.entries(certificates).flatMap(([place, certificate]) =>
    certificate
      ? [
          {
            place: place as CertificatePlace,
            host: null,
            certificate,
            coverage: names.map((name) => coverage(certificate, name)),
            remarks: [],
          },
        ]
      : [],
  ),
});

/** What is served where the name leads to one other address. */
export const servedOf = (host: string, own: CertificateInfo, there: CertificateInfo): ServedCertificates => ({
  host,
  own: { address: '10.2.0.11:8443', here: true, certificate: own, applied: true, covered: true, fault: null },
  led_to: [
    {
      address: '10.2.0.9:8443',
      here: false,
      certificate: there,
      applied: there.subject === own.subject,
      covered: covers(there, host)[0] !== 'certs.name_not_in_certificate',
      fault: null,
    },
  ],
  unresolved: null,
});
