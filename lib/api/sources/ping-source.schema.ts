import { sourceSpec, sourceStatus } from '../eventing/duck.schema';
import { define, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const PingSourceSpec = define(
  'PingSourceSpec',
  'When an event is sent, and what it holds.',
  {
    ...sourceSpec,
    schedule: str(
      'When: minute, hour, day of month, month, day of week, with seconds before them if there are six. Default: * * * * *.',
    ),
    timezone: str('Time zone of the schedule, as in the tz database. Default: that of the sender, UTC on a cluster.'),
    contentType: str('Media type of the data.'),
    data: str('The data as text. Not together with dataBase64.'),
    dataBase64: str('The data as base64. Not together with data.'),
  },
  {
    required: ['sink'],
    rules: [
      {
        rule: "!has(self.data) || self.data == '' || !has(self.dataBase64) || self.dataBase64 == ''",
        message: 'expected exactly one, got both: data, dataBase64',
      },
      {
        rule: "!has(self.schedule) || !self.schedule.contains('@every')",
        message: 'invalid value: unsupported descriptor @every',
      },
    ],
  },
);

export const PingSource = kind(
  'sources.knative.dev/v1',
  'PingSource',
  'Sends the same event again and again, by the clock.',
  PingSourceSpec,
  status('PingSourceStatus', 'What is known of a source.', sourceStatus),
);
