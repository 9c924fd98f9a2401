import type { computeV1 } from '@thecloud/api';
import { errors } from '../errors';

/** Records of one host, tombstones of a day among them: some hundred MB, and far more than a host can carry. */
const MOST_RECORDS = 1_000_000;

type Report = NonNullable<computeV1.ReportHostRequest['report']>;
/** A report in which a hello has all that belongs to it. */
export type WholeReport = Exclude<Report, { $case: 'rest' }>;

/**
 * The reports of a host, where a hello that came in pieces is one. Empty ones are left out.
 * @throws CloudError HELLO_UNFINISHED, HELLO_TOO_LARGE
 */
export async function* helloInOne(
  reports: AsyncIterable<computeV1.ReportHostRequest>,
): AsyncGenerator<WholeReport> {
  let hello: computeV1.HostHello | undefined;
  for await (const { report } of reports) {
    if (!report) continue;
    if (report.$case === 'rest') {
      if (!hello) throw errors.HELLO_UNFINISHED({});
      add(hello, report.value);
      if (report.value.more) continue;
      yield { $case: 'hello', value: hello };
      hello = undefined;
    } else {
      if (hello) throw errors.HELLO_UNFINISHED({});
      if (report.$case === 'hello' && report.value.more) hello = report.value;
      else yield report;
    }
  }
}

function add({ instances }: computeV1.HostHello, rest: computeV1.HostRest): void {
  if (instances.length + rest.instances.length > MOST_RECORDS)
    throw errors.HELLO_TOO_LARGE({ limit: String(MOST_RECORDS) });
  instances.push(...rest.instances);
}
